import type { Build } from '../../project/build.js';
import type { MeasuredBuild } from '../../project/measured.js';
import type { Snapshot } from '../../project/snapshot.js';
import { buildSteps } from '../cache/steps.js';
import type { Built } from '../context/built.js';
import type { ShellOf, Step } from '../model.js';
import { estimator } from './estimated.js';
import { measuredLeftovers, measuredSeconds } from './measured.js';
import type { StepSeconds } from './model.js';
import { scaledSeconds } from './scaled.js';

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
  return new Map(
    buildSteps(built.graph, built.dockerfile).map((buildStep) => [
      buildStep.step,
      own.get(buildStep.step) ??
        scaledSeconds(buildStep, leftovers, estimated) ??
        estimated(buildStep).seconds,
    ]),
  );
}
