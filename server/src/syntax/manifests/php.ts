/** What Plimsoll needs of a composer.json. */
export interface ComposerManifest {
  readonly require: Readonly<Record<string, unknown>>;
  readonly requireDev: Readonly<Record<string, unknown>>;
  /** Names under `scripts`. */
  readonly scripts: readonly string[];
  /** The commands of each script. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
  /** Folders and files that the list of classes is made of, `autoload-dev` in `dev`. */
  readonly classmap: ComposerPaths;
  /** Folders of classes that are listed too once the autoloader is optimised. */
  readonly classFolders: ComposerPaths;
  /** Repositories that are no addresses of packages: `path`, `artifact`, `vcs` of a folder, with where they lie. */
  readonly repositories: readonly { readonly type: string; readonly url: string }[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly extra: Readonly<Record<string, unknown>>;
  /** The version is written, not guessed from git. */
  readonly versioned: boolean;
}

export interface ComposerPaths {
  readonly main: readonly string[];
  readonly dev: readonly string[];
}

/** A package of a composer.lock. */
export interface LockedPackage {
  readonly name: string;
  readonly type: string;
  /** Left out by `--no-dev`. */
  readonly dev: boolean;
  /** The folder of a `path` repository it comes from. */
  readonly path: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function strings(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((item): item is string => typeof item === 'string');
}

function parseObject(text: string): Json | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? object(json) : undefined;
}

function repositoriesOf(value: unknown): { type: string; url: string }[] {
  return Object.values(Array.isArray(value) ? value : object(value)).flatMap((repository) => {
    const { type, url } = object(repository);
    return typeof type === 'string' && typeof url === 'string' ? [{ type, url }] : [];
  });
}

function bothParts(root: Json, read: (autoload: Json) => string[]): ComposerPaths {
  return { main: read(object(root.autoload)), dev: read(object(root['autoload-dev'])) };
}

/** The manifest in `text`; undefined where it is no JSON object (an empty file: its content is unknown). */
export function parseComposerJson(text: string): ComposerManifest | undefined {
  const root = parseObject(text);
  if (root === undefined) return undefined;
  const scripts = Object.entries(object(root.scripts));
  return {
    require: object(root.require),
    requireDev: object(root['require-dev']),
    scripts: scripts.map(([name]) => name),
    commands: Object.fromEntries(scripts.map(([name, lines]) => [name, strings(lines)])),
    classmap: bothParts(root, (autoload) => strings(autoload.classmap)),
    classFolders: bothParts(root, (autoload) =>
      [autoload['psr-4'], autoload['psr-0']].flatMap((prefixes) =>
        Object.values(object(prefixes)).flatMap(strings),
      ),
    ),
    repositories: repositoriesOf(root.repositories),
    config: object(root.config),
    extra: object(root.extra),
    versioned: typeof root.version === 'string',
  };
}

/** The packages of a composer.lock; undefined where it can't be read. */
export function parseComposerLock(text: string): readonly LockedPackage[] | undefined {
  const root = parseObject(text);
  if (root === undefined) return undefined;
  const read = (value: unknown, dev: boolean): LockedPackage[] =>
    (Array.isArray(value) ? value : []).map(object).map((entry) => {
      const dist = object(entry.dist);
      return {
        name: String(entry.name ?? ''),
        type: String(entry.type ?? 'library'),
        dev,
        path: dist.type === 'path' && typeof dist.url === 'string' ? dist.url : undefined,
      };
    });
  return [...read(root.packages, false), ...read(root['packages-dev'], true)];
}
