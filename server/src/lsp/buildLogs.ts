import type { MeasuredBuild } from '../project/measured.js';
import { readBuildLog } from '../sim/cost/log.js';
import { parseProvenance } from '../sim/cost/provenance.js';

/** A log of builds. */
export interface BuildLog {
  /** What it was read from, for people. */
  readonly origin: string;
  readonly text: string;
  /** The builder's reference, where it has one: the log is then of this one build. */
  readonly ref?: string;
  /** SLSA provenance of the build, JSON. */
  readonly provenance?: string;
}

/** What logs tell of builds, in their order, and why they could not be used, or only in part. */
export interface ReadLogs {
  readonly builds: readonly MeasuredBuild[];
  readonly notes: readonly string[];
}

/** Reads logs of builds, the oldest first. */
export function readBuildLogs(logs: readonly BuildLog[]): ReadLogs {
  const read = logs.map((log): ReadLogs => {
    const located = log.provenance === undefined ? undefined : parseProvenance(log.provenance);
    const found = readBuildLog(log.text, log.origin, located?.lineOf);
    if ('problem' in found) return { builds: [], notes: [found.problem] };
    const [only, ...others] = found.builds;
    const named = log.ref !== undefined && only !== undefined && others.length === 0;
    // The last build of a log comes first.
    return { builds: named ? [{ ...only, id: log.ref }] : [...found.builds].reverse(), notes: found.notes };
  });
  return {
    builds: read.flatMap(({ builds }) => builds),
    notes: [...new Set(read.flatMap(({ notes }) => notes))],
  };
}
