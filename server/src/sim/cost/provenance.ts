import { isObject, parseObject } from '../../syntax/buildlog/objects.js';

/** The lines of the Dockerfile that the vertices of a build come from. */
export interface Provenance {
  /** 0-based; undefined for a vertex that comes from no line. */
  lineOf(digest: string): number | undefined;
}

/**
 * Reads what `docker buildx history inspect attachment --type https://slsa.dev/provenance/v1` prints, or the file of
 * `--metadata-file` with BUILDX_METADATA_PROVENANCE=max; undefined where the text tells nothing of lines. Never throws.
 */
export function parseProvenance(text: string): Provenance | undefined {
  const root = parseObject(text);
  if (root === undefined) return undefined;
  const attached = root['buildx.build.provenance'] ?? root.predicate ?? root;
  const config =
    at(attached, 'buildDefinition', 'internalParameters', 'buildConfig') ?? at(attached, 'buildConfig');
  const metadata =
    at(attached, 'runDetails', 'metadata', 'buildkit_metadata') ??
    at(attached, 'metadata', 'https://mobyproject.org/buildkit@v1#metadata');
  const steps = at(config, 'digestMapping');
  const locations = at(metadata, 'source', 'locations');
  if (!isObject(steps) || !isObject(locations)) return undefined;
  const lines = new Map(
    Object.entries(steps).flatMap(([digest, step]): (readonly [string, number])[] => {
      const line = typeof step === 'string' ? firstLine(locations[step]) : undefined;
      return line === undefined ? [] : [[digest, line - 1]];
    }),
  );
  return { lineOf: (digest) => lines.get(digest) };
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

/** The line, from 1, where a step begins; undefined for what several lines share, such as a base image. */
function firstLine(step: unknown): number | undefined {
  const locations = at(step, 'locations');
  if (!Array.isArray(locations) || locations.length !== 1) return undefined;
  const ranges = (at(locations[0], 'sourceIndex') ?? 0) === 0 ? at(locations[0], 'ranges') : undefined;
  const line = Array.isArray(ranges) ? at(ranges[0], 'start', 'line') : undefined;
  return typeof line === 'number' && line >= 1 ? line : undefined;
}
