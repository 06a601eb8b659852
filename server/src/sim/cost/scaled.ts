import type { Estimate } from '../../project/estimate.js';
import type { Instruction, RunInstruction } from '../../syntax/dockerfile/model.js';
import { parseDockerfile } from '../../syntax/dockerfile/parse.js';
import type { BuildStep } from '../cache/model.js';
import type { Estimated } from './estimated.js';
import { plain } from './match.js';
import type { Leftover } from './measured.js';
import { estimate } from './ranges.js';

/**
 * Seconds of a RUN whose text changed since it was measured (by a fix, most of all): what the one it comes from took,
 * by what the model makes of the two. It comes from the only RUN of its stage that nothing else was found for and that runs
 * the same commands with other options of RUN, or has its time from the same family of commands. Undefined where there is
 * none, or several. `asMeasured` knows only steps before it that were in the builds measured.
 */
export function scaledSeconds(
  { step, node }: BuildStep,
  leftovers: readonly Leftover[],
  estimated: (buildStep: BuildStep) => Estimated,
  asMeasured: (buildStep: BuildStep) => Estimated,
): Estimate | undefined {
  const { instruction } = step;
  if (instruction.kind !== 'RUN' || leftovers.length === 0) return undefined;
  const now = estimated({ step, node });
  const candidates = leftovers
    .filter(({ stage }) => stage === null || stage === node.stage.label)
    .flatMap((leftover) => {
      const parsed = instructionOf(leftover.name);
      if (parsed === undefined) return [];
      // Where it stood is not known: it is taken to have stood where its successor is.
      const { span, fullSpan } = instruction;
      const then = asMeasured({ step: { ...step, instruction: { ...parsed, span, fullSpan } }, node });
      const same = commandText(parsed) === commandText(instruction);
      const alike = now.family !== undefined && then.family === now.family;
      return same || alike ? [{ leftover, then, same }] : [];
    });
  const exact = candidates.filter(({ same }) => same);
  const [only, ...others] = exact.length > 0 ? exact : candidates;
  if (only === undefined || others.length > 0) return undefined;
  return scaled(only.leftover, only.then.seconds, now.seconds, only.same);
}

/**
 * Seconds of a RUN that was measured as it is, where a step stands before it now that was in none of those builds and
 * spares it work (the dependencies are there already): what it took, by what the model makes of the two.
 */
export function sparedSeconds(
  { step }: BuildStep,
  measured: Estimate,
  then: Estimated,
  now: Estimated,
): Estimate {
  const [before, after] = [then.seconds.value, now.seconds.value];
  if (before === null || after === null || after >= before) return measured;
  return scaled({ name: step.instruction.text, measured }, then.seconds, now.seconds, false) ?? measured;
}

function scaled(
  { name, measured }: Pick<Leftover, 'name' | 'measured'>,
  then: Estimated['seconds'],
  now: Estimated['seconds'],
  same: boolean,
): Estimate | undefined {
  const source = `${measured.source}: what \`${shortened(name)}\` took`;
  if (then.value === null || now.value === null || then.value === 0) {
    // Of unknown commands the time stays the same: options of RUN alone make none of it.
    return same ? estimate(measured, 'simulated', source) : undefined;
  }
  const factors = [now.value / then.value, ratio(now.low, then.low), ratio(now.high, then.high)];
  const [likely = 1] = factors;
  const range = {
    low: measured.low * Math.min(...factors),
    value: measured.value * likely,
    high: measured.high * Math.max(...factors),
  };
  return estimate(
    range,
    'simulated',
    likely === 1 ? source : `${source}, times ${Math.round(likely * 100) / 100}`,
  );
}

function ratio(now: number, then: number): number {
  return then === 0 ? 1 : now / then;
}

const longest = 40;

function shortened(name: string): string {
  return name.length > longest ? `${name.slice(0, longest - 1)}…` : name;
}

function instructionOf(name: string): RunInstruction | undefined {
  // Of a heredoc the log shows the first line only.
  if (!name.startsWith('RUN ') || name.includes('<<')) return undefined;
  const instruction: Instruction | undefined = parseDockerfile(`FROM x\n${name}`).instructions[1];
  return instruction?.kind === 'RUN' ? instruction : undefined;
}

/** What a RUN runs, without its own options, so that those alone may differ. */
function commandText({ body }: RunInstruction): string {
  return plain(body.text);
}
