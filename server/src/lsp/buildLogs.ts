import type { MeasuredBuild } from '../project/measured.js';

/** A log of one build. */
export interface BuildLog {
  /** What it was read from, for people. */
  readonly origin: string;
  readonly text: string;
  /** The builder's reference, where it has one. */
  readonly ref?: string;
  /** SLSA provenance of the build, JSON. */
  readonly provenance?: string;
}

export interface ReadLog {
  /** Null where the log tells of no build. */
  readonly build: MeasuredBuild | null;
  /** Why it could not be used, or only in part. */
  readonly notes: readonly string[];
}

/** What a log tells of a build. */
export function readBuildLog({ origin }: BuildLog): ReadLog {
  return { build: null, notes: [`${origin}: build logs cannot be read yet.`] };
}
