import { commandsOf } from './commands.js';
import type { DevInstall } from './devinstalls.js';
import { needsNoDevTool } from './devtools.js';
import { type Install, installOf } from './installs.js';
import type { ShellOf } from './model.js';
import type { Place } from './spread.js';

/** Options that have no say in where packages go or whether those that are there stay. */
const HARMLESS =
  /^(--(no-|prefer-)?(frozen(-lockfile)?|locked|immutable|offline)|--(ignore-scripts|inexact|deploy|dev|no-interaction|no-ansi|no-progress|no-cache|quiet|silent|verbose)|--(reporter|jobs|retry)(=.*)?|-[nqvd])$/;

/** Whether two installs are told the same, but for what is for development. */
function isAlike(found: DevInstall, later: DevInstall): boolean {
  const { choice } = later.part;
  const chosen = typeof choice === 'string' ? [] : choice.words.map(({ value }) => value);
  const own = found.install.flags;
  const others = later.install.flags.filter((flag) => !chosen.includes(flag));
  return (
    // The project itself may come with the later one.
    own.every((flag) => HARMLESS.test(flag) || flag === '--no-root' || others.includes(flag)) &&
    others.every((flag) => HARMLESS.test(flag) || own.includes(flag))
  );
}

/** Setting up Bundler for what follows. */
function configures({ manager }: Install, words: readonly string[]): boolean {
  return manager === 'bundler' && /^bundler?$/.test(words[0] ?? '') && words[1] === 'config';
}

function stepIsPlain(shell: ShellOf, { node, step, install, part }: DevInstall): boolean {
  const folderName = part.folder.replace(/^.*\//, '');
  return (
    commandsOf(node, step, shell)?.every(
      (c) =>
        installOf(c) !== undefined ||
        needsNoDevTool(c, folderName) ||
        configures(
          install,
          c.words.map(({ value }) => value),
        ),
    ) === true
  );
}

/**
 * Of installs that leave the development part out, those into the folder of `found` that let what it brought stay there, as
 * was recorded of their managers, and that do nothing else.
 */
export function keepersOf(
  shell: ShellOf,
  found: DevInstall,
  places: readonly Place[],
  leaving: readonly DevInstall[],
): readonly DevInstall[] {
  return leaving.filter(
    (later) =>
      later.part.takesOut === false &&
      later.install.manager === found.install.manager &&
      places.some((p) => p.node === later.node && p.folder === later.part.folder) &&
      isAlike(found, later) &&
      stepIsPlain(shell, later),
  );
}

/** Whether a later install of the same RUN may take out again what `found` brought. */
export function isUndoneInStep(
  found: DevInstall,
  leaving: readonly DevInstall[],
  keepers: readonly DevInstall[],
): boolean {
  return leaving.some(
    (later) =>
      later.step === found.step &&
      later.install.command.span.start > found.install.command.span.start &&
      later.part.folder === found.part.folder &&
      !keepers.includes(later),
  );
}
