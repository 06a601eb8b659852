import type { Amount, PatternMeasure } from '../../project/measure.js';
import type { PatternList } from './filter.js';
import { looseMatcher } from './probing.js';
import { type MutableAmount, zero } from './tally.js';
import type { Folder, Leaf, Observer } from './walk.js';

const mostExamples = 5;

interface PatternSum {
  readonly matched: MutableAmount;
  readonly decides: MutableAmount;
  readonly overruled: Map<number, number>;
  readonly shadowed: Map<number, number>;
  readonly examples: string[];
}

/** What the ignore file does to everything below the root. */
export interface PatternTally extends Observer {
  all(): Amount;
  ignored(): Amount;
  measures(): readonly PatternMeasure[];
}

function add(amount: MutableAmount | undefined, bytes: number): void {
  if (amount === undefined) return;
  amount.files++;
  amount.bytes += bytes;
}

function count(map: Map<number, number> | undefined, by: number): void {
  map?.set(by, (map.get(by) ?? 0) + 1);
}

function counted(map: ReadonlyMap<number, number>): readonly { by: number; files: number }[] {
  return [...map].sort(([a], [b]) => a - b).map(([by, files]) => ({ by, files }));
}

/** Bytes of a file; undefined for what is none, and for a later name of one that was counted. */
function ownBytes({ kind, stat }: Leaf, inodes: Set<string>): number | undefined {
  if (stat === undefined || (kind !== 'file' && kind !== 'socket')) return undefined;
  if (stat.inode !== undefined) {
    if (inodes.has(stat.inode)) return undefined;
    inodes.add(stat.inode);
  }
  return kind === 'file' ? stat.size : 0;
}

/**
 * Counts what is there, what is ignored, and what each pattern does. Needs a walk of everything, and reads off `ignore`
 * what hit the path told last.
 */
export function patternTally(ignore: PatternList): PatternTally {
  const all = zero();
  const ignored = zero();
  const inodes = new Set<string>();
  const { patterns, last } = ignore;
  const matcher = looseMatcher(patterns);
  const sums = patterns.map(
    (): PatternSum => ({
      matched: zero(),
      decides: zero(),
      overruled: new Map(),
      shadowed: new Map(),
      examples: [],
    }),
  );
  const stack: Uint8Array[] = [];
  /** What hits a path or a folder above it, each pattern for itself. */
  const hitsAt = (path: string, name: string, folder: boolean): Uint8Array => {
    const parent = stack.at(-1) ?? matcher.none;
    if (path === '') return parent;
    let hits = parent;
    matcher.each(path, name, parent, (i) => {
      if (hits === parent) hits = parent.slice();
      hits[i] = 1;
      const examples = sums[i]?.examples;
      if (examples !== undefined && examples.length < mostExamples) examples.push(folder ? `${path}/` : path);
    });
    return hits;
  };
  const tellPatterns = (hits: Uint8Array, decider: number, bytes: number): void => {
    let before = -1;
    for (let i = 0; i < sums.length; i++) {
      if (hits[i] === 1) add(sums[i]?.matched, bytes);
      if (last[i] === 1) {
        if (i !== decider) count(sums[i]?.overruled, decider);
        before = i;
      } else if (hits[i] === 1 && before >= 0 && patterns[before]?.exception === patterns[i]?.exception) {
        count(sums[i]?.shadowed, before);
      }
    }
    add(sums[decider]?.decides, bytes);
  };
  return {
    enter: ({ path, name }: Folder) => void stack.push(hitsAt(path, name, true)),
    leave: () => void stack.pop(),
    leaf(leaf) {
      const hits = hitsAt(leaf.path, leaf.name, false);
      const bytes = ownBytes(leaf, inodes);
      if (bytes === undefined) return;
      add(all, bytes);
      if (leaf.ignored) add(ignored, bytes);
      tellPatterns(hits, leaf.decider, bytes);
    },
    all: () => all,
    ignored: () => ignored,
    measures: () =>
      sums.map(({ overruled, shadowed, ...sum }) => ({
        ...sum,
        overruled: counted(overruled),
        shadowed: counted(shadowed),
      })),
  };
}
