import type { HistoryQuery } from '../../project/history.js';
import type { SourceQuery } from '../../project/measure.js';
import { compareBytes } from '../../text/order.js';
import { BadPattern, isMatched, type PatternList, patternList, refusedAtOnce } from '../context/filter.js';
import { hasWildcards, splitWildcards } from '../context/goPath.js';
import { includeOf } from '../context/measure.js';
import { sourceSets } from '../context/sets.js';
import { locateSources } from '../context/sources.js';
import { takingAtRoot } from '../context/taking.js';
import type { Tree, TreeEntry } from '../context/tree.js';
import { remembering } from '../context/trees.js';
import { walkContext } from '../context/walk.js';
import type { ContextEntry } from './model.js';

/** What lies in a context, folders too, by path relative to it. */
export type ContextEntries = ReadonlyMap<string, ContextEntry>;

/** One entry that a source takes. */
export interface Selected {
  /** As the key has it: below the folder or file that the source names, `''` for that itself. */
  readonly name: string;
  /** In the context. */
  readonly path: string;
  readonly entry: ContextEntry;
}

const typeBits: Readonly<Record<ContextEntry['kind'], number>> = {
  file: 0o100000,
  folder: 0o040000,
  link: 0o120000,
  other: 0o010000,
};

function treeEntry(name: string, { kind, mode, content }: ContextEntry): TreeEntry {
  const target = kind === 'link' && content !== undefined ? { target: content } : {};
  const stat = { size: 0, mode: typeBits[kind] | mode, mtime: 0, ...target };
  return { name, kind: kind === 'other' ? 'fifo' : kind, stat: () => stat };
}

const folderEntry: ContextEntry = { kind: 'folder', mode: 0o755, content: '' };

/** Entries of a context as a tree to walk; folders that are not told of are there all the same. */
function treeOfEntries(entries: ContextEntries): Tree {
  const folders = new Map<string, Map<string, TreeEntry>>([['', new Map()]]);
  const add = (path: string, entry: ContextEntry): void => {
    const at = path.lastIndexOf('/');
    const parent = at < 0 ? '' : path.slice(0, at);
    if (!folders.has(parent)) add(parent, entries.get(parent) ?? folderEntry);
    const name = path.slice(at + 1);
    if (entry.kind === 'folder' && !folders.has(path)) folders.set(path, new Map());
    folders.get(parent)?.set(name, treeEntry(name, entry));
  };
  for (const [path, entry] of entries) add(path, entry);
  const sorted = new Map<string, readonly TreeEntry[]>();
  return {
    xattrs: 'none',
    entries(folder) {
      const found = folders.get(folder);
      if (found === undefined) return undefined;
      const list = sorted.get(folder) ?? [...found.values()].sort((a, b) => compareBytes(a.name, b.name));
      sorted.set(folder, list);
      return list;
    },
  };
}

/** How many characters of the paths a source takes are not in its key. */
function prefixLength(query: SourceQuery, paths: readonly string[]): number {
  const folderLength = (folder: string): number => (folder === '' || folder === '.' ? 0 : folder.length + 1);
  if (query.parents) return folderLength(query.pivot?.folder ?? '');
  if (query.wildcards && hasWildcards(query.path)) return folderLength(splitWildcards(query.path).folder);
  if (query.path === '.') return 0;
  // Links on the way may have led elsewhere: what the source names stands first.
  return folderLength(paths[0] ?? '');
}

function walked(
  query: Pick<HistoryQuery, 'follow' | 'sources'>,
  entries: ContextEntries,
  exclude: PatternList,
): readonly (readonly Selected[])[] {
  const tree = remembering(treeOfEntries(entries));
  const sets = sourceSets();
  const sources = locateSources(tree, query.sources, query.follow, (path) => isMatched(exclude, path));
  const found = query.sources.map((): string[] => []);
  walkContext({
    tree,
    include: includeOf(tree, query.follow),
    exclude,
    all: false,
    sets,
    taking: takingAtRoot(sources.places, sets),
    observers: [
      {
        sent: (path, { sources: { list } }) => {
          for (const source of list) found[source]?.push(path);
        },
      },
    ],
  });
  return query.sources.map((source, i) => {
    const paths = found[i] ?? [];
    const prefix = prefixLength(source, paths);
    return paths.map((path) => ({ name: path.slice(prefix), path, entry: entries.get(path) ?? folderEntry }));
  });
}

/** What each source of a build takes of `entries`, in wire order. Where BuildKit refuses the ignore file: as without one. */
export function selectSources(
  query: Pick<HistoryQuery, 'ignore' | 'follow' | 'sources'>,
  entries: ContextEntries,
): readonly (readonly Selected[])[] {
  const exclude = patternList(query.ignore);
  try {
    return walked(query, entries, refusedAtOnce(exclude) === undefined ? exclude : patternList([]));
  } catch (error) {
    if (!(error instanceof BadPattern)) throw error;
    return walked(query, entries, patternList([]));
  }
}
