import type { UsedSource } from '../context/model.js';
import type { StageNode, Step } from '../model.js';

/** A step that BuildKit reports as one of the build: RUN, COPY, ADD, or WORKDIR other than `/`. */
export interface BuildStep {
  readonly step: Step;
  readonly node: StageNode;
}

/** `maybe`: not decidable without building. */
export type Cached = true | false | 'maybe';

/** Kinds of CLI.md. */
export type BecauseKind =
  | 'file'
  | 'mode'
  | 'ignore'
  | 'argument'
  | 'environment'
  | 'user'
  | 'workdir'
  | 'shell'
  | 'mount'
  | 'secret'
  | 'instruction'
  | 'parent'
  | 'base'
  | 'new';

/** Why a step runs again, or might. */
export interface Because {
  readonly kind: BecauseKind;
  /** What it is about: a path relative to the context, the name of an argument, …; one sentence for a `maybe`. */
  readonly detail: string;
  /** For `parent`: 0-based line of the step it inherits the miss from; null otherwise. */
  readonly parentLine: number | null;
}

export interface StepVerdict extends BuildStep {
  readonly cached: Cached;
  /** Null for a step that is cached. */
  readonly because: Because | null;
}

/** One path of a context, with all of it that decides about cache keys (SPEC C1). */
export interface ContextEntry {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Permission bits. */
  readonly mode: number;
  /** Two are equal exactly where the bytes are (the target, of a link); undefined where nobody knows, which equals nothing but itself on the same path. */
  readonly content: string | undefined;
}

/** What changed between two builds of one Dockerfile with one ignore file. */
export interface Touched {
  /** Sources whose selected files differ: indices into `CachePlan.sources`. */
  readonly sources: ReadonlySet<number>;
  /** Build arguments that have another value. */
  readonly arguments: ReadonlySet<string>;
}

/** What a re-run goes back to. */
export type Root =
  | { readonly kind: 'source'; readonly source: number }
  | { readonly kind: 'argument'; readonly name: string };

/** A step that runs again, or may. */
export interface Rerun {
  /** Index into `CachePlan.steps`. */
  readonly step: number;
  readonly cached: false | 'maybe';
  readonly because: Because;
  /** All that it goes back to, each once. */
  readonly roots: readonly Root[];
}

/** A build, ready to be asked what runs again. */
export interface CachePlan {
  /** In the order of CLI.md: by stage, then by line. */
  readonly steps: readonly BuildStep[];
  /** What its steps take from the context, in the order of `contextNeeds`. */
  readonly sources: readonly UsedSource[];
  /** Steps that run again, in the order of `steps`. */
  rerun(touched: Touched): readonly Rerun[];
}
