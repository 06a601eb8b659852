import type { Basis } from '../../project/estimate.js';
import type { BuildStep } from '../cache/model.js';
import type { Built } from '../context/built.js';
import type { Step } from '../model.js';
import { dependenciesOf } from './dependencies.js';
import type { Beginning, StepSeconds, WallTime } from './model.js';
import { estimate, type Range, unknown } from './ranges.js';
import { type Schedule, scheduler } from './schedule.js';

export interface TimerInput {
  readonly built: Built;
  /** As `buildSteps` gives them. */
  readonly steps: readonly BuildStep[];
  readonly seconds: ReadonlyMap<Step, StepSeconds>;
  /** What `beginningOf` says; left out where the steps alone are to count. */
  readonly beginning?: Beginning;
}

/** Wall times of one build, prepared once and asked for many sets of steps. */
export interface WallTimer {
  /** How long a build takes in which the steps `ran` run and all others are cached; 0 where none runs. */
  time(ran: ReadonlySet<number>): WallTime;
  /** When each step starts in such a build, seconds from its start; for one that is cached: when it is reached. */
  startTimes(ran: ReadonlySet<number>): readonly number[];
}

/** From the least sure to the surest. */
const weakestFirst: readonly Basis[] = ['assumed', 'simulated', 'measured'];

/** Share of a sum from which on a basis or a source is worth a word. */
export const worthMentioning = 0.1;

const mostSources = 2;

/**
 * Prepares the wall times of a build (SPEC D): steps wait for their stage so far (COPY --link does not), for the stages
 * they take from and, where they take from the context, for its transfer; cached ones take no time. What nobody knows
 * counts as nothing and is named in `unknown`. What the build begins with comes before all that, where something runs. Pulling
 * images, and exporting at the end, are not part of it.
 */
export function wallTimer({ built, steps, seconds, beginning }: TimerInput): WallTimer {
  const costs = steps.map(({ step }) => seconds.get(step));
  const dependencies = dependenciesOf(built, steps);
  // Where everything runs the builder has nothing of the context yet.
  const sent = (ran: ReadonlySet<number>): StepSeconds | undefined =>
    ran.size === steps.length ? beginning?.transfer?.first : beginning?.transfer?.again;
  const start = beginning?.start;
  const schedule = (pick: (cost: StepSeconds) => number | null) => {
    const amount = (cost: StepSeconds | undefined): number => (cost === undefined ? 0 : (pick(cost) ?? 0));
    const plan = scheduler(dependencies, costs.map(amount), amount(start));
    return (ran: ReadonlySet<number>): Schedule => plan(ran, amount(sent(ran)));
  };
  const likely = schedule(({ value }) => value);
  const lowest = schedule(({ low }) => low);
  const highest = schedule(({ high }) => high);
  return {
    time(ran) {
      const planned = likely(ran);
      const unknownSteps = [...ran].filter((index) => (costs[index]?.value ?? null) === null);
      const critical = criticalPath(planned, ran);
      const range = {
        low: Math.min(lowest(ran).end, planned.end),
        value: planned.end,
        high: Math.max(highest(ran).end, planned.end),
      };
      const before = planned.last === undefined ? [] : [start, planned.waited ? sent(ran) : undefined];
      const parts = [...before, ...critical.map((index) => costs[index])].filter(
        (part) => part !== undefined,
      );
      const [first] = unknownSteps;
      const seconds =
        first !== undefined && unknownSteps.length === ran.size
          ? unknown(costs[first]?.source ?? 'nothing is known of its steps')
          : pathSeconds(range, parts, unknownSteps.length);
      return { seconds, critical, unknown: unknownSteps };
    },
    startTimes: (ran) => [...likely(ran).starts],
  };
}

/** The steps that run on the longest path, from the first. */
function criticalPath({ last, before }: Schedule, ran: ReadonlySet<number>): number[] {
  const path: number[] = [];
  for (let at = last; at !== undefined && at >= 0; at = before[at]) if (ran.has(at)) path.push(at);
  return path.reverse();
}

function pathSeconds(range: Range, parts: readonly StepSeconds[], lacking: number): StepSeconds {
  const total = parts.reduce((sum, { value }) => sum + (value ?? 0), 0);
  // Where all take no time each counts alike.
  const share = (of: readonly StepSeconds[]): number =>
    total === 0 ? of.length : of.reduce((sum, { value }) => sum + (value ?? 0), 0) / total;
  const basis =
    weakestFirst.find((kind) => share(parts.filter((part) => part.basis === kind)) >= worthMentioning) ??
    'assumed';
  const sources = [...new Set(parts.map(({ source }) => source))]
    .map((source) => ({ source, share: share(parts.filter((part) => part.source === source)) }))
    .filter((one) => one.share >= worthMentioning)
    .sort((a, b) => b.share - a.share)
    .slice(0, mostSources)
    .map(({ source }) => source);
  if (lacking > 0)
    sources.push(`at least: nothing is known of ${lacking} ${lacking === 1 ? 'step' : 'steps'} of it`);
  return estimate(range, basis, sources.length === 0 ? 'no step runs' : sources.join('; '));
}
