import type { TrackedSnapshot } from '../project/snapshot.js';
import type { SessionFacts } from './facts.js';

/** Rounds of loading facts after which a function that always wants more is given up on. */
const maxRounds = 40;

/**
 * Runs a pure function on snapshots until nothing it asks for is lacking, loading in between, and returns its last
 * result; undefined where `signal` aborted.
 */
export type Resolve = <T>(
  run: (snapshot: TrackedSnapshot) => T,
  signal: AbortSignal,
) => Promise<T | undefined>;

/** Resolves over the facts of the session; `folders` are the workspace folders as they are now. */
export function createResolve(facts: SessionFacts, folders: () => readonly string[]): Resolve {
  return async (run, signal) => {
    for (let round = 1; !signal.aborted; round++) {
      const snapshot = facts.snapshot(folders());
      const result = run(snapshot);
      const wanted = snapshot.wanted();
      if (wanted.length === 0 || round >= maxRounds) return result;
      try {
        await facts.load(wanted, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
    return undefined;
  };
}
