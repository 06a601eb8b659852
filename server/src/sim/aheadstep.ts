import { type AheadInstall, aheadOf } from './closures.js';
import { argumentsOf, programOf, type StepCommand } from './commands.js';
import type { CopyContext } from './copies.js';
import { installOf } from './installs.js';
import { type BuildView, commandsBefore, type InstallStep } from './installstep.js';

/** An install of the dependencies alone, that could run ahead of the source with the whole install behind it. */
export interface AheadStep {
  /** The step as it would be ahead of the source. */
  readonly found: InstallStep;
  readonly ahead: AheadInstall;
}

/** Programs that set or say something, a second time too. */
const REPEATED = new Set(['cd', 'set', 'export', 'umask', 'echo', 'printf', 'true', ':']);

/** Whether a command may run again in a later RUN: nothing more comes of it, and it takes no time. */
export function isRepeatable(command: StepCommand): boolean {
  const program = programOf(command);
  const args = argumentsOf(command);
  if (command.words.length === 0 || REPEATED.has(program)) return command.redirects.length === 0;
  if (program === 'rm') return args.some((word) => /^(-[a-z]*f[a-z]*|--force)$/i.test(word));
  if (program === 'mkdir') return args.includes('-p');
  if (args.length === 1 && /^(-v|-V|--version)$/.test(args[0] ?? '')) return true;
  const verb = args.find((word) => !word.startsWith('-')) ?? '';
  if (program === 'poetry') return /^(config|cache)$/.test(verb);
  if (program === 'composer') return /^(config|clear-?cache)$/.test(verb);
  return /^(uv|pip[0-9.]*)$/.test(program) && verb === 'cache';
}

/** Whether the RUN mounts more of the context than files: then it would run again with the source. */
export function mountsFolders({ step }: InstallStep, context: CopyContext): boolean {
  return (
    step.instruction.kind === 'RUN' &&
    step.instruction.mounts.some(
      ({ type, from, source = '.' }) =>
        type === 'bind' &&
        from === undefined &&
        (/^[./]*$|\$/.test(source) || context.entries(source.replace(/^\.?\/+/, '')) !== undefined),
    )
  );
}

/**
 * What of the install of `found` could run ahead of the source; undefined where nothing could, where what it reads then is
 * not known either, or where its RUN does more than may be done twice.
 */
export function aheadStepOf(
  view: BuildView,
  context: CopyContext,
  found: InstallStep,
): AheadStep | undefined {
  const { node, step, commands, image, installs } = found;
  const [only] = installs;
  if (only === undefined || installs.length > 1 || only.closure.open.length === 0) return undefined;
  const { install } = only;
  if (install.command.inside.length > 0 || install.command.joined === '||') return undefined;
  if (step.instruction.kind !== 'RUN' || step.instruction.form === 'heredoc') return undefined;
  const others = commands.filter((command) => command !== install.command);
  if (others.some((command) => installOf(command) !== undefined || !isRepeatable(command))) return undefined;
  if (mountsFolders(found, context)) return undefined;
  const ahead = aheadOf(install, step, image, commands, () => commandsBefore(view, node, step));
  if (ahead === undefined || ahead.closure.open.length > 0) return undefined;
  const { closure } = ahead;
  return {
    found: { ...found, installs: [{ install: ahead.install, closure }], closures: [closure] },
    ahead,
  };
}
