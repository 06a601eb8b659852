import type { TreeStat } from '../sim/context/tree.js';
import { type DiskStat, kindCode, type NativePath, type SyncFs } from './syncfs.js';
import { detailOf, type Memory, setDetail } from './treememory.js';
import { isKnown, kindAt, known, setKnown, setStat } from './treestore.js';

/** A user and the groups of that user. */
export interface Reader {
  readonly uid: number;
  readonly groups: readonly number[];
}

/** How entries are read. */
export interface EntrySource {
  readonly fs: SyncFs;
  readonly platform: NodeJS.Platform;
  /** Who reads; undefined where nothing is forbidden. */
  readonly reader?: Reader | undefined;
}

const classBits = { owner: 0o400, group: 0o040, other: 0o004 } as const;

/** Whether the bits of its mode let `reader` read a file. */
function bitsAllow(stat: DiskStat, { uid, groups }: Reader): boolean {
  if (uid === 0) return true;
  if (stat.uid === uid) return (stat.mode & classBits.owner) !== 0;
  return (stat.mode & (groups.includes(stat.gid) ? classBits.group : classBits.other)) !== 0;
}

/** The type bits of a mode. */
const typeMask = 0o170000;
const typeBits = [
  [0o100000, kindCode.file],
  [0o040000, kindCode.folder],
  [0o120000, kindCode.link],
  [0o010000, kindCode.fifo],
  [0o140000, kindCode.socket],
] as const;

/** The kind (a place in `kinds`) that the type bits of a mode stand for. */
export function kindOfMode(mode: number): number {
  const type = mode & typeMask;
  if (type === 0o100000) return kindCode.file;
  return typeBits.find(([bits]) => bits === type)?.[1] ?? kindCode.device;
}

/** Asks the disk for what is to be known of an entry that is no folder. */
export function readEntry(
  memory: Memory,
  entry: number,
  path: NativePath,
  { fs, platform, reader }: EntrySource,
): void {
  const { entries } = memory;
  const kind = kindAt(entries, entry);
  const stat = fs.lstat(path);
  if (stat === undefined || kindOfMode(stat.mode) !== kind) {
    setKnown(entries, entry, known.gone);
    return;
  }
  setStat(entries, entry, stat, kind);
  // Windows has several names for a file too, but BuildKit's client does not look for them there.
  if (stat.nlink > 1 && platform !== 'win32' && kind !== kindCode.link && kind !== kindCode.device) {
    const inode = Number.isSafeInteger(stat.ino) ? stat.ino : fs.inode(path);
    setDetail(memory, entry, `${stat.dev}:${inode ?? stat.ino}`);
  }
  if (kind === kindCode.file) {
    if (reader !== undefined && !bitsAllow(stat, reader) && !fs.mayRead(path))
      setKnown(entries, entry, known.unreadable);
  } else if (kind === kindCode.link) {
    const target = fs.target(path);
    if (target === undefined) setKnown(entries, entry, known.gone);
    else setDetail(memory, entry, target);
  } else if (kind === kindCode.device) setDetail(memory, entry, stat.rdev);
}

function deviceNumbers(rdev: number, platform: NodeJS.Platform): NonNullable<TreeStat['device']> {
  const number = BigInt(rdev);
  if (platform === 'darwin')
    return { major: Number((number >> 24n) & 0xffn), minor: Number(number & 0xffffffn) };
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & 0xfffff000n);
  const minor = (number & 0xffn) | ((number >> 12n) & 0xffffff00n);
  return { major: Number(major), minor: Number(minor) };
}

/** What is known of an entry that is no folder; undefined where it has vanished. */
export function statOf(memory: Memory, entry: number, platform: NodeJS.Platform): TreeStat | undefined {
  const { entries } = memory;
  if (!isKnown(entries, entry, known.stat) || isKnown(entries, entry, known.gone)) return undefined;
  const size = entries.size[entry] ?? 0;
  const mode = entries.mode[entry] ?? 0;
  const mtime = (entries.mtime[entry] ?? 0) * 1e6;
  const detail = detailOf(memory, entry);
  if (isKnown(entries, entry, known.unreadable)) {
    const inode = typeof detail === 'string' ? { inode: detail } : {};
    return { size, mode, mtime, ...inode, unreadable: true };
  }
  if (detail === undefined) return { size, mode, mtime };
  if (typeof detail === 'number') return { size, mode, mtime, device: deviceNumbers(detail, platform) };
  return kindAt(entries, entry) === kindCode.link
    ? { size, mode, mtime, target: detail }
    : { size, mode, mtime, inode: detail };
}
