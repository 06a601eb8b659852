import { argumentsOf, programOf, type StepCommand } from './commands.js';
import type { Step } from './model.js';

/** Programs that only change the shell they run in: where a RUN is cut in two, the second part needs them again. */
const STATE = new Set(['cd', 'set', 'export', 'umask']);

/** Text whose value is another one each time, or one of the command before. */
const PASSING = /\$(\(|[?$!_#@*-]|\{?(RANDOM|SRANDOM|SECONDS|EPOCH\w*|LINENO|BASHPID|PPID|OLDPWD|_)\b)|`/;

/** Whether a command changes nothing but its shell, so that what follows it in the same RUN may rest on it. */
export function isState(command: StepCommand): boolean {
  return command.words.length === 0 || STATE.has(programOf(command));
}

/** Whether a command that changes its shell does just the same in another one. */
export function isRepeatableState(command: StepCommand): boolean {
  const { words, assignments, redirects } = command;
  const parts = [...words, ...assignments.flatMap(({ value }) => value ?? [])];
  const isPlain = parts.every(({ literal, value }) => literal || !PASSING.test(value));
  return isPlain && redirects.length === 0 && !words.some(({ value }) => value === '-');
}

/** Whether words of `set` or of SHELL turn `errexit` on (`-`) or off (`+`). */
function setsExit(words: readonly string[], sign: '-' | '+'): boolean {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  return options.some((word, i) =>
    word.startsWith(sign) ? /^.[a-zA-Z]*e/.test(word) : word === 'errexit' && options[i - 1] === `${sign}o`,
  );
}

/** Whether the shell ends where a command fails, once `before` have run. */
function endsOnFailure(step: Step, before: readonly StepCommand[]): boolean {
  const last = before.findLast((command) => {
    const args = argumentsOf(command);
    return programOf(command) === 'set' && (setsExit(args, '-') || setsExit(args, '+'));
  });
  return setsExit(last === undefined ? (step.shell?.slice(1) ?? []) : argumentsOf(last), '-');
}

/** Whether commands stand one after another in one list, none of which another one's failure decides about. */
export function isList(commands: readonly StepCommand[]): boolean {
  return commands.every(({ inside, joined }) => inside.length === 0 && joined !== '||' && joined !== '&');
}

/**
 * Whether a RUN may be cut behind `commands[at]` into two that do the same: what fails before the cut ends the whole RUN, as it
 * ends a build of two RUNs. So where `&&` joins everything from the cut on, or where `set -e` ends the shell at each failure.
 */
export function mayBeCut(step: Step, commands: readonly StepCommand[], at: number): boolean {
  const ahead = commands.slice(0, at + 1);
  const rest = commands.slice(at + 1);
  const [next] = rest;
  if (next === undefined || next.inside.length > 0) return false;
  if (!isList(ahead)) return false;
  if (next.joined === '&&')
    return rest.every(({ inside, joined }) =>
      inside.length > 0 ? inside.every((one) => one === 'substitution') : joined === '&&' || joined === '|',
    );
  if (next.joined !== ';') return false;
  const alone = ahead.every(
    ({ joined }, i) => joined === 'start' || joined === ';' || joined === '|' || isSetting(ahead[i - 1]),
  );
  return alone && endsOnFailure(step, ahead);
}

function isSetting(command: StepCommand | undefined): boolean {
  return command !== undefined && programOf(command) === 'set';
}
