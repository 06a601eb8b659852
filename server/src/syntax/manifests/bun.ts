import { getNodeValue } from 'jsonc-parser';
import { parse } from 'smol-toml';
import { readJson } from '../json.js';
import { object, stringList } from './npm.js';

/** What Plimsoll needs of a bun.lock. */
export interface BunLock {
  /** The names of all packages in it, each once; those of the project too. */
  readonly packages: readonly string[];
  /** Packages that have install scripts; undefined for versions before 2, which do not say. */
  readonly scripted: readonly string[] | undefined;
  /** Packages of the project that are no workspace: name and path as written behind `file:` or `link:`. */
  readonly locals: readonly { readonly name: string; readonly path: string }[];
  readonly trusted: readonly string[];
}

/** The lock file in `text`; undefined where it is no JSON object. */
export function parseBunLock(text: string): BunLock | undefined {
  const { root } = readJson(text);
  if (root?.type !== 'object') return undefined;
  const json = object(getNodeValue(root));
  const packages = new Set<string>();
  const scripted = new Set<string>();
  const locals: { name: string; path: string }[] = [];
  for (const entry of Object.values(object(json.packages))) {
    const parts: readonly unknown[] = Array.isArray(entry) ? entry : [];
    const id = typeof parts[0] === 'string' ? parts[0] : '';
    const at = id.indexOf('@', 1);
    const name = at < 0 ? id : id.slice(0, at);
    packages.add(name);
    const local = /^(?:file|link):(.*)$/.exec(id.slice(at + 1))?.[1];
    if (at > 0 && local !== undefined) locals.push({ name, path: local });
    if (parts.some((part) => object(part).hasInstallScript === true)) scripted.add(name);
  }
  return {
    packages: [...packages],
    scripted: Number(json.lockfileVersion) >= 2 ? [...scripted] : undefined,
    locals,
    trusted: stringList(json.trustedDependencies),
  };
}

/** The `[install]` settings of a bunfig.toml; undefined where it can't be read. */
export function parseBunfig(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return object(object(parse(text)).install);
  } catch {
    return undefined;
  }
}
