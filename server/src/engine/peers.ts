import type { PlacedComment } from './comments.js';

/** A comment by which another tool is told to ignore something. */
export interface PeerSuppression {
  readonly comment: PlacedComment;
  readonly wholeFile: boolean;
  /** Whether it ignores one of `twins`, written as in a rule's `peers`: `hadolint DL3009`. */
  readonly silences: (twins: readonly string[]) => boolean;
}

function list(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).filter((id) => id !== '');
}

/** Whether one of `twins` is `tool id`; an id such as `hadolint/DL3009` names its own tool. */
function names(tool: string, ids: readonly string[]): (twins: readonly string[]) => boolean {
  const wanted = new Set(
    ids.map((id) => (id.includes('/') ? id.replace('/', ' ') : `${tool} ${id}`).toLowerCase()),
  );
  return (twins) => twins.some((twin) => wanted.has(twin.toLowerCase()));
}

function anyOf(tool: string): (twins: readonly string[]) => boolean {
  return (twins) => twins.some((twin) => twin.toLowerCase().startsWith(`${tool} `));
}

// hadolint and tally: above an instruction, or `global` for the file. tally allows `;reason=…` after the list.
const ignoreList = /^\s*(hadolint|tally)\s+(global\s+)?ignore\s*=\s*([^;]*)/i;
// BuildKit: a directive for the file, or above one instruction; `;error=…` may follow.
const buildkitSkip = /^\s*check\s*=\s*(?:[^;]*;\s*)*?skip\s*=\s*([^;]*)/i;
// dclint: without ids every rule.
const dclint = /^\s*dclint-disable(-line|-next-line)?(?:\s+(.*))?$/i;

/** What a comment says to one of the other tools; undefined where it says nothing to any of them. */
export function peerSuppression(comment: PlacedComment): PeerSuppression | undefined {
  const ignored = ignoreList.exec(comment.text);
  if (ignored !== null) {
    const tool = (ignored[1] ?? '').toLowerCase();
    return { comment, wholeFile: ignored[2] !== undefined, silences: names(tool, list(ignored[3])) };
  }
  const skipped = buildkitSkip.exec(comment.text);
  if (skipped !== null) {
    const ids = list(skipped[1]);
    const silences = ids.includes('all') ? anyOf('buildkit') : names('buildkit', ids);
    return { comment, wholeFile: comment.directive, silences };
  }
  const disabled = dclint.exec(comment.text);
  if (disabled !== null) {
    const ids = list(disabled[2]);
    return {
      comment,
      wholeFile: disabled[1] === undefined,
      silences: ids.length === 0 ? anyOf('dclint') : names('dclint', ids),
    };
  }
  return undefined;
}
