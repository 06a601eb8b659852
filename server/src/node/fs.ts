import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises';
import type { Entry } from '../project/snapshot.js';
import { compareBytes } from '../text/order.js';
import { normalizePath } from '../text/paths.js';

/** Larger files are not read: nothing we look at is of that size by hand. */
export const maxFileBytes = 2 * 1024 * 1024;

/**
 * `native` (absolute, as the platform writes it) in the core's form: `/` throughout, a lower-case drive letter on
 * Windows, `\\server\share` as `/server/share`. The case of names is kept.
 */
export function toCorePath(native: string, platform: NodeJS.Platform = process.platform): string {
  if (platform !== 'win32') return normalizePath(native);
  const plain = native
    .replaceAll('\\', '/')
    .replace(/^\/\/[?.]\/UNC\//i, '//')
    .replace(/^\/\/[?.]\//, '');
  const path = normalizePath(plain);
  return /^[A-Za-z]:/.test(path) ? lowerDrive(path) : path;
}

function lowerDrive(path: string): string {
  const lower = path.slice(0, 1).toLowerCase() + path.slice(1);
  return lower.length === 2 ? `${lower}/` : lower;
}

/** A core path as the platform wants it; the inverse of `toCorePath` but for the drive letter, which becomes upper case. */
export function fromCorePath(core: string, platform: NodeJS.Platform = process.platform): string {
  if (platform !== 'win32') return core;
  const native = core.replaceAll('/', '\\');
  if (/^[a-z]:/i.test(native)) return native.slice(0, 1).toUpperCase() + native.slice(1);
  return native.startsWith('\\') && !native.startsWith('\\\\') ? `\\${native}` : native;
}

/** Why a text is not there. */
export type Unread = 'missing' | 'too-large' | 'unreadable';

/** The disk as the fact store and the walk use it. Paths are core paths. Nothing throws: errors are answers. */
export interface DiskFs {
  readText(path: string): Promise<{ readonly text: string } | { readonly unread: Unread }>;
  /** Entries in byte order; null where there is no such folder or it may not be read. */
  list(folder: string): Promise<readonly Entry[] | null>;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The bytes as text: a BOM is kept, bytes that are no UTF-8 become U+FFFD. Undefined for binary data (NUL bytes). */
export function decodeText(bytes: Uint8Array): string | undefined {
  return bytes.includes(0) ? undefined : utf8.decode(bytes);
}

/** The real disk. */
export function nodeFs(platform: NodeJS.Platform = process.platform): DiskFs {
  const native = (path: string): string => fromCorePath(path, platform);
  return {
    async readText(path) {
      try {
        const info = await stat(native(path));
        if (!info.isFile()) return { unread: info.isDirectory() ? 'missing' : 'unreadable' };
        if (info.size > maxFileBytes) return { unread: 'too-large' };
        const text = decodeText(await readFile(native(path)));
        return text === undefined ? { unread: 'unreadable' } : { text };
      } catch (error) {
        const code = codeOf(error);
        return { unread: code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unreadable' };
      }
    },
    async list(folder) {
      try {
        const found = await readdir(native(folder), { withFileTypes: true });
        const entries: Entry[] = [];
        for (const entry of found) {
          const { name } = entry;
          if (entry.isFile()) entries.push({ name, kind: 'file' });
          else if (entry.isDirectory()) entries.push({ name, kind: 'folder' });
          else if (!entry.isSymbolicLink()) entries.push({ name, kind: 'other' });
          else {
            const target = await readlink(native(`${folder}/${name}`)).catch(() => undefined);
            entries.push({ name, kind: 'link', ...(target === undefined ? {} : { target }) });
          }
        }
        return entries.sort((a, b) => compareBytes(a.name, b.name));
      } catch {
        return null;
      }
    },
  };
}

/** What stands at `path` on the disk, a symbolic link not followed; undefined where nothing does. */
export async function kindOnDisk(path: string): Promise<Entry['kind'] | undefined> {
  try {
    const info = await lstat(fromCorePath(path));
    if (info.isSymbolicLink()) return 'link';
    if (info.isFile()) return 'file';
    return info.isDirectory() ? 'folder' : 'other';
  } catch {
    return undefined;
  }
}
