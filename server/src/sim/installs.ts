import type { Instruction } from '../syntax/dockerfile/model.js';
import type { StepCommand } from './commands.js';
import { managers } from './installs/managers.js';
import type { Install, ProjectBuild } from './installs/model.js';

export type { Install, ProjectBuild } from './installs/model.js';

/** Parts of the names of all programs that `installOf` and `buildOf` know. */
const PROGRAMS = new RegExp(managers.map(({ programs }) => programs.source).join('|'));

/**
 * Whether `installOf` or `buildOf` could know a command of `instruction`: false only where no word of its shell text can be
 * the name of a known program, however it is quoted. To look is much cheaper than to read the shell text.
 */
export function mayInstall(instruction: Instruction): boolean {
  const text = 'script' in instruction ? instruction.script?.text : undefined;
  if (text === undefined || PROGRAMS.test(text)) return true;
  // `$'…'` can write any character as a number; all other quoting only adds characters.
  return text.includes("$'") || (/['"\\]/.test(text) && PROGRAMS.test(text.replace(/\\\n|['"\\]/g, '')));
}

function first<T>(read: (manager: (typeof managers)[number]) => T | undefined): T | undefined {
  for (const manager of managers) {
    const found = read(manager);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The install a command is; undefined where it is none of those known, or installs packages by name or the project itself. */
export function installOf(command: StepCommand): Install | undefined {
  const { folder } = command;
  return folder === undefined ? undefined : first((manager) => manager.installOf?.(command, folder));
}

/** The build of a project a command is; undefined where it is none of those known. */
export function buildOf(command: StepCommand): ProjectBuild | undefined {
  const { folder } = command;
  return folder === undefined ? undefined : first((manager) => manager.buildOf?.(command, folder));
}
