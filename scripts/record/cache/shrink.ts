import { shortest } from '../shrink.js';
import type { CachePair, State } from './pair.js';

/** Builds that may be spent on making one pair smaller. */
const budget = 90;

/** What can be left out of a pair: an entry of both trees, an argument, lines that are equal in both texts or stand in one. */
type Part =
  | { readonly kind: 'tree' | 'args'; readonly name: string }
  | { readonly kind: 'dockerfile' | 'ignore'; readonly before: number; readonly after: number };

/** Lines of two texts side by side: equal ones with both numbers, others with -1 for the text they are not in. */
function sideBySide(a: readonly string[], b: readonly string[]): { before: number; after: number }[] {
  const length = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, k: number): number => length[i]?.[k] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let k = b.length - 1; k >= 0; k--) {
      const row = length[i] ?? [];
      row[k] = a[i] === b[k] ? at(i + 1, k + 1) + 1 : Math.max(at(i + 1, k), at(i, k + 1));
    }
  }
  const lines: { before: number; after: number }[] = [];
  let i = 0;
  let k = 0;
  while (i < a.length || k < b.length) {
    if (i < a.length && k < b.length && a[i] === b[k]) lines.push({ before: i++, after: k++ });
    else if (k >= b.length || (i < a.length && at(i + 1, k) >= at(i, k + 1)))
      lines.push({ before: i++, after: -1 });
    else lines.push({ before: -1, after: k++ });
  }
  return lines;
}

function partsOf({ before, after }: CachePair): Part[] {
  const names = (kind: 'tree' | 'args'): Part[] =>
    [...new Set([...Object.keys(before[kind] ?? {}), ...Object.keys(after[kind] ?? {})])].map((name) => ({
      kind,
      name,
    }));
  const lines = (kind: 'dockerfile' | 'ignore'): Part[] =>
    sideBySide((before[kind] ?? '').split('\n'), (after[kind] ?? '').split('\n')).map((pair) => ({
      kind,
      ...pair,
    }));
  return [...names('tree'), ...names('args'), ...lines('ignore'), ...lines('dockerfile')];
}

function keepLines(text: string, kept: ReadonlySet<number>): string {
  return text
    .split('\n')
    .filter((_, i) => kept.has(i))
    .join('\n');
}

function keep(state: State, side: 'before' | 'after', parts: readonly Part[]): State {
  const named = (kind: 'tree' | 'args'): ReadonlySet<string> =>
    new Set(parts.flatMap((part) => (part.kind === kind ? [part.name] : [])));
  const numbers = (kind: 'dockerfile' | 'ignore'): ReadonlySet<number> =>
    new Set(parts.flatMap((part) => (part.kind === kind ? [part[side]] : [])));
  const only = <T>(record: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));
  const { args, ignore, ...rest } = state;
  return {
    ...rest,
    tree: only(state.tree, named('tree')),
    dockerfile: keepLines(state.dockerfile, numbers('dockerfile')),
    ...(args === undefined ? {} : { args: only(args, named('args')) }),
    ...(ignore === undefined ? {} : { ignore: keepLines(ignore, numbers('ignore')) }),
  };
}

/** A smaller pair that still shows what `shows` looks for. */
export async function shrinkPair(
  found: CachePair,
  shows: (smaller: CachePair) => Promise<boolean>,
): Promise<CachePair> {
  let left = budget;
  const made = (parts: readonly Part[]): CachePair => ({
    ...found,
    before: keep(found.before, 'before', parts),
    after: keep(found.after, 'after', parts),
  });
  const kept = await shortest(partsOf(found).reverse(), async (parts) => {
    if (left-- <= 0) return false;
    return shows(made(parts)).catch(() => false);
  });
  return made(kept);
}
