import type { MappedText } from '../../text/mapped.js';
import type { Span } from '../../text/span.js';

/** What a shell text runs, flat: every simple command in the order it stands, also those inside groups, loops and substitutions. */
export interface ShellScript {
  readonly commands: readonly ShellCommand[];
  /** The parser had to skip something: rules that must be sure stay silent. */
  readonly incomplete: boolean;
}

export interface ShellWord {
  /** Quotes removed. Where `literal` is false this still holds `$x`, `$(…)`, globs as written. */
  readonly value: string;
  /** No expansion, substitution, glob or brace in it: `value` is what the program gets. */
  readonly literal: boolean;
  /** In the document. */
  readonly span: Span;
}

export interface ShellAssignment {
  readonly name: string;
  readonly value: ShellWord | undefined;
  readonly span: Span;
}

export interface ShellRedirect {
  readonly operator: string;
  readonly target: ShellWord | undefined;
  readonly span: Span;
}

export interface ShellCommand {
  /** Command word and arguments; empty for assignments alone. */
  readonly words: readonly ShellWord[];
  /** `NAME=value` in front of the command word. */
  readonly assignments: readonly ShellAssignment[];
  readonly redirects: readonly ShellRedirect[];
  /** What joins it to the command before it in its list: `start` for the first. */
  readonly joined: 'start' | '&&' | '||' | ';' | '|' | '&';
  /** Where it stands: innermost first, e.g. `['if', 'subshell']`; empty at the top level. A `substitution` runs while words of another command are built. */
  readonly inside: readonly (
    | 'if'
    | 'loop'
    | 'case'
    | 'function'
    | 'subshell'
    | 'group'
    | 'substitution'
    | 'negation'
  )[];
  /** In the document, assignments and redirections included. */
  readonly span: Span;
}

/** Parses one shell text. Adapters load the WASM grammar and hand this in; the core only calls it. */
export type ShellParser = (source: MappedText) => ShellScript;
