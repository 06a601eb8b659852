import type { Tree, TreeEntry, TreeStat } from '../../server/src/sim/context/tree.js';
import { compareBytes } from '../../server/src/text/order.js';

/** What lies at a path: bytes, text, or a link; a path ending in `/` is a folder. `stat` overrides what is told of it. */
export type TreeItem =
  | number
  | string
  | { readonly symlink: string }
  | { readonly hardlink: string }
  | { readonly kind: TreeEntry['kind']; readonly stat?: Partial<TreeStat> };

const modes: Readonly<Record<TreeEntry['kind'], number>> = {
  file: 0o100644,
  folder: 0o040755,
  link: 0o120777,
  fifo: 0o010644,
  socket: 0o140755,
  device: 0o020644,
};

/** When everything in a test tree was written, in nanoseconds. */
const mtime = 1.7e18;

function bytes(text: string): number {
  return Buffer.byteLength(text);
}

/** A tree in memory. Files have mode 0644, folders 0755, links 0777. */
export function treeOf(items: Readonly<Record<string, TreeItem>>): Tree {
  const folders = new Map<string, Map<string, TreeEntry>>([['', new Map()]]);
  const add = (path: string, kind: TreeEntry['kind'], stat: Partial<TreeStat>): void => {
    const at = path.lastIndexOf('/');
    const parent = at < 0 ? '' : path.slice(0, at);
    if (!folders.has(parent)) add(parent, 'folder', {});
    const name = path.slice(at + 1);
    const entry = { name, kind, stat: () => ({ size: 0, mode: modes[kind], mtime, ...stat }) };
    if (kind === 'folder' && folders.has(path)) return;
    if (kind === 'folder') folders.set(path, new Map());
    folders.get(parent)?.set(name, entry);
  };
  const sizeOf = (item: TreeItem | undefined): number =>
    typeof item === 'number' ? item : typeof item === 'string' ? bytes(item) : 0;
  const several = new Set(
    Object.values(items).flatMap((item) =>
      typeof item === 'object' && 'hardlink' in item ? [item.hardlink] : [],
    ),
  );
  for (const [path, item] of Object.entries(items)) {
    if (path.endsWith('/')) add(path.slice(0, -1), 'folder', {});
    else if (typeof item !== 'object') {
      add(path, 'file', { size: sizeOf(item), ...(several.has(path) ? { inode: path } : {}) });
    } else if ('symlink' in item) add(path, 'link', { size: bytes(item.symlink), target: item.symlink });
    else if ('hardlink' in item)
      add(path, 'file', { size: sizeOf(items[item.hardlink]), inode: item.hardlink });
    else add(path, item.kind, item.stat ?? {});
  }
  const sorted = new Map<string, readonly TreeEntry[]>();
  return {
    entries(folder) {
      const known = sorted.get(folder);
      if (known !== undefined) return known;
      const entries = folders.get(folder);
      if (entries === undefined) return undefined;
      const list = [...entries.values()].sort((a, b) => compareBytes(a.name, b.name));
      sorted.set(folder, list);
      return list;
    },
  };
}
