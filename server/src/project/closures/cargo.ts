import { type CargoManifest, parseCargoConfig, parseCargoToml } from '../../syntax/manifests/rust.js';
import { dirName, isInside, joinPath } from '../../text/paths.js';
import { cargoStandIns, cargoStubs, NO_TARGET, type StandIns, targetCandidates } from './cargotargets.js';
import { upwards } from './go.js';
import { type Closure, type ContextFiles, isSent } from './model.js';

export interface CargoFetch {
  /** Where the command runs. */
  readonly folder: string;
  /** The Cargo.toml it is given, else the nearest. */
  readonly manifest: string | undefined;
}

/** What `cargo fetch` reads. */
export interface CargoProject {
  readonly closure: Closure;
  /** The folder of the workspace's Cargo.toml, or of the only one. */
  readonly root: string;
  /** Where it has to run to see all settings: the folder of the command, or `root` where that makes no difference. */
  readonly runs: string;
  /** Source files that have to be there, of whatever content. */
  readonly stubs: readonly string[];
  /** The source of the package itself is not there: something else stands in for it, to compile dependencies alone. */
  readonly standsIn: boolean;
  /** Every package of the project that was read: its name, and what can stand in for its sources, where that is known. */
  readonly packages: readonly { readonly name: string; readonly standIns: StandIns | undefined }[];
  /** It puts packages of its own in the place of others. */
  readonly patched: boolean;
  /** Dependencies come from elsewhere than the disk. */
  readonly downloads: boolean;
  /** Dependencies come from a folder of the disk, or none may be downloaded. */
  readonly offline: boolean;
}

interface Draft {
  readonly context: ContextFiles;
  readonly files: string[];
  readonly candidates: Set<string>;
  readonly open: string[];
  readonly stubs: Set<string>;
  /** Folders of packages without any source. */
  readonly lacking: Set<string>;
  readonly packages: { readonly name: string; readonly standIns: StandIns | undefined }[];
  /** Manifests read so far. */
  readonly manifests: Map<string, CargoManifest>;
}

function take(draft: Draft, path: string): boolean {
  draft.candidates.add(path);
  if (!isSent(draft.context, path)) return false;
  if (!draft.files.includes(path)) draft.files.push(path);
  return true;
}

function peek(context: ContextFiles, path: string): CargoManifest | undefined {
  return isSent(context, path) ? parseCargoToml(context.text(path) ?? '') : undefined;
}

/** The folder of the workspace that the package in `folder` belongs to; itself where there is none. */
function rootOf(draft: Draft, folder: string): string {
  const own = peek(draft.context, joinPath(folder, 'Cargo.toml'));
  if (own?.workspace !== undefined) return folder;
  if (own?.package?.workspace !== undefined) return joinPath(folder, own.package.workspace);
  for (const above of upwards(folder).slice(1)) {
    const path = joinPath(above, 'Cargo.toml');
    draft.candidates.add(path);
    const workspace = peek(draft.context, path)?.workspace;
    if (workspace === undefined) continue;
    const holds = (names: readonly string[]): boolean =>
      names.some((name) => isInside(joinPath(above, name), folder));
    return holds(workspace.exclude) && !holds(workspace.members) ? folder : above;
  }
  return folder;
}

/** The folders a member pattern stands for: `*`, `?` and `[…]` in any part, not `**`. */
function expand(context: ContextFiles, root: string, pattern: string): string[] | undefined {
  let folders = [root];
  for (const part of pattern.split('/').filter((p) => p !== '' && p !== '.')) {
    if (part === '**') return undefined;
    if (!/[*?[]/.test(part)) {
      folders = folders.map((folder) => joinPath(folder, part));
      continue;
    }
    const source = part
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')
      .replace(/\[!/g, '[^');
    let matcher: RegExp;
    try {
      matcher = new RegExp(`^${source}$`);
    } catch {
      return undefined;
    }
    folders = folders.flatMap((folder) =>
      (context.entries(folder) ?? [])
        .filter((entry) => entry.kind !== 'file' && matcher.test(entry.name))
        .map((entry) => joinPath(folder, entry.name)),
    );
  }
  return folders;
}

/** Reads the package in `folder` and all that it names on the disk. */
function visit(
  draft: Draft,
  folder: string,
  root: CargoManifest | undefined,
  rootFolder: string,
  by: string,
): void {
  const path = joinPath(folder, 'Cargo.toml');
  if (draft.manifests.has(path)) return;
  if (!take(draft, path)) {
    draft.open.push(`${path}, named by ${by}, is not in the build context`);
    return;
  }
  const manifest = parseCargoToml(draft.context.text(path) ?? '');
  if (manifest === undefined) {
    draft.open.push(`${path} could not be read`);
    return;
  }
  draft.manifests.set(path, manifest);
  if (manifest.package !== undefined) {
    for (const candidate of targetCandidates(draft.context, folder)) draft.candidates.add(candidate);
    const { stubs, lacks } = cargoStubs(draft.context, folder, manifest);
    for (const stub of stubs) draft.stubs.add(stub);
    const standIns = cargoStandIns(draft.context, folder, manifest, stubs);
    draft.packages.push({ name: manifest.package.name, standIns });
    if (lacks !== undefined) {
      if (lacks === NO_TARGET) draft.lacking.add(folder);
      draft.open.push(`${path} names ${lacks}, whose source is not known`);
    }
  }
  const workspace = manifest.workspace === undefined ? root : manifest;
  const base = manifest.workspace === undefined ? rootFolder : folder;
  for (const next of manifest.paths) visit(draft, joinPath(folder, next), root, rootFolder, path);
  for (const name of manifest.inherited) {
    const next = workspace?.workspace?.paths[name];
    if (next !== undefined) visit(draft, joinPath(base, next), root, rootFolder, path);
  }
}

/** The settings cargo and rustup look for in a folder and above it. */
function settings(
  draft: Draft,
  folder: string,
): { readonly offline: boolean; readonly patched: boolean; readonly holders: readonly string[] } {
  let offline = false;
  let patched = false;
  const holders: string[] = [];
  for (const at of upwards(folder)) {
    for (const name of ['.cargo/config.toml', '.cargo/config', 'rust-toolchain.toml', 'rust-toolchain']) {
      const path = joinPath(at, name);
      if (!take(draft, path)) continue;
      holders.push(at);
      if (!name.startsWith('.cargo')) continue;
      const config = parseCargoConfig(draft.context.text(path) ?? '');
      if (config === undefined) {
        draft.open.push(`${path} could not be read`);
        continue;
      }
      offline ||= config.offline || config.vendored !== undefined;
      if (config.includes) draft.open.push(`${path} takes in further files`);
      if (config.programs.length > 0) draft.open.push(`${path} names ${config.programs[0]}`);
      patched ||= config.patches.length > 0;
      for (const patch of config.patches) visit(draft, joinPath(at, patch), undefined, at, path);
    }
  }
  return { offline, patched, holders };
}

function readWorkspace(draft: Draft, root: string, start: string): void {
  const path = joinPath(root, 'Cargo.toml');
  const manifest = peek(draft.context, path);
  take(draft, path);
  take(draft, joinPath(root, 'Cargo.lock'));
  visit(draft, root, manifest, root, 'the command');
  for (const patch of manifest?.patches ?? []) visit(draft, joinPath(root, patch), manifest, root, path);
  const excluded = (manifest?.workspace?.exclude ?? []).map((name) => joinPath(root, name));
  for (const pattern of manifest?.workspace?.members ?? []) {
    const folders = expand(draft.context, root, pattern);
    if (folders === undefined) draft.open.push(`${path} names its members by ${pattern}`);
    for (const folder of folders ?? []) {
      if (pattern.includes('*') && excluded.some((out) => isInside(out, folder))) continue;
      // A folder that matches and holds nothing is none; the build fails where it is there.
      if (pattern.includes('*') && !isSent(draft.context, joinPath(folder, 'Cargo.toml'))) continue;
      visit(draft, folder, manifest, root, path);
    }
  }
  if (start !== root) visit(draft, start, manifest, root, 'the command');
}

/**
 * What `cargo fetch` reads of the project; undefined where it has no Cargo.toml. Seen by strace with cargo 1.95: Cargo.toml
 * in the folder and above it, Cargo.lock beside the workspace's, the manifest of every member, patch and dependency on the
 * disk and whether their targets exist, `.cargo/config` and `config.toml`, and rustup's toolchain files in the folder and
 * above it. The content of source files is not read.
 */
export function cargoProject(context: ContextFiles, fetch: CargoFetch): CargoProject | undefined {
  const draft: Draft = {
    context,
    files: [],
    candidates: new Set(),
    open: [],
    stubs: new Set(),
    lacking: new Set(),
    packages: [],
    manifests: new Map(),
  };
  const folders = upwards(fetch.folder);
  const start =
    fetch.manifest === undefined
      ? folders.find((at) => isSent(context, joinPath(at, 'Cargo.toml')))
      : dirName(fetch.manifest);
  if (start === undefined || !isSent(context, joinPath(start, 'Cargo.toml'))) return undefined;
  for (const at of folders) draft.candidates.add(joinPath(at, 'Cargo.toml'));
  const root = rootOf(draft, start);
  readWorkspace(draft, root, start);
  const { offline, patched, holders } = settings(draft, fetch.folder);
  const manifests = [...draft.manifests.values()];
  const needsOwn = fetch.manifest !== undefined || holders.some((at) => at !== root && !isInside(at, root));
  const locked = draft.files.includes(joinPath(root, 'Cargo.lock'));
  return {
    closure: {
      files: draft.files,
      folders: [],
      candidates: [...draft.candidates],
      ecosystem: manifests.length > 1 ? 'cargo-workspace' : 'cargo',
      open: draft.open,
      doubts: locked ? [] : ['there is no Cargo.lock, so versions are chosen at each install'],
      outputs: [],
    },
    root,
    runs: needsOwn ? fetch.folder : root,
    stubs: [...draft.stubs],
    standsIn: draft.lacking.has(start) || draft.lacking.has(root),
    packages: draft.packages,
    patched: patched || manifests.some(({ patches }) => patches.length > 0),
    downloads:
      draft.open.length > 0 ||
      manifests.some((m) => m.downloads || m.inherited.some((name) => isDownloaded(draft, root, name))),
    offline,
  };
}

/** Whether a dependency that the workspace describes comes from elsewhere than the disk. */
function isDownloaded(draft: Draft, root: string, name: string): boolean {
  return draft.manifests.get(joinPath(root, 'Cargo.toml'))?.workspace?.paths[name] === undefined;
}

/**
 * Shell commands that make the folders of `stubs`, undefined where they are all there, and those that remove the stubs again
 * with the folders made for them; `written` says a path as seen from `folder`. `files`: what is there already.
 */
export function stubCommands(
  stubs: readonly string[],
  files: readonly string[],
  folder: string,
  written: (path: string) => string,
): { readonly folders: string | undefined; readonly remove: string } {
  const kept = (at: string): boolean =>
    files.some((file) => isInside(at, dirName(file))) || isInside(at, folder);
  const made = new Set<string>();
  const removed = new Set<string>();
  for (const stub of stubs) {
    let top = stub;
    for (let at = dirName(stub); !kept(at) && at !== dirName(at); at = dirName(at)) top = at;
    if (!kept(dirName(stub))) made.add(dirName(stub));
    removed.add(top);
  }
  const folders = [...made].filter((at) => ![...made].some((other) => other !== at && isInside(at, other)));
  const recursive = [...removed].some((path) => !stubs.includes(path)) ? '-r ' : '';
  return {
    folders: folders.length === 0 ? undefined : `mkdir -p ${folders.map(written).join(' ')}`,
    remove: `rm ${recursive}${[...removed].map(written).join(' ')}`,
  };
}
