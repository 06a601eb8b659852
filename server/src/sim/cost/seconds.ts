import type { Build } from '../../project/build.js';
import type { MeasuredBuild } from '../../project/measured.js';
import type { Snapshot } from '../../project/snapshot.js';
import type { BuildStep } from '../cache/model.js';
import { buildSteps } from '../cache/steps.js';
import type { Built } from '../context/built.js';
import type { ShellOf, Step } from '../model.js';
import { estimator } from './estimated.js';
import { measuredLeftovers, measuredSeconds, stepsSeen } from './measured.js';
import type { StepSeconds } from './model.js';
import { scaledSeconds, sparedSeconds } from './scaled.js';

export interface SecondsInput {
  readonly snapshot: Snapshot;
  readonly build: Build;
  readonly built: Built;
  readonly shell: ShellOf;
  /** Builds that were measured, the newest first. */
  readonly measured: readonly MeasuredBuild[];
}

/**
 * Seconds of each step of a build (those of `buildSteps`) when it runs: from the person's own builds where they tell, else
 * from what the project shows and what is known of its commands, else unknown with the reason.
 */
export function stepSeconds(input: SecondsInput): ReadonlyMap<Step, StepSeconds> {
  const { built, measured } = input;
  const own = measuredSeconds(built, measured);
  const leftovers = measuredLeftovers(built, measured);
  const estimated = estimator(input);
  const seen = stepsSeen(built, measured);
  const asMeasured = estimator(input, (earlier) => seen.has(earlier));
  const steps = buildSteps(built.graph, built.dockerfile);
  const isNew = steps.some(({ step }) => step.instruction.kind === 'RUN' && !seen.has(step));
  const secondsOf = (buildStep: BuildStep): StepSeconds => {
    const known = own.get(buildStep.step);
    if (known === undefined)
      return scaledSeconds(buildStep, leftovers, estimated, asMeasured) ?? estimated(buildStep).seconds;
    return isNew && buildStep.step.instruction.kind === 'RUN'
      ? sparedSeconds(buildStep, known, asMeasured(buildStep), estimated(buildStep))
      : known;
  };
  return new Map(steps.map((buildStep) => [buildStep.step, secondsOf(buildStep)]));
}
