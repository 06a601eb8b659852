import type { Tree, TreeEntry } from '../sim/context/tree.js';
import { below } from '../sim/context/trees.js';
import { kinds, nativeBelow, type SyncFs } from './syncfs.js';

/** What lies below `root` (native, links resolved), read when asked for and not remembered: for a few folders. */
export function syncTree(fs: SyncFs, root: string, platform: NodeJS.Platform): Tree {
  const statOf = (path: string, kind: TreeEntry['kind']): ReturnType<TreeEntry['stat']> => {
    const native = nativeBelow(root, path, platform);
    const stat = fs.lstat(native);
    if (stat === undefined) return undefined;
    const target = kind === 'link' ? fs.target(native) : undefined;
    const { size, mode, mtimeMs } = stat;
    return { size, mode, mtime: mtimeMs * 1e6, ...(target === undefined ? {} : { target }) };
  };
  return {
    entries(folder) {
      const listing = fs.list(nativeBelow(root, folder, platform));
      return listing?.names.map((name, i): TreeEntry => {
        const kind = kinds[listing.kinds[i] ?? 0] ?? 'file';
        return { name, kind, stat: () => statOf(below(folder, name), kind) };
      });
    },
  };
}
