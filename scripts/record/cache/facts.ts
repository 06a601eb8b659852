import { readFileSync } from 'node:fs';
import type { TreeValue } from '../case.js';
import type { CachedSteps, RecordedPair, State } from './pair.js';

/*
 * Recorded pairs as lines of JSON. The state after the edit says only what is not as before: of the tree the entries that
 * are others, null for those that are gone; null for an ignore file, a target or arguments that are no longer there.
 */

interface Line {
  readonly id: string;
  readonly edits: readonly string[];
  readonly before: State;
  readonly after: Readonly<Record<string, unknown>>;
  readonly cached: CachedSteps;
}

const keys = ['dockerfile', 'ignore', 'target', 'args', 'secrets'] as const;

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function treeChange(before: State, after: State): Record<string, TreeValue | null> {
  const gone = Object.keys(before.tree).filter((name) => !(name in after.tree));
  const other = Object.entries(after.tree).filter(([name, value]) => !same(before.tree[name], value));
  return Object.fromEntries([...gone.map((name) => [name, null] as const), ...other]);
}

/** A recorded pair as one line. */
export function pairLine({ id, edits, before, after, cached }: RecordedPair): string {
  const changes = keys.flatMap((key) => (same(before[key], after[key]) ? [] : [[key, after[key] ?? null]]));
  const tree = treeChange(before, after);
  const change = { ...Object.fromEntries(changes), ...(Object.keys(tree).length > 0 ? { tree } : {}) };
  return JSON.stringify({ id, edits, before, after: change, cached } satisfies Line);
}

function pairOf({ id, edits, before, after, cached }: Line): RecordedPair {
  const { tree = {}, ...others } = after as { readonly tree?: Record<string, TreeValue | null> };
  const entries = Object.entries({ ...before.tree, ...tree }).filter(([, value]) => value !== null);
  const state = Object.entries({ ...before, ...others, tree: Object.fromEntries(entries) });
  return {
    id,
    edits,
    before,
    after: Object.fromEntries(state.filter(([, value]) => value !== null)) as unknown as State,
    cached,
  };
}

/** Recorded pairs of a file of JSON lines. */
export function readPairs(file: string): readonly RecordedPair[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => pairOf(JSON.parse(line) as Line));
}
