import type { SourceQuery } from '../../project/measure.js';
import type { Instruction } from '../../syntax/dockerfile/model.js';
import type { Span } from '../../text/span.js';
import type { Step } from '../model.js';

/** What the reachable stages of a build take from its context (SPEC B1). */
export interface ContextNeeds {
  /** Whether any step refers to the context; if none does BuildKit does not load it. */
  readonly loaded: boolean;
  /** FollowPaths: cleaned, sorted, each once; null where everything is needed. */
  readonly follow: readonly string[] | null;
  /** COPY, ADD and bind mounts, in the order of their stages and lines. */
  readonly uses: readonly ContextUse[];
  /** Instructions with a source that depends on a value we can't know: numbers are then no longer exact. */
  readonly unknown: readonly Instruction[];
}

/** One instruction (or one mount of it) that takes something from the context. */
export interface ContextUse {
  readonly kind: 'copy' | 'add' | 'mount';
  readonly step: Step;
  readonly instruction: Instruction;
  readonly sources: readonly UsedSource[];
}

export interface UsedSource {
  readonly query: SourceQuery;
  /** As written, after expansion, before cleaning: `./src/`, `../x`. */
  readonly written: string;
  /** Its place in the Dockerfile. */
  readonly span: Span;
}
