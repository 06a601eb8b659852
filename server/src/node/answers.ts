import type { Lookup } from '../project/snapshot.js';
import type { MeasureWish } from './facts.js';
import { type Shared, sharedWork } from './shared.js';

/** Milliseconds for which work that nobody waits for goes on: who gave up often asks again at once. */
const linger = 250;

/** Answers that are brought up to date; those asked for longest ago are forgotten instead. */
const mostRefreshed = 16;

interface Kept<Q, A> {
  readonly query: Q;
  readonly answer: A;
  /** Something it hangs on changed since. */
  stale: boolean;
}

/** A kind of questions that take long to answer. */
export interface Asking<Q extends { readonly root: string }, A> {
  ask(query: Q, wish: MeasureWish & { readonly signal: AbortSignal }): Promise<A>;
  /** What counts as the answer where there is none, for `error` unless nobody can be asked. */
  without(error: unknown): A;
  /** Whether the answer to a query hangs on what lies at one of `paths`. */
  hangsOn(query: Q, paths: readonly string[]): boolean;
  isSame(a: A, b: A): boolean;
  /** Facts an answer counts for. */
  weight(answer: A): number;
}

/** Answers that take long: kept, and asked for again in the background when something changed. */
export interface Answers<A> {
  /** The answers that are there now. What is given never changes an answer. */
  answers(): Lookup<A>;
  has(key: string): boolean;
  load(key: string, signal: AbortSignal | undefined, wish: MeasureWish): Promise<void>;
  /** What lies at these paths changed: answers that hang on it are given on, but count as stale. */
  changed(paths: readonly string[]): void;
  /** Counts all answers as stale. */
  doubt(): void;
  isStale(): boolean;
  /**
   * Asks again for what is stale and was asked for since an answer last became another one: everybody asks again then.
   * Other stale answers are forgotten. Whether any answer is another one now. Rejects only when `signal` aborts.
   */
  refresh(signal?: AbortSignal): Promise<boolean>;
  keepOnly(asked: ReadonlySet<string>): void;
  clear(): void;
  /** The weight of all that is kept. */
  size(): number;
}

/** Answers by the JSON of the query. */
export function createAnswers<Q extends { readonly root: string }, A>(asking: Asking<Q, A>): Answers<A> {
  let kept = new Map<string, Kept<Q, A>>();
  const recent = new Set<string>();
  const running = new Map<string, Shared & { readonly query: Q; outdated: boolean }>();

  const keep = (key: string, query: Q, answer: A, stale: boolean): void => {
    const before = kept.get(key);
    if (before !== undefined && asking.isSame(before.answer, answer)) {
      before.stale = stale;
      return;
    }
    if (before !== undefined) kept = new Map(kept);
    kept.set(key, { query, answer, stale });
  };
  const start = (key: string, name: string, wish: MeasureWish): Shared => {
    const query = JSON.parse(key) as Q;
    // Room for what is wanted now.
    for (const other of running.values()) other.endUnlessWanted();
    const shared = sharedWork(linger, async (signal, listeners) => {
      const progress: MeasureWish['progress'] = (said) => {
        for (const listener of listeners) listener?.(said);
      };
      const answer = await asking.ask(query, { ...wish, signal, progress }).catch((error: unknown) => {
        if (signal.aborted) throw error;
        return asking.without(error);
      });
      keep(key, query, answer, job.outdated);
      // A walk of the whole disk may have seen what nobody had told of.
      if (wish.fresh === true) stale(query.root, key);
    });
    const job = Object.assign(shared, { query, outdated: false });
    running.set(name, job);
    const done = (): void => {
      if (running.get(name) === job) running.delete(name);
    };
    shared.ended.then(done, done);
    return job;
  };
  const stale = (root: string, except: string): void => {
    for (const [key, one] of kept) if (one.query.root === root && key !== except) one.stale = true;
  };
  const isStale = (): boolean => {
    for (const one of kept.values()) if (one.stale) return true;
    return false;
  };
  const load: Answers<A>['load'] = (key, signal, wish) => {
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
      for (const one of kept.values()) one.stale ||= asking.hangsOn(one.query, paths);
      for (const job of running.values()) job.outdated ||= asking.hangsOn(job.query, paths);
    },
    doubt() {
      for (const one of kept.values()) one.stale = true;
    },
    isStale,
    async refresh(signal) {
      const wanted = new Set([...recent].filter((key) => kept.has(key)).slice(-mostRefreshed));
      const outdated = [...kept].filter(([, one]) => one.stale).map(([key]) => key);
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
    size: () => [...kept.values()].reduce((sum, { answer }) => sum + asking.weight(answer), 0),
  };
}
