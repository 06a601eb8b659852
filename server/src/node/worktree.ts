import { createHash } from 'node:crypto';
import { type BigIntStats, closeSync, lstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import type { IndexEntry } from './gitindex.js';
import type { NativePath } from './syncfs.js';

/** A file, link or folder on the disk. */
export interface DiskFile {
  readonly kind: 'file' | 'link' | 'folder' | 'other';
  /** Permission bits. */
  readonly mode: number;
  readonly stat: BigIntStats;
}

/** What lies at a path; undefined where nothing does. */
export function diskFile(path: NativePath): DiskFile | undefined {
  let stat: BigIntStats;
  try {
    stat = lstatSync(path, { bigint: true });
  } catch {
    return undefined;
  }
  const kind = stat.isFile()
    ? 'file'
    : stat.isSymbolicLink()
      ? 'link'
      : stat.isDirectory()
        ? 'folder'
        : 'other';
  return { kind, mode: Number(stat.mode & 0o7777n), stat };
}

function sameTime(told: string, nanoseconds: bigint): boolean {
  const [seconds = '', rest = ''] = told.split(':');
  const mine = nanoseconds / 1_000_000_000n;
  // The index keeps 32 bits.
  if (BigInt.asUintN(32, mine) !== BigInt(seconds)) return false;
  return rest === '0' || nanoseconds % 1_000_000_000n === BigInt(rest);
}

/**
 * Whether a file is as git saw it when it wrote the index (at `written`, nanoseconds): by times, size and number, as git
 * itself decides. False where the file may have changed in the same moment.
 */
export function isUntouched(entry: IndexEntry, { kind, stat }: DiskFile, written: bigint): boolean {
  const told = entry.stat;
  if (told === undefined || entry.stage !== 0) return false;
  if (kind !== ((entry.mode & 0o170000) === 0o120000 ? 'link' : 'file')) return false;
  if (!sameTime(told.mtime, stat.mtimeNs) || !sameTime(told.ctime, stat.ctimeNs)) return false;
  if (BigInt.asUintN(32, stat.size) !== BigInt(told.size)) return false;
  if (told.inode !== 0 && BigInt.asUintN(32, stat.ino) !== BigInt(told.inode)) return false;
  // Size 0 is also how git marks an entry it is not sure of.
  return stat.mtimeNs < written && told.size !== 0;
}

const chunk = 1 << 20;
const carriageReturn = 13;
const newline = 10;

/** Object names that a file on the disk may have in git: of its bytes, and with CRLF made LF. */
export interface BlobNames {
  readonly raw: string;
  /** The same as `raw` where there is no CRLF. */
  readonly converted: string;
}

function eachChunk(path: NativePath, hear: (piece: Buffer) => void): void {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(chunk);
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      hear(buffer.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
}

/** `piece` without each CR before an LF; a CR at its end is held back by `held`. */
function withoutReturns(piece: Buffer, held: boolean): { readonly bytes: Buffer; readonly held: boolean } {
  const bytes = Buffer.allocUnsafe(piece.length + 1);
  let length = 0;
  let waiting = held;
  for (const byte of piece) {
    if (waiting && byte !== newline) bytes[length++] = carriageReturn;
    waiting = byte === carriageReturn;
    if (!waiting) bytes[length++] = byte;
  }
  return { bytes: bytes.subarray(0, length), held: waiting };
}

/** The names of a file's or a link's content; undefined where it can't be read. `length`: characters of an object name. */
export function blobNames(path: NativePath, file: DiskFile, length: number): BlobNames | undefined {
  const algorithm = length === 64 ? 'sha256' : 'sha1';
  const named = (size: number): ReturnType<typeof createHash> =>
    createHash(algorithm).update(`blob ${size}\0`);
  try {
    if (file.kind === 'link') {
      const target = readlinkSync(path, { encoding: 'buffer' });
      const raw = named(target.length).update(target).digest('hex');
      return { raw, converted: raw };
    }
    const hash = named(Number(file.stat.size));
    let converted = 0;
    let total = 0;
    let held = false;
    eachChunk(path, (piece) => {
      hash.update(piece);
      const lean = withoutReturns(piece, held);
      total += piece.length;
      converted += lean.bytes.length;
      held = lean.held;
    });
    if (held) converted++;
    const raw = hash.digest('hex');
    if (converted === total) return { raw, converted: raw };
    const other = named(converted);
    held = false;
    eachChunk(path, (piece) => {
      const lean = withoutReturns(piece, held);
      other.update(lean.bytes);
      held = lean.held;
    });
    if (held) other.update(Buffer.of(carriageReturn));
    return { raw, converted: other.digest('hex') };
  } catch {
    return undefined;
  }
}
