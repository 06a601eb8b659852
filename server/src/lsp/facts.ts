import type { MeasureWish } from '../node/facts.js';
import { type ParseCache, type TrackedSnapshot, trackedSnapshot, type Want } from '../project/snapshot.js';
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
  invalidate(paths: readonly string[]): void;
  changed(paths: readonly string[]): void;
  clear(): void;
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
  return {
    revision: () => revision,
    snapshot: (folders) => trackedSnapshot(source.facts(), folders, cache),
    async load(wants, signal, wish) {
      await source.load(wants, signal, wish);
      revision++;
    },
    overlay(path, text) {
      if (text === undefined) overlays.delete(path);
      else overlays.set(path, text);
      revision++;
    },
    invalidate(paths) {
      source.invalidate(paths);
      revision++;
    },
    changed(paths) {
      source.changed(paths);
      revision++;
    },
    clear() {
      source.clear();
      revision++;
    },
    trim: () => source.trim(),
  };
}
