import { decide, type Hits, isMatch, keptHits, type PatternList } from './filter.js';
import type { SourceSet, SourceSets } from './sets.js';
import type { Glob, Place, Root } from './sources.js';
import { below } from './trees.js';

/** A source that takes some of what lies below a folder, by its patterns. */
interface Partial {
  readonly source: number;
  readonly include: PatternList | undefined;
  readonly exclude: PatternList | undefined;
  /** Characters of the path before the part that the patterns see. */
  readonly start: number;
  readonly included: Hits | undefined;
  readonly excluded: Hits | undefined;
}

interface Live {
  readonly glob: Glob;
  readonly start: number;
  /** Names below the folder of the wildcard, of what is directly in this folder. */
  readonly depth: number;
}

/** Who takes what lies in a folder. */
export interface Taking {
  /** Sources that take all of it. */
  readonly whole: SourceSet;
  readonly partial: readonly Partial[];
  readonly live: readonly Live[];
  readonly place: Place | undefined;
}

/** Who takes one entry, and what of the query begins at it. */
export interface Taken {
  readonly sources: SourceSet;
  /** Sources that name it, with the name they use. */
  readonly named: readonly { readonly source: number; readonly name: string }[];
}

const nothing: readonly never[] = [];

function startPartial(root: Pick<Root, 'source' | 'include' | 'exclude'>, start: number): Partial {
  const { source, include, exclude } = root;
  return { source, include, exclude, start, included: include?.none, excluded: exclude?.none };
}

/** What begins in a folder: `start` is where the names of what lies in it begin. */
function begin(taking: Taking, sets: SourceSets, start: number): Taking {
  const { place } = taking;
  if (place === undefined || (place.roots.length === 0 && place.globs.length === 0)) return taking;
  const plain = place.roots.filter(({ include, exclude }) => include === undefined && exclude === undefined);
  const others = place.roots.filter((root) => !plain.includes(root));
  return {
    ...taking,
    whole: sets.union(taking.whole, sets.of(plain.map(({ source }) => source))),
    partial: [...taking.partial, ...others.map((root) => startPartial(root, start))],
    live: [...taking.live, ...place.globs.map((glob): Live => ({ glob, start, depth: 1 }))],
  };
}

/** Who takes what lies in the root. */
export function takingAtRoot(places: Place, sets: SourceSets): Taking {
  return begin({ whole: sets.empty, partial: nothing, live: nothing, place: places }, sets, 0);
}

/** Whether a source takes the path; its lists then hold the hits. */
function takes(partial: Partial, path: string): boolean {
  const own = path.slice(partial.start);
  const { include, exclude } = partial;
  const wanted =
    include === undefined || isMatch(include, decide(include, partial.included ?? include.none, own));
  const unwanted =
    exclude !== undefined && isMatch(exclude, decide(exclude, partial.excluded ?? exclude.none, own));
  return wanted && !unwanted;
}

/** Whether --parents hits the path itself, not a folder above it. */
function begins(partial: Partial, path: string): boolean {
  return partial.include !== undefined && partial.included === partial.include.none && takes(partial, path);
}

function hitGlobs(taking: Taking, path: string): readonly Live[] {
  return taking.live.filter(
    ({ glob, start, depth }) => depth === glob.depth && glob.matches(path.slice(start)),
  );
}

/** Who takes an entry at `path` that lies in a folder with `taking`. A link counts for what names it only. */
export function takenAt(taking: Taking, sets: SourceSets, name: string, path: string): Taken {
  const { whole, partial, live, place } = taking;
  const here = place?.below.get(name);
  if (partial.length === 0 && live.length === 0 && here === undefined)
    return { sources: whole, named: nothing };
  const hits = hitGlobs(taking, path);
  const own = [
    ...partial.filter((one) => takes(one, path)).map(({ source }) => source),
    ...hits.map(({ glob }) => glob.source),
    ...(here?.roots ?? []).map(({ source }) => source),
  ];
  return {
    sources: own.length === 0 ? whole : sets.union(whole, sets.of(own)),
    named: [
      ...hits
        .filter(({ glob }) => glob.include === undefined)
        .map(({ glob, start }) => ({
          source: glob.source,
          name: below(glob.named, path.slice(start)),
        })),
      ...partial.filter((one) => begins(one, path)).map(({ source }) => ({ source, name: path })),
    ],
  };
}

function deeper(partial: Partial, path: string): Partial {
  takes(partial, path);
  const { include, exclude, included, excluded } = partial;
  return {
    ...partial,
    included: include && included && keptHits(include, included),
    excluded: exclude && excluded && keptHits(exclude, excluded),
  };
}

/** Who takes what lies in the folder at `path`, itself in a folder with `taking`. */
export function takingBelow(taking: Taking, sets: SourceSets, name: string, path: string): Taking {
  const { partial, live, place } = taking;
  if (partial.length === 0 && live.length === 0 && place === undefined) return taking;
  const hits = hitGlobs(taking, path);
  const plain = hits.filter(({ glob }) => glob.exclude === undefined && glob.include === undefined);
  const start = path.length + 1;
  const next: Taking = {
    whole:
      plain.length === 0
        ? taking.whole
        : sets.union(taking.whole, sets.of(plain.map(({ glob }) => glob.source))),
    partial: [
      ...partial.map((one) => deeper(one, path)),
      ...hits.filter((hit) => !plain.includes(hit)).map(({ glob }) => startPartial(glob, start)),
    ],
    live: live
      .filter(({ glob, depth }) => depth < glob.depth)
      .map((one) => ({ ...one, depth: one.depth + 1 })),
    place: place?.below.get(name),
  };
  return begin(next, sets, start);
}
