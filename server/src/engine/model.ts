import type { FixForm } from '../fixes/proven.js';
import type { Build } from '../project/build.js';
import type { FileKind, Skipped } from '../project/classify.js';
import type { Thresholds } from '../project/config.js';
import type { MeasuredBuild } from '../project/measured.js';
import type { Applicability, Change, Impact, RegisteredRule, Related, Severity } from '../rules/rule.js';
import type { StepSeconds } from '../sim/cost/model.js';
import type { Step } from '../sim/model.js';
import type { Saving } from '../sim/replay/model.js';
import type { Problem } from '../syntax/problem.js';
import type { ShellParser } from '../syntax/shell/model.js';
import type { LineIndex } from '../text/lines.js';
import type { Span } from '../text/span.js';

export type { FileKind, Skipped };

/** What the engine needs besides the snapshot. Handed in, never global. */
export interface Engine {
  readonly rules: readonly RegisteredRule[];
  /** Undefined until the grammar is loaded: shell rules stay silent until then. */
  readonly shellParser: ShellParser | undefined;
}

/** What the person asked for, over what the project's configuration says. */
export interface LintOptions {
  readonly profile?: 'default' | 'thorough' | 'everything';
  /** Only these rules, whatever the profile. */
  readonly only?: readonly string[];
  /** Severity per rule, over the configuration's. */
  readonly severities?: Readonly<Record<string, Severity | 'off'>>;
  /** Thresholds in bytes, over the configuration's. */
  readonly context?: Partial<Thresholds>;
  /** The build chosen by the person for a Dockerfile (absolute path → `source` of the build). */
  readonly chosenBuilds?: Readonly<Record<string, string>>;
  /** The build that decides for its Dockerfile, whatever the project defines: what a command line asks for. */
  readonly build?: Build;
  /** What numbers about rebuilds rest on; without it nothing is replayed. Measured builds by absolute path of the Dockerfile. */
  readonly rebuilds?: {
    /** At most so many; left out: as the project says, else 200. */
    readonly commits?: number;
    /** Only commits after this revision. */
    readonly since?: string | null;
    readonly measured: Readonly<Record<string, readonly MeasuredBuild[]>>;
  };
}

export interface OfferedFix {
  readonly title: string;
  readonly applicability: Applicability;
  /** How it brings manifests to an install, where it does. */
  readonly form?: FixForm;
  readonly besides?: readonly FixForm[];
  /** Does what the others do and more. */
  readonly fuller?: true;
  /** Text of the file that it writes a second time. */
  readonly repeats?: readonly Span[];
  /** What it brings is worth rebuilds that take longer. */
  readonly mayTakeLonger?: true;
  readonly changes: () => readonly Change[];
  /** What rebuilds cost before and after it; left out until it is verified, and where nothing was replayed. */
  readonly saving?: Saving;
}

/** What steps cost that run again because of a finding. */
export interface Rebuilds {
  /** Commits that surely re-ran one of them, of those replayed. */
  readonly affected: number;
  readonly of: number;
  /** Seconds they take together when they run. */
  readonly seconds: StepSeconds;
}

export interface Finding {
  readonly rule: string;
  readonly category: string;
  readonly severity: Severity;
  readonly message: string;
  readonly at: Span;
  readonly related: readonly (Related & { readonly path: string })[];
  /** As the rule offers them; only what `verify` passes is shown to anyone. */
  readonly fixes: readonly OfferedFix[];
  /** As the rule says it; `impactOf` adds what the replay says. Null where nothing was simulated. */
  readonly impact: Impact | null;
  /** Steps that run again because of it, the dearest first. */
  readonly pays: readonly Step[];
  /** How often they did; null where nothing was replayed or nothing pays. */
  readonly rebuilds: Rebuilds | null;
  /** `unnecessary`: text that does nothing, shown faded. */
  readonly tags: readonly 'unnecessary'[];
}

export interface RuleError {
  readonly rule: string;
  readonly path: string;
  /** Hash of the file's text: enough to find it again, nothing of its content. */
  readonly fileHash: string;
  readonly message: string;
}

/** All the engine has to say about one file. */
export interface FileReport {
  /** Absolute. */
  readonly path: string;
  /** Undefined for a file that is none of ours. */
  readonly kind: FileKind | undefined;
  readonly skipped: Skipped | null;
  readonly problems: readonly Problem[];
  /** Sorted by place, then rule. */
  readonly findings: readonly Finding[];
  readonly suppressed: number;
  readonly errors: readonly RuleError[];
  readonly lines: LineIndex;
  /** For a Dockerfile: the builds that use it, the deciding one first. */
  readonly builds: readonly Build[];
  /** False where a fact was lacking: findings that needed it are held back until it is there. */
  readonly complete: boolean;
}
