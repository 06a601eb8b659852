import type { FixForm } from '../fixes/proven.js';
import type { Build } from '../project/build.js';
import type { Thresholds } from '../project/config.js';
import type { Estimate } from '../project/estimate.js';
import type { Snapshot } from '../project/snapshot.js';
import type { ShellOf, StageGraph, Step } from '../sim/model.js';
import type { ComposeFile, ComposeProject } from '../syntax/compose/model.js';
import type { Dockerfile } from '../syntax/dockerfile/model.js';
import type { IgnoreFile } from '../syntax/dockerignore/model.js';
import type { Change } from '../text/edit.js';
import type { Span } from '../text/span.js';

export type { Change, Estimate };

export type Severity = 'error' | 'warning' | 'information' | 'hint';
/** The smallest profile that shows a rule: default ⊂ thorough ⊂ everything. */
export type Profile = 'default' | 'thorough' | 'everything';
/** See ARCHITECTURE.md: `safe` must be earned. */
export type Applicability = 'safe' | 'unsafe' | 'manual';

export interface Fix {
  /** A full phrase that says the effect. */
  readonly title: string;
  readonly applicability: Applicability;
  /** Of a fix that brings manifests to an install: how, since each way is proven by builds of its own. */
  readonly form?: FixForm;
  /** Forms that it makes use of besides. */
  readonly besides?: readonly FixForm[];
  /** Does what the other fixes of the finding do and more: where unsafe fixes are wanted, this one is taken. */
  readonly fuller?: true;
  /** Text of the file that it writes a second time, as it is: a fix that changes it has to come before or after. */
  readonly repeats?: readonly Span[];
  /** What it brings (a build that works, a smaller image) is worth rebuilds that take longer. */
  readonly mayTakeLonger?: true;
  /** Computed only when someone asks. */
  readonly changes: () => readonly Change[];
}

export interface Related {
  /** Absolute; the finding's own file when left out. */
  readonly path?: string;
  readonly at: Span;
  readonly message: string;
  /** The same is wrong there, told once: an editor offers the fix there as well. */
  readonly same?: true;
}

/** What a rule yields. It belongs to the file that is linted; `at` is a span of that file's text. */
export interface RuleFinding {
  readonly at: Span;
  /** One sentence: what is wrong, with the number where there is one. */
  readonly message: string;
  /** Only for a rule whose metadata lists several severities. */
  readonly severity?: Severity;
  readonly related?: readonly Related[];
  /** Null or left out where nothing was simulated. Rebuilds are not the rule's to number: see `pays`. */
  readonly impact?: Impact | null;
  /** Steps that run again because of it, the dearest first: the engine puts the numbers of the replay to them. */
  readonly pays?: readonly Step[];
  /** `unnecessary`: text that does nothing, shown faded. */
  readonly tags?: readonly 'unnecessary'[];
  readonly fixes?: readonly Fix[];
}

/** What a finding costs. */
export interface Impact {
  readonly rebuildSecondsSaved: Estimate | null;
  /** Bytes that no longer travel once the first fix (or, without one, the advice) is followed. */
  readonly bytesSaved: Estimate | null;
  readonly commits: { readonly affected: number; readonly of: number } | null;
  /** One sentence: how this was worked out. */
  readonly why: string;
}

export interface RuleMeta {
  /** Kebab case; names the problem, never the remedy. The file's name. */
  readonly id: string;
  /** The severity of its findings; a list where findings of one rule differ, the gravest first. */
  readonly severity: Severity | readonly [Severity, Severity, ...Severity[]];
  readonly profile: Profile;
  /** The version that brought it. */
  readonly since: string;
  readonly fixes: 'always' | 'sometimes' | 'never';
  /** One sentence for lists and tables. */
  readonly summary: string;
  /** Checks of other tools that say the same, e.g. `hadolint DL3009`: their ignore comments count for ours. */
  readonly peers?: readonly string[];
}

export interface DockerfileContext {
  /** Absolute path of the Dockerfile. */
  readonly path: string;
  readonly dockerfile: Dockerfile;
  /** The stages as `build` builds them. */
  readonly graph: StageGraph;
  readonly shell: ShellOf;
  /** The build that decides (order of CLI.md), and all that use this file, it included. */
  readonly build: Build;
  readonly builds: readonly Build[];
  /** Whether git may be asked, and somebody waits for what it says. */
  readonly asksGit: boolean;
  /** From which size on, in bytes, a build context is worth a note, and a warning. */
  readonly thresholds: Thresholds;
  readonly snapshot: Snapshot;
}

export interface ComposeContext {
  /** Absolute path of the file. */
  readonly path: string;
  readonly file: ComposeFile;
  /** The file with its overrides, includes and extends: what `docker compose` would run. */
  readonly project: ComposeProject;
  readonly snapshot: Snapshot;
}

export interface IgnoreContext {
  /** Absolute path of the ignore file. */
  readonly path: string;
  readonly ignore: IgnoreFile;
  /** Builds of the project that read this file. */
  readonly builds: readonly Build[];
  /** Builds of the project whose context or Dockerfile makes one think that they read it, though they don't. */
  readonly others: readonly Build[];
  /** What reads the steps of a Dockerfile that one of the builds uses. */
  readonly shell: (dockerfile: Dockerfile) => ShellOf;
  readonly snapshot: Snapshot;
}

export interface DockerfileRule {
  readonly kind: 'dockerfile';
  readonly meta: RuleMeta;
  readonly check: (context: DockerfileContext) => Iterable<RuleFinding>;
}

export interface ComposeRule {
  readonly kind: 'compose';
  readonly meta: RuleMeta;
  readonly check: (context: ComposeContext) => Iterable<RuleFinding>;
}

export interface IgnoreRule {
  readonly kind: 'dockerignore';
  readonly meta: RuleMeta;
  readonly check: (context: IgnoreContext) => Iterable<RuleFinding>;
}

export type Rule = DockerfileRule | ComposeRule | IgnoreRule;

/** A rule as the engine runs it: its category is the folder it lies in, added by the generated index. */
export type RegisteredRule = Rule & { readonly category: string };

/** A rule over one Dockerfile and the build that decides for it. */
export function dockerfileRule(meta: RuleMeta, check: DockerfileRule['check']): DockerfileRule {
  return { kind: 'dockerfile', meta, check };
}

/** A rule over one compose file and the project it belongs to. */
export function composeRule(meta: RuleMeta, check: ComposeRule['check']): ComposeRule {
  return { kind: 'compose', meta, check };
}

/** A rule over one ignore file and the builds that read it. */
export function ignoreRule(meta: RuleMeta, check: IgnoreRule['check']): IgnoreRule {
  return { kind: 'dockerignore', meta, check };
}
