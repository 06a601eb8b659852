import { bytesOfName, nameOfBytes } from './names.js';
import { type DiskStat, kindCode, type Listing } from './syncfs.js';
import {
  addBytes,
  addEntries,
  addFolder,
  addText,
  type Bytes,
  copyEntries,
  type Entries,
  type Folders,
  folderState,
  kindAt,
  noBytes,
  noEntries,
  noFolders,
} from './treestore.js';

/** What is remembered of one tree. Folder 0 is its root. */
export interface Memory {
  readonly entries: Entries;
  readonly folders: Folders;
  readonly names: Bytes;
  /** Targets of links. */
  readonly targets: string[];
  /** Inodes of files with several names. */
  readonly inodes: string[];
  /** Numbers of devices. */
  readonly devices: number[];
  /** Entries that no folder refers to any more. */
  wasted: number;
}

/** A memory that knows only of its root. */
export function emptyMemory(room = 1024): Memory {
  const memory: Memory = {
    entries: noEntries(room),
    folders: noFolders(Math.ceil(room / 8)),
    names: noBytes(room * 16),
    ...{ targets: [], inodes: [], devices: [], wasted: 0 },
  };
  addFolder(memory.folders, 0, 0);
  return memory;
}

/** The path of a folder, relative to the root. */
export function pathOf({ folders, names }: Memory, at: number): string {
  const start = folders.path[at] ?? 0;
  return nameOfBytes(names.bytes.subarray(start, start + (folders.pathLength[at] ?? 0)));
}

export function hasState({ folders }: Memory, at: number, bit: number): boolean {
  return ((folders.state[at] ?? 0) & bit) !== 0;
}

/** The names in a folder that was read. */
export function namesOf(memory: Memory, at: number): readonly string[] {
  const { folders, names } = memory;
  if ((folders.size[at] ?? 0) === 0) return [];
  const start = folders.names[at] ?? 0;
  const end = start + (folders.namesLength[at] ?? 0);
  const text = hasState(memory, at, folderState.raw)
    ? nameOfBytes(names.bytes.subarray(start, end))
    : names.bytes.toString('utf8', start, end);
  return text.split('/');
}

/** The folder that entry `entry` of folder `at` is, with a record of its own from now on. `path` is its path. */
export function folderOf({ entries, folders, names }: Memory, entry: number, path: string): number {
  const known = entries.more[entry] ?? 0;
  if (known !== 0) return known;
  const start = path.isWellFormed() ? addText(names, path) : addBytes(names, bytesOfName(path));
  const added = addFolder(folders, start, names.length - start);
  entries.more[entry] = added;
  return added;
}

/** Its entries are to be read again; `doubtful`: and the next time too. */
export function forgetEntries(memory: Memory, at: number, doubtful: boolean): void {
  const { folders } = memory;
  const other = (folders.state[at] ?? 0) & ~(folderState.read | folderState.doubtful);
  folders.state[at] = other | (doubtful ? folderState.doubtful : 0);
}

/** Whether the times of a folder are those that are remembered. */
export function sameTimes({ folders }: Memory, at: number, stat: DiskStat): boolean {
  return (
    folders.mtime[at] === stat.mtimeMs && folders.ctime[at] === stat.ctimeMs && folders.ino[at] === stat.ino
  );
}

export function setTimes({ folders }: Memory, at: number, stat: DiskStat): void {
  folders.mode[at] = stat.mode;
  folders.mtime[at] = stat.mtimeMs;
  folders.ctime[at] = stat.ctimeMs;
  folders.ino[at] = stat.ino;
}

/** The folder records that hang on the entries that are to be replaced, by name. */
function foldersBefore(memory: Memory, at: number): ReadonlyMap<string, number> {
  const { entries, folders } = memory;
  const before = new Map<string, number>();
  const first = folders.first[at] ?? 0;
  for (const [i, name] of namesOf(memory, at).entries()) {
    const record = entries.more[first + i] ?? 0;
    if (record !== 0 && kindAt(entries, first + i) === kindCode.folder) before.set(name, record);
  }
  return before;
}

/** Puts new entries (those from `first` on) in place of those of a folder; what is known of folders among them stays. */
function replaceEntries(memory: Memory, at: number, first: number, count: number, put: () => void): void {
  const { entries, folders } = memory;
  const before = foldersBefore(memory, at);
  memory.wasted += folders.size[at] ?? 0;
  folders.first[at] = first;
  folders.size[at] = count;
  put();
  folders.state[at] = (folders.state[at] ?? 0) | folderState.read;
  if (before.size === 0) return;
  for (const [i, name] of namesOf(memory, at).entries()) {
    const record = before.get(name);
    if (record !== undefined && kindAt(entries, first + i) === kindCode.folder)
      entries.more[first + i] = record;
  }
}

function setRaw({ folders }: Memory, at: number, raw: boolean): void {
  const other = (folders.state[at] ?? 0) & ~folderState.raw;
  folders.state[at] = other | (raw ? folderState.raw : 0);
}

/** Remembers what a folder holds. */
export function setListing(memory: Memory, at: number, listing: Listing): void {
  const { folders, names } = memory;
  const first = addEntries(memory.entries, listing.kinds);
  replaceEntries(memory, at, first, listing.names.length, () => {
    const joined = listing.names.join('/');
    const raw = !joined.isWellFormed();
    const start = raw ? addBytes(names, bytesOfName(joined)) : addText(names, joined);
    folders.names[at] = start;
    folders.namesLength[at] = names.length - start;
    setRaw(memory, at, raw);
  });
}

/** Adds what is known of an entry besides numbers of its own: the target of a link, an inode, a device. */
export function setDetail(memory: Memory, entry: number, detail: string | number): void {
  const { entries, targets, inodes, devices } = memory;
  if (typeof detail === 'number') entries.more[entry] = devices.push(detail);
  else if (kindAt(entries, entry) === kindCode.link) entries.more[entry] = targets.push(detail);
  else entries.more[entry] = inodes.push(detail);
}

/** What `setDetail` added; undefined where it did not. */
export function detailOf(memory: Memory, entry: number): string | number | undefined {
  const { entries, targets, inodes, devices } = memory;
  const place = (entries.more[entry] ?? 0) - 1;
  switch (kindAt(entries, entry)) {
    case kindCode.folder:
      return undefined;
    case kindCode.link:
      return targets[place];
    case kindCode.device:
      return devices[place];
    default:
      return inodes[place];
  }
}

/** Remembers of folder `at` what `from` knows of its folder `other`: entries with their stats, and times. */
export function copyFolder(memory: Memory, at: number, from: Memory, other: number): void {
  const { entries, folders, names } = memory;
  const start = from.folders.first[other] ?? 0;
  const count = from.folders.size[other] ?? 0;
  const first = copyEntries(entries, from.entries, start, count);
  for (let i = 0; i < count; i++) {
    if (entries.more[first + i] === 0) continue;
    entries.more[first + i] = 0;
    const detail = detailOf(from, start + i);
    if (detail !== undefined) setDetail(memory, first + i, detail);
  }
  replaceEntries(memory, at, first, count, () => {
    const from1 = from.folders.names[other] ?? 0;
    const length = from.folders.namesLength[other] ?? 0;
    folders.names[at] = addBytes(names, from.names.bytes.subarray(from1, from1 + length));
    folders.namesLength[at] = length;
    setRaw(memory, at, hasState(from, other, folderState.raw));
  });
  folders.mode[at] = from.folders.mode[other] ?? 0;
  folders.mtime[at] = from.folders.mtime[other] ?? 0;
  folders.ctime[at] = from.folders.ctime[other] ?? 0;
  folders.ino[at] = from.folders.ino[other] ?? 0;
}

/** A copy without what is wasted. Numbers of folders and entries are others. */
export function compacted(memory: Memory): Memory {
  const copy = emptyMemory();
  const open: { readonly old: number; readonly at: number }[] = [{ old: 0, at: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { old, at } = next;
    if ((memory.folders.size[old] ?? 0) === 0 && !hasState(memory, old, folderState.read)) continue;
    copyFolder(copy, at, memory, old);
    copy.folders.state[at] = memory.folders.state[old] ?? 0;
    const [from, to] = [memory.folders.first[old] ?? 0, copy.folders.first[at] ?? 0];
    for (let i = 0; i < (memory.folders.size[old] ?? 0); i++) {
      const record = memory.entries.more[from + i] ?? 0;
      if (record === 0 || kindAt(memory.entries, from + i) !== kindCode.folder) continue;
      open.push({ old: record, at: folderOf(copy, to + i, pathOf(memory, record)) });
    }
  }
  return copy;
}
