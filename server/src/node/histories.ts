import { type HistoryAnswer, type HistoryQuery, historyGap } from '../project/history.js';
import { isInside } from '../text/paths.js';
import { type Answers, createAnswers } from './answers.js';
import type { History } from './historian.js';

/** What git writes in a repository's own folder when a commit or a branch becomes another one. */
const written =
  /^(.*?)\/\.git(?:$|\/(?:HEAD$|refs(?:\/|$)|logs\/HEAD$|packed-refs$|shallow$|worktrees(?:\/|$)))/;

/** Whether the repository to which a changed path belongs may be that of a context. */
function isOwn(root: string, path: string): boolean {
  const top = written.exec(path)?.[1];
  return top !== undefined && (isInside(top === '' ? '/' : top, root) || isInside(root, top));
}

/** How commits touched what builds take. */
export function createHistories(
  history: History | undefined,
  failed: (error: unknown) => void,
): Answers<HistoryAnswer> {
  return createAnswers<HistoryQuery, HistoryAnswer>({
    async ask(query, { signal }) {
      if (history === undefined) throw new Error('nobody asks git');
      return history.ask(query, signal);
    },
    without(error) {
      failed(error);
      return historyGap('failed', 'The history could not be read.');
    },
    hangsOn: ({ root, modes }, paths) =>
      paths.some((path) => isOwn(root, path) || (modes && isInside(root, path))),
    isSame: (a, b) => JSON.stringify(a) === JSON.stringify(b),
    weight: ({ commits }) => 1 + commits.length / 50,
  });
}
