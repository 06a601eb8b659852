import { diffLines } from 'diff';
import type { TextEdit } from './edit.js';

/** Edits, one for each stretch of changed lines, that make `after` of `before`: what did not change is not touched. */
export function lineEdits(before: string, after: string): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  let offset = 0;
  let hunk: { readonly start: number; newText: string } | undefined;
  const close = (): void => {
    if (hunk !== undefined) edits.push({ span: { start: hunk.start, end: offset }, newText: hunk.newText });
    hunk = undefined;
  };
  for (const part of diffLines(before, after)) {
    if (!part.added && !part.removed) close();
    else hunk ??= { start: offset, newText: '' };
    if (part.added && hunk !== undefined) hunk.newText += part.value;
    else offset += part.value.length;
  }
  close();
  return edits;
}
