import type { MeasureWish } from '../node/facts.js';
import { type ParseCache, type TrackedSnapshot, trackedSnapshot, type Want } from '../project/snapshot.js';
import type { RevisionAnswer, RevisionQuery } from '../sim/replay/revision.js';
import type { FactSource } from './host.js';

/** The facts of the session: disk and open texts, with a number that tells whether anything may have changed. */
export interface SessionFacts {
  /** Raised whenever a new snapshot may answer otherwise than the one before. */
  revision(): number;
  snapshot(folders: readonly string[]): TrackedSnapshot;
  /** As `FactStore.load`: `wish` says how contexts are to be measured. */
  load(wants: readonly Want[], signal?: AbortSignal, wish?: MeasureWish): Promise<void>;
  /** The text of an open file counts instead of the disk's; undefined: the disk's again. */
  overlay(path: string, text: string | undefined): void;
  /** Files came, went or changed: whether anything known hangs on them, measurements apart. */
  invalidate(paths: readonly string[]): boolean;
  /** Files hold something else: whether anything known hangs on them, measurements apart. */
  changed(paths: readonly string[]): boolean;
  /** Nobody watches: `all` that was read, or only what was `measured`, may be out of date. */
  doubt(what: 'all' | 'measured'): void;
  /** Whether measurements may be out of date. */
  isStale(): boolean;
  /** Measures again what may be out of date; whether any answer is another one now. */
  remeasure(signal: AbortSignal): Promise<boolean>;
  /** Calls `listener` each time measurements have become out of date. */
  whenStale(listener: () => void): void;
  /** Whether git may be asked, and which; not before the workspace is trusted. All histories are asked for again. */
  trustGit(trusted: boolean, program?: string): void;
  /** A context at a revision and on the disk (open texts aside); the gap `off` where git is not asked. */
  compare(query: RevisionQuery, signal?: AbortSignal): Promise<RevisionAnswer>;
  /** Forgets what nobody has asked for in a long time; answers stay the same. */
  trim(): void;
}

/** `create` gets the map of open texts, which this keeps up to date. */
export function sessionFacts(
  create: (overlays: ReadonlyMap<string, string>) => FactSource,
  cache: ParseCache,
): SessionFacts {
  const overlays = new Map<string, string>();
  const source = create(overlays);
  let revision = 0;
  let heard = (): void => {};
  const tellIfStale = (): void => {
    if (source.isStale()) heard();
  };
  const forgot = (something: boolean): boolean => {
    if (something) revision++;
    tellIfStale();
    return something;
  };
  return {
    revision: () => revision,
    snapshot: (folders) => trackedSnapshot(source.facts(), folders, cache),
    async load(wants, signal, wish) {
      const loaded = async (some: readonly Want[]): Promise<void> => {
        if (some.length === 0) return;
        await source.load(some, signal, wish);
        revision++;
      };
      // Git may take its time: what else arrives counts as soon as it is there.
      const slow = wants.filter(({ kind }) => kind === 'history');
      await Promise.all([loaded(wants.filter(({ kind }) => kind !== 'history')), loaded(slow)]);
      tellIfStale();
    },
    overlay(path, text) {
      if (text === undefined) overlays.delete(path);
      else overlays.set(path, text);
      revision++;
    },
    invalidate: (paths) => forgot(source.invalidate(paths)),
    changed: (paths) => forgot(source.changed(paths)),
    doubt(what) {
      source.doubt(what);
      forgot(what === 'all');
    },
    isStale: () => source.isStale(),
    async remeasure(signal) {
      const isOther = await source.remeasure(signal);
      if (isOther) revision++;
      return isOther;
    },
    whenStale(listener) {
      heard = listener;
    },
    trustGit(trusted, program) {
      source.trustGit(trusted, program);
      revision++;
    },
    compare: (query, signal) => source.compare(query, signal),
    trim: () => source.trim(),
  };
}
