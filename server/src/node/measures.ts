import type { ContextMeasure, ContextQuery } from '../project/measure.js';
import type { Lookup } from '../project/snapshot.js';
import { isInside } from '../text/paths.js';
import type { Measurer, MeasureWish } from './facts.js';
import { type Shared, sharedWork } from './shared.js';

/** Milliseconds for which a measurement that nobody waits for goes on: who gave up often asks again at once. */
const linger = 250;

/** Answers that are brought up to date; those asked for longest ago are forgotten instead. */
const mostRefreshed = 16;

interface Measured {
  readonly root: string;
  readonly answer: ContextMeasure | null;
  /** Something in the context changed since. */
  stale: boolean;
}

/** Measurements of contexts: kept, and measured again in the background when something changed. */
export interface Measures {
  /** The answers that are there now: null where there is no such context. What is given never changes an answer. */
  answers(): Lookup<ContextMeasure | null>;
  has(key: string): boolean;
  load(key: string, signal: AbortSignal | undefined, wish: MeasureWish): Promise<void>;
  /** What lies at these paths changed: answers that hang on it are given on, but count as stale. */
  changed(paths: readonly string[]): void;
  /** Counts all answers as stale. */
  doubt(): void;
  isStale(): boolean;
  /**
   * Measures again what is stale and was asked for since an answer last became another one: everybody asks again then.
   * Other stale answers are forgotten. Whether any answer is another one now. Rejects only when `signal` aborts.
   */
  refresh(signal?: AbortSignal): Promise<boolean>;
  keepOnly(asked: ReadonlySet<string>): void;
  clear(): void;
  /** Answers kept, one that lists paths counted by its paths. */
  size(): number;
}

/** Whether two answers say the same; those that name every path are not compared. */
function isSame(a: ContextMeasure | null, b: ContextMeasure | null): boolean {
  if (a === null || b === null) return a === b;
  return a.paths === null && b.paths === null && JSON.stringify(a) === JSON.stringify(b);
}

/** Answers by the JSON of the query. `failed` hears why something could not be measured: it is null then. */
export function createMeasures(measurer: Measurer | undefined, failed: (error: unknown) => void): Measures {
  let kept = new Map<string, Measured>();
  const recent = new Set<string>();
  const running = new Map<string, Shared & { readonly root: string; outdated: boolean }>();

  const keep = (key: string, root: string, answer: ContextMeasure | null, stale: boolean): void => {
    const before = kept.get(key);
    if (before !== undefined && isSame(before.answer, answer)) {
      before.stale = stale;
      return;
    }
    if (before !== undefined) kept = new Map(kept);
    kept.set(key, { root, answer, stale });
  };
  const start = (key: string, name: string, wish: MeasureWish): Shared => {
    const query = JSON.parse(key) as ContextQuery;
    const { root } = query;
    // Room for what is wanted now.
    for (const other of running.values()) other.endUnlessWanted();
    const shared = sharedWork(linger, async (signal, listeners) => {
      const progress: MeasureWish['progress'] = (said) => {
        for (const listener of listeners) listener?.(said);
      };
      const answer = await measurer?.measure(query, { ...wish, signal, progress }).catch((error: unknown) => {
        if (signal.aborted) throw error;
        failed(error);
        return null;
      });
      keep(key, root, answer ?? null, job.outdated);
      // A walk of the whole disk may have seen what nobody had told of.
      if (wish.fresh === true) stale(root, key);
    });
    const job = Object.assign(shared, { root, outdated: false });
    running.set(name, job);
    const done = (): void => {
      if (running.get(name) === job) running.delete(name);
    };
    shared.ended.then(done, done);
    return job;
  };
  const stale = (root: string, except: string): void => {
    for (const [key, measured] of kept) if (measured.root === root && key !== except) measured.stale = true;
  };
  const isStale = (): boolean => {
    for (const measured of kept.values()) if (measured.stale) return true;
    return false;
  };
  const load: Measures['load'] = (key, signal, wish) => {
    const name = wish.fresh === true ? `fresh ${key}` : key;
    const under = running.get(name);
    const job = under === undefined || under.outdated || under.isOver() ? start(key, name, wish) : under;
    return job.wait(signal, wish.progress);
  };
  return {
    answers() {
      const now = kept;
      return {
        get(key) {
          recent.delete(key);
          recent.add(key);
          return now.get(key)?.answer;
        },
      };
    },
    has: (key) => kept.has(key),
    load,
    changed(paths) {
      const isHit = (root: string): boolean =>
        paths.some((path) => isInside(root, path) || isInside(path, root));
      const roots = new Set([...kept.values(), ...running.values()].map(({ root }) => root));
      const hit = new Set([...roots].filter(isHit));
      if (hit.size === 0) return;
      for (const measured of kept.values()) if (hit.has(measured.root)) measured.stale = true;
      for (const job of running.values()) job.outdated ||= hit.has(job.root);
    },
    doubt() {
      for (const measured of kept.values()) measured.stale = true;
    },
    isStale,
    async refresh(signal) {
      const wanted = new Set([...recent].filter((key) => kept.has(key)).slice(-mostRefreshed));
      const outdated = [...kept].filter(([, measured]) => measured.stale).map(([key]) => key);
      const forget = outdated.filter((key) => !wanted.has(key));
      if (forget.length > 0) kept = new Map([...kept].filter(([key]) => !forget.includes(key)));
      const before = new Map(kept);
      await Promise.all(outdated.filter((key) => wanted.has(key)).map((key) => load(key, signal, {})));
      const isOther = outdated.some((key) => kept.get(key)?.answer !== before.get(key)?.answer);
      if (isOther) recent.clear();
      return isOther;
    },
    keepOnly(asked) {
      kept = new Map([...kept].filter(([key]) => asked.has(key)));
    },
    clear() {
      kept = new Map();
      for (const job of running.values()) job.outdated = true;
    },
    size: () =>
      [...kept.values()].reduce((sum, { answer }) => sum + 1 + (answer?.paths?.length ?? 0) / 50, 0),
  };
}
