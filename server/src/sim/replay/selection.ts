import type { HistoryQuery } from '../../project/history.js';
import type { SourceQuery } from '../../project/measure.js';
import { beginningAt } from '../context/explain.js';
import {
  decide,
  type Hits,
  isMatch,
  isMatched,
  keptHits,
  literalPaths,
  type PatternList,
  patternList,
  refusedAtOnce,
} from '../context/filter.js';
import { resolvePath } from '../context/follow.js';
import { splitWildcards } from '../context/goPath.js';
import { includeOf } from '../context/measure.js';
import { type SourceSet, sourceSets } from '../context/sets.js';
import { locateSources, type Sources } from '../context/sources.js';
import { type Taking, takenAt, takingAtRoot, takingBelow } from '../context/taking.js';
import type { Tree } from '../context/tree.js';
import { below, entryAt, remembering, withFiles } from '../context/trees.js';
import { canPrune } from '../context/walk.js';

/** What becomes of a path, whether it is there now or not. */
export interface Selected {
  /** It is sent to the builder. */
  readonly sent: boolean;
  /** Sources of the query that take it, by their index, ascending. */
  readonly sources: readonly number[];
}

/** What stands at a path that changed: a file or anything else that is one entry, a link, a whole folder. */
export type SelectedKind = 'file' | 'link' | 'folder';

/** The patterns of a query seen from one folder. */
interface FolderState {
  readonly included: Hits;
  readonly excluded: Hits;
  readonly taking: Taking;
  /** Nothing below is sent. */
  readonly closed: boolean;
}

const nowhere: Selected = { sent: false, sources: [] };

/** The part of a source that names something without wildcards. */
function literalPath({ path, wildcards, parents, pivot }: SourceQuery): string {
  const start = parents ? (pivot?.folder ?? '.') : path;
  const literal = wildcards ? splitWildcards(start).folder : start;
  return literal === '.' ? '' : literal;
}

/** Whether a path, or a folder on the way to it, is a link. */
function passesLink(tree: Tree, path: string): boolean {
  const names = path.split('/');
  return names.some((_, i) => entryAt(tree, names.slice(0, i + 1).join('/'))?.kind === 'link');
}

/** `tree` with what sources name but is not there: they would have taken it when it was. */
function withNamed(tree: Tree, sources: readonly SourceQuery[]): Tree {
  const missing = sources.map(literalPath).filter((path) => resolvePath(tree, path) === undefined);
  const plain = missing.filter((path) => !passesLink(tree, path));
  return withFiles(tree, Object.fromEntries(plain.map((path) => [path, 0])));
}

/** Paths that have to be there for sources, links on the way among them, and the sources that need them. */
function neededPaths(located: Sources): ReadonlyMap<string, readonly number[]> {
  const needed = new Map<string, number[]>();
  const add = (source: number, paths: readonly string[] | undefined): void => {
    for (const path of paths ?? []) {
      const known = needed.get(path);
      if (known === undefined) needed.set(path, [source]);
      else known.push(source);
    }
  };
  for (const [source, paths] of located.needed.entries()) add(source, paths);
  for (const { source, link, needed: paths } of located.links) add(source, [link, ...(paths ?? [])]);
  return needed;
}

/**
 * Tells for paths relative to the context whether the build sends them and which sources of `query` take them, now that
 * the ignore file and the sources are as they are. `tree` is the context on the disk: only links on the way of sources are
 * looked up in it. What was asked is remembered. Never throws.
 */
export function selection(
  query: Pick<HistoryQuery, 'ignore' | 'follow' | 'sources'>,
  tree: Tree,
): (path: string, kind: SelectedKind) => Selected {
  const known = remembering(tree);
  const listed = patternList(query.ignore);
  // Such a build fails: as everywhere the numbers are those without an ignore file.
  const exclude = refusedAtOnce(listed) === undefined ? listed : patternList([]);
  const include = includeOf(known, query.follow);
  const sets = sourceSets();
  const located = locateSources(
    remembering(withNamed(known, query.sources)),
    query.sources,
    query.follow,
    (path) => isMatched(exclude, path),
  );
  const needed = neededPaths(located);
  const literals = { include: include && literalPaths(include, false), exclude: literalPaths(exclude, true) };
  const top: FolderState = {
    included: include?.none ?? exclude.none,
    excluded: exclude.none,
    taking: takingAtRoot(located.places, sets),
    closed: false,
  };
  const states = new Map<string, FolderState>([['', top]]);
  const answers = new Map<string, Selected>();

  const isIn = (list: PatternList | undefined, hits: Hits, path: string): boolean =>
    list !== undefined && isMatch(list, decide(list, hits, path, true));
  const enter = (above: FolderState, path: string, name: string): FolderState => {
    if (above.closed) return above;
    const left = include !== undefined && !isIn(include, above.included, path);
    const included = include === undefined ? above.included : keptHits(include, above.included);
    const ignored = isIn(exclude, above.excluded, path);
    return {
      included,
      excluded: keptHits(exclude, above.excluded),
      taking: takingBelow(above.taking, sets, name, path),
      closed: (left && canPrune(literals.include, path)) || (ignored && canPrune(literals.exclude, path)),
    };
  };
  const stateOf = (folder: string): FolderState => {
    const found = states.get(folder);
    if (found !== undefined) return found;
    let at = '';
    let state = top;
    for (const name of folder.split('/')) {
      at = below(at, name);
      const next = states.get(at) ?? enter(state, at, name);
      states.set(at, next);
      state = next;
    }
    return state;
  };
  /** Sources that take, or may take, something below a folder. */
  const beneath = ({ taking }: FolderState): SourceSet => {
    const some = [
      ...taking.partial.map(({ source }) => source),
      ...taking.live.map(({ glob }) => glob.source),
      ...(taking.place === undefined ? [] : beginningAt(taking.place)),
    ];
    return sets.union(taking.whole, sets.of(some));
  };
  const select = (path: string, kind: SelectedKind): Selected => {
    const at = path.lastIndexOf('/');
    const name = path.slice(at + 1);
    const state = stateOf(at < 0 ? '' : path.slice(0, at));
    if (state.closed) return nowhere;
    const through = sets.of(needed.get(path) ?? []);
    if (kind === 'folder') {
      const inside = stateOf(path);
      return inside.closed ? nowhere : { sent: true, sources: sets.union(beneath(inside), through).list };
    }
    const isSent =
      (include === undefined || isIn(include, state.included, path)) && !isIn(exclude, state.excluded, path);
    if (!isSent) return nowhere;
    const { sources } = takenAt(state.taking, sets, name, path);
    const place = kind === 'link' ? state.taking.place?.below.get(name) : undefined;
    const passing = place === undefined ? through : sets.union(through, sets.of(beginningAt(place)));
    return { sent: true, sources: sets.union(sources, passing).list };
  };
  return (path, kind) => {
    const key = kind === 'file' ? path : `${kind}:${path}`;
    const answer = answers.get(key) ?? select(path, kind);
    answers.set(key, answer);
    return answer;
  };
}
