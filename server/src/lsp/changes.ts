import type { Snapshot } from '../project/snapshot.js';
import type { Change } from '../rules/rule.js';
import { lineEdits } from '../text/lineDiff.js';

/** The changes that lead from the files of `snapshot` to whole new `texts`. */
export function changesTo(snapshot: Snapshot, texts: ReadonlyMap<string, string>): readonly Change[] {
  return [...texts].map(([path, text]): Change => {
    const before = snapshot.text(path);
    if (before === undefined) return { kind: 'create', path, text };
    return { kind: 'edit', path, edits: lineEdits(before, text) };
  });
}
