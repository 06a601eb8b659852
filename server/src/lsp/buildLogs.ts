import type { MeasuredBuild } from '../project/measured.js';
import { type LineOfDigest, readBuildLog } from '../sim/cost/log.js';

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
    const found = readBuildLog(log.text, log.origin, linesOf(log.provenance));
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

/** The part of provenance that says which lines made a vertex (COST 3): of SLSA version 1, as the history keeps it. */
interface Provenance {
  readonly buildDefinition?: {
    readonly internalParameters?: {
      readonly buildConfig?: { readonly digestMapping?: Readonly<Record<string, string>> };
    };
  };
  readonly runDetails?: {
    readonly metadata?: {
      readonly buildkit_metadata?: {
        readonly source?: { readonly locations?: Readonly<Record<string, Located>> };
      };
    };
  };
}

interface Located {
  readonly locations?: readonly {
    readonly ranges?: readonly { readonly start?: { readonly line?: number } }[];
  }[];
}

/** Digest of a vertex → line of the Dockerfile, 0-based; nothing where the provenance is another than expected. */
function linesOf(provenance: string | undefined): LineOfDigest {
  const nothing: LineOfDigest = () => undefined;
  if (provenance === undefined) return nothing;
  try {
    const { buildDefinition, runDetails } = JSON.parse(provenance) as Provenance;
    const steps = buildDefinition?.internalParameters?.buildConfig?.digestMapping ?? {};
    const located = runDetails?.metadata?.buildkit_metadata?.source?.locations ?? {};
    return (digest) => {
      const places = located[steps[digest] ?? '']?.locations ?? [];
      // What two lines share, such as a base image, is neither's own.
      const line = places.length === 1 ? places[0]?.ranges?.[0]?.start?.line : undefined;
      return typeof line === 'number' ? line - 1 : undefined;
    };
  } catch {
    return nothing;
  }
}
