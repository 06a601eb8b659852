/** How many letters have to be put in, taken out, changed or swapped with the next to make `b` of `a`. */
function distance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const changed = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      const swapped = a[i] === b[j - 1] && a[i - 1] === b[j] ? (before[j - 1] ?? 0) + 1 : changed;
      next.push(Math.min(changed, swapped, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The name of `known` that somebody who wrote `name` probably meant; undefined where none is near. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const most = Math.max(1, Math.floor(name.length / 4));
  let nearest: string | undefined;
  let least = most + 1;
  for (const one of known) {
    const steps = Math.abs(one.length - name.length) > most ? least : distance(name, one);
    if (steps < least) [nearest, least] = [one, steps];
  }
  return nearest;
}

/** A sentence to put behind what says that there is no `name`, with a space before it; empty where no name of `known` is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
}
