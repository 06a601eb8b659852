import { joinPath } from '../../text/paths.js';
import { argumentsOf, inFolder, type StepCommand } from '../commands.js';
import type { Hindrance, StoreScene } from './model.js';

/** The words of a command that are no options. */
export function verbsOf(command: StepCommand): readonly string[] {
  return argumentsOf(command).filter((a) => !a.startsWith('-') && !a.startsWith('+'));
}

/** The value of `--name=value` or `--name value`; undefined where it is not given, null where it depends on a variable. */
export function optionOf(command: StepCommand, ...names: string[]): string | null | undefined {
  for (const [i, word] of command.words.entries()) {
    const [name = '', ...rest] = word.value.split('=');
    if (!names.includes(name)) continue;
    const value = rest.length > 0 ? word : command.words[i + 1];
    if (value === undefined || !value.literal) return null;
    return rest.length > 0 ? rest.join('=') : value.value;
  }
  return undefined;
}

/** Hindrances for those words of a command that are one of `flags`. */
export function flagHindrances(
  command: StepCommand,
  flags: readonly string[],
  replacement?: string,
): Hindrance[] {
  return command.words
    .filter((word) => flags.includes(word.value))
    .map((word) => ({ kind: 'word', word, ...(replacement === undefined ? {} : { replacement }) }));
}

/** A folder that a tool's option or variables name. */
export type Moved = { readonly path: string } | 'unknown' | 'default';

/** The folder the first of `names` that is set names; `default` where none is. */
export function movedBy({ variables }: StoreScene, command: StepCommand, ...names: string[]): Moved {
  for (const name of names) {
    if (!variables.has(name)) continue;
    const value = variables.get(name);
    if (value === undefined || value.includes('$')) return 'unknown';
    if (value !== '') return folderNamed(command, value);
  }
  return 'default';
}

/** The folder an option names. */
export function movedByOption(command: StepCommand, ...names: string[]): Moved {
  const value = optionOf(command, ...names);
  if (value === undefined) return 'default';
  return value === null ? 'unknown' : folderNamed(command, value);
}

function folderNamed(command: StepCommand, value: string): Moved {
  if (value.startsWith('/')) return { path: joinPath('/', value) };
  if (value.startsWith('~') || command.folder === undefined || command.folder.startsWith('/?'))
    return 'unknown';
  return { path: inFolder(command.folder, value) };
}

/** The first of `choices` that is no `default`: a path, or undefined where it can't be known. */
export function firstMoved(...choices: readonly Moved[]): string | undefined {
  const found = choices.find((one) => one !== 'default');
  return typeof found === 'object' ? found.path : undefined;
}

/** HOME as programs see it, which follow the variable. */
export function homeOf({ variables, user }: StoreScene): string | undefined {
  if (variables.has('HOME')) {
    const value = variables.get('HOME');
    return value?.startsWith('/') === true && !value.includes('$') ? joinPath('/', value) : undefined;
  }
  return user?.home;
}

/** A path below the home folder. */
export function inHome(scene: StoreScene, path: string): Moved {
  const home = homeOf(scene);
  return home === undefined ? 'unknown' : { path: joinPath(home, path) };
}

/** A path below the user's entry in the list of users: what Java takes for the home folder. */
export function inUsersHome({ user }: StoreScene, path: string): Moved {
  return user?.home === undefined ? 'unknown' : { path: joinPath(user.home, path) };
}

/** A path below XDG_CACHE_HOME, or `.cache` of the home folder. */
export function inCacheHome(scene: StoreScene, command: StepCommand, path: string): Moved {
  const moved = movedBy(scene, command, 'XDG_CACHE_HOME');
  if (moved === 'default') return inHome(scene, joinPath('.cache', path));
  return moved === 'unknown' ? moved : { path: joinPath(moved.path, path) };
}

/** `moved` with a path below it. */
export function below(moved: Moved, path: string): Moved {
  return typeof moved === 'object' ? { path: joinPath(moved.path, path) } : moved;
}

/** Whether a variable is set to something that stands for yes. */
export function isSet({ variables }: StoreScene, name: string): boolean {
  const value = variables.get(name);
  return variables.has(name) && value !== '' && !/^(?:0|false|no|off|n|f)$/i.test(value ?? '1');
}

/** The text of a file of the project beside where a command runs. */
export function projectText(scene: StoreScene, command: StepCommand, name: string): string | undefined {
  return command.folder === undefined ? undefined : scene.files?.text(inFolder(command.folder, name));
}

/** Whether a file of the project lies beside where a command runs. */
export function hasProjectFile(scene: StoreScene, command: StepCommand, name: string): boolean {
  return command.folder !== undefined && scene.files?.exists(inFolder(command.folder, name)) === true;
}

/** Where an earlier command has set a tool's own setting of its store: its value is not followed. */
export function movedByCommand({ ran }: StoreScene, text: RegExp): Moved {
  return ran(text) ? 'unknown' : 'default';
}
