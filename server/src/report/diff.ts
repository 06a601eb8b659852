/** Lines with their endings, so that a changed line ending or a missing final newline shows. */
function split(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

type Op = ' ' | '-' | '+';

/** The shortest way from `a` to `b` (Myers): one operation a line. */
function script(a: readonly string[], b: readonly string[]): (readonly [Op, string])[] {
  const max = a.length + b.length;
  const trace: Map<number, number>[] = [];
  let v = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= max; d++) {
    trace.push(new Map(v));
    const next = new Map(v);
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (next.get(k - 1) ?? -1) < (next.get(k + 1) ?? -1));
      let x = down ? (next.get(k + 1) ?? 0) : (next.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return backtrack(a, b, trace, d);
    }
    v = next;
  }
  return [];
}

function backtrack(
  a: readonly string[],
  b: readonly string[],
  trace: readonly ReadonlyMap<number, number>[],
  depth: number,
): (readonly [Op, string])[] {
  const out: (readonly [Op, string])[] = [];
  let [x, y] = [a.length, b.length];
  for (let d = depth; d >= 0; d--) {
    const v = trace[d] ?? new Map<number, number>();
    const k = x - y;
    const down = k === -d || (k !== d && (v.get(k - 1) ?? -1) < (v.get(k + 1) ?? -1));
    const fromK = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : (v.get(fromK) ?? 0);
    const fromY = d === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY && a[x - 1] === b[y - 1]) {
      out.push([' ', a[x - 1] ?? '']);
      x--;
      y--;
    }
    if (d === 0) break;
    if (down) out.push(['+', b[y - 1] ?? '']);
    else out.push(['-', a[x - 1] ?? '']);
    [x, y] = [fromX, fromY];
  }
  return out.reverse();
}

function written([op, line]: readonly [Op, string]): string {
  return line.endsWith('\n') ? `${op}${line}` : `${op}${line}\n\\ No newline at end of file\n`;
}

function rangeText(start: number, count: number): string {
  return count === 1 ? `${start}` : `${count === 0 ? start - 1 : start},${count}`;
}

const contextLines = 3;

/** The change of one file as a unified diff that `git apply` and `patch -p1` take; empty where nothing changed. */
export function unifiedDiff(path: string, before: string | undefined, after: string): string {
  if (before === after) return '';
  const ops = script(split(before ?? ''), split(after));
  const changed = ops.flatMap(([op], i) => (op === ' ' ? [] : [i]));
  const hunks: [number, number][] = [];
  for (const i of changed) {
    const last = hunks.at(-1);
    if (last !== undefined && i - last[1] <= 2 * contextLines) last[1] = i;
    else hunks.push([i, i]);
  }
  const parts = hunks.map(([first, last]) => {
    const from = Math.max(0, first - contextLines);
    const slice = ops.slice(from, last + contextLines + 1);
    const lead = ops.slice(0, from);
    const oldStart = lead.filter(([op]) => op !== '+').length + 1;
    const newStart = lead.filter(([op]) => op !== '-').length + 1;
    const oldCount = slice.filter(([op]) => op !== '+').length;
    const newCount = slice.filter(([op]) => op !== '-').length;
    return `@@ -${rangeText(oldStart, oldCount)} +${rangeText(newStart, newCount)} @@\n${slice.map(written).join('')}`;
  });
  const old = before === undefined ? '/dev/null' : `a/${path}`;
  return `--- ${old}\n+++ b/${path}\n${parts.join('')}`;
}
