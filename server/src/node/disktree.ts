import type { Tree, TreeEntry, TreeStat } from '../sim/context/tree.js';
import { dirName } from '../text/paths.js';
import { kindOfMode, type Reader, readEntry, statOf } from './diskentry.js';
import { kindCode, kinds, type NativePath, nativeBelow, type SyncFs } from './syncfs.js';
import {
  compacted,
  copyFolder,
  emptyMemory,
  folderOf,
  forgetEntries,
  hasState,
  type Memory,
  namesOf,
  pathOf,
  sameTimes,
  setListing,
  setTimes,
} from './treememory.js';
import { folderState, isKnown, kindAt, known } from './treestore.js';

/** A folder that changed less than this many milliseconds before it was read may change again and keep its times. */
const tick = 2000;

/** Entries that are remembered of one tree. */
const usualMost = 4_000_000;

/** Wasted entries from which on a tree is made compact, where they are more than a third. */
const muchWaste = 50_000;

export interface DiskTreeOptions {
  readonly fs: SyncFs;
  /** The root as the platform writes it, without links. */
  readonly root: string;
  readonly platform: NodeJS.Platform;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly xattrs: 'none' | 'unreadable';
  /** Who reads; undefined where nothing is forbidden. */
  readonly reader?: Reader | undefined;
  /** Beyond so many entries nothing more is remembered: the disk is asked each time. */
  readonly mostEntries?: number;
}

/** What was looked at since a look began. */
export interface Seen {
  folders: number;
  files: number;
  bytes: number;
}

/** A folder that another thread has read: number `at` of its memory. */
export interface Scanned {
  readonly memory: Memory;
  readonly at: number;
}

/** How a look is to be made. */
export interface Look {
  /** Called often; throws where the look is to end. */
  readonly check: () => void;
  /** What has been read ahead of a folder (path relative to the root). */
  readonly ahead?: (folder: string) => Scanned | undefined;
}

/** What lies below a folder of the disk, remembered from look to look. */
export interface DiskTree {
  /** The tree as it is now: what is remembered of a folder counts where its times are still the same. */
  look(look: Look): Tree;
  readonly seen: Readonly<Seen>;
  /** The folders whose entries the look so far has asked for; undefined where not all are remembered. */
  visited(): readonly number[] | undefined;
  /** A look that tells whether the folders an earlier one visited are all as they were. */
  unchanged(visited: readonly number[], check: () => void): boolean;
  /** A file or folder (path relative to the root) that changed, came or went. */
  changed(path: string): void;
  /** Entries remembered. */
  size(): number;
}

/** A folder that was asked for lately. */
interface Spot {
  /** The tree's memory, or where that is full one of its own. */
  readonly memory: Memory;
  readonly at: number;
  readonly names: readonly string[];
  /** The child asked for last: the one after it is usually the next. */
  cursor: number;
}

/** Names that are held with the folders asked for lately. */
const mostSpotNames = 50_000;

/** One tree and the look that is being made at it. */
interface State {
  readonly options: DiskTreeOptions;
  memory: Memory;
  readonly spots: Map<string, Spot>;
  spotNames: number;
  job: number;
  look: Look;
  visited: number[];
  whole: boolean;
  readonly seen: Seen;
}

function native({ options: { root, platform } }: State, folder: string): NativePath {
  return nativeBelow(root, folder, platform);
}

/** Asks the disk, once a look, whether a folder is as it is remembered; false where it is no folder any more. */
function checked(state: State, memory: Memory, at: number, folder: string): boolean {
  const { options } = state;
  if (memory.folders.checked[at] === state.job) return true;
  const isNew = !hasState(memory, at, folderState.read);
  const scanned = isNew ? state.look.ahead?.(folder) : undefined;
  if (scanned !== undefined) {
    const { mtime, ctime } = scanned.memory.folders;
    const latest = Math.max(mtime[scanned.at] ?? 0, ctime[scanned.at] ?? 0);
    forgetEntries(memory, at, latest + tick > options.now());
    copyFolder(memory, at, scanned.memory, scanned.at);
    memory.folders.checked[at] = state.job;
    return true;
  }
  const stat = options.fs.lstat(native(state, folder));
  if (stat === undefined || kindOfMode(stat.mode) !== kindCode.folder) {
    forgetEntries(memory, at, false);
    return false;
  }
  if (isNew || hasState(memory, at, folderState.doubtful) || !sameTimes(memory, at, stat)) {
    forgetEntries(memory, at, Math.max(stat.mtimeMs, stat.ctimeMs) + tick > options.now());
    setTimes(memory, at, stat);
  }
  memory.folders.checked[at] = state.job;
  return true;
}

/** The place of the child `name` among `names`, -1 where there is none. */
function childOf(spot: Spot, name: string): number {
  for (let i = spot.cursor; i < spot.names.length; i++) {
    if (spot.names[i] === name) return i;
  }
  return spot.names.lastIndexOf(name, spot.cursor);
}

function keepSpot(state: State, folder: string, spot: Omit<Spot, 'cursor'>): Spot {
  const held = { ...spot, cursor: 0 };
  // Long paths take room too.
  state.spotNames += spot.names.length + (folder.length >> 6);
  if (state.spotNames > mostSpotNames) {
    const above = parentOf(folder);
    const parent = state.spots.get(above);
    state.spots.clear();
    if (parent !== undefined) state.spots.set(above, parent);
    state.spotNames = 0;
  }
  state.spots.set(folder, held);
  return held;
}

function parentOf(folder: string): string {
  return folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
}

/** A folder whose entries are known, read where they are not yet; undefined where there is none or it can't be read. */
function spotOf(state: State, folder: string): Spot | undefined {
  let path = folder;
  while (path !== '' && !state.spots.has(path)) path = parentOf(path);
  let spot = state.spots.get(path) ?? opened(state, state.memory, 0, '');
  while (spot !== undefined && path.length < folder.length) {
    const from = path === '' ? 0 : path.length + 1;
    const slash = folder.indexOf('/', from);
    const end = slash < 0 ? folder.length : slash;
    path = folder.slice(0, end);
    spot = below(state, spot, path, folder.slice(from, end));
  }
  return spot;
}

/** The folder `name` of another one. */
function below(state: State, parent: Spot, path: string, name: string): Spot | undefined {
  const { memory } = parent;
  const i = childOf(parent, name);
  if (i < 0) return undefined;
  parent.cursor = i;
  const entry = (memory.folders.first[parent.at] ?? 0) + i;
  return kindAt(memory.entries, entry) === kindCode.folder
    ? opened(state, memory, folderOf(memory, entry, path), path)
    : undefined;
}

function opened(state: State, memory: Memory, at: number, folder: string): Spot | undefined {
  const { options } = state;
  if (!checked(state, memory, at, folder)) return undefined;
  if (hasState(memory, at, folderState.read))
    return keepSpot(state, folder, { memory, at, names: namesOf(memory, at) });
  const listing = options.fs.list(native(state, folder));
  if (listing === undefined) return undefined;
  const { names } = listing;
  if (memory.entries.count + names.length <= (options.mostEntries ?? usualMost)) {
    setListing(memory, at, listing);
    return keepSpot(state, folder, { memory, at, names });
  }
  state.whole = false;
  const own = emptyMemory(names.length);
  setListing(own, 0, listing);
  return keepSpot(state, folder, { memory: own, at: 0, names });
}

/** An entry as a measurement sees it: made when it is asked for, and soon forgotten. */
class DiskEntry implements TreeEntry {
  readonly kind: TreeEntry['kind'];
  constructor(
    private readonly state: State,
    private readonly memory: Memory,
    private readonly folder: string,
    readonly name: string,
    private readonly entry: number,
  ) {
    this.kind = kinds[kindAt(memory.entries, entry)] ?? 'file';
  }

  stat(): TreeStat | undefined {
    const { state, memory, folder, name, entry } = this;
    const path = folder === '' ? name : `${folder}/${name}`;
    if (this.kind === 'folder') {
      const at = folderOf(memory, entry, path);
      if (!checked(state, memory, at, path)) return undefined;
      const { mode, mtime } = memory.folders;
      return { size: 0, mode: mode[at] ?? 0, mtime: (mtime[at] ?? 0) * 1e6 };
    }
    if (!isKnown(memory.entries, entry, known.stat | known.gone)) {
      readEntry(memory, entry, native(state, path), state.options);
    }
    const stat = statOf(memory, entry, state.options.platform);
    counted(state, stat?.size ?? 0);
    return stat;
  }
}

/** Files between two looks at whether the work is to end. */
const breath = 1024;

function counted({ seen, look }: State, bytes: number): void {
  seen.files++;
  seen.bytes += bytes;
  if (seen.files % breath === 0) look.check();
}

function entriesOf(state: State, folder: string): readonly TreeEntry[] | undefined {
  state.look.check();
  state.seen.folders++;
  const spot = spotOf(state, folder);
  if (spot === undefined) return undefined;
  const { memory, at, names } = spot;
  state.visited.push(at);
  const first = memory.folders.first[at] ?? 0;
  return names.map((name, i) => new DiskEntry(state, memory, folder, name, first + i));
}

/** Marks a folder as changed, if it is known; `path` relative to the root. */
function doubt(state: State, path: string): void {
  const { memory } = state;
  let at = 0;
  for (const name of path === '' ? [] : path.split('/')) {
    const i = namesOf(memory, at).indexOf(name);
    const entry = (memory.folders.first[at] ?? 0) + i;
    if (i < 0 || kindAt(memory.entries, entry) !== kindCode.folder) return;
    at = memory.entries.more[entry] ?? 0;
    if (at === 0) return;
  }
  memory.folders.state[at] = (memory.folders.state[at] ?? 0) | folderState.doubtful;
}

/** A new look: nothing is trusted any more without asking the disk. */
function begin(state: State, look: Look): void {
  const { memory } = state;
  if (memory.wasted > muchWaste && memory.wasted > memory.entries.count / 3) state.memory = compacted(memory);
  state.job++;
  state.look = look;
  state.spots.clear();
  state.spotNames = 0;
  state.visited = [];
  state.whole = true;
  Object.assign(state.seen, { folders: 0, files: 0, bytes: 0 });
}

/** A tree over the disk. Reads nothing before it is asked. */
export function createDiskTree(options: DiskTreeOptions): DiskTree {
  const state: State = {
    options,
    memory: emptyMemory(),
    ...{ spots: new Map(), spotNames: 0, job: 0, look: { check: () => {} }, visited: [], whole: true },
    seen: { folders: 0, files: 0, bytes: 0 },
  };
  return {
    look(look) {
      begin(state, look);
      return { xattrs: options.xattrs, entries: (folder) => entriesOf(state, folder) };
    },
    seen: state.seen,
    visited: () => (state.whole ? state.visited : undefined),
    unchanged(visited, check) {
      begin(state, { check });
      return visited.every((at, i) => {
        if (i % breath === 0) check();
        const { memory } = state;
        return checked(state, memory, at, pathOf(memory, at)) && hasState(memory, at, folderState.read);
      });
    },
    changed(path) {
      doubt(state, dirName(path) === '.' ? '' : dirName(path));
      doubt(state, path);
    },
    size: () => state.memory.entries.count,
  };
}
