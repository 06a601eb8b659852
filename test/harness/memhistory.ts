import type { History } from '../../server/src/node/historian.js';
import type { ContextEntry } from '../../server/src/sim/cache/model.js';
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

function entriesOf(files: MemoryFiles, root: string): ReadonlyMap<string, ContextEntry> {
  const inside = [...files].filter(([path]) => path !== root && isInside(root, path));
  return new Map(
    inside.map(([path, item]) => [
      relativePath(root, path),
      { kind: 'file', mode: 0o644, content: String(item) } as const,
    ]),
  );
}

/**
 * Absolute paths that each commit changed, the newest first; the list may grow while the server runs. `revision`: what lay
 * on the disk at HEAD.
 */
export function memoryHistory(
  files: MemoryFiles,
  commits: readonly (readonly string[])[],
  before: () => Promise<void> = async () => {},
  revision?: MemoryFiles,
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
    async compare({ root, texts }) {
      if (revision === undefined) {
        return {
          state: null,
          gap: { kind: 'no-repository', message: 'The folder lies in no git repository.' },
        };
      }
      const textOf = (path: string): string | null => {
        const text = revision.get(path);
        return typeof text === 'string' ? text : null;
      };
      const state = {
        commit: 'abcdef0123456789abcdef0123456789abcdef01',
        before: entriesOf(revision, root),
        after: entriesOf(files, root),
        texts: new Map(texts.map((path) => [path, textOf(path)])),
        notes: [],
      };
      return { state, gap: null };
    },
    useProgram: (program) => void programs.push(program),
    async close() {},
  };
}
