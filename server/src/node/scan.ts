import type { ContextQuery } from '../project/measure.js';
import {
  BadPattern,
  decide,
  type Hits,
  isMatch,
  keptHits,
  type PatternList,
  patternList,
} from '../sim/context/filter.js';
import { type EntrySource, kindOfMode, readEntry } from './diskentry.js';
import { bytesOfName } from './names.js';
import { kindCode, type NativePath, nativeBelow } from './syncfs.js';
import { emptyMemory, type Memory, setListing, setTimes } from './treememory.js';
import { addFolder, noBytes, noEntries, noFolders } from './treestore.js';

/** What is to be read ahead of a walk. */
export interface Ahead extends Pick<ContextQuery, 'ignore' | 'follow' | 'all'> {
  /** As the platform writes it, without links. */
  readonly root: string;
}

/** Folders that were read: their paths relative to the root, in the order of their numbers in `memory`, from 1. */
export interface Batch {
  readonly paths: readonly string[];
  readonly memory: Memory;
}

/** Entries after which a batch is handed over. */
const batchEntries = 2000;

interface Open {
  readonly path: string;
  readonly hits: Hits;
}

/** The part of a followed path in front of its first name with wildcards. */
function literalStart(path: string): string {
  const parts = path.split('/');
  const wild = parts.findIndex((part) => /[*?[\\]/.test(part));
  return (wild < 0 ? parts : parts.slice(0, wild)).join('/');
}

/** Whether the walk may enter a folder: what it will surely leave out is not read ahead. */
function wanted({ follow, all }: Ahead): (path: string) => boolean {
  if (all || follow === null) return () => true;
  const starts = follow.map(literalStart);
  return (path) =>
    starts.some(
      (start) =>
        start === '' || start === path || start.startsWith(`${path}/`) || path.startsWith(`${start}/`),
    );
}

/** `memory` cut to what is in it, so that it travels light. */
function trimmed(memory: Memory): Memory {
  const { entries, folders, names } = memory;
  const { count } = entries;
  const light = { entries: noEntries(0), folders: noFolders(0), names: noBytes(0) };
  for (const key of ['kind', 'size', 'mode', 'mtime', 'more'] as const) {
    Object.assign(light.entries, { count, [key]: entries[key].slice(0, count) });
  }
  for (const [key, column] of Object.entries(folders)) {
    Object.assign(light.folders, {
      [key]: typeof column === 'number' ? column : column.slice(0, folders.count),
    });
  }
  const bytes = Buffer.allocUnsafeSlow(names.length);
  names.bytes.copy(bytes, 0, 0, names.length);
  Object.assign(light.names, { length: names.length, bytes });
  return { ...memory, ...light };
}

/** Whether the ignore file hides a folder, or nobody can say. */
function isLeftOut(exclude: PatternList, parent: Hits, path: string): boolean {
  try {
    return isMatch(exclude, decide(exclude, parent, path));
  } catch (error) {
    // The walk comes to the same pattern, and says so.
    if (error instanceof BadPattern) return true;
    throw error;
  }
}

function readFolder(memory: Memory, path: NativePath, source: EntrySource): readonly string[] | undefined {
  const stat = source.fs.lstat(path);
  if (stat === undefined || kindOfMode(stat.mode) !== kindCode.folder) return undefined;
  const listing = source.fs.list(path);
  if (listing === undefined) return undefined;
  const at = addFolder(memory.folders, 0, 0);
  setListing(memory, at, listing);
  setTimes(memory, at, stat);
  const first = memory.folders.first[at] ?? 0;
  const separator = source.platform === 'win32' ? '\\' : '/';
  const folders: string[] = [];
  for (const [i, name] of listing.names.entries()) {
    if (listing.kinds[i] === kindCode.folder) {
      folders.push(name);
      continue;
    }
    const plain = typeof path === 'string' && name.isWellFormed();
    const own = plain
      ? `${path}${separator}${name}`
      : Buffer.concat([Buffer.from(path), Buffer.from(separator), bytesOfName(name)]);
    readEntry(memory, first + i, own, source);
  }
  return folders;
}

/**
 * Reads what a walk will come to, from the end: where the walk, which begins at the start, meets it, all is read. Ends
 * when `stopped` says so.
 */
export function scanBackwards(
  ahead: Ahead,
  source: EntrySource,
  hand: (batch: Batch) => void,
  stopped: () => boolean,
): void {
  const exclude: PatternList = patternList(ahead.all ? [] : ahead.ignore);
  const isWanted = wanted(ahead);
  const open: Open[] = [{ path: '', hits: exclude.none }];
  let memory = emptyMemory(batchEntries);
  let paths: string[] = [];
  const flush = (): void => {
    if (paths.length > 0) hand({ paths, memory: trimmed(memory) });
    memory = emptyMemory(batchEntries);
    paths = [];
  };
  for (let next = open.pop(); next !== undefined && !stopped(); next = open.pop()) {
    const { path, hits } = next;
    const folders = readFolder(memory, nativeBelow(ahead.root, path, source.platform), source);
    if (folders === undefined) continue;
    paths.push(path);
    for (const name of folders) {
      const below = path === '' ? name : `${path}/${name}`;
      const left = !isWanted(below) || isLeftOut(exclude, hits, below);
      if (!left) open.push({ path: below, hits: keptHits(exclude, hits) });
    }
    if (memory.entries.count >= batchEntries) flush();
  }
  if (!stopped()) flush();
}
