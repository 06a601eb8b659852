import type { Estimate, Unknown } from '../../project/estimate.js';

/** Seconds a step takes when it runs. */
export type StepSeconds = Estimate | Unknown;

/** Seconds the transfer of the context takes: where the builder has nothing of it, and where nothing of it is new. */
export interface TransferSeconds {
  readonly first: StepSeconds;
  readonly again: StepSeconds;
}

/** Wall time of a build in which some steps run (SPEC D: the critical path, not the sum). */
export interface WallTime {
  readonly seconds: StepSeconds;
  /** Indices of the steps on the critical path. */
  readonly critical: readonly number[];
  /** Indices of steps that run and whose seconds nobody knows: `seconds` leaves them out. */
  readonly unknown: readonly number[];
}
