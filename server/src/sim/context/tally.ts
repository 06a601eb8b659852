import type { Amount, PathMeasure, SourceMeasure } from '../../project/measure.js';
import { compareBytes } from '../../text/order.js';
import type { SourceSet, SourceSets } from './sets.js';
import type { Place, Sources } from './sources.js';
import type { Folder, Leaf, Observer } from './walk.js';

/** What a source names and takes at most this many paths of. */
const mostMatches = 100;

export interface MutableAmount {
  files: number;
  bytes: number;
}

/** An amount of nothing, to be added to. */
export function zero(): MutableAmount {
  return { files: 0, bytes: 0 };
}

/** Largest first, then by path. */
function bySize(a: Amount & { readonly path: string }, b: Amount & { readonly path: string }): number {
  return b.bytes - a.bytes || b.files - a.files || compareBytes(a.path, b.path);
}

/** A list of the largest, of which no more than a few times `most` are kept on the way. */
export function largestOf<T extends Amount & { readonly path: string }>(
  most: number,
): { add(item: T): void; list(): readonly T[] } {
  let items: T[] = [];
  const cut = (): void => {
    items = items.sort(bySize).slice(0, most);
  };
  return {
    add(item) {
      if (most === 0) return;
      items.push(item);
      if (items.length > 3 * most + 100) cut();
    },
    list() {
      cut();
      return items;
    },
  };
}

/** A folder with what is sent of it. */
export interface Sum extends MutableAmount {
  readonly folder: Folder;
  sources: SourceSet;
  /** Bytes of the largest folder in it. */
  largestFolder: number;
}

/** What wants the sums of folders, in the order in which the walk leaves them. */
export interface SumObserver {
  enter?(sum: Sum): void;
  /** A file that is sent, and the sum so far of its folder. */
  file?(leaf: Leaf, within: Sum): void;
  leave?(sum: Sum, parent: Sum | undefined): void;
}

/** Sums up what is sent by folder, and tells `observers`. */
export function summing(sets: SourceSets, observers: readonly SumObserver[]): Observer {
  const stack: Sum[] = [];
  return {
    enter(folder) {
      const sum: Sum = { folder, files: 0, bytes: 0, sources: sets.empty, largestFolder: 0 };
      stack.push(sum);
      for (const observer of observers) observer.enter?.(sum);
    },
    leaf(leaf) {
      const within = stack.at(-1);
      if (within === undefined || leaf.files === 0) return;
      within.files += leaf.files;
      within.bytes += leaf.bytes;
      within.sources = sets.union(within.sources, leaf.sources);
      for (const observer of observers) observer.file?.(leaf, within);
    },
    leave() {
      const sum = stack.pop();
      if (sum === undefined) return;
      const parent = stack.at(-1);
      if (parent !== undefined) {
        parent.files += sum.files;
        parent.bytes += sum.bytes;
        parent.sources = sets.union(parent.sources, sum.sources);
        parent.largestFolder = Math.max(parent.largestFolder, sum.bytes);
      }
      for (const observer of observers) observer.leave?.(sum, parent);
    },
  };
}

/** What each source takes. */
export function sourceTally(
  sources: Sources,
  count: number,
): Observer & { measures(named: readonly (string | undefined)[]): readonly SourceMeasure[] } {
  const amounts = Array.from({ length: count }, zero);
  const inodes = Array.from({ length: count }, () => new Set<string>());
  const matches = Array.from({ length: count }, (): string[] => []);
  const sentPaths = new Set<string>();
  const required = sources.required.map((path) => path === undefined);
  let lacking = [...required.keys()].filter((i) => required[i] !== true);
  const isWatched = watcher(sources.places);
  const lookFor = (path: string, takers: SourceSet): void => {
    for (const i of lacking) {
      const start = sources.required[i];
      if (start !== undefined && takers.list.includes(i) && path.startsWith(start)) required[i] = true;
    }
    lacking = lacking.filter((i) => required[i] !== true);
  };
  return {
    sent(path, { named, sources: takers }) {
      if (isWatched(path)) sentPaths.add(path);
      for (const { source, name } of named) {
        const list = matches[source];
        if (list !== undefined && list.length < mostMatches) list.push(name);
      }
      if (lacking.length > 0) lookFor(path, takers);
    },
    leaf(leaf) {
      if (!leaf.sent || (leaf.kind !== 'file' && leaf.kind !== 'socket')) return;
      const inode = leaf.stat?.inode;
      for (const i of leaf.sources.list) {
        const amount = amounts[i];
        if (amount === undefined || (inode !== undefined && inodes[i]?.has(inode))) continue;
        if (inode !== undefined) inodes[i]?.add(inode);
        amount.files++;
        amount.bytes += leaf.files > 0 ? leaf.bytes : (leaf.stat?.size ?? 0);
      }
    },
    measures(named) {
      const isThere = (paths: readonly string[] | undefined): boolean =>
        paths?.every((path) => sentPaths.has(path)) === true;
      return amounts.map(({ files, bytes }, i) => {
        const links = sources.links.filter(({ source, link }) => source === i && sentPaths.has(link));
        const found =
          isThere(sources.needed[i]) && required[i] === true && links.every(({ needed }) => isThere(needed));
        const name = named[i];
        return {
          files,
          bytes,
          found,
          matches: name === undefined ? (matches[i] ?? []) : found ? [name] : [],
        };
      });
    },
  };
}

/** Whether some source has to know that a path is sent. */
function watcher(places: Place): (path: string) => boolean {
  const watched = new Set<string>();
  const collect = (place: Place, path: string): void => {
    if (place.watched) watched.add(path);
    for (const [name, next] of place.below) collect(next, path === '' ? name : `${path}/${name}`);
  };
  collect(places, '');
  return (path) => watched.has(path);
}

/** Sent, but taken by no source: whole folders where possible. */
export function unusedTally(most: number): SumObserver & { list(): readonly (Amount & { path: string })[] } {
  type Item = Amount & { readonly path: string };
  const found = largestOf<Item>(most);
  const waiting: ReturnType<typeof largestOf<Item>>[] = [];
  return {
    enter: () => void waiting.push(largestOf<Item>(most)),
    file({ path, files, bytes, sources }) {
      if (sources.list.length === 0) waiting.at(-1)?.add({ path, files, bytes });
    },
    leave({ folder, files, bytes, sources }, parent) {
      const inside = waiting.pop();
      if (files === 0) return;
      if (sources.list.length === 0 && parent !== undefined) {
        waiting.at(-1)?.add({ path: folder.path, files, bytes });
      } else for (const item of inside?.list() ?? []) found.add(item);
    },
    list: () => found.list(),
  };
}

/** A folder speaks for what is in it unless one folder in it holds nearly all of it. */
const nearlyAll = 0.9;
/** Part of all sent bytes from which a deeper path stands out. */
const standsOut = 0.05;

/** Every entry of the root, and deeper ones that stand out. */
export function largestTally(most: number): SumObserver & { list(): readonly PathMeasure[] } {
  const top = largestOf<PathMeasure>(most);
  let deep: PathMeasure[] = [];
  let total = 0;
  const add = (item: PathMeasure): void => {
    // What is sent only grows, so what does not stand out now never will.
    if (item.bytes === 0 || item.bytes < total * standsOut) return;
    deep.push(item);
    if (deep.length > 1000) deep = deep.filter(({ bytes }) => bytes >= total * standsOut);
  };
  return {
    file({ path, files, bytes, sources, folder }) {
      total += bytes;
      const item = { path, files, bytes, sources: sources.list };
      if (folder.parent === undefined) top.add(item);
      else add(item);
    },
    leave({ folder, files, bytes, sources, largestFolder }) {
      if (files === 0 || folder.parent === undefined) return;
      const item = { path: folder.path, files, bytes, sources: sources.list };
      if (folder.parent.parent === undefined) top.add(item);
      else if (largestFolder < bytes * nearlyAll) add(item);
    },
    list: () =>
      [...top.list(), ...deep.filter(({ bytes }) => bytes >= total * standsOut)].sort(bySize).slice(0, most),
  };
}
