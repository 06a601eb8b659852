import type { Estimate } from '../../project/estimate.js';
import type { MeasuredBuild } from '../../project/measured.js';
import { buildSteps } from '../cache/steps.js';
import type { Built } from '../context/built.js';
import { parentOf } from '../lineage.js';
import type { StageNode, Step } from '../model.js';
import { type Matched, matchBuild } from './match.js';
import { estimate } from './ranges.js';

/** The newest runs of a step tell most of it. */
const mostRuns = 9;

/** How far one run alone may lie from the next, as a share: our own estimate for a machine that does little else. */
const spreadOfOne = 0.2;

/** Half of what plain progress rounds to, seconds. */
const rounding = 0.05;

/** Fewer of the steps than this, and a log is one of another Dockerfile. */
const leastShare = 1 / 3;

interface Run {
  readonly seconds: number;
  readonly build: MeasuredBuild;
}

/** The builds measured that are of this Dockerfile, with their steps in it. */
function fitting(
  built: Built,
  measured: readonly MeasuredBuild[],
): readonly { build: MeasuredBuild; matched: Matched }[] {
  return measured
    .map((build) => ({ build, matched: matchBuild(build, built) }))
    .filter(({ matched: { found, of } }) => found > 0 && found >= of * leastShare);
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
  for (const { build, matched } of fitting(built, measured)) {
    for (const [step, ones] of matched.steps) {
      // In a build for several platforms the slowest is the one that is waited for.
      const seconds = Math.max(...ones.map((one) => one.seconds ?? -1));
      if (seconds >= 0) runs.set(step, [...(runs.get(step) ?? []), { seconds, build }]);
    }
  }
  const own = new Map([...runs].map(([step, all]) => [step, summary(all.slice(0, mostRuns))]));
  return own.size === 0 ? own : withTwins(built, own);
}

/** The steps that one of the builds measured had, whether it ran them or not. */
export function stepsSeen(built: Built, measured: readonly MeasuredBuild[]): ReadonlySet<Step> {
  return new Set(fitting(built, measured).flatMap(({ matched }) => [...matched.steps.keys()]));
}

/** BuildKit runs what is the same in two stages once, and names it by one of them: the others take as long. */
function withTwins(built: Built, own: ReadonlyMap<Step, Estimate>): ReadonlyMap<Step, Estimate> {
  const byStory = new Map<string, Estimate>();
  const stories = new Map<StageNode, string>();
  const all = new Map(own);
  const steps = buildSteps(built.graph, built.dockerfile).map(({ step, node }) => {
    const below = parentOf(built.graph, node);
    const before = stories.get(node) ?? (below && stories.get(below)) ?? node.stage.from.image?.value ?? '';
    const story = `${before}\n${step.instruction.text}`;
    stories.set(node, story);
    const known = own.get(step);
    if (known !== undefined && !byStory.has(story)) byStory.set(story, known);
    return { step, story };
  });
  for (const { step, story } of steps) {
    const twin = byStory.get(story);
    if (twin !== undefined && !all.has(step)) all.set(step, twin);
  }
  return all;
}

/** A RUN that was measured and is no longer in the Dockerfile. */
export interface Leftover {
  readonly stage: string | null;
  readonly name: string;
  readonly measured: Estimate;
}

/** Each RUN that was measured and is no longer in the Dockerfile, once. */
export function measuredLeftovers(built: Built, measured: readonly MeasuredBuild[]): readonly Leftover[] {
  const all = new Map<
    string,
    { readonly stage: string | null; readonly name: string; readonly runs: Run[] }
  >();
  for (const { build, matched } of fitting(built, measured)) {
    for (const { stage, name, seconds } of matched.lost) {
      if (seconds === null || !name.startsWith('RUN ')) continue;
      const key = JSON.stringify([stage, name]);
      const known = all.get(key) ?? { stage, name, runs: [] };
      all.set(key, known);
      known.runs.push({ seconds, build });
    }
  }
  return [...all.values()].map(({ stage, name, runs }) => ({
    stage,
    name,
    measured: summary(runs.slice(0, mostRuns)),
  }));
}

/** What BuildKit does before the first step of every build, one after the other (each for several images at the same time). */
const beforeSteps = [/load build definition/, /resolve image config/, /load metadata/, /load \.dockerignore/];

/** A transfer of no more than this brings next to nothing new. */
const smallTransfer = 1_000_000;

/** What the builds measured began with; undefined where none of them tells. */
export function measuredBeginning(
  built: Built,
  measured: readonly MeasuredBuild[],
): { readonly start: Estimate | undefined; readonly transfer: Estimate | undefined } {
  const builds = fitting(built, measured).map(({ build }) => build);
  const secondsIn = (build: MeasuredBuild, names: readonly RegExp[]): Run[] => {
    const longest = names.flatMap((name) => {
      const found = build.others.filter((other) => name.test(other.name));
      return found.length === 0 ? [] : [Math.max(...found.map(({ seconds }) => seconds))];
    });
    return longest.length === 0 ? [] : [{ build, seconds: longest.reduce((sum, one) => sum + one, 0) }];
  };
  const starts = builds.flatMap((build) => secondsIn(build, beforeSteps));
  const transfers = builds
    .filter(({ contextBytes }) => contextBytes !== null && contextBytes <= smallTransfer)
    .flatMap((build) => secondsIn(build, [/load build context/]));
  const told = (runs: readonly Run[]): Estimate | undefined =>
    runs.length === 0 ? undefined : summary(runs.slice(0, mostRuns));
  return { start: told(starts), transfer: told(transfers) };
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
