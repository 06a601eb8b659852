import type { Snapshot } from '../project/snapshot.js';
import type { Change } from '../rules/rule.js';
import type { TextEdit } from '../text/edit.js';

/** Lines of both sides multiplied, above which the whole middle is replaced at once. */
const maxCells = 4_000_000;

function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** For each place in `a` and `b` the length of the longest common run of lines from there on, as one flat table. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const diagonal = table[(i + 1) * width + j + 1] ?? 0;
      const best = Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0);
      table[i * width + j] = a[i] === b[j] ? diagonal + 1 : best;
    }
  }
  return table;
}

/** Edits, one for each stretch of changed lines, that make `after` of `before`: what did not change is not touched. */
export function lineEdits(before: string, after: string): readonly TextEdit[] {
  const [a, b] = [splitLines(before), splitLines(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const [from, to] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  const start = a.slice(0, head).join('').length;
  if (from.length * to.length > maxCells) {
    return [{ span: { start, end: start + from.join('').length }, newText: to.join('') }];
  }
  return hunks(from, to, start);
}

function hunks(a: readonly string[], b: readonly string[], start: number): readonly TextEdit[] {
  const table = commonLengths(a, b);
  const width = b.length + 1;
  const edits: TextEdit[] = [];
  let [i, j, offset] = [0, 0, start];
  let hunk: { start: number; newText: string } | undefined;
  const close = (): void => {
    if (hunk !== undefined) {
      edits.push({ span: { start: hunk.start, end: offset }, newText: hunk.newText });
    }
    hunk = undefined;
  };
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      close();
      offset += left.length;
      i++;
      j++;
      continue;
    }
    hunk ??= { start: offset, newText: '' };
    const drop = left !== undefined && (table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0);
    if (left !== undefined && (drop || right === undefined)) {
      offset += left.length;
      i++;
    } else {
      hunk.newText += right ?? '';
      j++;
    }
  }
  close();
  return edits;
}

/** The changes that lead from the files of `snapshot` to whole new `texts`. */
export function changesTo(snapshot: Snapshot, texts: ReadonlyMap<string, string>): readonly Change[] {
  return [...texts].map(([path, text]): Change => {
    const before = snapshot.text(path);
    if (before === undefined) return { kind: 'create', path, text };
    return { kind: 'edit', path, edits: lineEdits(before, text) };
  });
}
