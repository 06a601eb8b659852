import { createDiskTree } from '../../server/src/node/disktree.js';
import { nodeSyncFs } from '../../server/src/node/syncfs.js';
import type { Tree } from '../../server/src/sim/context/tree.js';

/** What lies below a folder of the disk, as the worker of the server walks it. Throws where there is no folder. */
export function diskTree(root: string): Tree {
  const fs = nodeSyncFs();
  const folder = fs.realFolder(root);
  if (folder === undefined) throw new Error(`${root} is no folder`);
  const { platform } = process;
  const tree = createDiskTree({ fs, root: folder, platform, now: Date.now, xattrs: 'none' });
  return tree.look({ check: () => undefined });
}
