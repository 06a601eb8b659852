import type { Dependencies } from './dependencies.js';

/** When the steps of one build start and end. */
export interface Schedule {
  readonly starts: Float64Array;
  /** When the last step that runs is over; 0 where none runs. */
  readonly end: number;
  /** That step. */
  readonly last: number | undefined;
  /** For each step the one it waited for last: −1 for none, or the context. */
  readonly before: Int32Array;
  /** The critical path begins with the transfer of the context. */
  readonly waited: boolean;
}

const none = -1;
const transfer = -2;

/**
 * Plans builds in which steps run as soon as they can, without a limit to how many at a time (SPEC D). `costs` in seconds,
 * for each step; `begin` is when the first can start, `context` what its transfer takes, which begins then too.
 */
export function scheduler(
  dependencies: readonly Dependencies[],
  costs: readonly number[],
  begin: number,
): (ran: ReadonlySet<number>, context: number) => Schedule {
  const count = dependencies.length;
  const shared = sharedLocks(dependencies);
  return (ran, context) => {
    const starts = new Float64Array(count);
    const ends = new Float64Array(count);
    const before = new Int32Array(count).fill(none);
    const place = (index: number, free: { readonly at: number; readonly by: number } | undefined): void => {
      const { starts: waits, joins, context: takes } = dependencies[index] as Dependencies;
      let start = begin + (takes ? context : 0);
      before[index] = takes && context > 0 ? transfer : none;
      const waitFor = (other: number, until: number): void => {
        if (until < start || (until === start && before[index] !== none)) return;
        start = until;
        before[index] = other;
      };
      for (const other of waits) waitFor(other, ends[other] ?? 0);
      if (free !== undefined) waitFor(free.by, free.at);
      starts[index] = start;
      const end = start + (ran.has(index) ? (costs[index] ?? 0) : 0);
      const joined = joins === undefined ? 0 : (ends[joins] ?? 0);
      if (joins !== undefined && joined > end) before[index] = joins;
      ends[index] = Math.max(end, joined);
    };
    if (shared.size === 0) for (let index = 0; index < count; index++) place(index, undefined);
    else placeLocked(dependencies, shared, ran, ends, place);
    let last: number | undefined;
    for (const index of ran) if (last === undefined || (ends[index] ?? 0) > (ends[last] ?? 0)) last = index;
    return {
      starts,
      end: last === undefined ? 0 : (ends[last] ?? 0),
      last,
      before,
      waited: startsWithTransfer(last, before),
    };
  };
}

function startsWithTransfer(last: number | undefined, before: Int32Array): boolean {
  let at = last ?? none;
  while (at >= 0) at = before[at] ?? none;
  return at === transfer;
}

/** Locks that more than one step wants. */
function sharedLocks(dependencies: readonly Dependencies[]): ReadonlySet<string> {
  const all = dependencies.flatMap(({ locks }) => [...new Set(locks)]);
  return new Set(all.filter((lock, i) => all.indexOf(lock) !== i));
}

/** Places the steps in the order in which they become ready, since each lock goes to the step that is ready first. */
function placeLocked(
  dependencies: readonly Dependencies[],
  shared: ReadonlySet<string>,
  ran: ReadonlySet<number>,
  ends: Float64Array,
  place: (index: number, free: { readonly at: number; readonly by: number } | undefined) => void,
): void {
  const free = new Map<string, { readonly at: number; readonly by: number }>();
  const placed = new Set<number>();
  const ready = (index: number): number =>
    (dependencies[index]?.starts ?? []).reduce((latest, other) => Math.max(latest, ends[other] ?? 0), 0);
  while (placed.size < dependencies.length) {
    let next: number | undefined;
    dependencies.forEach(({ starts, joins }, index) => {
      if (
        placed.has(index) ||
        [...starts, ...(joins === undefined ? [] : [joins])].some((i) => !placed.has(i))
      )
        return;
      if (next === undefined || ready(index) < ready(next)) next = index;
    });
    // Each step comes after all it waits for, so there always is one.
    if (next === undefined) return;
    const index = next;
    const wanted = ran.has(index)
      ? (dependencies[index]?.locks ?? []).filter((lock) => shared.has(lock))
      : [];
    const held = wanted.flatMap((lock) => free.get(lock) ?? []).sort((a, b) => b.at - a.at)[0];
    place(index, held);
    for (const lock of wanted) free.set(lock, { at: ends[index] ?? 0, by: index });
    placed.add(index);
  }
}
