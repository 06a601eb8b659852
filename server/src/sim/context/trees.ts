import { compareBytes } from '../../text/order.js';
import type { Tree, TreeEntry } from './tree.js';
import { utf8Length } from './wire.js';

/** `folder` (`''` for the root) and a name below it. */
export function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** `tree`, remembering the folders it was asked for: for questions here and there before the walk. */
export function remembering(tree: Tree): Tree {
  const known = new Map<string, readonly TreeEntry[] | undefined>();
  return {
    ...(tree.xattrs === undefined ? {} : { xattrs: tree.xattrs }),
    entries(folder) {
      if (known.has(folder)) return known.get(folder);
      const entries = tree.entries(folder);
      known.set(folder, entries);
      return entries;
    },
  };
}

/** The entry at a path, its folder read; links are not followed. Undefined for the root and where nothing is there. */
export function entryAt(tree: Tree, path: string): TreeEntry | undefined {
  const at = path.lastIndexOf('/');
  const name = path.slice(at + 1);
  const entries = tree.entries(at < 0 ? '' : path.slice(0, at)) ?? [];
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle];
    const order = entry === undefined ? 0 : compareBytes(entry.name, name);
    if (order === 0) return entry;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

/** A file that is about to be written: what it replaces keeps its mode. */
function writtenFile(name: string, size: number, old: TreeEntry | undefined): TreeEntry {
  return {
    name,
    kind: 'file',
    stat: () => {
      const { mode, mtime } = old?.stat() ?? { mode: 0o100644, mtime: writtenAt };
      return { size, mode, mtime };
    },
  };
}

/** Any time of these years takes the same number of bytes on the wire. */
const writtenAt = 1.7e18;

function newFolder(name: string): TreeEntry {
  return { name, kind: 'folder', stat: () => ({ size: 0, mode: 0o040755, mtime: writtenAt }) };
}

/** `tree` as it would be with files of the given sizes (by path) written, their folders made where they are not there. */
export function withFiles(tree: Tree, sizes: Readonly<Record<string, number>>): Tree {
  const added = new Map<string, Map<string, number | 'folder'>>();
  const put = (path: string, what: number | 'folder'): void => {
    const at = path.lastIndexOf('/');
    const folder = at < 0 ? '' : path.slice(0, at);
    const names = added.get(folder) ?? new Map<string, number | 'folder'>();
    if (what !== 'folder' || !names.has(path.slice(at + 1))) names.set(path.slice(at + 1), what);
    added.set(folder, names);
    if (folder !== '') put(folder, 'folder');
  };
  for (const [path, size] of Object.entries(sizes)) put(path, size);
  if (added.size === 0) return tree;
  return {
    ...(tree.xattrs === undefined ? {} : { xattrs: tree.xattrs }),
    entries(folder) {
      const known = tree.entries(folder);
      const names = added.get(folder);
      if (names === undefined) return known;
      const byName = new Map((known ?? []).map((entry) => [entry.name, entry]));
      for (const [name, what] of names) {
        const old = byName.get(name);
        if (what !== 'folder') {
          if (old?.kind !== 'folder' && old?.kind !== 'link') byName.set(name, writtenFile(name, what, old));
        } else if (old?.kind !== 'folder') byName.set(name, newFolder(name));
      }
      return [...byName.values()].sort((a, b) => compareBytes(a.name, b.name));
    },
  };
}

/** Bytes of the path of `name` in a folder whose path has `folderBytes`. */
export function pathLength(folderBytes: number, name: string): number {
  return (folderBytes === 0 ? 0 : folderBytes + 1) + utf8Length(name);
}
