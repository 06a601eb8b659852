import { cargoProject, stubCommands } from '../../project/closures/cargo.js';
import { isInside, joinPath } from '../../text/paths.js';
import { inFolder, programOf, type StepCommand } from '../commands.js';
import type { Step } from '../model.js';
import { cargoCompile } from './cargocompile.js';
import type { Install, InstallScene, Manager, Prefetch, ProjectBuild, Variables } from './model.js';
import { type Options, readOptions } from './options.js';
import { pathFrom, settingsOf, shellWord, unsureWord } from './settings.js';

const CARGO_VALUES = new Set([
  '--manifest-path',
  '--target',
  '--package',
  '-p',
  '--bin',
  '--example',
  '--test',
  '--bench',
  '--features',
  '-F',
  '--profile',
  '--jobs',
  '-j',
  '--target-dir',
  '--message-format',
  '--color',
  '--config',
  '-Z',
  '--path',
  '--root',
  '--git',
  '--branch',
  '--tag',
  '--rev',
  '--version',
  '--vers',
  '--index',
  '--registry',
  '--exclude',
  '--out-dir',
  '--artifact-dir',
  '--recipe-path',
]);

const BUILD_VERBS = new Set([
  'fetch',
  'build',
  'b',
  'check',
  'c',
  'test',
  't',
  'run',
  'r',
  'bench',
  'doc',
  'd',
  'rustc',
  'clippy',
  'zigbuild',
  'auditable',
  'install',
]);

/** Variables that say what is downloaded, from where and to where. */
const CARGO_NAMES =
  /^(CARGO_(HOME|NET_.*|HTTP_.*|REGISTR.*|SOURCE_.*|UNSTABLE_.*)|RUSTUP_.*|GIT_.*|https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY)$/;

export interface CargoCommand {
  /** `+nightly`, or undefined. */
  readonly toolchain: string | undefined;
  readonly verb: string;
  /** The words beside the verb, up to `--`; with a `$` in those that are not known. */
  readonly rest: readonly string[];
  readonly options: Options;
}

function readCargo(command: StepCommand): CargoCommand | undefined {
  if (programOf(command) !== 'cargo') return undefined;
  const words = command.words.map(unsureWord);
  const toolchain = words[1]?.startsWith('+') === true ? words[1] : undefined;
  const from = toolchain === undefined ? 1 : 2;
  const verbAt = words.findIndex((word, i) => i >= from && !word.startsWith('-'));
  const verb = words[verbAt];
  if (verb === undefined || verb.includes('$') || verbAt < 0) return undefined;
  const end = words.indexOf('--');
  const rest = [...words.slice(from, verbAt), ...words.slice(verbAt + 1, end < 0 ? undefined : end)];
  return { toolchain, verb, rest, options: readOptions(rest, CARGO_VALUES, /^-/) };
}

/** An option that names a place or setting which is not known, or changes what is read. */
function isUnsure({ options, toolchain }: CargoCommand): boolean {
  const places = ['--manifest-path', '--path', '--target', '--recipe-path'].map((name) =>
    options.value(name),
  );
  return (
    options.value('--config', '-C') !== undefined ||
    toolchain?.includes('$') === true ||
    places.some((place) => place?.includes('$') === true)
  );
}

/** What cargo-chef builds by its recipe, which lists the dependencies alone. */
function chefCook(command: StepCommand, folder: string): Install | undefined {
  const read = readCargo(command);
  if (read?.verb !== 'chef' || read.options.positional[0] !== 'cook') return undefined;
  const verb = command.words.find((w) => w.value === 'cook');
  if (verb === undefined) return undefined;
  return {
    manager: 'cargo',
    what: 'cargo-chef-cook',
    command,
    verb,
    flags: command.words.slice(1).flatMap((w) => (w === verb ? [] : w.value)),
    folder,
    files: [inFolder(folder, read.options.value('--recipe-path') ?? 'recipe.json')],
    unsure: isUnsure(read),
  };
}

function cargoBuild(command: StepCommand, folder: string): ProjectBuild | undefined {
  const read = readCargo(command);
  if (read === undefined || !BUILD_VERBS.has(read.verb)) return undefined;
  // `cargo install NAME` has nothing to do with the project.
  if (read.verb === 'install' && read.options.value('--path') === undefined) return undefined;
  return { manager: 'cargo', command, folder, unsure: isUnsure(read) };
}

function manifestOf({ options }: CargoCommand, folder: string): string | undefined {
  const path = options.value('--path');
  const manifest =
    options.value('--manifest-path') ?? (path === undefined ? undefined : joinPath(path, 'Cargo.toml'));
  return manifest === undefined ? undefined : inFolder(folder, manifest);
}

/** What cargo writes into its home, wherever that is. */
function homeFolders(variables: Variables, toolchain: boolean): string[] {
  const home = variables.get('HOME');
  const own = variables.get('CARGO_HOME');
  const homes = own ? [own] : ['/usr/local/cargo', '/root/.cargo', ...(home ? [`${home}/.cargo`] : [])];
  const names = ['registry', 'git', '.package-cache', '.package-cache-mutate', '.global-cache'];
  const rustup = variables.get('RUSTUP_HOME');
  const rustups = rustup
    ? [rustup]
    : ['/usr/local/rustup', '/root/.rustup', ...(home ? [`${home}/.rustup`] : [])];
  return [...homes.flatMap((at) => names.map((name) => `${at}/${name}`)), ...(toolchain ? rustups : [])];
}

function isOffline({ options }: CargoCommand, variables: Variables): boolean {
  return (
    options.value('--offline', '--frozen') !== undefined ||
    /^(true|1)$/.test(variables.get('CARGO_NET_OFFLINE') ?? '')
  );
}

/** Verbs that compile what the project depends on. */
const COMPILES = new Set(['build', 'b', 'rustc', 'install', 'zigbuild', 'auditable']);

/** Whether all cache mounts of a step hold what cargo downloads, and nothing that it makes; undefined for any other. */
function downloadsKept(step: Step, variables: Variables): boolean | undefined {
  const mounts = step.instruction.kind === 'RUN' ? step.instruction.mounts : [];
  const caches = mounts.filter(({ type }) => type === 'cache');
  const homes = [variables.get('CARGO_HOME') ?? '/usr/local/cargo', '/usr/local/cargo', '/root/.cargo'];
  const folders = homes.flatMap((home) => [`${home}/registry`, `${home}/git`]);
  const known = caches.every(({ target }) =>
    folders.some((folder) => target !== undefined && isInside(folder, target.replace(/\/+$/, ''))),
  );
  return known ? caches.length > 0 : undefined;
}

/** Whether something stands before the compiler that may remember what it made. */
function isWrapped(variables: Variables, paths: readonly string[], files: InstallScene['files']): boolean {
  const configs = paths.filter((path) => /\/\.cargo\/config(\.toml)?$/.test(path));
  return (
    [...variables.keys()].some((name) => /RUSTC_(WORKSPACE_)?WRAPPER|^SCCACHE_/.test(name)) ||
    configs.some((path) => /rustc-(workspace-)?wrapper/.test(files.text(path) ?? ''))
  );
}

function cargoPrefetch(build: ProjectBuild, scene: InstallScene): Prefetch | undefined {
  const { variables, files, step, commands } = scene;
  const read = readCargo(build.command);
  if (read === undefined || isOffline(read, variables)) return undefined;
  const kept = downloadsKept(step, variables);
  if (kept === undefined || (kept && !COMPILES.has(read.verb))) return undefined;
  const manifest = manifestOf(read, build.folder);
  const project = cargoProject(files, { folder: build.folder, manifest });
  if (project === undefined || project.standsIn || project.offline || !project.downloads) return undefined;
  const { closure, runs, stubs } = project;
  if (kept && isWrapped(variables, closure.files, files)) return undefined;
  const settings = settingsOf(build.command, commands, CARGO_NAMES);
  const open = [...closure.open, ...settings.open];
  const locked = read.options.value('--locked') !== undefined;
  if (read.verb === 'install' && !locked)
    open.push('cargo install without --locked chooses other versions than Cargo.lock does');
  const target = read.options.value('--target');
  const words = [
    'cargo',
    ...(read.toolchain === undefined ? [] : [read.toolchain]),
    'fetch',
    // A lock file that does not fit the manifests stops it only where it stops the build.
    ...(locked ? ['--locked'] : []),
    ...(manifest === undefined ? [] : ['--manifest-path', pathFrom(runs, manifest)]),
    ...(target === undefined ? [] : ['--target', target]),
  ];
  const fetch = `${settings.prefix}${words.map(shellWord).join(' ')}`;
  const written = stubs.map((path) => shellWord(pathFrom(runs, path)));
  const { folders, remove } = stubCommands(stubs, closure.files, runs, (path) =>
    shellWord(pathFrom(runs, path)),
  );
  const script = [folders, `touch ${written.join(' ')}`, fetch, remove].flatMap((part) => part ?? []);
  const compile = cargoCompile(read, project, build, scene);
  const toolchain = closure.files.some((file) => /\/rust-toolchain(\.toml)?$/.test(file));
  return {
    script: stubs.length === 0 ? fetch : script.join(' && '),
    ...(compile === undefined ? {} : { compile: compile.script }),
    folder: runs,
    makes: [...new Set([...stubs, ...(compile?.makes ?? [])])],
    closure: { ...closure, open },
    fills: kept ? [] : homeFolders(variables, toolchain),
    ...(kept ? { downloadsKept: true } : {}),
  };
}

/**
 * cargo, and cargo-chef. `cargo fetch` counts as a build: cargo wants the sources that the manifests name, so it can't run
 * ahead of them as it is.
 */
export const cargo: Manager = {
  name: 'cargo',
  programs: /cargo/,
  installOf: chefCook,
  buildOf: cargoBuild,
  prefetchOf: cargoPrefetch,
};
