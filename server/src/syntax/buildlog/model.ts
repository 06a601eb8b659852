/** What a log of BuildKit says of one build. */
export interface BuildLog {
  readonly format: 'plain' | 'rawjson';
  /** In the order in which they appear. */
  readonly vertices: readonly LogVertex[];
  /** When it began, milliseconds since 1970; null where the log does not say. */
  readonly started: number | null;
  /** Wall time, seconds; null where the log does not say. */
  readonly seconds: number | null;
}

/** One thing BuildKit did: a step, a transfer, a pull. */
export interface LogVertex {
  /** `[build 2/4] RUN make`; empty where the log begins too late to tell. */
  readonly name: string;
  /** All its digests: more than one for what BuildKit shows as one. */
  readonly digests: readonly string[];
  /** `open`: the log ends before. */
  readonly end: 'done' | 'cached' | 'failed' | 'canceled' | 'open';
  /** Seconds it was active; null unless it was done. */
  readonly seconds: number | null;
  /** What `transferring context` last said, bytes; null where it did not. */
  readonly contextBytes: number | null;
}
