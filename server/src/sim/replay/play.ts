import type { HistoryAnswer, ReplayedCommit } from '../../project/history.js';
import type { CachePlan, Rerun } from '../cache/model.js';
import type { WallTime } from '../cost/model.js';
import { type Range, rangeOf } from './amounts.js';
import type { Played } from './model.js';

/** Wall time of a build in which the given steps run. */
export type WallOf = (running: ReadonlySet<number>) => WallTime;

/** What some commits re-run, with the time it takes: `value` and `low` of the steps that surely run, `high` with those that may. */
export function outcomeOf(
  reruns: readonly Rerun[],
  wall: WallOf,
): Pick<Played, 'reruns' | 'time' | 'critical' | 'unknown' | 'basis'> {
  const all = new Set(reruns.map(({ step }) => step));
  const sure = new Set(reruns.flatMap(({ step, cached }) => (cached === false ? [step] : [])));
  const surely = wall(sure);
  const perhaps = sure.size === all.size ? surely : wall(all);
  const { value, low }: Range = rangeOf(surely.seconds);
  const basis = [surely.seconds, perhaps.seconds].flatMap((s) => (s.value === null ? [] : [s.basis]));
  return {
    reruns,
    time: { value, low, high: Math.max(value, rangeOf(perhaps.seconds).high) },
    critical: surely.critical,
    unknown: perhaps.unknown,
    basis: all.size === 0 ? [] : basis,
  };
}

/** The commits of a history, those together that touch the same sources: each group is played once. */
export function played(
  plan: CachePlan,
  history: HistoryAnswer,
  always: ReadonlySet<string>,
  wall: WallOf,
): readonly Played[] {
  const groups = new Map<string, { readonly sources: ReadonlySet<number>; commits: ReplayedCommit[] }>();
  for (const commit of history.commits) {
    const sources = commit.sources.map(({ source }) => source);
    const key = sources.join(' ');
    const group = groups.get(key) ?? { sources: new Set(sources), commits: [] };
    group.commits.push(commit);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ sources, commits }) => ({
    commits,
    ...outcomeOf(plan.rerun({ sources, arguments: always }), wall),
  }));
}
