import type { Basis } from '../../project/estimate.js';
import type { HistoryAnswer } from '../../project/history.js';
import type { VolatileArgument } from '../../project/volatile.js';
import { counted } from '../../text/counted.js';
import type { BuildStep, CachePlan } from '../cache/model.js';
import type { StepSeconds } from '../cost/model.js';
import { worthMentioning } from '../cost/walltime.js';
import { textOf } from '../flows.js';
import { estimated, meanOf, percentileOf, type Range, rangeOf, unknownSeconds, weakest } from './amounts.js';
import { causesOf } from './causes.js';
import type { TypicalEdit, TypicalEdits } from './edits.js';
import type { Cause, Played, RebuildTime, Replay, ReplayedStep, Scenario } from './model.js';
import { played, type WallOf } from './play.js';

/** All that a replay is worked out from. */
export interface ReplayParts {
  readonly plan: CachePlan;
  /** One for each step of the plan. */
  readonly seconds: readonly StepSeconds[];
  readonly wall: WallOf;
  /** When each step starts in a build in which the given ones run. */
  readonly starts: (running: ReadonlySet<number>) => readonly number[];
  readonly volatile: readonly VolatileArgument[];
  /** Undefined where nobody was asked. */
  readonly history: HistoryAnswer | undefined;
  /** Asked where there is no history. */
  readonly edits: () => TypicalEdits;
  readonly notes: readonly string[];
}

const longestName = 60;

/** A step in a few words: `RUN npm ci`. */
function nameOf({ step }: BuildStep): string {
  const text = textOf(step.instruction);
  return text.length > longestName ? `${text.slice(0, longestName - 1)}…` : text;
}

function listed(names: readonly string[]): string {
  const [first = '', ...more] = names;
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

/** `without RUN ./build.sh, whose time is unknown`; undefined where all times are known. */
function withoutUnknown(parts: ReplayParts, unknown: readonly number[]): string | undefined {
  const names = [...new Set(unknown)].sort((a, b) => a - b).flatMap((i) => parts.plan.steps[i] ?? []);
  if (names.length === 0) return undefined;
  return `without ${listed(names.map(nameOf))}, whose ${names.length === 1 ? 'time is' : 'times are'} unknown`;
}

function countCommits(groups: readonly Played[], has: (group: Played) => boolean): number {
  return groups.reduce((sum, group) => sum + (has(group) ? group.commits.length : 0), 0);
}

/** Seconds that each step takes over all commits together: which one a sum rests on most. */
function dearest(parts: ReplayParts, counts: readonly number[]): string | undefined {
  const weights = parts.plan.steps.map((_, i) => (counts[i] ?? 0) * (parts.seconds[i]?.value ?? 0));
  const most = Math.max(0, ...weights);
  const index = weights.indexOf(most);
  const step = parts.plan.steps[index];
  const source = parts.seconds[index]?.source;
  return most === 0 || step === undefined || source === undefined ? undefined : `${nameOf(step)}: ${source}`;
}

function phrase(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('; ');
}

function commitsText(count: number): string {
  return `${counted(count, 'commit')} replayed`;
}

/** What a mean rests on: the weakest basis of rebuilds that make up a tenth of it. */
function basisOfMean(groups: readonly Played[]): Basis {
  const weight = ({ commits, time }: Played): number => commits.length * time.value;
  const sum = (of: readonly Played[]): number => of.reduce((all, group) => all + weight(group), 0);
  const total = sum(groups);
  const worth = groups.filter(({ basis }) => {
    const alike = groups.filter((other) => weakest(other.basis) === weakest(basis));
    return total === 0 || sum(alike) >= worthMentioning * total;
  });
  return weakest(worth.flatMap(({ basis }) => basis));
}

/** What a percentile rests on: the rebuilds it is taken from. */
function basisOfPercentile(groups: readonly Played[], { value, low, high }: Range): Basis {
  const from = groups.filter(({ time }) => time.value === value || time.low === low || time.high === high);
  return weakest(from.flatMap(({ basis }) => basis));
}

function rebuildTime(parts: ReplayParts, groups: readonly Played[]): RebuildTime {
  const total = countCommits(groups, () => true);
  const weights = groups.map(({ commits }) => commits.length);
  const ranges = groups.map(({ time }) => time);
  const unknown = groups.flatMap((group) => group.unknown);
  const bases: readonly Basis[] = groups.flatMap((group) => group.basis);
  const without = withoutUnknown(parts, unknown);
  if (bases.length === 0 && without !== undefined) {
    const none = unknownSeconds(`nobody knows how long ${listed(unknownNames(parts, unknown))} takes`);
    return { mean: none, p50: none, p90: none };
  }
  const counts = parts.plan.steps.map((_, i) =>
    countCommits(groups, ({ reruns }) => reruns.some(({ step }) => step === i)),
  );
  const source = phrase([commitsText(total), dearest(parts, counts), without]);
  const percentile = (share: number): StepSeconds => {
    const range = percentileOf(ranges, weights, share);
    return estimated(range, basisOfPercentile(groups, range), source);
  };
  return {
    mean: estimated(meanOf(ranges, weights), basisOfMean(groups), source),
    p50: percentile(0.5),
    p90: percentile(0.9),
  };
}

function unknownNames(parts: ReplayParts, unknown: readonly number[]): readonly string[] {
  return [...new Set(unknown)]
    .sort((a, b) => a - b)
    .flatMap((i) => parts.plan.steps[i] ?? [])
    .map(nameOf);
}

/** The time of a build in which the given steps run, with what it rests on. */
function buildSeconds(
  parts: ReplayParts,
  running: ReadonlySet<number>,
  why: string | undefined,
): StepSeconds {
  const { seconds, unknown } = parts.wall(running);
  const counts = parts.plan.steps.map((_, i) => (running.has(i) ? 1 : 0));
  const without = withoutUnknown(parts, unknown);
  if (seconds.value === null || (without !== undefined && unknown.length === running.size)) {
    return unknownSeconds(`nobody knows how long ${listed(unknownNames(parts, unknown))} takes`);
  }
  const source = phrase([why, dearest(parts, counts), without]);
  return estimated(rangeOf(seconds), seconds.basis, source);
}

function scenarioOf(
  parts: ReplayParts,
  name: string,
  edit: TypicalEdit | undefined,
  always: ReadonlySet<string>,
): readonly Scenario[] {
  if (edit === undefined) return [];
  const reruns = parts.plan.rerun({ sources: edit.sources, arguments: always });
  const steps = reruns.flatMap(({ step, cached }) => (cached === false ? [step] : []));
  return [
    { name, edit: edit.path, steps, seconds: buildSeconds(parts, new Set(steps), `an edit of ${edit.path}`) },
  ];
}

function scenariosOf(
  parts: ReplayParts,
  always: ReadonlySet<string>,
  clean: StepSeconds,
): readonly Scenario[] {
  const { source, dependency } = parts.edits();
  return [
    ...scenarioOf(parts, 'a source edit', source, always),
    ...scenarioOf(parts, 'a dependency edit', dependency, always),
    { name: 'a clean build', edit: null, steps: [...parts.plan.steps.keys()], seconds: clean },
  ];
}

/** A step of the replay; its causes are worked out when somebody asks. */
function replayedStep(
  parts: ReplayParts,
  groups: readonly Played[],
  index: number,
  { step, node }: BuildStep,
  cleanPath: readonly number[],
  startsAt: number,
): ReplayedStep {
  const rebuilt = (cached: false | 'maybe'): number =>
    countCommits(groups, ({ reruns }) => reruns.some((r) => r.step === index && r.cached === cached));
  const rebuilds = rebuilt(false);
  const decisive = countCommits(groups, ({ critical }) => critical.includes(index));
  let causes: readonly Cause[] | undefined;
  return {
    step,
    node,
    rebuilds,
    maybe: rebuilt('maybe'),
    seconds: parts.seconds[index] ?? unknownSeconds('nobody knows how long it takes'),
    get causes() {
      causes ??= parts.history === undefined ? [] : causesOf(index, groups, parts.history);
      return causes;
    },
    // Where it runs, it decides how long the build takes, more often than not.
    onCriticalPath:
      groups.length === 0 ? cleanPath.includes(index) : decisive > 0 && decisive * 2 >= rebuilds,
    onCleanPath: cleanPath.includes(index),
    startsAt,
  };
}

const off = { kind: 'off', message: 'Git was not asked for the history of this build.' } as const;
const none = { kind: 'no-commits', message: 'There are no commits to replay.' } as const;

/** A build played over the commits of its history or, without one, over a few typical edits. */
export function replayed(parts: ReplayParts): Replay {
  const { plan, history } = parts;
  const reaches = ({ name }: VolatileArgument): boolean =>
    plan.rerun({ sources: new Set(), arguments: new Set([name]) }).length > 0;
  const volatile = parts.volatile.filter(reaches);
  const always = new Set(volatile.map(({ name }) => name));
  const groups = history === undefined ? [] : played(plan, history, always, parts.wall);
  const all = new Set(plan.steps.keys());
  const cleanPath = parts.wall(all).critical;
  const starts = parts.starts(all);
  const clean = buildSeconds(parts, all, 'a build without any cache');
  const newest = history?.commits[0];
  const oldest = history?.commits.at(-1);
  return {
    plan,
    commits:
      newest === undefined || oldest === undefined
        ? null
        : {
            replayed: history?.commits.length ?? 0,
            touching: (history?.commits ?? []).filter(({ touches }) => touches).length,
            rebuilding: countCommits(groups, ({ reruns }) => reruns.some((r) => r.cached === false)),
            newest: newest.id,
            oldest: oldest.id,
          },
    gap: newest !== undefined ? null : (history?.gap ?? (history === undefined ? off : none)),
    steps: plan.steps.map((step, i) => replayedStep(parts, groups, i, step, cleanPath, starts[i] ?? 0)),
    clean,
    rebuild: newest === undefined ? null : rebuildTime(parts, groups),
    scenarios: newest === undefined ? scenariosOf(parts, always, clean) : null,
    secondsOf: (steps) => buildSeconds(parts, steps, undefined),
    volatile,
    played: groups,
    notes: [...(history?.notes ?? []), ...parts.notes],
  };
}
