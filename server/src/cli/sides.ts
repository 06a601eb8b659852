import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { fromCorePath } from '../node/fs.js';
import { nameOfBytes } from '../node/names.js';
import { nativeBelow } from '../node/syncfs.js';
import type { ContextEntry } from '../sim/cache/model.js';

/** A path of a context as it lies on the disk. */
export interface DiskEntry {
  readonly kind: ContextEntry['kind'];
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  /** Of a link. */
  readonly target: string | undefined;
}

/** A context folder, and what lies at some of its paths. */
interface DiskSide {
  readonly root: string;
  readonly entries: ReadonlyMap<string, DiskEntry>;
}

/** Paths that are looked at side by side. */
const lookedAtOnce = 64;
const readAtOnce = 8;

/** Does `work` for all items, a few at a time. */
async function each<T>(items: Iterable<T>, atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const todo = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = todo.next(); next.done !== true; next = todo.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

function nativePath(root: string, path: string): string | Buffer {
  return nativeBelow(fromCorePath(root), path, process.platform);
}

async function diskEntry(root: string, path: string): Promise<DiskEntry | undefined> {
  const native = nativePath(root, path);
  try {
    const info = await lstat(native);
    const target = info.isSymbolicLink()
      ? nameOfBytes(await readlink(native, { encoding: 'buffer' }))
      : undefined;
    const kind = info.isFile()
      ? 'file'
      : info.isDirectory()
        ? 'folder'
        : target === undefined
          ? 'other'
          : 'link';
    // What BuildKit's client makes of every file there.
    const mode = process.platform === 'win32' ? 0o755 : info.mode & 0o7777;
    return { kind, mode, size: info.size, target };
  } catch {
    return undefined;
  }
}

/** What lies at `paths` (relative to `root`); what is not there, or can't be looked at, is left out. */
export async function diskSide(root: string, paths: Iterable<string>): Promise<DiskSide> {
  const entries = new Map<string, DiskEntry>();
  await each(paths, lookedAtOnce, async (path) => {
    const entry = await diskEntry(root, path);
    if (entry !== undefined) entries.set(path, entry);
  });
  return { root, entries };
}

async function hashOf(root: string, path: string): Promise<string | undefined> {
  const hash = createHash('sha1');
  try {
    for await (const piece of createReadStream(nativePath(root, path))) hash.update(piece as Buffer);
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}

/** Which sizes files of more than one place have: only of those it has to be read whether they hold the same. */
function sharedSizes(sides: readonly DiskSide[]): ReadonlySet<number> {
  const places = new Map<number, Set<string>>();
  for (const { root, entries } of sides) {
    for (const [path, { kind, size }] of entries) {
      if (kind !== 'file') continue;
      const known = places.get(size) ?? new Set();
      places.set(size, known.add(`${root}/${path}`));
    }
  }
  return new Set([...places].filter(([, found]) => found.size > 1).map(([size]) => size));
}

/** Names contents so that two are equal exactly where the bytes are, in all sides; files are read only where their sizes leave it open. */
export async function withContents(
  sides: readonly DiskSide[],
): Promise<readonly Map<string, ContextEntry>[]> {
  const shared = sharedSizes(sides);
  const hashes = new Map<string, string | undefined>();
  const wanted = sides.flatMap(({ root, entries }) =>
    [...entries].flatMap(([path, { kind, size }]) =>
      kind === 'file' && size > 0 && shared.has(size) ? [{ root, path, place: `${root}/${path}` }] : [],
    ),
  );
  const once = new Map(wanted.map((one) => [one.place, one]));
  await each(once.values(), readAtOnce, async ({ root, path, place }) => {
    hashes.set(place, await hashOf(root, path));
  });
  return sides.map(
    ({ root, entries }) =>
      new Map(
        [...entries].map(([path, { kind, mode, size, target }]): [string, ContextEntry] => {
          const place = `${root}/${path}`;
          const bytes = hashes.has(place) ? hashes.get(place) : `${size}`;
          return [path, { kind, mode, content: kind === 'file' ? bytes : (target ?? '') }];
        }),
      ),
  );
}
