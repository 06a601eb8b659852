import { isInside } from '../text/paths.js';
import { isRepeatable, mountsFolders } from './aheadstep.js';
import { type AheadInstall, aheadOf } from './closures.js';
import { argumentsOf, inFolder, isLiteral, programOf, type StepCommand } from './commands.js';
import type { CopyContext } from './copies.js';
import { isNeutralIn } from './installers.js';
import { installOf } from './installs.js';
import { type BuildView, commandsBefore, type InstallStep } from './installstep.js';
import { isRepeatableState, isState, mayBeCut } from './shelllist.js';

/** A RUN cut in two, the first part to run ahead of the source, the second behind it. */
export interface PartedStep {
  /** The first part as the step it would be. */
  readonly found: InstallStep;
  /** Where only the dependencies are installed ahead: the install as it is there. The second part then has it whole. */
  readonly ahead?: AheadInstall;
  /** The last command of the first part. */
  readonly last: StepCommand;
  /** Commands that change the shell and that the second part has to begin with. */
  readonly state: readonly StepCommand[];
  /** The first command of the second part that is not one of `state`, from where it is the RUN's own text. */
  readonly next: StepCommand;
  /** A command of the second part by which the image would keep more than it does now. */
  readonly late?: StepCommand;
}

/** Programs that change or take away what is there: in a step of its own that stays in the layer before. */
const REWRITES =
  /^(rm|rmdir|mv|chown|chmod|chgrp|find|xargs|strip|upx|apt|apt-get|apk|yum|dnf|microdnf|zypper|dpkg)$/;
const CLEANS = /^(prune|cache|clean|cleanup|purge|uninstall|remove|autoremove|autoclean|rm|store|dedupe)$/;

/** Whether an `rm` takes away files of the source alone, which lie in a layer of their own in any case. */
function removesSource(command: StepCommand, { closures, folders }: InstallStep): boolean {
  const { folder } = command;
  if (programOf(command) !== 'rm' || folder === undefined || !isLiteral(command)) return false;
  const outputs = closures.flatMap((closure) => closure.outputs);
  const places = argumentsOf(command).flatMap((word) => (word.startsWith('-') ? [] : inFolder(folder, word)));
  return places.every(
    (place) =>
      folders.some((one) => one !== place && isInside(one, place)) &&
      !outputs.some((output) => isInside(place, output) || isInside(output, place)),
  );
}

/** Whether a command behind the cut may take away or change what the first part made. */
function rewrites(command: StepCommand, found: InstallStep): boolean {
  if (installOf(command) !== undefined) return true;
  if (removesSource(command, found)) return false;
  if (REWRITES.test(programOf(command))) return true;
  return command.words.slice(1, 4).some(({ value }) => CLEANS.test(value));
}

/** Places of downloads, which nothing but another download needs. */
const DOWNLOADS = /\/(\.npm|_cacache|\.?cache|\.pnpm-store|pnpm\/store|apt|apk)(\/|$)/;

/** What the second part may miss of mounts: it has them too, but not what the first put into them, once that is in the cache. */
function keepsMounts({ step, installs, folders }: InstallStep, whole: boolean): boolean {
  const { instruction } = step;
  const mounts = instruction.kind === 'RUN' ? instruction.mounts : [];
  return mounts.every(({ type, target }) => {
    if (type === 'tmpfs') return false;
    if (type !== 'cache') return true;
    const inProject = target === undefined || folders.some((f) => isInside(f, target) || isInside(target, f));
    // Poetry and pipenv keep environments among their downloads, yarn packages that are never unpacked.
    const kept = installs.some(({ install }) => /^(poetry|pipenv|yarn|bundler)$/.test(install.manager));
    return !inProject && (whole || (DOWNLOADS.test(target) && !kept));
  });
}

/** How many of the commands, from the first, read nothing of the source but what installs do. */
function freeCount({ commands }: InstallStep): number {
  const first = commands.findIndex((c) => installOf(c) === undefined && !isNeutralIn(commands, c));
  return first < 0 ? commands.length : first;
}

/** Where to cut `commands`, of which the first `count` may run ahead: what only changes the shell is left to what follows it. */
function cutAt(commands: readonly StepCommand[], from: number, count: number): number {
  const after = commands.slice(from + 1, count);
  const trailing = after.length - 1 - after.findLastIndex((command) => !isState(command));
  return from + after.length - trailing;
}

/** The parts of a RUN cut behind `commands[at]`; undefined where they would do something else than it does. */
function partsAt(found: InstallStep, at: number, ahead: AheadInstall | undefined): PartedStep | undefined {
  const { commands, installs, step } = found;
  const first = commands.slice(0, at + 1);
  const last = first.at(-1);
  const own = installs.filter(({ install }) => first.includes(install.command));
  const next = ahead === undefined ? commands[at + 1] : own[0]?.install.command;
  if (last === undefined || next === undefined || own.length === 0) return undefined;
  if (commands[at + 1] !== undefined && !mayBeCut(step, commands, at)) return undefined;
  const state = first.slice(0, next === commands[at + 1] ? undefined : first.indexOf(next)).filter(isState);
  if (!state.every(isRepeatableState)) return undefined;
  const alone = ahead === undefined ? own : [{ install: ahead.install, closure: ahead.closure }];
  const part: InstallStep = {
    ...found,
    commands: first,
    installs: alone,
    closures: alone.map(({ closure }) => closure),
    needing: own.map(({ install }) => install.command),
    folders: own.map(({ install }) => install.folder),
  };
  return { found: part, ...(ahead === undefined ? {} : { ahead }), last, state, next };
}

/** The RUN cut behind its installs, where what follows them needs the source. */
function behindInstalls(found: InstallStep): PartedStep | undefined {
  const { commands } = found;
  const count = freeCount(found);
  const from = commands.findLastIndex((command, i) => i < count && installOf(command) !== undefined);
  if (count === commands.length || from < 0) return undefined;
  const at = cutAt(commands, from, count);
  const parts = partsAt(found, at, undefined);
  return parts?.found.closures.some(({ open }) => open.length > 0) === true ? undefined : parts;
}

/** The RUN cut ahead of its install, which is put there too, without what needs the source. */
function aroundInstall(view: BuildView, found: InstallStep): PartedStep | undefined {
  const { node, step, commands, image } = found;
  const at = commands.findIndex((command) => installOf(command) !== undefined);
  const one = found.installs.find(({ install }) => install.command === commands[at]);
  if (one === undefined || at >= freeCount(found)) return undefined;
  const ahead = aheadOf(one.install, step, image, commands, () => commandsBefore(view, node, step));
  if (ahead === undefined || ahead.closure.open.length > 0) return undefined;
  const after = commands.slice(at + 1);
  const other = after.findIndex((command) => !isRepeatable(command) || isState(command));
  return partsAt(found, at + (other < 0 ? after.length : other), ahead);
}

/** How the RUN of `found` can be cut so that its install, or what of it needs no source, goes ahead of the source. */
export function partedStepOf(
  view: BuildView,
  context: CopyContext,
  found: InstallStep,
): PartedStep | undefined {
  const { instruction } = found.step;
  if (instruction.kind !== 'RUN' || instruction.form !== 'shell' || instruction.heredocs.length > 0)
    return undefined;
  if (mountsFolders(found, context)) return undefined;
  const parts = behindInstalls(found) ?? aroundInstall(view, found);
  if (parts === undefined || !keepsMounts(parts.found, parts.ahead !== undefined)) return undefined;
  const rest = found.commands.slice(found.commands.indexOf(parts.last) + 1);
  const late = found.node.shipped ? rest.find((command) => rewrites(command, parts.found)) : undefined;
  return late === undefined ? parts : { ...parts, late };
}
