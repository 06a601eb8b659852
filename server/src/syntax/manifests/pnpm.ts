import { parse } from 'yaml';
import { object, patchesIn, stringList, strings } from './npm.js';

/** What Plimsoll needs of a pnpm-workspace.yaml. */
export interface PnpmWorkspace {
  /** Patterns of its packages; undefined where it lists none: pnpm then takes the root alone. */
  readonly packages: readonly string[] | undefined;
  /** Paths of patches, relative to it. */
  readonly patches: readonly string[];
  readonly overrides: Readonly<Record<string, string>>;
  /** Packages whose install scripts may run; undefined where it says nothing. */
  readonly builtDependencies: readonly string[] | undefined;
  /** All keys of its first level. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The workspace file in `text`; undefined where it is no YAML map (an empty file is one without settings). */
export function parsePnpmWorkspace(text: string): PnpmWorkspace | undefined {
  let json: Readonly<Record<string, unknown>>;
  try {
    const value: unknown = parse(text) ?? {};
    if (typeof value !== 'object' || Array.isArray(value)) return undefined;
    json = object(value);
  } catch {
    return undefined;
  }
  const allowed = Object.entries(object(json.allowBuilds))
    .filter(([, on]) => on === true)
    .map(([name]) => name);
  const said = Array.isArray(json.onlyBuiltDependencies) || json.allowBuilds !== undefined;
  return {
    packages: Array.isArray(json.packages) ? stringList(json.packages) : undefined,
    patches: patchesIn(json.patchedDependencies),
    overrides: strings(json.overrides),
    builtDependencies: said ? [...stringList(json.onlyBuiltDependencies), ...allowed] : undefined,
    settings: json,
  };
}

/** What Plimsoll needs of a pnpm-lock.yaml. */
export interface PnpmLock {
  /** As written: `9.0`, `6.0`, `5.4`. */
  readonly version: string;
  /** The names of all packages in it, each once. */
  readonly packages: readonly string[];
  /** Packages that run install scripts; undefined for version 9 and later, which does not say. */
  readonly built: readonly string[] | undefined;
  /** Folders and archives of the project that packages come from, relative to it. */
  readonly folders: readonly string[];
  readonly archives: readonly string[];
}

const PACKAGE_KEY = /^ {2}(?:'([^']+)'|"([^"]+)"|([^\s'"].*?)):\s*$/;

/** The package's name in a key of a pnpm-lock.yaml: `/a/1.0.0`, `/@s/a@1.0.0(b@2)`, `a@1.0.0`. */
export function nameIn(key: string): string {
  const bare = key.replace(/^\//, '').replace(/\(.*$/, '');
  const at = bare.indexOf('@', 1);
  if (at > 0) return bare.slice(0, at);
  return bare
    .split('/')
    .slice(0, bare.startsWith('@') ? 2 : 1)
    .join('/');
}

/**
 * The lock file in `text`, read line by line since it can be megabytes; undefined where it has no `lockfileVersion`.
 */
export function parsePnpmLock(text: string): PnpmLock | undefined {
  const version = /^lockfileVersion:\s*['"]?([\d.]+)/m.exec(text)?.[1];
  if (version === undefined) return undefined;
  const packages = new Set<string>();
  const built = new Set<string>();
  const folders = new Set<string>();
  const archives = new Set<string>();
  let section = '';
  let name = '';
  for (const line of text.split(/\r\n|\n/)) {
    if (/^\S/.test(line)) {
      section = line.split(':')[0] ?? '';
      continue;
    }
    if (section !== 'packages') continue;
    const key = PACKAGE_KEY.exec(line);
    if (key !== null) {
      name = nameIn(key[1] ?? key[2] ?? key[3] ?? '');
      packages.add(name);
    } else if (/^ {4}requiresBuild: true/.test(line)) built.add(name);
    else if (/^ {4}resolution:/.test(line)) {
      const folder = /\bdirectory: '?([^,'}]+)/.exec(line)?.[1];
      const archive = /\btarball: '?file:([^,'}]+)/.exec(line)?.[1];
      if (folder !== undefined) folders.add(folder.trim());
      if (archive !== undefined) archives.add(archive.trim());
    }
  }
  return {
    version,
    packages: [...packages],
    built: Number.parseFloat(version) >= 9 ? undefined : [...built],
    folders: [...folders],
    archives: [...archives],
  };
}
