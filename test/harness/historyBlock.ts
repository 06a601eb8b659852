import { type HistoryAnswer, type HistoryQuery, historyGap } from '../../server/src/project/history.js';
import type { Tree } from '../../server/src/sim/context/tree.js';
import { answerHistory } from '../../server/src/sim/replay/answer.js';
import type { RawChange, RawCommit } from '../../server/src/sim/replay/commits.js';
import { isInside, joinPath, relativePath } from '../../server/src/text/paths.js';

/** What `.history` declares, paths absolute. */
export interface DeclaredHistory {
  /** The newest first. */
  readonly commits: readonly RawCommit[];
  /** Modes git keeps, where the block says so; 0o100644 for all other files. */
  readonly modes: ReadonlyMap<string, number>;
}

/** `src/app.ts`; `run.sh:755` (its mode becomes that, its content stays), `lib/` (a submodule). */
function changeOf(word: string, root: string): RawChange {
  const mode = /^(.+):(644|755)$/.exec(word);
  if (mode?.[1] !== undefined) {
    const modeAfter = mode[2] === '755' ? 0o100755 : 0o100644;
    return { path: joinPath(root, mode[1]), modeBefore: modeAfter ^ 0o111, modeAfter, sameContent: true };
  }
  const kind = word.endsWith('/') ? 0o160000 : 0o100644;
  return { path: joinPath(root, word), modeBefore: kind, modeAfter: kind, sameContent: false };
}

/**
 * The text of a `.history` block: one commit a line, the oldest first, its name and what it changes; `a1*40` stands for 40
 * such commits. Throws on a line that says nothing.
 */
export function readHistory(text: string, root: string): DeclaredHistory {
  const commits: RawCommit[] = [];
  const modes = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [name, ...words] = line.trim().split(/\s+/);
    if (name === undefined || name === '') continue;
    const found = /^([\w.-]+?)(?:\*(\d+))?$/.exec(name);
    if (found?.[1] === undefined) throw new Error(`.history: "${line}" is no commit`);
    const changes = words.map((word) => changeOf(word, root));
    for (const { path, modeAfter, sameContent } of changes) if (sameContent) modes.set(path, modeAfter);
    const times = Number(found[2] ?? 1);
    for (let i = 0; i < times; i++) {
      const id = times === 1 ? found[1] : `${found[1]}.${i}`;
      commits.push({ id, time: 1_700_000_000 + commits.length, changes });
    }
  }
  return { commits: commits.reverse(), modes };
}

/** What git would answer; `files`: absolute paths of those that are there, `ownFolder`: whether `.git` lies in the context. */
export function declaredAnswer(
  { commits, modes }: DeclaredHistory,
  query: HistoryQuery,
  tree: Tree,
  { files, ownFolder }: { readonly files: readonly string[]; readonly ownFolder: boolean },
): HistoryAnswer {
  const since = query.since === null ? commits.length : commits.findIndex(({ id }) => id === query.since);
  if (since < 0) return historyGap('bad-revision', `"${query.since}" is no revision of this repository.`);
  const inside = (path: string): boolean => path !== query.root && isInside(query.root, path);
  const seen = commits.slice(0, Math.min(since, query.commits)).map((commit) => ({
    ...commit,
    changes: commit.changes
      .filter(({ path }) => inside(path))
      .map((change) => ({ ...change, path: relativePath(query.root, change.path) })),
  }));
  const tracked = files
    .filter(inside)
    .map((path) => ({ path: relativePath(query.root, path), mode: modes.get(path) ?? 0o100644 }))
    .filter(({ path }) => !path.startsWith('.git/'));
  const ownFiles = ownFolder ? ['.git/index', '.git/logs/HEAD', '.git/refs/heads/main'] : [];
  return answerHistory(query, { commits: seen, ownFiles, tracked, notes: [] }, tree);
}
