import type { StepSeconds } from '../cost/model.js';
import { estimated, unknownSeconds, weakest } from './amounts.js';
import type { Played, RebuildTime, Replay, Saving } from './model.js';

/** Seconds below which two rebuilds take the same time: less than what the start of one step costs. */
const noticeable = 0.05;

/** Whether two numbers differ by more than the noise of the model. */
export function isNoticeable(seconds: number): boolean {
  return Math.abs(seconds) >= noticeable;
}

function runsText(before: number, after: number): string {
  return `steps whose time is unknown run ${after} times instead of ${before}`;
}

/** Before less after: where the model is too low for one it is too low for the other, so like is taken from like. */
function difference(before: RebuildTime, after: RebuildTime, runs: Saving['unknownRuns']): StepSeconds {
  const [old, now] = [before.mean, after.mean];
  if (old.value === null || now.value === null) return old.value === null ? old : unknownSeconds(now.source);
  const value = old.value - now.value;
  const ends = [value, old.low - now.low, old.high - now.high];
  const range = { value, low: Math.min(...ends), high: Math.max(...ends) };
  const more = runs.before === runs.after ? '' : `; ${runsText(runs.before, runs.after)}`;
  return estimated(range, weakest([old.basis, now.basis]), `${old.source}${more}`);
}

/** Steps that surely ran and of which nobody knows the time. */
function unknownOf({ reruns, unknown }: Played): number {
  return reruns.filter(({ step, cached }) => cached === false && unknown.includes(step)).length;
}

function unknownRuns(replay: Replay): number {
  return replay.played.reduce((sum, group) => sum + group.commits.length * unknownOf(group), 0);
}

/** Commits after which there is noticeably less to do in `after`: seconds, or steps of unknown length. */
function affectedCommits(before: Replay, after: Replay): number {
  const now = new Map(after.played.flatMap((group) => group.commits.map(({ id }) => [id, group] as const)));
  const less = (group: Played, id: string): boolean => {
    const then = now.get(id);
    if (then === undefined) return false;
    const shorter = group.time.value - then.time.value;
    return isNoticeable(shorter) ? shorter > 0 : unknownOf(group) > unknownOf(then);
  };
  return before.played.reduce(
    (sum, group) => sum + group.commits.filter(({ id }) => less(group, id)).length,
    0,
  );
}

/** What a change of a build saves in a mean rebuild: before − after. Undefined where one of them has no history. */
export function savingOf(before: Replay, after: Replay): Saving | undefined {
  if (before.rebuild === null || after.rebuild === null) return undefined;
  const runs = { before: unknownRuns(before), after: unknownRuns(after) };
  const saved = difference(before.rebuild, after.rebuild, runs);
  const mean = before.rebuild.mean.value ?? 0;
  const share = saved.value === null ? null : mean === 0 ? 0 : saved.value / mean;
  return {
    before: before.rebuild,
    after: after.rebuild,
    saved,
    percent: share === null ? null : Math.round(share * 1000) / 10,
    commits: { affected: affectedCommits(before, after), of: before.commits?.replayed ?? 0 },
    rebuilding: Math.max(before.commits?.rebuilding ?? 0, after.commits?.rebuilding ?? 0),
    unknownRuns: runs,
  };
}

/** Whether a change of a build is worth a word: it saves or costs time, or steps of unknown length run more or less often. */
export function isWorthAWord({ saved, unknownRuns: runs }: Saving): boolean {
  return (saved.value !== null && isNoticeable(saved.value)) || runs.before !== runs.after;
}

/** Seconds, and share of the mean rebuild, up to which a change is not dearer: what one more small step takes. */
const tolerated = { seconds: 0.5, share: 0.01 };

/** Rebuilds below which their mix says little of those to come: a project begins with a few that change everything at once. */
const fewest = 5;

/** Whether there were too few rebuilds to hold against a change that it would not have paid over them. */
export function isThin({ rebuilding }: Saving): boolean {
  return rebuilding < fewest;
}

/** Whether a change surely makes rebuilds dearer: clearly more seconds, and no step of unknown length that runs less often for it. */
export function isDearer({ before, saved, unknownRuns: runs }: Saving): boolean {
  if (saved.value === null) return false;
  const most = Math.max(tolerated.seconds, tolerated.share * (before.mean.value ?? 0));
  return -saved.value > most && runs.after >= runs.before;
}
