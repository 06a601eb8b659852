import { type DiskStat, kindCode } from './syncfs.js';

/*
 * What is remembered of a disk: columns of numbers and one run of bytes for all names. An object for each file would take
 * ten times the room.
 */

type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** `column`, or a longer copy where it has no room for `size` values. */
function grown<T extends Column>(column: T, size: number): T {
  if (size <= column.length) return column;
  const Kind = column.constructor as new (length: number) => T;
  const longer = new Kind(Math.max(size, Math.ceil(column.length * 1.5), 64));
  longer.set(column);
  return longer;
}

/** Set in `kind` beside the place in `kinds`: what is known of an entry. */
export const known = { stat: 8, gone: 16, unreadable: 32 } as const;
const kindMask = 7;

/** Entries of folders, in columns. */
export interface Entries {
  count: number;
  kind: Uint8Array;
  size: Float64Array;
  mode: Uint16Array;
  /** Milliseconds since 1970. */
  mtime: Float64Array;
  /** Of a folder the number of its record, else the place in `details` plus 1; 0 for neither. */
  more: Uint32Array;
}

/** No entries, with room for `room`. */
export function noEntries(room: number): Entries {
  return {
    count: 0,
    kind: new Uint8Array(room),
    size: new Float64Array(room),
    mode: new Uint16Array(room),
    mtime: new Float64Array(room),
    more: new Uint32Array(room),
  };
}

/** Makes room for `more` entries at the end. */
function makeRoom(entries: Entries, more: number): void {
  const size = entries.count + more;
  entries.kind = grown(entries.kind, size);
  entries.size = grown(entries.size, size);
  entries.mode = grown(entries.mode, size);
  entries.mtime = grown(entries.mtime, size);
  entries.more = grown(entries.more, size);
}

/** Adds entries of which only the kind is known; the place of the first. */
export function addEntries(entries: Entries, kinds: ArrayLike<number>): number {
  makeRoom(entries, kinds.length);
  const first = entries.count;
  entries.kind.set(kinds, first);
  entries.more.fill(0, first, first + kinds.length);
  entries.count += kinds.length;
  return first;
}

/** Copies `count` entries from place `from` of `source` to the end; the place of the first. */
export function copyEntries(entries: Entries, source: Entries, from: number, count: number): number {
  makeRoom(entries, count);
  const first = entries.count;
  entries.kind.set(source.kind.subarray(from, from + count), first);
  entries.size.set(source.size.subarray(from, from + count), first);
  entries.mode.set(source.mode.subarray(from, from + count), first);
  entries.mtime.set(source.mtime.subarray(from, from + count), first);
  entries.more.set(source.more.subarray(from, from + count), first);
  entries.count += count;
  return first;
}

/** The place in `kinds` of an entry. */
export function kindAt(entries: Entries, at: number): number {
  return (entries.kind[at] ?? 0) & kindMask;
}

/** Whether something of `known` holds for an entry. */
export function isKnown(entries: Entries, at: number, what: number): boolean {
  return ((entries.kind[at] ?? 0) & what) !== 0;
}

/** Notes what the disk says of an entry; its kind may be another than the listing said. */
export function setStat(entries: Entries, at: number, stat: DiskStat, kind: number): void {
  entries.kind[at] = kind | known.stat;
  entries.size[at] = kind === kindCode.folder ? 0 : stat.size;
  entries.mode[at] = stat.mode;
  entries.mtime[at] = stat.mtimeMs;
}

/** Notes something of `known`. */
export function setKnown(entries: Entries, at: number, what: number): void {
  entries.kind[at] = (entries.kind[at] ?? 0) | what;
}

/** A run of bytes that grows. */
export interface Bytes {
  length: number;
  bytes: Buffer;
}

/** No bytes, with room for `room`. */
export function noBytes(room: number): Bytes {
  return { length: 0, bytes: Buffer.allocUnsafeSlow(room) };
}

function roomForBytes(run: Bytes, more: number): void {
  const size = run.length + more;
  if (size <= run.bytes.length) return;
  const longer = Buffer.allocUnsafeSlow(Math.max(size, Math.ceil(run.bytes.length * 1.5)));
  run.bytes.copy(longer, 0, 0, run.length);
  run.bytes = longer;
}

/** Adds `text` as UTF-8; the place of its first byte. */
export function addText(run: Bytes, text: string): number {
  roomForBytes(run, text.length * 3);
  const first = run.length;
  run.length += run.bytes.write(text, first, 'utf8');
  return first;
}

/** Adds bytes; the place of the first. */
export function addBytes(run: Bytes, bytes: Uint8Array): number {
  roomForBytes(run, bytes.length);
  const first = run.length;
  run.bytes.set(bytes, first);
  run.length += bytes.length;
  return first;
}

/** Bits of a folder's `state`. */
export const folderState = {
  /** Its entries are there. */
  read: 1,
  /** It may hold something else by now, whatever its times say. */
  doubtful: 2,
  /** Its names hold bytes that are no UTF-8. */
  raw: 4,
} as const;

/** Folders, in columns. */
export interface Folders {
  count: number;
  state: Uint8Array;
  /** The first of its entries, and how many there are. */
  first: Uint32Array;
  size: Uint32Array;
  /** Where its names stand, with `/` between them, and their length in bytes. */
  names: Uint32Array;
  namesLength: Uint32Array;
  /** Where its path stands. */
  path: Uint32Array;
  pathLength: Uint32Array;
  mode: Uint16Array;
  mtime: Float64Array;
  ctime: Float64Array;
  ino: Float64Array;
  /** The number of the job in which it was last found to be as remembered. */
  checked: Uint32Array;
}

/** No folders, with room for `room`. */
export function noFolders(room: number): Folders {
  const numbers = (): Uint32Array => new Uint32Array(room);
  return {
    count: 0,
    state: new Uint8Array(room),
    ...{ first: numbers(), size: numbers(), names: numbers(), namesLength: numbers() },
    ...{ path: numbers(), pathLength: numbers(), checked: numbers() },
    mode: new Uint16Array(room),
    ...{ mtime: new Float64Array(room), ctime: new Float64Array(room), ino: new Float64Array(room) },
  };
}

/** Adds a folder of which only the path (bytes `path` to `path + pathLength`) is known; its number. */
export function addFolder(folders: Folders, path: number, pathLength: number): number {
  const at = folders.count++;
  const size = folders.count;
  folders.state = grown(folders.state, size);
  folders.first = grown(folders.first, size);
  folders.size = grown(folders.size, size);
  folders.names = grown(folders.names, size);
  folders.namesLength = grown(folders.namesLength, size);
  folders.path = grown(folders.path, size);
  folders.pathLength = grown(folders.pathLength, size);
  folders.mode = grown(folders.mode, size);
  folders.mtime = grown(folders.mtime, size);
  folders.ctime = grown(folders.ctime, size);
  folders.ino = grown(folders.ino, size);
  folders.checked = grown(folders.checked, size);
  folders.path[at] = path;
  folders.pathLength[at] = pathLength;
  return at;
}
