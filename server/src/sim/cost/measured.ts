import type { Estimate } from '../../project/estimate.js';
import type { MeasuredBuild } from '../../project/measured.js';
import type { Built } from '../context/built.js';
import type { Step } from '../model.js';
import { matchBuild } from './match.js';
import { estimate } from './ranges.js';

/** The newest runs of a step tell most of it. */
const mostRuns = 9;

/** How far one run alone may lie from the next, as a share: what equal builds of our own differed by. */
const spreadOfOne = 0.2;

/** Half of what plain progress rounds to, seconds. */
const rounding = 0.05;

/** Fewer of the steps than this, and a log is one of another Dockerfile. */
const leastShare = 1 / 3;

interface Run {
  readonly seconds: number;
  readonly build: MeasuredBuild;
}

/**
 * Seconds of the steps that ran in builds measured (the newest first): the median of the runs, from the shortest to the
 * longest. A step whose text changed since has none, and a log of another Dockerfile tells nothing.
 */
export function measuredSeconds(
  built: Built,
  measured: readonly MeasuredBuild[],
): ReadonlyMap<Step, Estimate> {
  const runs = new Map<Step, Run[]>();
  for (const build of measured) {
    const { steps, found, of } = matchBuild(build, built);
    if (found < of * leastShare) continue;
    for (const [step, ones] of steps) {
      // In a build for several platforms the slowest is the one that is waited for.
      const seconds = Math.max(...ones.map((one) => one.seconds ?? -1));
      const known = runs.get(step) ?? [];
      if (seconds >= 0 && known.length < mostRuns) runs.set(step, [...known, { seconds, build }]);
    }
  }
  return new Map([...runs].map(([step, all]) => [step, summary(all)]));
}

function summary(runs: readonly Run[]): Estimate {
  const sorted = runs.map(({ seconds }) => seconds).sort((a, b) => a - b);
  const value = median(sorted);
  const [low, high] =
    sorted.length === 1
      ? [value * (1 - spreadOfOne) - rounding, value * (1 + spreadOfOne) + rounding]
      : [sorted[0] ?? value, sorted.at(-1) ?? value];
  return estimate({ low: Math.max(0, low), value, high }, 'measured', sourceOf(runs));
}

/** The middle of numbers in order; of an even count the mean of the two in the middle. */
function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const above = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? (above + (sorted[middle - 1] ?? above)) / 2 : above;
}

/** `build.log of 2026-11-20, 3 runs`. */
function sourceOf(runs: readonly Run[]): string {
  const [newest] = runs;
  if (newest === undefined) return '';
  const { origin, started } = newest.build;
  const day = started === null ? '' : ` of ${started.slice(0, 10)}`;
  return `${origin}${day}${runs.length > 1 ? `, ${runs.length} runs` : ''}`;
}
