import type { ContextMeasure, ContextQuery } from '../../project/measure.js';
import type { Snapshot } from '../../project/snapshot.js';
import { type Combined, measureWith } from './scene.js';
import type { Weighed } from './weigh.js';

/** What an ignore file would be, as far as a measurement is concerned. */
export interface Trial {
  readonly patterns: readonly string[];
  /** Sizes of files of the context that writing it changes. */
  readonly texts: ContextQuery['texts'];
}

/** The proof holds, a source loses what it needs (its index), or nothing can be said. */
export type Outcome =
  | { readonly holds: true }
  | { readonly holds: false; readonly source: number }
  | undefined;

/** Bytes and files that the lines may take from a source at most: each by itself, summed. */
function most(lines: readonly Weighed[], source: number): { files: number; bytes: number } {
  let files = 0;
  let bytes = 0;
  for (const { bySource } of lines) {
    files += bySource[source]?.files ?? 0;
    bytes += bySource[source]?.bytes ?? 0;
  }
  return { files, bytes };
}

function least(lines: readonly Weighed[], source: number): number {
  return Math.max(0, ...lines.map(({ bySource }) => bySource[source]?.files ?? 0));
}

/** The first source that is no longer found, or of which something else is missing (or new) than the lines hide. */
function harmed(
  before: ContextMeasure,
  after: ContextMeasure,
  lines: readonly Weighed[],
): number | undefined {
  for (const [i, was] of before.sources.entries()) {
    const is = after.sources[i];
    if (is === undefined || (was.found && !is.found)) return i;
    const lost = { files: was.files - is.files, bytes: was.bytes - is.bytes };
    const bound = most(lines, i);
    if (lost.files < 0 || lost.bytes < 0 || lost.files > bound.files || lost.bytes > bound.bytes) return i;
    if (lost.files < least(lines, i)) return i;
  }
  return undefined;
}

/**
 * Whether every source of every build of the scene keeps the files that the lines do not hide, and no build newly fails,
 * when the ignore file is the one of the trial. Undefined where the context is not measured (yet).
 */
export function prove(
  snapshot: Snapshot,
  { query }: Combined,
  lines: readonly Weighed[],
  trial: Trial,
): Outcome {
  const before = snapshot.measure(query);
  const after = measureWith(snapshot, { ...query, probes: [] }, trial.patterns, trial.texts);
  if (before === undefined || after === undefined) return undefined;
  if (after.error !== null) return { holds: false, source: -1 };
  const source = harmed(before, after, lines);
  return source === undefined ? { holds: true } : { holds: false, source };
}
