import { parse } from 'yaml';
import { object, strings } from './npm.js';

/** What Plimsoll needs of a yarn.lock, of both yarns. */
export interface YarnLock {
  readonly kind: 'classic' | 'berry';
  /** The names of all packages in it, each once; those of the project too. */
  readonly packages: readonly string[];
  /** Packages that lie in the project: `file:`, `portal:`, `link:` and patches as written behind `name@`. */
  readonly locals: readonly { readonly name: string; readonly spec: string }[];
}

/** The lock file in `text`; undefined where it is empty, which says nothing of the yarn that made it. */
export function parseYarnLock(text: string): YarnLock | undefined {
  const packages = new Set<string>();
  const locals = new Map<string, { name: string; spec: string }>();
  let berry = false;
  for (const match of text.matchAll(/^(?=[^\s#])(.*):\r?$/gm)) {
    const key = match[1] ?? '';
    if (key === '__metadata') {
      berry = true;
      continue;
    }
    for (const part of key.replace(/^"|"$/g, '').split(/"?, "?/)) {
      const at = part.indexOf('@', 1);
      const name = at < 0 ? part : part.slice(0, at);
      const spec = at < 0 ? '' : part.slice(at + 1);
      packages.add(name);
      if (/^(file|link|portal|patch|exec):|^\.{0,2}\//.test(spec)) locals.set(part, { name, spec });
    }
  }
  if (packages.size === 0 && !berry && !/yarn lockfile v1/.test(text)) return undefined;
  return { kind: berry ? 'berry' : 'classic', packages: [...packages], locals: [...locals.values()] };
}

/** What Plimsoll needs of a .yarnrc.yml. */
export interface YarnSettings {
  /** The release that runs in place of the one that was started, relative to the file. */
  readonly yarnPath: string | undefined;
  /** Plugins, relative to the file. */
  readonly plugins: readonly string[];
  /** `pnp` where it says nothing. */
  readonly nodeLinker: string;
  /** Undefined where it says nothing: it depends on the version then. */
  readonly enableScripts: boolean | undefined;
  readonly enableGlobalCache: boolean | undefined;
  readonly cacheFolder: string | undefined;
  readonly patchFolder: string | undefined;
  /** All keys of its first level. */
  readonly keys: readonly string[];
  /** Values that name environment files, with `?` at the end where they may be missing. */
  readonly environmentFiles: readonly string[] | undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function flag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** The settings in `content`; undefined where it is no YAML map (an empty file is one without settings). */
export function parseYarnSettings(content: string): YarnSettings | undefined {
  let json: Readonly<Record<string, unknown>>;
  try {
    const value: unknown = parse(content) ?? {};
    if (typeof value !== 'object' || Array.isArray(value)) return undefined;
    json = object(value);
  } catch {
    return undefined;
  }
  const plugins = Array.isArray(json.plugins) ? json.plugins : [];
  const files = json.injectEnvironmentFiles;
  return {
    yarnPath: text(json.yarnPath),
    plugins: plugins.flatMap((plugin) => text(plugin) ?? text(object(plugin).path) ?? []),
    nodeLinker: text(json.nodeLinker) ?? 'pnp',
    enableScripts: flag(json.enableScripts),
    enableGlobalCache: flag(json.enableGlobalCache),
    cacheFolder: text(json.cacheFolder),
    patchFolder: text(json.patchFolder),
    keys: Object.keys(json),
    environmentFiles: Array.isArray(files) ? files.flatMap((file) => text(file) ?? []) : undefined,
  };
}

/** The settings of a .yarnrc of yarn 1: `key value` lines, quotes taken off, the last one wins. */
export function parseYarnrc(content: string): Readonly<Record<string, string>> {
  const out: Record<string, string> = {};
  for (const line of content.split(/\r\n|\r|\n/)) {
    const match = /^\s*("[^"]+"|[^\s#"]+)\s+(.*?)\s*$/.exec(line);
    if (match === null) continue;
    out[(match[1] ?? '').replace(/^"|"$|:$/g, '')] = (match[2] ?? '').replace(/^"(.*)"$/, '$1');
  }
  return strings(out);
}
