import { type CompiledPattern, compilePattern } from '../../syntax/dockerignore/compile.js';

/** Which patterns of a list hit a folder: what everything below inherits. One byte for each, 1 for a hit. */
export type Hits = Uint8Array;

/** Thrown inside sim/context only: a pattern that makes BuildKit give up when it looks at a path with it. */
export class BadPattern extends Error {
  constructor(
    readonly pattern: number,
    message: string,
  ) {
    super(message);
  }
}

/** Patterns as BuildKit's matcher walks them down a tree (SPEC A4). */
export interface PatternList {
  readonly patterns: readonly CompiledPattern[];
  readonly hasExceptions: boolean;
  /** Nothing hit. */
  readonly none: Hits;
  /** Filled by `decide`: the hits of the path asked last. */
  readonly last: Hits;
}

/** A list of patterns as they leave an ignore file, or as paths to follow make them. */
export function patternList(patterns: readonly string[]): PatternList {
  const compiled = patterns.map(compilePattern);
  return {
    patterns: compiled,
    hasExceptions: compiled.some(({ exception }) => exception),
    none: new Uint8Array(compiled.length),
    last: new Uint8Array(compiled.length),
  };
}

/** The first pattern at which BuildKit gives up before it has seen any path. */
export function refusedAtOnce(
  list: PatternList,
): { readonly pattern: number; readonly message: string } | undefined {
  const pattern = list.patterns.findIndex(({ error, lazy }) => error !== undefined && !lazy);
  const message = list.patterns[pattern]?.error;
  return message === undefined ? undefined : { pattern, message };
}

/**
 * The pattern that decides for `path`, whose folder was hit as `parent` says; -1 where none hits. What hit it is then in
 * `list.last`. Throws BadPattern, unless `lenient`: where BuildKit does not look, it does not fail.
 */
export function decide(list: PatternList, parent: Hits, path: string, lenient = false): number {
  const { patterns, last } = list;
  let matched = false;
  let by = -1;
  for (let i = 0; i < patterns.length; i++) {
    const pattern = patterns[i];
    if (pattern === undefined) continue;
    let hit = parent[i] === 1;
    if (!hit && pattern.exception === matched) {
      if (pattern.matches !== undefined) hit = pattern.matches(path);
      else if (!lenient) throw new BadPattern(i, pattern.error ?? '');
    }
    last[i] = hit ? 1 : 0;
    if (hit) {
      matched = !pattern.exception;
      by = i;
    }
  }
  return by;
}

/** Whether what `decide` returned means that the path matches the list as a whole. */
export function isMatch(list: PatternList, decider: number): boolean {
  return decider >= 0 && list.patterns[decider]?.exception === false;
}

/** Whether the list matches a path, asked folder by folder from the root. Never throws. */
export function isMatched(list: PatternList, path: string): boolean {
  let hits = list.none;
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
    decide(list, hits, path.slice(0, at), true);
    hits = keptHits(list, hits);
  }
  return isMatch(list, decide(list, hits, path, true));
}

/** The hits of the path asked last, to be kept: `parent` itself where nothing was added. */
export function keptHits(list: PatternList, parent: Hits): Hits {
  for (let i = 0; i < parent.length; i++) if (list.last[i] !== parent[i]) return list.last.slice();
  return parent;
}

/**
 * Whether BuildKit opens a file that it announced: it asks once more then, in another way, in which a pattern that hits a
 * folder counts for all below even where it was not asked at the folder. If not, the file arrives empty.
 */
export function matchesWithParents(list: PatternList, path: string): boolean {
  let matched = false;
  for (const pattern of list.patterns) {
    if (pattern.exception !== matched || pattern.matches === undefined) continue;
    let hit = pattern.matches(path);
    for (let at = path.indexOf('/'); at > 0 && !hit; at = path.indexOf('/', at + 1)) {
      hit = pattern.matches(path.slice(0, at));
    }
    if (hit) matched = !pattern.exception;
  }
  return matched;
}

function withoutGlob(text: string): string {
  const once = text.endsWith('/**') ? text.slice(0, -3) : text;
  return once.endsWith('/*') ? once.slice(0, -2) : once;
}

/** The literal paths of those patterns that do (`exceptions`) or do not start with `!`; undefined where one has wildcards in it. */
export function literalPaths(list: PatternList, exceptions: boolean): readonly string[] | undefined {
  const texts = list.patterns
    .filter(({ exception }) => exception === exceptions)
    .map(({ text }) => `${withoutGlob(text)}/`);
  return texts.some((text) => /[*[\]?^\\]/.test(text)) ? undefined : texts;
}
