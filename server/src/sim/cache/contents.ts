import type { ContextEntry } from './model.js';
import type { Selected } from './select.js';

/** How two contents compare: `open` where only the build can tell. */
export type Likeness = 'same' | 'different' | 'open';

/** What one entry differs in. */
type EntryChange = 'content' | 'mode' | 'added' | 'removed';

/** How keys see two entries at one place; modes of folders count for a builder that gets the whole context anew. */
export function entryLikeness(
  a: ContextEntry,
  b: ContextEntry,
  fresh: boolean,
  samePath: boolean,
): Exclude<EntryChange, 'added' | 'removed'> | 'same' | 'unknown' {
  if (a.kind !== b.kind) return 'content';
  if (a.kind === 'folder') return fresh && a.mode !== b.mode ? 'mode' : 'same';
  if (a.content === undefined && b.content === undefined && !samePath) return 'unknown';
  if (a.content !== b.content)
    return a.content === undefined || b.content === undefined ? 'unknown' : 'content';
  return a.kind !== 'link' && a.mode !== b.mode ? 'mode' : 'same';
}

/** The first thing in which two selections differ, in path order; undefined where they are the same. */
export interface Difference {
  readonly path: string;
  readonly change: EntryChange | 'unknown';
}

/** All in which two selections differ, in the order of their names. */
export function* differences(
  before: readonly Selected[],
  after: readonly Selected[],
  fresh: boolean,
): Generator<Difference> {
  const old = new Map(before.map((one) => [one.name, one]));
  const kept = new Set<string>();
  for (const { name, path, entry } of after) {
    const other = old.get(name);
    if (other === undefined) {
      yield { path, change: 'added' };
      continue;
    }
    kept.add(name);
    const likeness = entryLikeness(other.entry, entry, fresh, other.path === path);
    if (likeness !== 'same') yield { path, change: likeness };
  }
  for (const { name, path } of before) if (!kept.has(name)) yield { path, change: 'removed' };
}

/** How two selections compare as keys see them. */
export function selectionLikeness(
  before: readonly Selected[],
  after: readonly Selected[],
  fresh: boolean,
): Likeness {
  if (before === after) return 'same';
  let open = false;
  for (const { change } of differences(before, after, fresh)) {
    if (change !== 'unknown') return 'different';
    open = true;
  }
  return open ? 'open' : 'same';
}
