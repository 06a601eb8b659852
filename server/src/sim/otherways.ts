import { baseName, dirName, isInside, joinPath } from '../text/paths.js';
import { commandsOf, folderOf, inFolder, programOf, type StepCommand } from './commands.js';
import { type CopyContext, localCopyOf } from './copies.js';
import { installOf } from './installs.js';
import type { BuildView, InstallStep } from './installstep.js';
import type { Step } from './model.js';
import { isNeutral } from './neutral.js';

/** Programs that make no file. */
const MAKE_NOTHING = new Set([
  'chown',
  'chmod',
  'chgrp',
  'rm',
  'mkdir',
  'rmdir',
  'ls',
  'cat',
  'test',
  '[',
  'stat',
  'find',
]);

/** Whether a command may make `target`, or be there for its sake: it names it, or runs above it and is not known. */
function mayMake(command: StepCommand, target: string): boolean {
  const name = baseName(target);
  if (command.words.some(({ value }) => value.includes(name))) return true;
  if (command.redirects.some(({ target: to }) => to?.value.includes(name) === true)) return true;
  if (isNeutral(command) || MAKE_NOTHING.has(programOf(command)) || installOf(command) !== undefined)
    return false;
  const { folder } = command;
  if (folder === undefined || isInside(folder, target)) return true;
  return command.words.some(({ value }) => isInside(inFolder(folder, value), target));
}

/** Whether a step that is no copy of the context may bring `target`. */
function mayBring(
  view: BuildView,
  context: CopyContext,
  found: InstallStep,
  step: Step,
  target: string,
): boolean {
  const node = view.graph.stages[step.stage] ?? found.node;
  const { instruction } = step;
  if (instruction.kind === 'RUN') {
    const commands = commandsOf(node, step, view.shell);
    return commands === undefined || commands.some((command) => mayMake(command, target));
  }
  if (instruction.kind !== 'COPY' && instruction.kind !== 'ADD') return false;
  if (localCopyOf(node, step, context, view.dockerfile.escape) !== undefined) return false;
  const written = instruction.destination?.value;
  if (written === undefined || written.includes('$')) return true;
  const place = inFolder(folderOf(node, step), written);
  // Into a folder above it, onto it, or several files into its own folder.
  return isInside(place, target) || place === joinPath(dirName(target), baseName(target));
}

/**
 * Whether `target` may be there at an install of `found` by another way than a copy of the context: a mount, another
 * stage, an address, a RUN of `before`, a command of its own RUN; or is named there, so that somebody thought of it.
 */
export function mayWrite(
  view: BuildView,
  context: CopyContext,
  found: InstallStep,
  before: readonly Step[],
  target: string,
): boolean {
  const { instruction } = found.step;
  if (found.node.base.kind === 'context') return true;
  const folder = folderOf(found.node, found.step);
  const mounts = instruction.kind === 'RUN' ? instruction.mounts : [];
  if (mounts.some(({ target: at }) => at !== undefined && isInside(inFolder(folder, at), target)))
    return true;
  const first = found.commands.findIndex((command) => installOf(command) !== undefined);
  if (found.commands.slice(0, first).some((command) => mayMake(command, target))) return true;
  const name = baseName(target);
  if (found.commands.some(({ words }) => words.some(({ value }) => value.includes(name)))) return true;
  return before.some((step) => mayBring(view, context, found, step, target));
}
