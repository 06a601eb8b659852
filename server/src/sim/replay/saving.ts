import type { Estimate } from '../../project/estimate.js';
import { estimated, weakest } from './amounts.js';
import type { RebuildTime, Replay, Saving } from './model.js';

/** Seconds below which two rebuilds take the same time: less than what the start of one step costs. */
const noticeable = 0.05;

/** Whether two numbers differ by more than the noise of the model. */
export function isNoticeable(seconds: number): boolean {
  return Math.abs(seconds) >= noticeable;
}

function difference(before: RebuildTime, after: RebuildTime): Estimate | undefined {
  const [old, now] = [before.mean, after.mean];
  if (old.value === null || now.value === null) return undefined;
  const value = old.value - now.value;
  // Where the model is too low for one it is too low for the other: like is taken from like.
  const ends = [value, old.low - now.low, old.high - now.high];
  const range = { value, low: Math.min(...ends), high: Math.max(...ends) };
  return estimated(range, weakest([old.basis, now.basis]), old.source);
}

/** Steps of which nobody knows the time and that re-run in some commit. */
function unknownRuns(replay: Replay): number {
  return replay.played.reduce((sum, { commits, unknown }) => sum + commits.length * unknown.length, 0);
}

/** Commits after which the rebuild is noticeably shorter in `after`. */
function affectedCommits(before: Replay, after: Replay): number {
  const now = new Map(
    after.played.flatMap(({ commits, time }) => commits.map(({ id }) => [id, time.value] as const)),
  );
  const shorter = before.played.flatMap(({ commits, time }) =>
    commits.filter(({ id }) => isNoticeable(Math.max(0, time.value - (now.get(id) ?? time.value)))),
  );
  return shorter.length;
}

/**
 * What a change of a build saves in a mean rebuild: before − after. Undefined where one of them has no history or nobody
 * knows how long it takes.
 */
export function savingOf(before: Replay, after: Replay): Saving | undefined {
  if (before.rebuild === null || after.rebuild === null) return undefined;
  const saved = difference(before.rebuild, after.rebuild);
  if (saved === undefined) return undefined;
  const mean = before.rebuild.mean.value ?? 0;
  const percent = mean === 0 ? 0 : Math.round((saved.value / mean) * 1000) / 10;
  const commits = { affected: affectedCommits(before, after), of: before.commits?.replayed ?? 0 };
  return { before: before.rebuild, after: after.rebuild, saved, percent, commits };
}

/** Whether a change surely makes rebuilds dearer: more seconds, and no step of unknown length that runs less often for it. */
export function isDearer(before: Replay, after: Replay): boolean {
  const saving = savingOf(before, after);
  return (
    saving !== undefined &&
    saving.saved.value < 0 &&
    isNoticeable(saving.saved.value) &&
    unknownRuns(after) >= unknownRuns(before)
  );
}
