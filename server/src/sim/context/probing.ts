import type { PathMeasure, ProbeMeasure } from '../../project/measure.js';
import type { CompiledPattern } from '../../syntax/dockerignore/compile.js';
import { largestOf, type MutableAmount, type Sum, type SumObserver, zero } from './tally.js';
import type { Leaf } from './walk.js';

/** Paths a probe names at most. */
const mostMatches = 10;

/** Patterns that are asked each for itself: which of them hit a path? */
export interface LooseMatcher {
  /** Calls `hit` with the index of each pattern that hits the path itself, but for those that `known` has. */
  each(path: string, name: string, known: Uint8Array, hit: (index: number) => void): void;
  readonly none: Uint8Array;
}

function lookup(map: ReadonlyMap<string, readonly number[]>, key: string): readonly number[] {
  return map.get(key) ?? nobody;
}

const nobody: readonly never[] = [];

/** A matcher over patterns; names and whole paths are looked up rather than compared one by one. */
export function looseMatcher(patterns: readonly CompiledPattern[]): LooseMatcher {
  const byName = new Map<string, number[]>();
  const byPath = new Map<string, number[]>();
  const others: number[] = [];
  const put = (map: Map<string, number[]>, key: string, index: number): void => {
    map.set(key, [...(map.get(key) ?? []), index]);
  };
  patterns.forEach(({ kind, text }, i) => {
    if (kind === 'exact') put(byPath, text, i);
    else if (kind === 'suffix' && /^\*\*\/[^/]+$/.test(text)) put(byName, text.slice(3), i);
    else others.push(i);
  });
  return {
    none: new Uint8Array(patterns.length),
    each(path, name, known, hit) {
      for (const i of lookup(byName, name)) if (known[i] === 0) hit(i);
      for (const i of lookup(byPath, path)) if (known[i] === 0) hit(i);
      for (const i of others) if (known[i] === 0 && patterns[i]?.matches?.(path) === true) hit(i);
    },
  };
}

/** What is hit in a folder without more being asked. */
interface Frame {
  readonly hits: Uint8Array;
  /** The probes that hit the folder or one above it. */
  readonly active: readonly number[];
  /** Those that hit this very folder. */
  readonly started: readonly number[];
}

interface ProbeSum extends MutableAmount {
  readonly bySource: readonly MutableAmount[];
  readonly matches: ReturnType<typeof largestOf<PathMeasure>>;
}

function add(probe: ProbeSum | undefined, { files, bytes, sources }: Leaf): void {
  if (probe === undefined) return;
  probe.files += files;
  probe.bytes += bytes;
  for (const source of sources.list) {
    const amount = probe.bySource[source];
    if (amount === undefined) continue;
    amount.files += files;
    amount.bytes += bytes;
  }
}

function named({ files, bytes, sources }: Sum, path: string): PathMeasure {
  return { path, files, bytes, sources: sources.list };
}

/** What each probe would hide of what is sent, were it the last line of the ignore file. */
export function probeTally(
  probes: readonly CompiledPattern[],
  sources: number,
): SumObserver & { measures(): readonly ProbeMeasure[] } {
  const matcher = looseMatcher(probes);
  const sums = probes.map(
    (): ProbeSum => ({
      ...zero(),
      bySource: Array.from({ length: sources }, zero),
      matches: largestOf<PathMeasure>(mostMatches),
    }),
  );
  const stack: Frame[] = [];
  const enter = ({ folder }: Sum): void => {
    const parent = stack.at(-1) ?? { hits: matcher.none, active: [], started: [] };
    const started: number[] = [];
    // A folder that is ignored already, though something in it is sent, is not asked about again.
    if (folder.path !== '' && !folder.ignored) {
      matcher.each(folder.path, folder.name, parent.hits, (i) => started.push(i));
    }
    if (started.length === 0) {
      stack.push({ ...parent, started });
      return;
    }
    const hits = parent.hits.slice();
    for (const i of started) hits[i] = 1;
    stack.push({ hits, active: [...parent.active, ...started], started });
  };
  return {
    enter,
    file(leaf) {
      const frame = stack.at(-1);
      if (frame === undefined) return;
      for (const i of frame.active) add(sums[i], leaf);
      matcher.each(leaf.path, leaf.name, frame.hits, (i) => {
        add(sums[i], leaf);
        const { path, files, bytes } = leaf;
        sums[i]?.matches.add({ path, files, bytes, sources: leaf.sources.list });
      });
    },
    leave(sum) {
      const frame = stack.pop();
      if (sum.files === 0) return;
      for (const i of frame?.started ?? []) sums[i]?.matches.add(named(sum, sum.folder.path));
    },
    measures: () =>
      sums.map(({ files, bytes, bySource, matches }) => ({
        files,
        bytes,
        bySource,
        matches: matches.list(),
      })),
  };
}
