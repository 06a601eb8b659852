import { parse as parseToml } from 'smol-toml';

/** A target that a Cargo.toml names. */
export interface CargoTarget {
  readonly kind: 'bin' | 'example' | 'test' | 'bench';
  readonly name: string;
  readonly path: string | undefined;
}

/** What Plimsoll needs of a Cargo.toml. */
export interface CargoManifest {
  readonly package:
    | {
        readonly name: string;
        /** The folder of its workspace, as written. */
        readonly workspace: string | undefined;
        /** Names its build script, or says that there is none. */
        readonly build: boolean;
        /** The build script it names, as written. */
        readonly script: string | undefined;
        readonly links: boolean;
        readonly defaultRun: string | undefined;
      }
    | undefined;
  /** `[lib]`: its path as written, `true` where it names none; undefined without such a table. */
  readonly lib: string | true | undefined;
  readonly targets: readonly CargoTarget[];
  readonly workspace:
    | {
        /** Patterns, as written. */
        readonly members: readonly string[];
        readonly exclude: readonly string[];
        /** Folders under `[workspace.dependencies]`, by name. */
        readonly paths: Readonly<Record<string, string>>;
        /** It lists a dependency that is no folder. */
        readonly downloads: boolean;
      }
    | undefined;
  /** Folders of its dependencies of all kinds, as written. */
  readonly paths: readonly string[];
  /** Names of dependencies that the workspace describes. */
  readonly inherited: readonly string[];
  /** Folders under `[patch]` and `[replace]`, as written; only those of a workspace's root count. */
  readonly patches: readonly string[];
  /** Has a dependency that is no folder. */
  readonly downloads: boolean;
}

/** What Plimsoll needs of a .cargo/config.toml. */
export interface CargoConfig {
  /** Folders of `paths` and `[patch]`, relative to the folder that holds `.cargo`. */
  readonly patches: readonly string[];
  readonly offline: boolean;
  /** The registry is replaced by a folder of the disk, as written. */
  readonly vendored: string | undefined;
  /** Programs it has run, with a folder in their name. */
  readonly programs: readonly string[];
  /** Takes in further files. */
  readonly includes: boolean;
}

type Table = Readonly<Record<string, unknown>>;

function table(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function tomlTable(source: string): Table | undefined {
  if (source.trim() === '') return undefined;
  try {
    return table(parseToml(source.replace(/^\uFEFF/, '')));
  } catch {
    return undefined;
  }
}

const KINDS = [
  'dependencies',
  'dev-dependencies',
  'build-dependencies',
  'dev_dependencies',
  'build_dependencies',
];

/** Every dependency of a package: name and value. */
function dependencies(root: Table): [string, unknown][] {
  const places = [root, ...Object.values(table(root.target)).map(table)];
  return places.flatMap((place) => KINDS.flatMap((kind) => Object.entries(table(place[kind]))));
}

function pathOf(dependency: unknown): string | undefined {
  return text(table(dependency).path);
}

function targetsOf(root: Table): CargoTarget[] {
  return (['bin', 'example', 'test', 'bench'] as const).flatMap((kind) => {
    const list = root[kind];
    if (!Array.isArray(list)) return [];
    return list.flatMap((item) => {
      const { name, path } = table(item);
      return typeof name === 'string' ? [{ kind, name, path: text(path) }] : [];
    });
  });
}

function workspaceOf(value: unknown): CargoManifest['workspace'] {
  if (value === undefined) return undefined;
  const workspace = table(value);
  const listed = Object.entries(table(workspace.dependencies));
  return {
    members: texts(workspace.members),
    exclude: texts(workspace.exclude),
    paths: Object.fromEntries(
      listed.flatMap(([name, d]) => {
        const path = pathOf(d);
        return path === undefined ? [] : [[name, path]];
      }),
    ),
    downloads: listed.some(([, d]) => pathOf(d) === undefined),
  };
}

function patchesOf(root: Table): string[] {
  const tables = [...Object.values(table(root.patch)).map(table), table(root.replace)];
  return tables.flatMap((t) => Object.values(t)).flatMap((d) => pathOf(d) ?? []);
}

function packageOf(value: unknown): CargoManifest['package'] {
  const described = table(value);
  if (typeof described.name !== 'string') return undefined;
  return {
    name: described.name,
    workspace: text(described.workspace),
    build: described.build !== undefined,
    script: text(described.build),
    links: described.links !== undefined,
    defaultRun: text(described['default-run']),
  };
}

/** The manifest in `source`; undefined where it is empty or no TOML (its content is unknown). */
export function parseCargoToml(source: string): CargoManifest | undefined {
  const root = tomlTable(source);
  if (root === undefined) return undefined;
  const all = dependencies(root);
  const inherited = all.filter(([, d]) => table(d).workspace === true);
  return {
    package: packageOf(root.package ?? root.project),
    lib: root.lib === undefined ? undefined : (text(table(root.lib).path) ?? true),
    targets: targetsOf(root),
    workspace: workspaceOf(root.workspace),
    paths: all.flatMap(([, d]) => pathOf(d) ?? []),
    inherited: inherited.map(([name]) => name),
    patches: patchesOf(root),
    downloads: all.some(([, d]) => pathOf(d) === undefined && table(d).workspace !== true),
  };
}

/** The registry's source followed to where it is replaced by a folder. */
function vendoredIn(sources: Table): string | undefined {
  const seen = new Set<string>();
  for (let name: string | undefined = 'crates-io'; name !== undefined && !seen.has(name); ) {
    seen.add(name);
    const source: Table = table(sources[name]);
    const folder = text(source.directory) ?? text(source['local-registry']);
    if (folder !== undefined) return folder;
    name = text(source['replace-with']);
  }
  return undefined;
}

/** The settings in `source`; undefined where it is empty or no TOML (its content is unknown). */
export function parseCargoConfig(source: string): CargoConfig | undefined {
  const root = tomlTable(source);
  if (root === undefined) return undefined;
  const build = table(root.build);
  const programs = ['rustc', 'rustc-wrapper', 'rustc-workspace-wrapper'].flatMap(
    (key) => text(build[key]) ?? [],
  );
  return {
    patches: [...texts(root.paths), ...patchesOf(root)],
    offline: table(root.net).offline === true,
    vendored: vendoredIn(table(root.source)),
    programs: programs.filter((program) => program.includes('/')),
    includes: root.include !== undefined,
  };
}
