import type { BuildCase, TreeValue } from './case.js';

/** Builds that may be spent on making one case smaller. */
const budget = 120;

/** `items` without the chunk that begins at `at`. */
function without<T>(items: readonly T[], at: number, size: number): T[] {
  return items.filter((_, i) => i < at || i >= at + size);
}

/** The list with as much taken away, in ever smaller chunks, as `holds` says can be missed. */
export async function shortest<T>(
  items: readonly T[],
  holds: (rest: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let kept = items;
  for (let size = Math.ceil(items.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < kept.length; ) {
      const rest = without(kept, at, size);
      if (await holds(rest)) kept = rest;
      else at += size;
    }
  }
  return kept;
}

function isText(value: TreeValue, name: string): value is string {
  return typeof value === 'string' && !name.endsWith('/') && value.includes('\n');
}

/**
 * A smaller case that still shows what `shows` looks for: fewer entries, fewer lines. Heredocs and hard links may fall
 * apart on the way; such a case shows nothing, so it is not kept.
 */
export async function shrink(
  found: BuildCase,
  shows: (smaller: BuildCase) => Promise<boolean>,
): Promise<BuildCase> {
  let left = budget;
  let best = found;
  const attempt = async (smaller: BuildCase): Promise<boolean> => {
    if (left-- <= 0) return false;
    const holds = await shows(smaller).catch(() => false);
    if (holds) best = smaller;
    return holds;
  };
  await shortest(Object.entries(best.tree), (rest) => attempt({ ...best, tree: Object.fromEntries(rest) }));
  await shortest(best.dockerfile.split('\n'), (rest) => attempt({ ...best, dockerfile: rest.join('\n') }));
  for (const [name, value] of Object.entries(best.tree)) {
    if (!isText(value, name)) continue;
    await shortest(value.split('\n'), (rest) =>
      attempt({ ...best, tree: { ...best.tree, [name]: rest.join('\n') } }),
    );
  }
  await shortest(Object.entries(best.tree), (rest) => attempt({ ...best, tree: Object.fromEntries(rest) }));
  return best;
}
