import type { Estimate, Unknown } from '../../project/estimate.js';

/** Seconds a step takes when it runs. */
export type StepSeconds = Estimate | Unknown;

/** What a build begins with, before its steps. */
export interface Beginning {
  /** Loading the Dockerfile, asking for base images: as the person's own builds tell it, else undefined. */
  readonly start: StepSeconds | undefined;
  /** The transfer of the context: where the builder has nothing of it, and where nothing of it is new; undefined without one. */
  readonly transfer: { readonly first: StepSeconds; readonly again: StepSeconds } | undefined;
}

/** Wall time of a build in which some steps run (SPEC D: the critical path, not the sum). */
export interface WallTime {
  readonly seconds: StepSeconds;
  /** Indices of the steps on the critical path. */
  readonly critical: readonly number[];
  /** Indices of steps that run and whose seconds nobody knows: `seconds` leaves them out. */
  readonly unknown: readonly number[];
}
