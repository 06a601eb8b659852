import type { SourceQuery } from '../../project/measure.js';
import { failsOnDot, isWellFormed } from '../../syntax/dockerignore/gopath.js';
import { isMatched, type PatternList, patternList } from './filter.js';
import { followLinks, resolvePath } from './follow.js';
import { goMatcher, hasWildcards, splitWildcards } from './goPath.js';
import type { Tree } from './tree.js';
import { below } from './trees.js';

/** What a source takes below one folder or file, in which patterns its paths count from there. */
export interface Root {
  readonly source: number;
  /** --parents: what is taken; undefined for everything. */
  readonly include: PatternList | undefined;
  /** --exclude. */
  readonly exclude: PatternList | undefined;
}

/** A wildcard to be looked for among what lies below a folder. */
export interface Glob {
  readonly source: number;
  /** `''` for the root. */
  readonly folder: string;
  /** The folder as the source names it. */
  readonly named: string;
  readonly matches: (path: string) => boolean;
  /** Names in the pattern. */
  readonly depth: number;
  /** What is taken of a folder that is hit. */
  readonly include: PatternList | undefined;
  readonly exclude: PatternList | undefined;
}

/** A place of the context that sources begin at, by name below the one above. */
export interface Place {
  readonly roots: Root[];
  readonly globs: Glob[];
  readonly below: Map<string, Place>;
  /** Some source needs to know whether it is sent. */
  watched: boolean;
}

/** All sources of a query, looked up before the walk. */
export interface Sources {
  readonly places: Place;
  /** For each source the paths that have to be sent for it; undefined where the copy fails whatever is sent. */
  readonly needed: readonly (readonly string[] | undefined)[];
  /** Links that a wildcard hits: where they are sent, what they lead to has to be sent as well. */
  readonly links: readonly {
    readonly source: number;
    readonly link: string;
    readonly needed: readonly string[] | undefined;
  }[];
  /** --parents without wildcards: something whose path starts so has to be taken. */
  readonly required: readonly (string | undefined)[];
}

function newPlace(): Place {
  return { roots: [], globs: [], below: new Map(), watched: false };
}

/** The place of a path, made where it is not there yet. */
function placeAt(places: Place, path: string): Place {
  let at = places;
  for (const name of path === '' ? [] : path.split('/')) {
    const next = at.below.get(name) ?? newPlace();
    at.below.set(name, next);
    at = next;
  }
  return at;
}

interface Draft {
  readonly places: Place;
  readonly tree: Tree;
  readonly isIgnored: (path: string) => boolean;
  readonly links: { source: number; link: string; needed: readonly string[] | undefined }[];
}

function watch(draft: Draft, paths: readonly string[]): readonly string[] {
  for (const path of paths) placeAt(draft.places, path).watched = true;
  return paths;
}

/** Looks for links among what a wildcard hits: they may lead to what is walked before them. */
function findLinks(draft: Draft, glob: Glob, rest: readonly string[], folder: string): void {
  const [name = '', ...deeper] = rest;
  const matches = goMatcher(name);
  for (const entry of draft.tree.entries(folder) ?? []) {
    if (!matches(entry.name)) continue;
    if (deeper.length > 0) {
      if (entry.kind === 'folder') {
        findLinks(draft, glob, deeper, below(folder, entry.name));
      }
    } else if (entry.kind === 'link') {
      const link = below(folder, entry.name);
      if (draft.isIgnored(link)) continue;
      const target = resolvePath(draft.tree, link);
      watch(draft, [link]);
      const needed = target && watch(draft, target.through);
      draft.links.push({ source: glob.source, link, needed });
      if (target === undefined) continue;
      const { source, include, exclude } = glob;
      placeAt(draft.places, target.path).roots.push({ source, include, exclude });
    }
  }
}

type Lists = Pick<Root, 'include' | 'exclude'>;

/** Wildcards: what they need is the folder in which they are looked for. */
function addGlob(draft: Draft, path: string, source: number, lists: Lists): readonly string[] | undefined {
  if (!isWellFormed(path)) return undefined;
  const { folder, rest } = splitWildcards(path);
  const resolved = resolvePath(draft.tree, folder);
  if (resolved === undefined) return undefined;
  const names = rest.split('/');
  const { path: at } = resolved;
  const glob = { source, folder: at, named: folder, matches: goMatcher(rest), depth: names.length, ...lists };
  placeAt(draft.places, at).globs.push(glob);
  findLinks(draft, glob, names, at);
  return watch(draft, resolved.through);
}

function addRoot(draft: Draft, path: string, root: Root): readonly string[] | undefined {
  const resolved = resolvePath(draft.tree, path);
  if (resolved === undefined) return undefined;
  placeAt(draft.places, resolved.path).roots.push(root);
  return watch(draft, resolved.through);
}

/**
 * What is taken of the root with a choice of paths takes its own links as they are, but they have to lead somewhere all
 * the same: to look at them BuildKit follows them (tried with 0.33).
 */
function needLinks(draft: Draft, source: number, { include, exclude }: Lists): void {
  for (const { name, kind } of draft.tree.entries('') ?? []) {
    if (kind !== 'link' || draft.isIgnored(name)) continue;
    if (include !== undefined && !isMatched(include, name)) continue;
    if (exclude !== undefined && isMatched(exclude, name)) continue;
    const target = resolvePath(draft.tree, name);
    watch(draft, [name]);
    draft.links.push({ source, link: name, needed: target && watch(draft, target.through) });
  }
}

function isRefused(list: PatternList | undefined): boolean {
  return list?.patterns.some(({ error }) => error !== undefined) === true;
}

function contextPath(path: string): string {
  return path === '.' ? '' : path;
}

function addSource(draft: Draft, query: SourceQuery, source: number): readonly string[] | undefined {
  const { parents, pivot, wildcards } = query;
  const include = parents ? patternList([pivot?.pattern ?? query.path]) : undefined;
  const exclude = query.exclude.length === 0 ? undefined : patternList(query.exclude);
  if (isRefused(include) || isRefused(exclude)) return undefined;
  // An empty pattern matches nothing, not even the folder before `/./`.
  if (pivot?.pattern === '.' && !hasWildcards(pivot.folder)) return undefined;
  const path = contextPath(parents ? (pivot?.folder ?? '.') : query.path);
  if (path === '' && (include ?? exclude) !== undefined) needLinks(draft, source, { include, exclude });
  return wildcards && hasWildcards(path)
    ? addGlob(draft, path, source, { include, exclude })
    : addRoot(draft, path, { source, include, exclude });
}

function requiredPath({ parents, pivot, path }: SourceQuery): string | undefined {
  if (!parents || hasWildcards(pivot === undefined ? path : `${pivot.folder}/${pivot.pattern}`))
    return undefined;
  return path;
}

/**
 * Whether BuildKit evaluates a needed path as a pattern, so that the build fails if it can't be one: not where a link on
 * the way is followed instead, unless that gives a pattern that is refused at once.
 */
function isEvaluated(tree: Tree, follow: readonly string[], path: string): boolean {
  const resolved = followLinks(tree, follow) ?? [];
  return resolved.includes(path) || resolved.some(failsOnDot);
}

/** What gRPC takes in a header: paths with other characters are escaped, but only where one is not ASCII. */
const unsendable = /[\0-\x1F\x7F]/;
const notAscii = /[^\0-\x7F]/;

/**
 * Where in `tree` the sources of a query begin, links followed and wildcards prepared. `follow`: what is needed;
 * `isIgnored` decides which of the links that a wildcard hits are there.
 */
export function locateSources(
  tree: Tree,
  queries: readonly SourceQuery[],
  follow: readonly string[] | null,
  isIgnored: (path: string) => boolean,
): Sources {
  const draft: Draft = { places: newPlace(), tree, isIgnored, links: [] };
  const isPattern = (path: string): boolean =>
    follow === null || !isRefused(patternList([path])) || !isEvaluated(tree, follow, path);
  const escaped = follow === null || follow.some((path) => notAscii.test(path));
  const needed = queries.map((query, i) =>
    (!escaped && unsendable.test(query.path)) || !isPattern(query.path)
      ? undefined
      : addSource(draft, query, i),
  );
  return { places: draft.places, needed, links: draft.links, required: queries.map(requiredPath) };
}
