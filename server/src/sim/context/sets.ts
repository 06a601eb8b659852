/** A set of sources by their index, ascending. The same set is always the same object. */
export interface SourceSet {
  readonly list: readonly number[];
}

/** Makes sets, each once, so that comparing them is cheap and a million paths share a few. */
export interface SourceSets {
  readonly empty: SourceSet;
  of(list: readonly number[]): SourceSet;
  union(a: SourceSet, b: SourceSet): SourceSet;
}

/** A maker of sets that remembers what it made. */
export function sourceSets(): SourceSets {
  const empty: SourceSet = { list: [] };
  const known = new Map<string, SourceSet>([['', empty]]);
  const of = (list: readonly number[]): SourceSet => {
    const sorted = [...new Set(list)].sort((a, b) => a - b);
    const key = sorted.join();
    const found = known.get(key) ?? { list: sorted };
    known.set(key, found);
    return found;
  };
  return {
    empty,
    of,
    union(a, b) {
      if (a === b || b === empty) return a;
      return a === empty ? b : of([...a.list, ...b.list]);
    },
  };
}
