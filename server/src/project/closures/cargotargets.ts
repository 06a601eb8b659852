import type { CargoManifest, CargoTarget } from '../../syntax/manifests/rust.js';
import { joinPath } from '../../text/paths.js';
import { type ContextFiles, isSent } from './model.js';

const FOLDERS: Readonly<Record<CargoTarget['kind'], string>> = {
  bin: 'src/bin',
  example: 'examples',
  test: 'tests',
  bench: 'benches',
};

/** What a manifest lacks whose package has no source at all. */
export const NO_TARGET = 'no target';

/** Where cargo looks for the source of a target without a path. */
function placesOf(target: CargoTarget, packageName: string | undefined): string[] {
  const { kind, name } = target;
  const places = [`${FOLDERS[kind]}/${name}.rs`, `${FOLDERS[kind]}/${name}/main.rs`];
  return kind === 'bin' && name === packageName ? ['src/main.rs', ...places] : places;
}

/** Whether a package has a target whatever its folder holds: one that says where its source is. Cargo doesn't look for that. */
function hasPath(manifest: CargoManifest): boolean {
  return (
    typeof manifest.lib === 'string' || manifest.targets.some((t) => t.kind === 'bin' && t.path !== undefined)
  );
}

/**
 * What cargo looks for to know the targets of the package in `folder`: folders, which it lists, and files that are not
 * there. Of those that are it only wants to know that.
 */
export function targetCandidates(context: ContextFiles, folder: string): string[] {
  const files = ['src/lib.rs', 'src/main.rs', 'build.rs', 'README.md', 'README.txt', 'README'];
  const within = (paths: readonly string[]): string[] => paths.map((path) => joinPath(folder, path));
  return [...within(Object.values(FOLDERS)), ...within(files).filter((path) => !context.exists(path))];
}

/** A source in src/bin. */
function anyBinary(context: ContextFiles, folder: string): string | undefined {
  const at = joinPath(folder, 'src/bin');
  for (const { name, kind } of context.entries(at) ?? []) {
    const path = kind === 'file' ? joinPath(at, name) : joinPath(at, `${name}/main.rs`);
    if (path.endsWith('.rs') && isSent(context, path)) return path;
  }
  return undefined;
}

/**
 * The source files of the package in `folder` that must exist for cargo to accept its manifest, as they are in the project;
 * `lacks`: a target for which none was found. Tried with cargo 1.95: one of src/lib.rs, src/main.rs and src/bin must be
 * there unless a target says where its source is; every target without a path must be where it is looked for, also that of
 * `default-run`; a package with `links` must have its build script. Sources that a target names are not looked for.
 */
export function cargoStubs(
  context: ContextFiles,
  folder: string,
  manifest: CargoManifest,
): { readonly stubs: readonly string[]; readonly lacks: string | undefined } {
  const found = (paths: readonly string[]): string | undefined =>
    paths.map((path) => joinPath(folder, path)).find((path) => isSent(context, path));
  const stubs = new Set<string>();
  let lacks: string | undefined;
  const need = (what: string, path: string | undefined): void => {
    if (path === undefined) lacks ??= what;
    else stubs.add(path);
  };
  const { lib, targets } = manifest;
  const named = [lib, ...targets.map((t) => t.path)];
  // Also for those that depend on it: its library, where it has one.
  for (const path of ['src/lib.rs', 'src/main.rs']) {
    const at = named.includes(path) ? undefined : found([path]);
    if (at !== undefined) stubs.add(at);
  }
  if (lib === true) need('a library', found(['src/lib.rs']));
  for (const target of targets) {
    if (target.path === undefined)
      need(`the ${target.kind} ${target.name}`, found(placesOf(target, manifest.package?.name)));
  }
  const defaultRun = manifest.package?.defaultRun;
  if (defaultRun !== undefined && !targets.some((t) => t.kind === 'bin' && t.name === defaultRun)) {
    const target: CargoTarget = { kind: 'bin', name: defaultRun, path: undefined };
    need(`the bin ${defaultRun}`, found(placesOf(target, manifest.package?.name)));
  }
  if (stubs.size === 0 && !hasPath(manifest)) need(NO_TARGET, anyBinary(context, folder));
  const script = found(['build.rs']);
  if (manifest.package?.links === true && !manifest.package.build && script !== undefined) stubs.add(script);
  return { stubs: [...stubs], lacks };
}

/** Files that can stand in for the sources of a package while its dependencies are compiled. */
export interface StandIns {
  /** Sources of a library, which may be empty. */
  readonly libraries: readonly string[];
  /** Sources of programs and of the build script, which need a `main`; none of the libraries. */
  readonly programs: readonly string[];
}

/**
 * The sources that `cargo build` wants of the package in `folder`, `stubs` being those without which its manifest is not
 * accepted; undefined where one that the manifest names is not there. The build script is among them: without one cargo
 * leaves the build dependencies out.
 */
export function cargoStandIns(
  context: ContextFiles,
  folder: string,
  manifest: CargoManifest,
  stubs: readonly string[],
): StandIns | undefined {
  const { lib, targets } = manifest;
  const script = manifest.package?.script;
  const library = joinPath(folder, typeof lib === 'string' ? lib : 'src/lib.rs');
  const programs = targets.flatMap(({ kind, path }) => (kind === 'bin' && path !== undefined ? [path] : []));
  const named = [
    ...(typeof lib === 'string' ? [lib] : []),
    ...programs,
    ...(script === undefined ? [] : [script]),
  ].map((path) => joinPath(folder, path));
  if (!named.every((path) => isSent(context, path))) return undefined;
  const usual = manifest.package?.build === true ? [] : [joinPath(folder, 'build.rs')];
  const all = new Set([...stubs, ...named, ...usual.filter((path) => isSent(context, path))]);
  const libraries = isSent(context, library) ? [library] : [];
  return { libraries, programs: [...all].filter((path) => !libraries.includes(path)) };
}
