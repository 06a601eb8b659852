import type { Build } from '../../project/build.js';
import { type HistoryAnswer, type HistoryQuery, historyGap } from '../../project/history.js';
import { remembered, type Snapshot } from '../../project/snapshot.js';
import { volatileArguments } from '../../project/volatilesearch.js';
import type { CachePlan } from '../cache/model.js';
import { cachePlan } from '../cache/plan.js';
import { type Built, builtOf } from '../context/built.js';
import type { ShellOf } from '../model.js';
import { typicalEdits } from './edits.js';
import type { Replay, ReplayWish } from './model.js';
import { replayed } from './numbers.js';
import { historyQuery } from './query.js';
import { timesOf } from './times.js';

/** What is kept of one build: all findings of a Dockerfile and all their fixes ask for the same replay. */
interface Kept {
  plan: CachePlan | undefined;
  /** By snapshot and wish. */
  readonly replays: WeakMap<Snapshot, Map<string, Replay>>;
}

function newKept(): Kept {
  return { plan: undefined, replays: new WeakMap() };
}

function keyOf({ commits, since, measured }: ReplayWish): string {
  return JSON.stringify([commits, since, measured.map(({ id }) => id)]);
}

/** What limits the numbers whatever the history says, one sentence each. */
function limits(build: Build, { needs, dockerfile }: Built): readonly string[] {
  const remote = build.remote ? ['The context is remote, so no commit of this project touches it.'] : [];
  const unknown = needs.unknown.map((instruction) => {
    const line = dockerfile.lines.positionAt(instruction.span.start).line + 1;
    return `Line ${line} takes files whose names depend on a value that is not known, so their changes do not count.`;
  });
  return [...remote, ...unknown];
}

/** Said where no commit touched what the steps take: that may be because git does not know those files. */
function untouched(query: HistoryQuery | undefined, history: HistoryAnswer | undefined): readonly string[] {
  const commits = history?.commits ?? [];
  if (query === undefined || query.sources.length === 0 || commits.length === 0) return [];
  if (commits.some(({ touches }) => touches)) return [];
  return [
    'No commit changed anything that the steps take. What git does not track, such as a folder that is built first, has no history.',
  ];
}

const onlyFirst = historyGap(
  'no-commits',
  'There is one commit only, which adds every file: there is no history to replay.',
);

/**
 * The commits to play a build over; undefined where nobody was asked. The first of all commits alone says nothing of rebuilds:
 * it changes everything at once, and nothing was built before it.
 */
function playable(snapshot: Snapshot, query: HistoryQuery | undefined): HistoryAnswer | undefined {
  const history = query && snapshot.history(query);
  if (history === undefined || history.commits.length === 0) return history;
  return history.commits.every(({ first }) => first === true) ? onlyFirst : history;
}

function compute(
  snapshot: Snapshot,
  build: Build,
  built: Built,
  plan: CachePlan,
  shell: ShellOf,
  wish: ReplayWish,
): Replay {
  const query = historyQuery(snapshot, build, built.needs, wish);
  const history = playable(snapshot, query);
  return replayed({
    plan,
    ...timesOf(snapshot, build, built, plan, shell, wish.measured),
    volatile: volatileArguments(snapshot, build),
    history,
    edits: () => typicalEdits(snapshot, build, built, shell),
    notes: [...limits(build, built), ...untouched(query, history)],
  });
}

/** Whether there are commits to play a build over: without any, numbers about rebuilds are not worth their work. */
export function hasHistory(snapshot: Snapshot, build: Build, wish: ReplayWish): boolean {
  const built = builtOf(snapshot, build);
  const query = built && historyQuery(snapshot, build, built.needs, wish);
  return built !== undefined && (playable(snapshot, query)?.commits.length ?? 0) > 0;
}

/**
 * A build played over the last commits of its project: how often each step ran again, why, and what that costs. Undefined
 * where there is no such Dockerfile, or no such target. What the snapshot lacks it notes; the numbers are then not to be shown.
 */
export function replayOf(
  snapshot: Snapshot,
  build: Build,
  shell: ShellOf,
  wish: ReplayWish,
): Replay | undefined {
  const built = builtOf(snapshot, build);
  if (built?.graph.target === undefined) return undefined;
  const kept = remembered(snapshot, built, newKept);
  const { replays } = kept;
  const known = replays.get(snapshot)?.get(keyOf(wish));
  if (known !== undefined) return known;
  const before = snapshot.misses?.();
  const plan = kept.plan ?? cachePlan(built, shell);
  kept.plan = plan;
  const replay = compute(snapshot, build, built, plan, shell, wish);
  if (before !== undefined && snapshot.misses?.() === before) {
    const own = replays.get(snapshot) ?? new Map<string, Replay>();
    replays.set(snapshot, own.set(keyOf(wish), replay));
  }
  return replay;
}
