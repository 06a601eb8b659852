import type { Rebuilds } from '../engine/model.js';
import type { StepSeconds } from '../sim/cost/model.js';
import type { Replay, Saving } from '../sim/replay/model.js';
import { isNoticeable } from '../sim/replay/saving.js';
import { counted } from '../text/counted.js';
import { rangeText, secondsText } from '../text/seconds.js';

/** How many times its low end the high end of a time may be for one number to stand for both. */
const wide = 20;

/** `41 s` where it was measured, else `about 41 s`, or `1 s – 10 min` of what may be anything; undefined where nobody knows. */
export function timeText({ value, low, high, basis }: StepSeconds): string | undefined {
  if (value === null) return undefined;
  if (basis === 'measured') return secondsText(value);
  return low >= 0 && high > low * wide ? rangeText(low, high) : `about ${secondsText(value)}`;
}

/** A time with its range, basis and source, or why there is none. */
export function timeInFull(seconds: StepSeconds): string {
  if (seconds.value === null) return `not known: ${seconds.source}`;
  const { value, low, high, basis, source } = seconds;
  const time = `${basis === 'measured' ? '' : 'about '}${secondsText(value)}`;
  const range = low === high ? '' : ` (${rangeText(low, high)})`;
  return `${time}${range}, ${basis}: ${source}`;
}

/** `Re-ran in 83 of the last 100 commits, about 41 s each.`; undefined where it never did or nobody knows. */
export function payText(rebuilds: Rebuilds | null): string | undefined {
  if (rebuilds === null || rebuilds.affected === 0) return undefined;
  const { affected, of, seconds } = rebuilds;
  const time = timeText(seconds);
  return `Re-ran in ${affected} of the last ${counted(of, 'commit')}${time === undefined ? '' : `, ${time} each`}.`;
}

/** `saves about 31 s per commit`, `may save …` where that is not sure; undefined where the replay shows no such thing. */
export function savingText(saving: Saving | undefined): string | undefined {
  const saved = saving?.saved;
  if (saved === undefined || saved.value === null || saved.value <= 0 || !isNoticeable(saved.value)) {
    return undefined;
  }
  return `${saved.low > 0 ? 'saves' : 'may save'} ${timeText(saved)} per commit`;
}

/** What a stage costs, for the line above it; undefined for a stage without steps. */
export function stageText(replay: Replay, fixed: Replay | undefined, stage: number): string | undefined {
  const own = stepsOfStage(replay, stage);
  if (own.length === 0) return undefined;
  const { commits } = replay;
  if (commits === null) {
    const time = togetherText(replay, new Set(own));
    const clean = time === undefined ? '' : `, ${time} without cache`;
    return `${counted(own.length, 'step')}${clean}`;
  }
  const again = typical(replay, own, false);
  const perhaps = typical(replay, own, true);
  const steps = counted(own.length, 'step');
  if (perhaps.size === 0) return `None of ${steps} re-runs on a typical commit`;
  const many = again.size === perhaps.size ? `${again.size}` : `${again.size} to ${perhaps.size}`;
  const run = `${many} of ${steps} ${perhaps.size === 1 ? 're-runs' : 're-run'} on a typical commit`;
  if (again.size === 0) return run;
  const before = replay.secondsOf(again);
  const time = togetherText(replay, again);
  const after = fixed && afterFixes(replay, again, fixed, stageLabel(replay, stage), before);
  const [cost, saved] = [
    time === undefined ? '' : `, ${time}`,
    after === undefined ? '' : `; with fixes ${after}`,
  ];
  return `${run}${cost}${saved}`;
}

/** What steps take together; those of which nobody knows the time come on top. */
function togetherText(replay: Replay, steps: ReadonlySet<number>): string | undefined {
  const seconds = replay.secondsOf(steps);
  const open = [...steps].some((i) => {
    const own = replay.steps[i]?.seconds;
    return own?.value === null || own?.atLeast === true;
  });
  return open && seconds.value !== null ? `at least ${secondsText(seconds.value)}` : timeText(seconds);
}

function stepsOfStage({ steps }: Replay, stage: number): readonly number[] {
  return steps.flatMap(({ node }, i) => (node.stage.index === stage ? [i] : []));
}

function stageLabel({ steps }: Replay, stage: number): string | undefined {
  return steps.find(({ node }) => node.stage.index === stage)?.node.stage.label;
}

/** Those of `own` that most commits re-ran for sure, or with `perhaps` may have. */
function typical({ steps, commits }: Replay, own: readonly number[], perhaps: boolean): ReadonlySet<number> {
  const half = (commits?.replayed ?? 0) / 2;
  const times = (i: number): number => (steps[i]?.rebuilds ?? 0) + (perhaps ? (steps[i]?.maybe ?? 0) : 0);
  return new Set(own.filter((i) => times(i) > half));
}

/** Commits that re-ran all of `steps`. */
function commitsOf({ played }: Replay, steps: ReadonlySet<number>): ReadonlySet<string> {
  const hit = played.filter(({ reruns }) => {
    const ran = new Set(reruns.flatMap(({ step, cached }) => (cached === false ? [step] : [])));
    return [...steps].every((step) => ran.has(step));
  });
  return new Set(hit.flatMap(({ commits }) => commits.map(({ id }) => id)));
}

/** Those of `own` that most of `commits` re-ran, or may have. */
function mostlyRun(
  { played }: Replay,
  own: readonly number[],
  commits: ReadonlySet<string>,
): ReadonlySet<number> {
  const times = (step: number): number =>
    played
      .filter(({ reruns }) => reruns.some((rerun) => rerun.step === step))
      .reduce((sum, group) => sum + group.commits.filter(({ id }) => commits.has(id)).length, 0);
  return new Set(own.filter((step) => times(step) * 2 > commits.size));
}

/**
 * What a stage takes after the fixes on the commits that re-run `again` of it now, which take `before`; undefined where that
 * is no less, or cannot be told.
 */
function afterFixes(
  replay: Replay,
  again: ReadonlySet<number>,
  fixed: Replay,
  label: string | undefined,
  before: StepSeconds,
): string | undefined {
  const stage = fixed.steps.find(({ node }) => node.stage.label === label)?.node.stage.index;
  const commits = commitsOf(replay, again);
  if (stage === undefined || before.value === null || commits.size === 0) return undefined;
  const left = mostlyRun(fixed, stepsOfStage(fixed, stage), commits);
  if (left.size === 0) return 'none';
  const after = fixed.secondsOf(left);
  if (after.value === null || after.value > before.value || !isNoticeable(before.value - after.value)) {
    return undefined;
  }
  return timeText(after);
}
