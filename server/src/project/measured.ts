/** One build somebody did, as a log or the builder's history tells of it. Plain data: clients keep it as JSON. */
export interface MeasuredBuild {
  /** Tells builds apart: the builder's reference, else a hash of the log. */
  readonly id: string;
  /** When it began, ISO 8601; null where the log does not say (plain progress). */
  readonly started: string | null;
  /** What it was read from, for people: `build.log`, `docker buildx history`, `Measure Build`. */
  readonly origin: string;
  readonly format: 'plain' | 'rawjson';
  /** False where the log ends before the build did, or the build failed. */
  readonly complete: boolean;
  /** Wall time, seconds; null where the log does not say. */
  readonly seconds: number | null;
  readonly steps: readonly MeasuredStep[];
  /** Exporting, pulling, transferring: what no line of the Dockerfile does. */
  readonly others: readonly { readonly name: string; readonly seconds: number }[];
  /** What `transferring context` last said, bytes; null where it did not. */
  readonly contextBytes: number | null;
}

/** One step as BuildKit names it: `[build 2/4] RUN make`. */
export interface MeasuredStep {
  /** Name in lower case or `stage-K`; null where the log names none (a single stage). */
  readonly stage: string | null;
  /** From 1, among `of` steps of the stage, FROM of an image included. */
  readonly index: number;
  readonly of: number;
  /** Platform in front of the stage, for builds of several; null without. */
  readonly platform: string | null;
  /** What follows the bracket: the instruction after expansion. */
  readonly name: string;
  /** Seconds it was active; null for one that was cached or did not end. */
  readonly seconds: number | null;
  readonly cached: boolean;
  /** Line of the Dockerfile, 0-based, where provenance says it; null otherwise. */
  readonly line: number | null;
}
