import { type Amount, type ProbeMeasure, sumOf } from '../../project/measure.js';
import type { Snapshot } from '../../project/snapshot.js';
import { candidatesOf, type Scene } from './candidates.js';
import { type Candidate, groups } from './model.js';
import { matcherOf } from './needs.js';
import { type Combined, combinedQuery } from './scene.js';
import { volatileCandidates } from './volatile.js';

/** A candidate and what it would hide today of what the builds of the scene take. */
export interface Weighed extends Candidate, Amount {
  /** By source of the combined question. */
  readonly bySource: readonly Amount[];
  /** The largest of what it hits itself. */
  readonly paths: readonly string[];
}

export interface Weighing {
  readonly combined: Combined;
  readonly weighed: readonly Weighed[];
  /** What changes by itself besides: by their bytes not worth a word, but a new file has lines for them. */
  readonly besides: readonly Weighed[];
}

const none: ProbeMeasure = { files: 0, bytes: 0, matches: [], bySource: [] };

/** Names that nothing but a tool gives a folder: one line for all of them, wherever the next one comes to lie. */
const unmistakable = new Set(['node_modules', 'obj', '_build', '__pycache__']);
/** So many lines for one name are too many where one says the same. */
const mostLines = 4;

function nameOf(pattern: string): string {
  return pattern.slice(pattern.lastIndexOf('/') + 1);
}

/** Candidates that share a name, where one line with `**` might stand for them. */
function joinable(candidates: readonly Candidate[]): ReadonlyMap<string, readonly Candidate[]> {
  const byName = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    if (candidate.group !== 'Made anew by the build' || candidate.pattern.startsWith('**/')) continue;
    const name = nameOf(candidate.pattern);
    byName.set(name, [...(byName.get(name) ?? []), candidate]);
  }
  return new Map([...byName].filter(([name, list]) => unmistakable.has(name) || list.length > mostLines));
}

/** One line for all of a name, where it hides what the single lines do and nothing else. */
function joined(
  pattern: string,
  parts: readonly Candidate[],
  probe: (p: string) => ProbeMeasure,
): Weighed | undefined {
  const [first] = parts;
  const whole = probe(pattern);
  const single = sumOf(parts.map((part) => probe(part.pattern)));
  if (first === undefined || whole.files !== single.files || whole.bytes !== single.bytes) return undefined;
  const { files, bytes, bySource, matches } = whole;
  const applicability = parts.every((p) => p.applicability === 'safe') ? 'safe' : 'unsafe';
  return { ...first, pattern, applicability, files, bytes, bySource, paths: matches.map(({ path }) => path) };
}

/**
 * What each candidate line would hide, found in one walk; those that hide nothing and are not soon to are left out. In
 * the order of the file. Undefined where the context is not measured (yet).
 */
export function weigh(snapshot: Snapshot, scene: Scene): Weighing | undefined {
  const candidates = candidatesOf(scene);
  const joins = joinable(candidates);
  const known = candidates.map(({ pattern }) => matcherOf([pattern]));
  const besides = volatileCandidates(scene).filter(
    ({ pattern }) => !known.some((matcher) => matcher.match(pattern).ignored),
  );
  const patterns = [
    ...candidates.map(({ pattern }) => pattern),
    ...[...joins.keys()].map((name) => `**/${name}`),
    ...besides.map(({ pattern }) => pattern),
  ];
  const combined = combinedQuery(snapshot, scene, { probes: [...new Set(patterns)] });
  if (combined === undefined) return undefined;
  if (patterns.length === 0) return { combined, weighed: [], besides: [] };
  const measure = snapshot.measure(combined.query);
  if (measure === undefined || measure.error !== null) return undefined;
  const probe = (pattern: string): ProbeMeasure =>
    measure.probes[combined.query.probes.indexOf(pattern)] ?? none;
  const whole = [...joins].flatMap(([name, parts]) => joined(`**/${name}`, parts, probe) ?? []);
  const replaced = new Set(whole.flatMap(({ pattern }) => joins.get(nameOf(pattern)) ?? []));
  const weighedAs = (candidate: Candidate): Weighed => {
    const { files, bytes, bySource, matches } = probe(candidate.pattern);
    return { ...candidate, files, bytes, bySource, paths: matches.map(({ path }) => path) };
  };
  const single = candidates.filter((candidate) => !replaced.has(candidate)).map(weighedAs);
  const weighed = [...whole, ...single].filter(({ files, soon }) => files > 0 || soon);
  const also = besides.map(weighedAs).filter(({ files }) => files > 0);
  return { combined, weighed: weighed.sort(inFileOrder), besides: also };
}

/** The order of lines in a file. */
export function inFileOrder(a: Candidate, b: Candidate): number {
  const byGroup = groups.indexOf(a.group) - groups.indexOf(b.group);
  return byGroup !== 0 ? byGroup : a.pattern < b.pattern ? -1 : a.pattern > b.pattern ? 1 : 0;
}
