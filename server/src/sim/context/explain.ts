import type { ContextView } from '../../project/context.js';
import { cleanSource } from '../../project/tree.js';
import type { IgnorePattern } from '../../syntax/dockerignore/model.js';
import type { ContextUse } from './model.js';
import { type SourceSets, sourceSets } from './sets.js';
import { locateSources, type Place } from './sources.js';
import { type Taking, takenAt, takingAtRoot, takingBelow } from './taking.js';
import type { Tree, TreeEntry } from './tree.js';
import { below } from './trees.js';

/** Why a path is in the build or not. */
export interface PathExplanation {
  /** The ignore file lets it through; whether some step needs it is in `copiedBy`. */
  readonly included: boolean;
  /** The pattern that decides, an exception too; undefined where none hits. */
  readonly by: IgnorePattern | undefined;
  /** What copies or mounts it, or a part of it. */
  readonly copiedBy: readonly ContextUse[];
}

/** The context of a view as a measurement would walk it; modes and times are not known to it. */
function treeOf(view: ContextView): Tree {
  return {
    entries: (folder) =>
      view.entries(folder === '' ? '.' : folder)?.map(
        ({ name, kind, size = 0, target }): TreeEntry => ({
          name,
          kind: kind === 'other' ? 'fifo' : kind,
          stat: () => ({ size, mode: 0, mtime: 0, ...(target === undefined ? {} : { target }) }),
        }),
      ),
  };
}

/** Sources that begin at or below a place. */
export function beginningAt({ roots, globs, below: places }: Place): readonly number[] {
  return [...[...roots, ...globs].map(({ source }) => source), ...[...places.values()].flatMap(beginningAt)];
}

function sourcesAt(start: Taking, sets: SourceSets, path: string): readonly number[] {
  const names = path.split('/');
  const last = names.pop() ?? '';
  let taking = start;
  let folder = '';
  for (const name of names) {
    folder = below(folder, name);
    taking = takingBelow(taking, sets, name, folder);
  }
  const place = taking.place?.below.get(last);
  const inside = place === undefined ? [] : beginningAt(place);
  return [...takenAt(taking, sets, last, path).sources.list, ...inside];
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/**
 * Tells for paths relative to the context which of `uses` copy or mount them, or a part of them: links followed, wildcards
 * expanded, --exclude and --parents heeded; whatever the ignore file says, and whether they are there or not.
 */
export function takersOf(
  view: ContextView,
  uses: readonly ContextUse[],
): (path: string) => readonly ContextUse[] {
  const owners = uses.flatMap((use) => use.sources.map(() => use));
  const queries = uses.flatMap(({ sources }) => sources.map(({ query }) => query));
  const sets = sourceSets();
  const { places } = locateSources(treeOf(view), queries, null, (path) => view.isIgnored(path));
  const start = takingAtRoot(places, sets);
  return (path) => {
    const clean = cleanSource(path);
    const named = [...queries.keys()].filter((i) => isAtOrBelow(queries[i]?.path ?? '', clean));
    const sources = new Set(clean === '.' ? queries.keys() : [...sourcesAt(start, sets, clean), ...named]);
    const users = new Set(owners.filter((_, i) => sources.has(i)));
    return uses.filter((use) => users.has(use));
  };
}

/** Why `path` (relative to the context) is in the build or not: the pattern that decides, the steps that take it. */
export function explainPath(
  view: ContextView,
  uses: readonly ContextUse[],
  path: string,
  takers: (path: string) => readonly ContextUse[] = takersOf(view, uses),
): PathExplanation {
  const clean = cleanSource(path);
  const included = clean === '.' || !view.isIgnored(clean);
  return {
    included,
    by: clean === '.' ? undefined : view.decidedBy(clean),
    copiedBy: included ? takers(clean) : [],
  };
}
