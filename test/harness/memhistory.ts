import type { History } from '../../server/src/node/historian.js';
import { answerHistory } from '../../server/src/sim/replay/answer.js';
import type { RawCommit } from '../../server/src/sim/replay/commits.js';
import { isInside, relativePath } from '../../server/src/text/paths.js';
import type { MemoryFiles } from './memdisk.js';
import { treeOf } from './tree.js';

/** A history in memory. */
export interface MemoryHistory extends History {
  /** How often it was asked, and which program it was told to use, the last at the end. */
  readonly asked: () => number;
  readonly programs: (string | undefined)[];
}

/** Absolute paths that each commit changed, the newest first. The list may grow while the server runs. */
export function memoryHistory(
  files: MemoryFiles,
  commits: readonly (readonly string[])[],
  before: () => Promise<void> = async () => {},
): MemoryHistory {
  let asked = 0;
  const programs: (string | undefined)[] = [];
  return {
    asked: () => asked,
    programs,
    async ask(query, signal) {
      asked++;
      await before();
      signal?.throwIfAborted();
      const inside = (path: string): boolean => path !== query.root && isInside(query.root, path);
      const shown = commits.slice(0, query.commits).map(
        (paths, i): RawCommit => ({
          id: String(commits.length - i).padStart(40, '0'),
          time: commits.length - i,
          changes: paths.filter(inside).map((path) => ({
            ...{ path: relativePath(query.root, path), sameContent: false },
            ...{ modeBefore: 0o100644, modeAfter: 0o100644 },
          })),
        }),
      );
      const items = [...files].filter(([path]) => inside(path));
      const tree = treeOf(
        Object.fromEntries(items.map(([path, item]) => [relativePath(query.root, path), item])),
      );
      return answerHistory(query, { commits: shown, ownFiles: [], tracked: null, notes: [] }, tree);
    },
    async compare() {
      return { state: null, gap: { kind: 'failed', message: 'This history has no revisions.' } };
    },
    useProgram: (program) => void programs.push(program),
    async close() {},
  };
}
