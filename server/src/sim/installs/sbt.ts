import { sbtClosure } from '../../project/closures/sbt.js';
import { programOf, type StepCommand } from '../commands.js';
import type { Install, InstallScene, Manager, Prefetch, ProjectBuild, Variables } from './model.js';
import { hasCacheMount, settingsOf, shellWord } from './settings.js';

/** Tasks that compile the project, so that all of its dependencies are downloaded. */
const BUILDS =
  /^(compile|assembly|package|packageBin|stage|dist|test|run|publishLocal|fullOptJS|fullLinkJS|fastLinkJS|nativeImage|nativeLink|packageZipTarball)$/;

const SBT_NAMES =
  /^(SBT_OPTS|JAVA_OPTS|JAVA_TOOL_OPTIONS|COURSIER_\w+|SBT_CREDENTIALS|https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY)$/;

/** Options as they are written, and the names of the tasks without project, configuration and arguments. */
function readSbt(command: StepCommand): { readonly options: string[]; readonly tasks: string[] } | undefined {
  const [program] = command.words;
  // A launcher of the project is a file of it.
  if (programOf(command) !== 'sbt' || program?.value.startsWith('.') === true) return undefined;
  const words = command.words.slice(1);
  const options = words.filter((w) => w.literal && /^-/.test(w.value)).map((w) => w.value);
  const tasks = words
    .filter((w) => !w.value.startsWith('-'))
    .flatMap((w) => w.value.split(';'))
    .map((task) => (task.trim().split(/\s+/)[0] ?? '').replace(/^.*[/:]/, ''))
    .filter((task) => task !== '');
  return { options, tasks };
}

function sbtInstall(command: StepCommand, folder: string): Install | undefined {
  const tasks = readSbt(command)?.tasks;
  const verb = command.words.find((w) => w.value === 'update');
  if (tasks === undefined || verb === undefined || tasks.some((task) => task !== 'update')) return undefined;
  const flags = command.words.slice(1).flatMap((w) => (w === verb ? [] : w.value));
  return { manager: 'sbt', what: 'sbt-update', command, verb, flags, folder, files: [], unsure: false };
}

function sbtBuild(command: StepCommand, folder: string): ProjectBuild | undefined {
  const read = readSbt(command);
  if (read?.tasks.some((task) => BUILDS.test(task)) !== true) return undefined;
  return { manager: 'sbt', command, folder, unsure: false };
}

function stores(variables: Variables): string[] {
  const homes = [...new Set([variables.get('HOME') ?? '/root', '/root'])];
  return homes.flatMap((home) => [`${home}/.cache/coursier`, `${home}/.ivy2`, `${home}/.sbt`]);
}

function sbtPrefetch(build: ProjectBuild, scene: InstallScene): Prefetch | undefined {
  const { variables, files, step, commands } = scene;
  if (hasCacheMount(step, /coursier|\.ivy2|\.cache\/?$|\$/)) return undefined;
  const closure = sbtClosure(files, build.folder);
  const read = readSbt(build.command);
  if (closure === undefined || read === undefined) return undefined;
  const settings = settingsOf(build.command, commands, SBT_NAMES);
  const words = ['sbt', ...read.options.filter((word) => /^-(D|J|batch|no-colors)/.test(word)), 'update'];
  return {
    script: `${settings.prefix}${words.map(shellWord).join(' ')}`,
    folder: build.folder,
    makes: [],
    closure: { ...closure, open: [...closure.open, ...settings.open] },
    fills: stores(variables),
  };
}

/** sbt. */
export const sbt: Manager = {
  name: 'sbt',
  programs: /\bsbt\b/,
  installOf: sbtInstall,
  closureOf: (install, { files }) => sbtClosure(files, install.folder),
  buildOf: sbtBuild,
  prefetchOf: sbtPrefetch,
};
