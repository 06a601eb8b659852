import type { LineIndex } from '../../text/lines.js';
import type { MappedText } from '../../text/mapped.js';
import type { Span } from '../../text/span.js';
import type { Problem } from '../problem.js';

/** A Dockerfile as BuildKit's parser reads it, with every part at its place in the text. */
export interface Dockerfile {
  readonly text: string;
  readonly lines: LineIndex;
  /** The line continuation character: `\`, or a backtick by `# escape=`. */
  readonly escape: '\\' | '`';
  readonly directives: readonly Directive[];
  /** Value of `# syntax=`, undefined without one. */
  readonly syntax: string | undefined;
  /** Every comment line, those inside continued instructions too (not those in heredoc bodies, not directives). */
  readonly comments: readonly Comment[];
  /** All instructions in order, FROM included; triggers of ONBUILD are inside their ONBUILD only. */
  readonly instructions: readonly Instruction[];
  /** The ARGs before the first FROM. */
  readonly globalArgs: readonly ArgInstruction[];
  readonly stages: readonly Stage[];
  readonly problems: readonly Problem[];
}

export interface Directive {
  readonly name: string;
  readonly value: string;
  readonly span: Span;
}

export interface Comment {
  /** From `#` to the end of the line, line ending excluded. */
  readonly span: Span;
  /** The text after `#`, not trimmed. */
  readonly text: string;
}

export interface Stage {
  readonly index: number;
  readonly from: FromInstruction;
  /** The name after AS as written, undefined without one. Names are compared without case. */
  readonly name: string | undefined;
  /** The name in lower case, else `stage-K`, as BuildKit prints it. */
  readonly label: string;
  /** The stage's instructions after FROM. */
  readonly instructions: readonly Instruction[];
  /** From FROM to the end of its last instruction, heredoc bodies included. */
  readonly span: Span;
}

/** One argument: quotes and escapes undone, continuations joined, variables not yet expanded. */
export interface Word {
  /**
   * As written, continuations joined, quotes kept: what variable expansion has to see. In a JSON array the decoded
   * string, for that is what BuildKit expands; the span then holds the quotes too.
   */
  readonly raw: string;
  /** Without quotes and escapes; `$` stays (see `expand`). */
  readonly value: string;
  readonly span: Span;
}

/** `--name=value` or `--name` before the arguments. */
export interface Flag {
  /** Without the dashes, as written. */
  readonly name: string;
  /** Undefined for a flag without `=`. */
  readonly value: string | undefined;
  readonly span: Span;
  readonly valueSpan: Span | undefined;
}

export interface MountOption {
  readonly key: string;
  /** Undefined for a bare key such as `rw`. */
  readonly value: string | undefined;
  readonly span: Span;
}

/** `RUN --mount=…`, after BuildKit's CSV reading (quoted fields such as `"target=/x,y"` are one option). */
export interface Mount {
  readonly flag: Flag;
  /** `bind` when not given. */
  readonly type: string;
  readonly source: string | undefined;
  readonly target: string | undefined;
  readonly from: string | undefined;
  readonly id: string | undefined;
  readonly sharing: string | undefined;
  readonly options: readonly MountOption[];
}

export interface Heredoc {
  /** The word after `<<`, without quotes. */
  readonly delimiter: string;
  /** A quoted delimiter: no expansion in the body. */
  readonly quoted: boolean;
  /** `<<-`: leading tabs of the body are dropped. */
  readonly stripTabs: boolean;
  /** `3<<EOF` gives 3; 0 when not given. */
  readonly fileDescriptor: number;
  /** The `<<EOF` token itself. */
  readonly span: Span;
  /** From the line after the instruction to just before the terminator line. */
  readonly bodySpan: Span;
  /** The body, tabs stripped where `<<-` asks for it and the CR of CRLF left out, each line with its place in the document. */
  readonly body: MappedText;
  /** Undefined where the file ends before the terminator. */
  readonly terminatorSpan: Span | undefined;
}

interface InstructionBase {
  /** Upper case. */
  readonly keyword: string;
  readonly keywordSpan: Span;
  /** From the keyword to the last character of its last line; heredoc bodies are not part of it. */
  readonly span: Span;
  /** `span` with its heredoc bodies and terminators: what has to move when the instruction moves. */
  readonly fullSpan: Span;
  /** As written with continuations joined and comment lines dropped, of a heredoc the first line only: the `instruction` of the JSON. */
  readonly text: string;
  readonly flags: readonly Flag[];
  /** The arguments after the flags as one text: continuations and comment lines dropped. */
  readonly body: MappedText;
  readonly heredocs: readonly Heredoc[];
  /** Index of its stage; undefined before the first FROM. */
  readonly stage: number | undefined;
}

export interface FromInstruction extends InstructionBase {
  readonly kind: 'FROM';
  /** Undefined for a FROM without argument. */
  readonly image: Word | undefined;
  readonly alias: Word | undefined;
  readonly platform: string | undefined;
}

export interface CommandForm {
  /** `exec`: the JSON form; `shell`: a text for the stage's shell; `heredoc`: `RUN <<EOF`, whose body is the script. */
  readonly form: 'shell' | 'exec' | 'heredoc';
  /** The words of the exec form; empty otherwise. */
  readonly exec: readonly Word[];
  /**
   * The text the shell gets: the arguments, for `heredoc` the body (unless it starts with `#!`). Where heredocs are fed
   * to a command (`RUN python3 <<EOF`, form `shell`) the command line with their bodies below it, as BuildKit hands it
   * on. Undefined for `exec` and for a `#!` heredoc.
   */
  readonly script: MappedText | undefined;
}

export interface RunInstruction extends InstructionBase, CommandForm {
  readonly kind: 'RUN';
  readonly mounts: readonly Mount[];
}

export interface CommandInstruction extends InstructionBase, CommandForm {
  readonly kind: 'CMD' | 'ENTRYPOINT';
}

export interface CopyInstruction extends InstructionBase {
  readonly kind: 'COPY' | 'ADD';
  /** Without heredoc sources, which are in `heredocs`. */
  readonly sources: readonly Word[];
  readonly destination: Word | undefined;
  /** The value of `--from`. */
  readonly from: string | undefined;
  /** Written as a JSON array. */
  readonly json: boolean;
}

export interface ArgInstruction extends InstructionBase {
  readonly kind: 'ARG';
  readonly declarations: readonly {
    readonly name: string;
    readonly value: Word | undefined;
    readonly span: Span;
  }[];
}

export interface EnvInstruction extends InstructionBase {
  readonly kind: 'ENV';
  /** Both forms, `ENV a=1 b=2` and `ENV a 1`. */
  readonly pairs: readonly { readonly name: string; readonly value: Word; readonly span: Span }[];
}

export interface ShellInstruction extends InstructionBase {
  readonly kind: 'SHELL';
  /** Undefined where it is not the JSON form. */
  readonly command: readonly string[] | undefined;
}

export interface SingleValueInstruction extends InstructionBase {
  readonly kind: 'WORKDIR' | 'USER';
  /** All arguments as one word; undefined without any. */
  readonly value: Word | undefined;
}

export interface OnbuildInstruction extends InstructionBase {
  readonly kind: 'ONBUILD';
  readonly trigger: Instruction | undefined;
}

/** LABEL, EXPOSE, VOLUME, HEALTHCHECK, STOPSIGNAL, MAINTAINER, and keywords nobody knows. */
export interface OtherInstruction extends InstructionBase {
  readonly kind: 'OTHER';
  readonly words: readonly Word[];
}

export type Instruction =
  | FromInstruction
  | RunInstruction
  | CommandInstruction
  | CopyInstruction
  | ArgInstruction
  | EnvInstruction
  | ShellInstruction
  | SingleValueInstruction
  | OnbuildInstruction
  | OtherInstruction;
