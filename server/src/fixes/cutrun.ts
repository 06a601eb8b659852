import type { Dockerfile, RunInstruction } from '../syntax/dockerfile/model.js';
import type { ShellCommand } from '../syntax/shell/model.js';
import type { TextEdit } from '../text/edit.js';
import { applyEdits } from '../text/edit.js';
import { dominantEol } from '../text/lines.js';
import { span } from '../text/span.js';

/** Where a RUN is cut. */
export interface Cut {
  readonly commands: readonly ShellCommand[];
  /** The last command of the first part. */
  readonly last: ShellCommand;
  /** Commands of the first part that the second begins with. */
  readonly state: readonly ShellCommand[];
  /** The first command of the second part behind `state`; it may be one of the first part too. */
  readonly next: ShellCommand;
}

/** White space, continuations and comment lines. */
const BLANK = String.raw`(?:[ \t]|[\\\x60][ \t]*\r?\n|\r?\n|[ \t]*#[^\n]*\n)*`;

/** Text ahead of the first command. */
const AHEAD = new RegExp(`^${BLANK}$`);
/** Text between two commands, with one operator behind which the RUN may be cut. */
const BETWEEN = new RegExp(`^${BLANK}(&&|;)${BLANK}$`);
/** Text between two commands of the first part. */
const JOINED = new RegExp(`^${BLANK}(?:&&|;|\\|)${BLANK}$`);

/** Whether the commands of the first part stand in the RUN itself: those inside the quotes of `bash -c "…"` can't be cut off. */
function standFree({ text }: Dockerfile, run: RunInstruction, { commands, last }: Cut): boolean {
  const from = run.flags.at(-1)?.span.end ?? run.keywordSpan.end;
  const part = commands.slice(0, commands.indexOf(last) + 1);
  return part.every(({ span: own }, i) => {
    const before = part[i - 1];
    const gap = text.slice(before?.span.end ?? from, own.start);
    return before === undefined ? AHEAD.test(gap) : JOINED.test(gap);
  });
}

function operatorBehind({ text }: Dockerfile, { commands }: Cut, command: ShellCommand): string | undefined {
  const next = commands[commands.indexOf(command) + 1];
  return next && BETWEEN.exec(text.slice(command.span.end, next.span.start))?.[1];
}

/** Comment lines in what is left out between the two parts. */
function commentsBehind({ text }: Dockerfile, { commands, last }: Cut): readonly string[] {
  const next = commands[commands.indexOf(last) + 1];
  const gap = next === undefined ? '' : text.slice(last.span.end, next.span.start);
  return gap.split(/\r?\n/).flatMap((line) => (/^\s*#/.test(line) ? [line.trim()] : []));
}

/**
 * The two instructions that a RUN is cut into, each with all of its flags; `edits` of the Dockerfile are made in the first.
 * Undefined where the text between two commands is more than one operator.
 */
export function cutRun(
  dockerfile: Dockerfile,
  run: RunInstruction,
  cut: Cut,
  edits: readonly TextEdit[],
): readonly [string, string] | undefined {
  const { text } = dockerfile;
  const { start, end } = run.span;
  const [first] = cut.commands;
  const isEnd = cut.commands.at(-1) === cut.last;
  if (first === undefined || !standFree(dockerfile, run, cut)) return undefined;
  if (!isEnd && operatorBehind(dockerfile, cut, cut.last) === undefined) return undefined;
  const state: string[] = [];
  for (const command of cut.state) {
    const operator = operatorBehind(dockerfile, cut, command);
    if (operator === undefined) return undefined;
    const written = text.slice(command.span.start, command.span.end);
    state.push(operator === ';' ? `${written}; ` : `${written} && `);
  }
  const own = edits.map((edit) => ({
    span: span(edit.span.start - start, edit.span.end - start),
    newText: edit.newText,
  }));
  const again = text.slice(start, first.span.start) + state.join('') + text.slice(cut.next.span.start, end);
  const lines =
    cut.next === cut.commands[cut.commands.indexOf(cut.last) + 1] ? commentsBehind(dockerfile, cut) : [];
  return [applyEdits(text.slice(start, cut.last.span.end), own), [...lines, again].join(dominantEol(text))];
}
