import type { ContextMeasure, ContextQuery, PatternMeasure } from '../../project/measure.js';
import { BadPattern, isMatched, type PatternList, patternList, refusedAtOnce } from './filter.js';
import { followLinks } from './follow.js';
import { hasWildcards } from './goPath.js';
import { patternTally } from './patterns.js';
import { treeTally } from './picture.js';
import { probeTally } from './probing.js';
import { sourceSets } from './sets.js';
import { locateSources } from './sources.js';
import { takingAtRoot } from './taking.js';
import { largestTally, sourceTally, summing, unusedTally } from './tally.js';
import type { Tree } from './tree.js';
import { remembering, withFiles } from './trees.js';
import { type Observer, walkContext } from './walk.js';
import { endBytes } from './wire.js';

type Failure = NonNullable<ContextMeasure['error']>;

const mostUnused = 100;

/** What is followed, as a list of patterns; undefined where everything is sent. */
export function includeOf(tree: Tree, follow: readonly string[] | null): PatternList | undefined {
  const paths = follow === null ? null : followLinks(tree, follow);
  if (paths === null) return undefined;
  // A path that is no pattern makes the build fail; its source is not found then.
  const patterns = paths.filter((path) => patternList([path]).patterns[0]?.error === undefined);
  return patternList(patterns);
}

/** Names what goes on the wire. */
function listing(): Observer & { readonly paths: string[] } {
  const paths: string[] = [];
  return { paths, sent: (path, _, folder) => void paths.push(folder ? `${path}/` : path) };
}

function withoutPatterns(query: ContextQuery): readonly PatternMeasure[] | null {
  if (!query.all) return null;
  const nothing = { files: 0, bytes: 0 };
  return query.ignore.map(() => ({
    matched: nothing,
    decides: nothing,
    overruled: [],
    shadowed: [],
    examples: [],
  }));
}

function measured(query: ContextQuery, disk: Tree, ignore: PatternList): Omit<ContextMeasure, 'error'> {
  const tree = withFiles(disk, query.texts);
  const sets = sourceSets();
  // Only for the questions before the walk: a million entries are not to be kept.
  const known = remembering(tree);
  const sources = locateSources(known, query.sources, query.follow, (path) => isMatched(ignore, path));
  const tally = sourceTally(sources, query.sources.length);
  const largest = largestTally(query.top);
  const unused = unusedTally(mostUnused);
  const probes = probeTally(patternList(query.probes).patterns, query.sources.length);
  const picture = treeTally(query.tree);
  const patterns = patternTally(ignore);
  const names = listing();
  const sums = [
    largest,
    unused,
    ...(query.probes.length > 0 ? [probes] : []),
    ...(query.tree > 0 ? [picture] : []),
  ];
  const observers = [
    tally,
    summing(sets, sums),
    ...(query.all ? [patterns] : []),
    ...(query.list ? [names] : []),
  ];
  const taking = takingAtRoot(sources.places, sets);
  const include = includeOf(known, query.follow);
  const walked = walkContext({ tree, include, exclude: ignore, all: query.all, sets, taking, observers });
  const { entries, files, bytes, wireBytes, unreadable, complete } = walked;
  const exact = complete && tree.xattrs !== 'unreadable';
  return {
    sent: { files, bytes, entries, wireBytes: wireBytes + endBytes, exact },
    paths: query.list ? names.paths : null,
    sources: tally.measures(
      query.sources.map(({ path, wildcards, parents }) =>
        parents || (wildcards && hasWildcards(path)) ? undefined : path,
      ),
    ),
    largest: largest.list(),
    unused: unused.list(),
    probes: probes.measures(),
    all: query.all ? patterns.all() : null,
    ignored: query.all ? patterns.ignored() : null,
    patterns: query.all ? patterns.measures() : null,
    tree: query.tree > 0 ? picture.tree() : null,
    unreadable,
  };
}

/** A control character does not pass in a header, unless some pattern that is not ASCII makes the client escape them all. */
function unsendable(ignore: readonly string[]): Failure | undefined {
  if (ignore.some((text) => /[^\0-\x7F]/.test(text))) return undefined;
  const pattern = ignore.findIndex((text) => /[\0-\x1F\x7F]/.test(text));
  return pattern < 0 ? undefined : { pattern, message: 'A control character in a pattern: the build fails.' };
}

/**
 * What BuildKit's client would send of `tree`, and what becomes of it. Never throws; where an ignore pattern makes the
 * build fail the numbers are those without an ignore file.
 */
export function measureContext(query: ContextQuery, tree: Tree): ContextMeasure {
  const ignore = patternList(query.ignore);
  const refused = refusedAtOnce(ignore) ?? unsendable(query.ignore);
  if (refused === undefined) {
    try {
      return { error: null, ...measured(query, tree, ignore) };
    } catch (error) {
      if (!(error instanceof BadPattern)) throw error;
      return failed(query, tree, { pattern: error.pattern, message: error.message });
    }
  }
  return failed(query, tree, refused);
}

function failed(query: ContextQuery, tree: Tree, error: Failure): ContextMeasure {
  return { error, ...measured(query, tree, patternList([])), patterns: withoutPatterns(query) };
}
