import type { Estimate, Unknown } from '../project/estimate.js';
import type { HistoryGap } from '../project/history.js';

/** Everything the impact report shows, for page, terminal and JSON. Plain data: it travels to clients. Lines are 0-based. */
export interface ImpactPicture {
  readonly dockerfile: string;
  readonly context: string;
  /** The stage that is built; null for the last one. */
  readonly target: string | null;
  /** Where the build was found, and one sentence why it is the one. */
  readonly source: string;
  readonly why: string;
  readonly commits: ImpactCommits | null;
  /** Why there is no history; null with it. */
  readonly gap: string | null;
  readonly gapKind: HistoryGap | null;
  readonly stages: readonly ImpactStage[];
  readonly clean: Seconds;
  /** Null without history. */
  readonly rebuild: RebuildSeconds | null;
  readonly scenarios: readonly ImpactScenario[] | null;
  readonly volatile: readonly {
    readonly name: string;
    readonly value: string;
    readonly where: string;
    readonly changes: 'commit' | 'build';
  }[];
  readonly fixes: readonly ImpactFix[];
  /** All fixes together; null where there is none, no history, or nobody knows how long anything takes. */
  readonly allFixes: {
    readonly rebuild: RebuildSeconds;
    readonly savedPercent: number;
    readonly left: number;
  } | null;
  /** The safe ones alone. */
  readonly safeFixes: { readonly rebuild: RebuildSeconds; readonly savedPercent: number } | null;
  readonly measured: readonly ImpactMeasured[];
  readonly notes: readonly string[];
}

export type Seconds = Estimate | Unknown;

export interface RebuildSeconds {
  readonly meanSeconds: Seconds;
  readonly p50Seconds: Seconds;
  readonly p90Seconds: Seconds;
}

export interface ImpactCommits {
  readonly replayed: number;
  readonly touchingContext: number;
  readonly rebuilding: number;
  readonly newest: string;
  readonly oldest: string;
}

export interface ImpactStage {
  readonly label: string;
  readonly line: number;
  readonly steps: readonly ImpactStep[];
}

export interface ImpactStep {
  /** Index among all steps. */
  readonly index: number;
  readonly line: number;
  readonly instruction: string;
  readonly rebuilds: number;
  readonly maybe: number;
  readonly seconds: Seconds;
  /** When it starts in a clean build, seconds from the start of the build; for the timeline. */
  readonly startsAt: number;
  readonly causes: readonly {
    readonly kind: 'file' | 'argument';
    readonly path: string;
    readonly commits: number;
  }[];
  readonly onCriticalPath: boolean;
  readonly onCleanPath: boolean;
}

export interface ImpactScenario {
  readonly name: string;
  /** The file that stands for all others, relative to the context; null for a clean build. */
  readonly edit: string | null;
  readonly steps: readonly number[];
  readonly seconds: Seconds;
}

export interface ImpactFix {
  /** Names the fix when it is to be applied: rule, line and title. */
  readonly id: string;
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly title: string;
  readonly applicability: 'safe' | 'unsafe' | 'manual';
  /** Null without history. */
  readonly rebuild: RebuildSeconds | null;
  readonly savedPercent: number | null;
  /** Commits after which there would have been noticeably less to do. */
  readonly affected: number | null;
  /** How often steps ran whose time nobody knows, over all commits. */
  readonly unknownRuns: { readonly before: number; readonly after: number } | null;
  /** Bytes of context a first build no longer sends. */
  readonly bytesSaved: number | null;
}

/** A build that was measured, for the trend. */
export interface ImpactMeasured {
  readonly id: string;
  readonly started: string | null;
  readonly origin: string;
  readonly seconds: number | null;
  readonly ran: number;
  readonly cached: number;
}
