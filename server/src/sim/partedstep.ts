import { isInside } from '../text/paths.js';
import { aheadStepOf, isRepeatable, mountsFolders } from './aheadstep.js';
import { type AheadInstall, aheadOf } from './closures.js';
import { argumentsOf, inFolder, isLiteral, programOf, type StepCommand } from './commands.js';
import type { CopyContext, LocalCopy } from './copies.js';
import { isNeutralIn } from './installers.js';
import { installOf } from './installs.js';
import { type BuildView, commandsBefore, type InstallStep } from './installstep.js';
import { obstaclesOf } from './obstacles.js';
import { isList, isRepeatableState, isState, mayBeCut } from './shelllist.js';

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

/** Programs that change or take away what is there, and what they are given before paths. */
const REWRITES: ReadonlyMap<string, number> = new Map([
  ['rm', 0],
  ['rmdir', 0],
  ['mv', 0],
  ['chown', 1],
  ['chgrp', 1],
  ['chmod', 1],
]);
const ANYWHERE = /^(find|xargs|strip|upx)$/;
const CLEANS =
  /^(prune|cache|clean|cleanup|purge|uninstall|remove|autoremove|autoclean|del|erase|rm|store|dedupe)$/;

/** Whether all that a command of `REWRITES` names lies in the source, which has a layer of its own in any case. */
function staysInSource(command: StepCommand, { closures, folders }: InstallStep, before: number): boolean {
  const { folder } = command;
  if (folder === undefined || !isLiteral(command)) return false;
  const outputs = closures.flatMap((closure) => closure.outputs);
  const named = argumentsOf(command)
    .filter((word) => !word.startsWith('-'))
    .slice(before);
  const places = (programOf(command) === 'mv' ? named.slice(0, -1) : named).map((word) =>
    inFolder(folder, word),
  );
  return places.every(
    (place) =>
      folders.some((one) => one !== place && isInside(one, place)) &&
      !outputs.some((output) => isInside(place, output) || isInside(output, place)),
  );
}

/** Whether a command behind the cut may take away or change what the first part made. */
function rewrites(command: StepCommand, found: InstallStep): boolean {
  const install = installOf(command);
  // pip only adds; the others bring the same folder in line once more.
  if (install !== undefined)
    return (
      !/^(uv-)?(requirements|project)$/.test(install.what) &&
      found.installs.some(
        (one) => one.install.manager === install.manager && one.install.folder === install.folder,
      )
    );
  const before = REWRITES.get(programOf(command));
  if (before !== undefined) return !staysInSource(command, found, before);
  return (
    ANYWHERE.test(programOf(command)) || command.words.slice(1, 4).some(({ value }) => CLEANS.test(value))
  );
}

/** Places of downloads, which nothing but another download needs. */
const DOWNLOADS = /\/(\.npm|_cacache|\.?cache|\.pnpm-store|pnpm\/store|apt|apk)(\/|$)/;

/** What the second part may miss of mounts: it has them too, but not what the first put into them, once that is in the cache. */
function keepsMounts({ step, installs, folders, commands }: InstallStep, whole: boolean): boolean {
  const { instruction } = step;
  const linked =
    [...step.environment.values()].includes('symlink') ||
    commands.some(({ words, assignments }) =>
      [...words, ...assignments.flatMap(({ value }) => value ?? [])].some(({ value }) =>
        /symlink/.test(value),
      ),
    );
  const mounts = instruction.kind === 'RUN' ? instruction.mounts : [];
  return mounts.every(({ type, target }) => {
    if (type === 'tmpfs') return false;
    if (type !== 'cache') return true;
    const inProject = target === undefined || folders.some((f) => isInside(f, target) || isInside(target, f));
    // Poetry and pipenv keep environments among their downloads, yarn packages that are never unpacked.
    const kept = installs.some(({ install }) => /^(poetry|pipenv|yarn|bundler)$/.test(install.manager));
    return !inProject && (whole || (DOWNLOADS.test(target) && !kept && !linked));
  });
}

/** How many of the commands, from the first, need nothing of the source but manifests. */
function freeCount({ commands, installs }: InstallStep): number {
  const first = commands.findIndex((command) => {
    if (installOf(command) === undefined) return !isNeutralIn(commands, command);
    return installs.find(({ install }) => install.command === command)?.closure.open.length !== 0;
  });
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
  if (commands[at + 1] === undefined ? !isList(first) : !mayBeCut(step, commands, at)) return undefined;
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
  return partsAt(found, cutAt(commands, from, count), undefined);
}

/** The RUN cut ahead of its install, which is put there too, without what needs the source. */
function aroundInstall(view: BuildView, found: InstallStep): PartedStep | undefined {
  const { node, step, commands, image } = found;
  const at = commands.findIndex((command) => installOf(command) !== undefined);
  const one = found.installs.find(({ install }) => install.command === commands[at]);
  if (one === undefined || at > freeCount(found)) return undefined;
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

/** Whether an install, or what of it needs no source, could go ahead of the copies `broad`. */
export function mayGoFirst(
  view: BuildView,
  context: CopyContext,
  found: InstallStep,
  broad: readonly LocalCopy[],
): boolean {
  const isFree = (step: InstallStep): boolean => obstaclesOf(view, context, step, broad).blocked.length === 0;
  if (isFree(found)) return true;
  const ahead = aheadStepOf(view, context, found);
  if (ahead !== undefined && isFree(ahead.found)) return true;
  const parts = partedStepOf(view, context, found);
  return parts !== undefined && parts.late === undefined && isFree(parts.found);
}
