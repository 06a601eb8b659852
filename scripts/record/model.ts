import { createFactStore, resolveWith } from '../../server/src/node/facts.js';
import { nodeFs } from '../../server/src/node/fs.js';
import type { Build } from '../../server/src/project/build.js';
import { parseCache } from '../../server/src/project/snapshot.js';
import type { Tree } from '../../server/src/sim/context/tree.js';
import { dirName } from '../../server/src/text/paths.js';
import { answer, ask, type Simulated } from './simulated.js';

/** What the simulation says of a build on the disk; `treeOf` gives the tree below a folder. */
export async function simulate(build: Build, treeOf: (root: string) => Tree): Promise<Simulated> {
  const store = createFactStore({ fs: nodeFs() });
  const cache = parseCache();
  const asked = await resolveWith(store, [dirName(build.dockerfile)], cache, (s) => ask(s, build));
  if (asked === undefined) throw new Error(`${build.dockerfile} can't be read`);
  return answer(asked, treeOf(build.context));
}
