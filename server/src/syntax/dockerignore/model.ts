import type { LineIndex } from '../../text/lines.js';
import type { Span } from '../../text/span.js';
import type { Problem } from '../problem.js';

/** An ignore file as BuildKit reads it (SPEC A2). */
export interface IgnoreFile {
  readonly text: string;
  readonly lines: LineIndex;
  /** In the order they hold: later ones win. */
  readonly patterns: readonly IgnorePattern[];
  readonly comments: readonly { readonly span: Span; readonly text: string }[];
  /** What makes a build fail: patterns BuildKit refuses, lines it cannot read. */
  readonly problems: readonly Problem[];
}

export interface IgnorePattern {
  /** 0-based line. */
  readonly line: number;
  /** The pattern as written, blanks around it excluded. */
  readonly span: Span;
  /** Cleaned as BuildKit does it, `!` kept: `./foo/` is `foo`. */
  readonly text: string;
  /** Starts with `!`. */
  readonly exception: boolean;
}
