/** What Plimsoll needs of a package.json. */
export interface PackageManifest {
  readonly name: string | undefined;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  /** Lists any workspace. */
  readonly workspaces: boolean;
  /** The patterns of its workspaces as written, those that leave out (`!x`) too. */
  readonly workspacePatterns: readonly string[];
  /** Programs it offers, relative to it. */
  readonly bins: readonly string[];
  /** Paths of the patches that pnpm (`pnpm.patchedDependencies`) and bun apply, relative to it. */
  readonly patches: readonly string[];
  /** Versions that stand for others, of all managers: `overrides`, `resolutions`, `pnpm.overrides`. */
  readonly overrides: Readonly<Record<string, string>>;
  /** Packages whose install scripts pnpm and bun may run; undefined where it says nothing. */
  readonly builtDependencies: readonly string[] | undefined;
  /** Dependencies that are copied into node_modules rather than linked (`dependenciesMeta.x.injected`). */
  readonly injected: readonly string[];
  /** Its `pnpm` key sets something that names more files or packages than these lists. */
  readonly pnpmSettings: Readonly<Record<string, unknown>>;
  /** `packageManager` as written, e.g. `pnpm@9.1.0`. */
  readonly packageManager: string | undefined;
}

/** What Plimsoll needs of a package-lock.json or npm-shrinkwrap.json. */
export interface PackageLock {
  /** Installed packages, their place (`node_modules/a/node_modules/b`) first; which of them run scripts, version 1 does not say. */
  readonly packages: readonly LockedPackage[];
  /** Version 2 or 3: says which packages run scripts when they are installed. */
  readonly detailed: boolean;
}

export interface LockedPackage {
  readonly place: string;
  readonly name: string;
  /** Runs preinstall, install or postinstall scripts of its own. */
  readonly installScript: boolean;
  readonly dev: boolean;
  /** A link to a folder of the project, or fetched from a local path. */
  readonly local: boolean;
  /** Where it was fetched from, or what a link leads to; '' where that is not said. */
  readonly resolved: string;
}

type Json = Readonly<Record<string, unknown>>;

/** `value` as an object; an empty one for anything else. */
export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** The entries of an object whose values are strings. */
export function strings(value: unknown): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [key, item] of Object.entries(object(value))) if (typeof item === 'string') out[key] = item;
  return out;
}

function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** The manifest in `text`; undefined where it is no JSON object (an empty file: its content is unknown). */
export function parsePackageJson(text: string): PackageManifest | undefined {
  const json = parseObject(text);
  if (json === undefined) return undefined;
  const workspaces = json.workspaces;
  const pnpm = object(json.pnpm);
  const list = Array.isArray(workspaces) ? workspaces : object(workspaces).packages;
  return {
    name: typeof json.name === 'string' ? json.name : undefined,
    dependencies: strings(json.dependencies),
    devDependencies: strings(json.devDependencies),
    optionalDependencies: strings(json.optionalDependencies),
    scripts: strings(json.scripts),
    workspaces: Array.isArray(list) && list.length > 0,
    workspacePatterns: stringList(list),
    bins: binsOf(json),
    patches: [...new Set([json.patchedDependencies, pnpm.patchedDependencies].flatMap(patchesIn))],
    overrides: {
      ...flatStrings(json.overrides),
      ...flatStrings(json.resolutions),
      ...strings(pnpm.overrides),
    },
    builtDependencies: builtDependencies(json, pnpm),
    injected: Object.entries(object(json.dependenciesMeta))
      .filter(([, meta]) => object(meta).injected === true)
      .map(([name]) => name),
    pnpmSettings: pnpm,
    packageManager: typeof json.packageManager === 'string' ? json.packageManager : undefined,
  };
}

/** Strings of an array; none of anything else. */
export function stringList(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The strings of nested objects, keys joined by `>`: npm's overrides nest. */
function flatStrings(value: unknown, inside = ''): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [key, item] of Object.entries(object(value))) {
    const name = inside === '' ? key : `${inside}>${key}`;
    if (typeof item === 'string') out[name] = item;
    else Object.assign(out, flatStrings(item, name));
  }
  return out;
}

/** The patch files of a `patchedDependencies`, whose values are paths or hold one. */
export function patchesIn(value: unknown): string[] {
  return Object.values(object(value)).flatMap((item) => {
    const path = typeof item === 'string' ? item : object(item).path;
    return typeof path === 'string' ? [path] : [];
  });
}

function binsOf(json: Json): string[] {
  const folder = object(json.directories).bin;
  const named = typeof json.bin === 'string' ? [json.bin] : Object.values(strings(json.bin));
  return [...new Set([...named, ...(typeof folder === 'string' ? [folder] : [])])];
}

function builtDependencies(json: Json, pnpm: Json): readonly string[] | undefined {
  const lists = [json.trustedDependencies, pnpm.onlyBuiltDependencies].filter(Array.isArray);
  const built = Object.entries(object(json.dependenciesMeta))
    .filter(([, meta]) => object(meta).built === true)
    .map(([name]) => name);
  return lists.length === 0 && built.length === 0 ? undefined : [...lists.flatMap(stringList), ...built];
}

/** Whether a version in package.json names something on the disk: `file:`, `link:`, `../x`, `workspace:` … */
export function isLocalSpec(spec: string): boolean {
  return /^(file|link|portal|workspace):/i.test(spec) || /^(\.{0,2}\/|~\/|\.{1,2}$|[a-z]:[\\/])/i.test(spec);
}

function lockedPackage(place: string, value: unknown): LockedPackage {
  const entry = object(value);
  const resolved = typeof entry.resolved === 'string' ? entry.resolved : '';
  const at = place.lastIndexOf('node_modules/');
  return {
    place,
    name: typeof entry.name === 'string' ? entry.name : place.slice(at < 0 ? 0 : at + 13),
    installScript: entry.hasInstallScript === true,
    dev: entry.dev === true,
    local: entry.link === true || at < 0 || isLocalSpec(resolved),
    resolved,
  };
}

/** The packages of a lock file of version 1, which nests them and has local paths as versions. */
function olderPackages(dependencies: unknown, inside = ''): LockedPackage[] {
  return Object.entries(object(dependencies)).flatMap(([name, value]) => {
    const entry = object(value);
    const place = `${inside}node_modules/${name}`;
    const version = typeof entry.version === 'string' ? entry.version : '';
    const local = isLocalSpec(version);
    const resolved = local ? version : '';
    const own = { place, name, installScript: false, dev: entry.dev === true, local, resolved };
    return [own, ...olderPackages(entry.dependencies, `${place}/`)];
  });
}

/** The lock file in `text`; undefined where it is no JSON object. */
export function parsePackageLock(text: string): PackageLock | undefined {
  const json = parseObject(text);
  if (json === undefined) return undefined;
  const packages = Object.entries(object(json.packages))
    .filter(([place]) => place !== '')
    .map(([place, value]) => lockedPackage(place, value));
  if (json.packages === undefined) packages.push(...olderPackages(json.dependencies));
  const version = json.lockfileVersion;
  return { packages, detailed: typeof version === 'number' && version >= 2 && json.packages !== undefined };
}

/** The settings of an .npmrc, keys in lower case, `name[]` as `name`; the last value wins. */
export function parseNpmrc(text: string): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const line of text.split(/\r\n|\r|\n/)) {
    const match = /^\s*([^;#\s=][^=]*?)\s*(?:=\s*(.*?)\s*)?$/.exec(line);
    if (match === null) continue;
    const key = (match[1] ?? '').replace(/\[\]$/, '').toLowerCase();
    out.set(key, (match[2] ?? 'true').replace(/^(["'])(.*)\1$/, '$2'));
  }
  return out;
}
