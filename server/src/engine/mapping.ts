import type { TextEdit } from '../text/edit.js';

/**
 * Where the character at `offset` of the old text stands after the edits. A character that was replaced is where its
 * replacement begins; what is inserted right before it pushes it on.
 */
export function mapOffset(edits: readonly TextEdit[], offset: number): number {
  let shift = 0;
  const sorted = [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  for (const { span, newText } of sorted) {
    if (span.end <= offset) shift += newText.length - (span.end - span.start);
    else if (span.start < offset) return span.start + shift;
    else break;
  }
  return offset + shift;
}
