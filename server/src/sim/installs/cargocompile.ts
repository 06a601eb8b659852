import { type CargoProject, stubCommands } from '../../project/closures/cargo.js';
import { isInside, joinPath } from '../../text/paths.js';
import { programOf, type StepCommand } from '../commands.js';
import type { CargoCommand } from './cargo.js';
import type { InstallScene, ProjectBuild } from './model.js';
import { pathFrom, settingsOf, shellWord } from './settings.js';

/** Options of `cargo build` that decide how dependencies are compiled, and whether `cargo clean` wants them too. */
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['--release', true],
  ['-r', true],
  ['--locked', false],
  ['--all-features', false],
  ['--no-default-features', false],
  ['--workspace', false],
  ['--all', false],
  ['-v', false],
  ['--verbose', false],
  ['-q', false],
  ['--quiet', false],
]);
const VALUES: ReadonlyMap<string, boolean> = new Map([
  ['--features', false],
  ['-F', false],
  ['-p', false],
  ['--package', false],
  ['-j', false],
  ['--jobs', false],
  ['--profile', true],
  ['--target', true],
  ['--target-dir', true],
]);
/** Options that only choose among the project's own programs. */
const CHOOSING = new Set(['--bin', '--bins', '--lib']);
/** Commands that leave nothing behind which a build could see, but for variables, which are read. */
const HARMLESS = new Set(['cd', 'set', 'export', 'echo', 'cargo', '']);
/** Targets whose programs are ordinary ones: elsewhere a bare `main` may not compile. */
const HOSTED = /-(linux|apple|windows)(-|$)|-darwin$/;

/** The words of a build without those that choose programs, and those of them that `cargo clean` needs; undefined where one is not known. */
function wordsOf(
  words: readonly string[],
): { readonly build: string[]; readonly clean: string[] } | undefined {
  const build: string[] = [];
  const clean: string[] = [];
  if (words.some((word) => word.includes('$'))) return undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const [name = word, ...inline] = word.startsWith('--') ? word.split('=') : [word];
    if (CHOOSING.has(name)) {
      if (name === '--bin' && inline.length === 0) i++;
      continue;
    }
    const cleans = VALUES.get(name);
    if (inline.length === 0 && FLAGS.has(word)) {
      build.push(word);
      if (FLAGS.get(word) === true) clean.push(word);
    } else if (cleans !== undefined) {
      const taken = inline.length > 0 ? [word] : [word, words[++i] ?? ''];
      const value = inline.length > 0 ? inline.join('=') : (taken[1] ?? '');
      if (name === '--target' && !HOSTED.test(value)) return undefined;
      build.push(...taken);
      if (cleans) clean.push(...taken);
    } else return undefined;
  }
  return { build, clean };
}

/** The name of every package in a Cargo.lock, each as often as it is there. */
function lockedNames(text: string): string[] {
  return [...text.matchAll(/^name = "([^"]+)"$/gm)].map(([, name = '']) => name);
}

/** Whether the settings of the project choose what a bare `main` may not compile for. */
function hasTargetSettings(project: CargoProject, scene: InstallScene): boolean {
  const named = project.closure.files.filter((path) => /\/\.cargo\/config(\.toml)?$/.test(path));
  return named.some((path) => /build-std|^\s*target\s*=/m.test(scene.files.text(path) ?? ''));
}

function onlyBuilds(commands: readonly StepCommand[], build: StepCommand): boolean {
  return commands.slice(0, commands.indexOf(build)).every((one) => HARMLESS.has(programOf(one)));
}

/**
 * Commands that compile the dependencies of `build` with files in place of the project's own sources and then takes back
 * what cargo made of those, so that the build compiles them as if never seen; `makes`: those files. Undefined where it can't
 * be known to compile. Tried with cargo 1.95 (a workspace with a build script, a proc macro and a C library): after the real
 * build `target` holds the same bytes. Removing the files alone is not enough: sources older than what was compiled in their
 * place count as unchanged.
 */
export function cargoCompile(
  { toolchain, verb, rest }: CargoCommand,
  project: CargoProject,
  build: ProjectBuild,
  scene: InstallScene,
): { readonly script: readonly string[]; readonly makes: readonly string[] } | undefined {
  const { closure, runs, packages, patched, root } = project;
  if ((verb !== 'build' && verb !== 'b') || build.unsure || patched) return undefined;
  const lock = scene.files.text(joinPath(root, 'Cargo.lock'));
  if (lock === undefined || hasTargetSettings(project, scene)) return undefined;
  if (!onlyBuilds(scene.commands, build.command)) return undefined;
  const words = wordsOf(rest);
  const settings = settingsOf(build.command, scene.commands, /./);
  const libraries = packages.flatMap(({ standIns }) => standIns?.libraries ?? []);
  const programs = packages.flatMap(({ standIns }) => standIns?.programs ?? []);
  const names = packages.map(({ name }) => name);
  const locked = lockedNames(lock);
  const clear = names.every((name) => locked.filter((one) => one === name).length === 1);
  const known = packages.every(({ standIns }) => standIns !== undefined);
  if (words === undefined || settings.open.length > 0 || !clear || !known) return undefined;
  const makes = [...libraries, ...programs].sort();
  if (makes.length === 0 || !closure.files.some((file) => isInside(build.folder, file))) return undefined;
  const { folders, remove } = stubCommands(makes, closure.files, runs, (path) =>
    shellWord(pathFrom(runs, path)),
  );
  const written = (paths: readonly string[]): string =>
    paths.map((path) => shellWord(pathFrom(runs, path))).join(' ');
  const cargo = ['cargo', ...(toolchain === undefined ? [] : [toolchain])];
  // In the folder of the build, whose package alone may be meant.
  const there = pathFrom(runs, build.folder);
  const say = (parts: readonly string[]): string => `${settings.prefix}${parts.map(shellWord).join(' ')}`;
  const clean = ['clean', ...words.clean, ...names.flatMap((name) => ['-p', name])];
  const built = [say([...cargo, 'build', ...words.build]), say([...cargo, ...clean])];
  const parts = [
    folders,
    libraries.length === 0 ? undefined : `touch ${written(libraries)}`,
    programs.length === 0 ? undefined : mainInto(programs.length, written(programs)),
    ...(there === '.' ? built : [`(cd ${shellWord(there)} && ${built.join(' && ')})`]),
    remove,
  ];
  return { script: parts.flatMap((part) => part ?? []), makes };
}

function mainInto(count: number, paths: string): string {
  return count === 1 ? `echo 'fn main() {}' > ${paths}` : `echo 'fn main() {}' | tee ${paths} > /dev/null`;
}
