import { argumentsOf, commandsOf, inFolder, programOf, type StepCommand } from './commands.js';
import type { ShellOf, StageNode, Step } from './model.js';
import { isNeutral } from './neutral.js';

/** A RUN that installs packages by their names and reads nothing of the project but lists of such names. */
export interface PackageStep {
  readonly step: Step;
  /** The first install in it. */
  readonly command: StepCommand;
  /** Files it reads the names from, absolute in the image. */
  readonly lists: readonly string[];
}

const SYSTEM = new Set(['apt-get', 'apt', 'apk', 'yum', 'dnf', 'microdnf', 'zypper']);
const VERBS = new Set(['install', 'add', 'in', 'build-dep', 'groupinstall']);

/** Whether a command downloads and unpacks packages: what makes a step worth keeping. */
function isInstall(command: StepCommand): boolean {
  const program = programOf(command);
  const args = argumentsOf(command);
  if (SYSTEM.has(program)) return args.some((arg) => VERBS.has(arg));
  if (program === 'docker-php-ext-install' || program === 'install-php-extensions') return args.length > 0;
  if (/^(pip[0-9.]*|pecl|npm)$/.test(program)) return args.some((arg) => arg === 'install' || arg === 'i');
  return /^python[0-9.]*$/.test(program) && args[1] === 'pip' && args.includes('install');
}

/** The command that `xargs` runs with more words; the command itself otherwise. `list`: the file that `-a` names. */
function unwrapped(command: StepCommand): { readonly command: StepCommand; readonly list?: string } {
  if (programOf(command) !== 'xargs') return { command };
  let at = 1;
  let list: string | undefined;
  for (let word = command.words[at]; word?.value.startsWith('-'); word = command.words[at]) {
    const file = /^(?:-a|--arg-file)(?:=(.*))?$/.exec(word.value);
    const separate = file !== null && file[1] === undefined;
    if (file !== null) list = separate ? command.words[at + 1]?.value : file[1];
    at += separate || /^-[nLPIds]$/.test(word.value) ? 2 : 1;
  }
  const inner = { ...command, words: command.words.slice(at) };
  return list === undefined ? { command: inner } : { command: inner, list };
}

/** The files a command reads the names of packages from; undefined where it may read something else. */
function listsOf(original: StepCommand): readonly string[] | undefined {
  const { command, list } = unwrapped(original);
  const files = list === undefined ? [] : [list];
  const outputs = command.redirects.filter((redirect) => {
    if (redirect.operator !== '<') return true;
    files.push(redirect.target?.literal === true ? redirect.target.value : '$');
    return false;
  });
  const args = command.words.slice(1);
  if (
    programOf(command) === 'cat' &&
    outputs.length === 0 &&
    (command.inside[0] === 'substitution' || command.joined === 'start')
  ) {
    files.push(...args.map((word) => (word.literal ? word.value : '$')));
  } else {
    // What the words of another command are made of is looked at by itself.
    const words = command.words.filter((word) => !/^\$\(cat [^`$]*\)$/.test(word.value));
    if (!isNeutral({ ...command, words, redirects: outputs })) return undefined;
  }
  if (files.some((file) => file === '' || file === '-' || /[$~*?[]/.test(file))) return undefined;
  const { folder } = command;
  return folder === undefined && files.length > 0
    ? undefined
    : files.map((file) => inFolder(folder ?? '/', file));
}

/** A RUN as one that installs packages by name; undefined for any other, and where one of its commands may read more. */
export function packageStepOf(node: StageNode, step: Step, shell: ShellOf): PackageStep | undefined {
  const { instruction } = step;
  if (instruction.kind !== 'RUN' || instruction.mounts.some(({ type }) => type === 'bind')) return undefined;
  const commands = commandsOf(node, step, shell);
  const command = commands?.map((one) => unwrapped(one).command).find(isInstall);
  if (commands === undefined || command === undefined) return undefined;
  const lists: string[] = [];
  for (const one of commands) {
    const read = listsOf(one);
    if (read === undefined) return undefined;
    lists.push(...read);
  }
  return { step, command, lists: [...new Set(lists)] };
}
