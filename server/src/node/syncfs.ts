import { accessSync, constants, lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import type { TreeEntry } from '../sim/context/tree.js';
import { compareBytes } from '../text/order.js';
import { bytesOfName, nameOfBytes } from './names.js';

/** A path as the platform writes it; bytes where it is no valid text. */
export type NativePath = string | Buffer;

/** The path of `folder` (relative, with `/`; `''` for `root` itself) as the platform writes it. */
export function nativeBelow(root: string, folder: string, platform: NodeJS.Platform): NativePath {
  if (folder === '') return root;
  const separator = platform === 'win32' ? '\\' : '/';
  const below = separator === '/' ? folder : folder.replaceAll('/', separator);
  const path = root.endsWith(separator) ? root + below : root + separator + below;
  return path.isWellFormed() ? path : bytesOfName(path);
}

/** The part of node's `Stats` that is looked at. */
export interface DiskStat {
  readonly size: number;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
  readonly dev: number;
  readonly nlink: number;
  readonly rdev: number;
  readonly uid: number;
  readonly gid: number;
}

/** The kinds of entries; their places in this list are what is stored. */
export const kinds: readonly TreeEntry['kind'][] = ['file', 'folder', 'link', 'fifo', 'socket', 'device'];

/** Places in `kinds`. */
export const kindCode = { file: 0, folder: 1, link: 2, fifo: 3, socket: 4, device: 5 } as const;

/** Names in byte order, and for each its kind (a place in `kinds`). */
export interface Listing {
  readonly names: readonly string[];
  readonly kinds: readonly number[];
}

/** The disk, read at once. Nothing throws: undefined where something is not there or may not be read. */
export interface SyncFs {
  list(folder: NativePath): Listing | undefined;
  /** Links are not followed. */
  lstat(path: NativePath): DiskStat | undefined;
  /** The inode where `DiskStat` has it rounded. */
  inode(path: NativePath): bigint | undefined;
  /** Target of a link, byte by byte as `nameOfBytes` has it. */
  target(path: NativePath): string | undefined;
  mayRead(path: NativePath): boolean;
  /** A folder's path without links. */
  realFolder(path: string): string | undefined;
}

/** The methods of node's `Dirent` that are needed. */
interface Typed {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
}

function codeOf(entry: Typed): number {
  if (entry.isFile()) return kindCode.file;
  if (entry.isDirectory()) return kindCode.folder;
  if (entry.isSymbolicLink()) return kindCode.link;
  if (entry.isFIFO()) return kindCode.fifo;
  return entry.isSocket() ? kindCode.socket : kindCode.device;
}

/** `names` and `kinds` in byte order: as most systems give them, so that this is seldom more than a look. */
export function inByteOrder(names: string[], codes: number[]): Listing {
  for (let i = 1; i < names.length; i++) {
    if (compareBytes(names[i - 1] ?? '', names[i] ?? '') > 0) return sorted(names, codes);
  }
  return { names, kinds: codes };
}

function sorted(names: readonly string[], codes: readonly number[]): Listing {
  const order = names.map((_, i) => i).sort((a, b) => compareBytes(names[a] ?? '', names[b] ?? ''));
  return { names: order.map((i) => names[i] ?? ''), kinds: order.map((i) => codes[i] ?? 0) };
}

function listWhatIsNoText(folder: NativePath): Listing {
  const found = readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
  const raw = found.map((entry) => ({ bytes: Buffer.from(entry.name), code: codeOf(entry) }));
  raw.sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  return { names: raw.map(({ bytes }) => nameOfBytes(bytes)), kinds: raw.map(({ code }) => code) };
}

function listFolder(folder: NativePath): Listing {
  const found = readdirSync(folder, { withFileTypes: true });
  const names: string[] = [];
  const codes: number[] = [];
  for (const entry of found) {
    // What is no UTF-8 has been replaced: the bytes are needed.
    if (entry.name.includes('\ufffd')) return listWhatIsNoText(folder);
    names.push(entry.name);
    codes.push(codeOf(entry));
  }
  return inByteOrder(names, codes);
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const quiet = { throwIfNoEntry: false, bigint: false } as const;

/** The real disk. */
export function nodeSyncFs(): SyncFs {
  return {
    list: (folder) => orNothing(() => listFolder(folder)),
    lstat(path) {
      try {
        return lstatSync(path, quiet);
      } catch {
        return undefined;
      }
    },
    inode: (path) => orNothing(() => lstatSync(path, { bigint: true }).ino),
    target: (path) => orNothing(() => nameOfBytes(readlinkSync(path, { encoding: 'buffer' }))),
    mayRead(path) {
      try {
        accessSync(path, constants.R_OK);
        return true;
      } catch {
        return false;
      }
    },
    realFolder: (path) =>
      orNothing(() => {
        const real = realpathSync.native(path);
        return lstatSync(real).isDirectory() ? real : undefined;
      }),
  };
}
