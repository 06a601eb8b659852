import type { Basis } from '../../project/estimate.js';
import type { HistoryGap, ReplayedCommit } from '../../project/history.js';
import type { MeasuredBuild } from '../../project/measured.js';
import type { VolatileArgument } from '../../project/volatile.js';
import type { BuildStep, CachePlan, Rerun } from '../cache/model.js';
import type { StepSeconds } from '../cost/model.js';

/** What the numbers are to rest on. */
export interface ReplayWish {
  /** At most so many commits; 0 asks no history. */
  readonly commits: number;
  readonly since: string | null;
  /** Builds that were measured, the newest first. */
  readonly measured: readonly MeasuredBuild[];
}

/** Why a step ran again: a folder or file of the context, or an argument. */
export interface Cause {
  readonly kind: 'file' | 'argument';
  /** Relative to the context, folders end in `/`; or the name of the argument. */
  readonly name: string;
  readonly commits: number;
}

export interface ReplayedStep extends BuildStep {
  /** Commits that surely re-ran it, and those that may have; 0 without history. */
  readonly rebuilds: number;
  readonly maybe: number;
  readonly seconds: StepSeconds;
  /** Most commits first; the first 5. */
  readonly causes: readonly Cause[];
  /** Of the mean rebuild, or of a clean build where there is no history. */
  readonly onCriticalPath: boolean;
  /** In a clean build. */
  readonly onCleanPath: boolean;
  /** When it starts in a clean build, seconds from the start of the build. */
  readonly startsAt: number;
}

/** Commits that touch the same sources, and so re-run the same steps. */
export interface Played {
  readonly commits: readonly ReplayedCommit[];
  readonly reruns: readonly Rerun[];
  /** Seconds of the rebuild after each of them; steps whose time nobody knows are left out. */
  readonly time: { readonly value: number; readonly low: number; readonly high: number };
  /** Indices of steps on its critical path, and of those that run without a known time. */
  readonly critical: readonly number[];
  readonly unknown: readonly number[];
  /** What its time rests on; empty where nothing runs, or nothing known. */
  readonly basis: readonly Basis[];
}

/** Seconds of a rebuild over all replayed commits; one that re-runs nothing counts as 0. */
export interface RebuildTime {
  readonly mean: StepSeconds;
  readonly p50: StepSeconds;
  readonly p90: StepSeconds;
}

/** What stands in for history. */
export interface Scenario {
  /** `a source edit`, `a dependency edit`, `a clean build`. */
  readonly name: string;
  /** The file that stands for all others, relative to the context; null for a clean build. */
  readonly edit: string | null;
  /** Indices of the steps that run. */
  readonly steps: readonly number[];
  readonly seconds: StepSeconds;
}

/** A build played over the project's last commits. */
export interface Replay {
  readonly plan: CachePlan;
  /** Null without history: `gap` says why. */
  readonly commits: {
    readonly replayed: number;
    /** Changed something that is sent to the builder. */
    readonly touching: number;
    /** Re-ran a step for sure. */
    readonly rebuilding: number;
    /** Object names of the newest and the oldest. */
    readonly newest: string;
    readonly oldest: string;
  } | null;
  readonly gap: { readonly kind: HistoryGap; readonly message: string } | null;
  /** In the order of `plan.steps`. */
  readonly steps: readonly ReplayedStep[];
  readonly clean: StepSeconds;
  /** Null without history. */
  readonly rebuild: RebuildTime | null;
  /** Null with history. */
  readonly scenarios: readonly Scenario[] | null;
  /** Wall time of a build in which just these steps run (indices into `plan.steps`). */
  secondsOf(steps: ReadonlySet<number>): StepSeconds;
  /** Arguments that change by themselves and reach a step. */
  readonly volatile: readonly VolatileArgument[];
  /** The commits, those together that touch the same sources; empty without history. */
  readonly played: readonly Played[];
  /** What the numbers rest on and what limits them, one sentence each. */
  readonly notes: readonly string[];
}

/** What a change saves. */
export interface Saving {
  readonly before: RebuildTime;
  readonly after: RebuildTime;
  /** Seconds of a mean rebuild; unknown where nobody knows how long any of its steps takes. */
  readonly saved: StepSeconds;
  /** Of the mean rebuild, 0–100; below 0 where it becomes dearer; null where it is unknown. */
  readonly percent: number | null;
  /** Commits after which there would have been noticeably less to do, of those replayed. */
  readonly commits: { readonly affected: number; readonly of: number };
  /** Commits that surely ran a step again, before or after, whichever is more. */
  readonly rebuilding: number;
  /** How often steps surely ran whose time nobody knows, over all commits. */
  readonly unknownRuns: { readonly before: number; readonly after: number };
}
