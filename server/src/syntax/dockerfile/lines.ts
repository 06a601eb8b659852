import { type MappedText, mappedBuilder } from '../../text/mapped.js';
import type { Span } from '../../text/span.js';
import type { Problem } from '../problem.js';
import { directiveReader } from './directives.js';
import type { Comment, Directive } from './model.js';
import { isSpaceCode } from './space.js';

/** One instruction's lines joined, before anything is made of them. */
export interface LogicalLine {
  /** Continuations joined and comment lines dropped; leading white space gone. */
  readonly joined: MappedText;
  /** From its first character to the last visible one of the last line it takes up. */
  readonly span: Span;
  /** Where the next line begins: the first line of a heredoc body, if it has one. */
  readonly next: number;
}

/** Walks over a Dockerfile's lines as BuildKit's parser does. Lines end at LF only; a CR before it is dropped. */
export interface LineWalker {
  readonly escape: '\\' | '`';
  readonly directives: readonly Directive[];
  readonly comments: Comment[];
  /** The next instruction's lines, undefined at the end of the file. */
  nextInstruction(): LogicalLine | undefined;
  /** The next physical line whatever it holds (for heredoc bodies), undefined at the end of the file. */
  nextRaw(): { readonly start: number; readonly end: number; readonly next: number } | undefined;
}

function firstVisible(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isSpaceCode(text.charCodeAt(at))) at++;
  return at;
}

/** Where the text before the continuation character ends, undefined where the line does not go on. */
function continuationAt(text: string, start: number, end: number, escapeChar: number): number | undefined {
  let at = end;
  while (at > start && (text.charCodeAt(at - 1) === 32 || text.charCodeAt(at - 1) === 9)) at--;
  if (at === start || text.charCodeAt(at - 1) !== escapeChar) return undefined;
  if (at - 1 > start && text.charCodeAt(at - 2) === escapeChar) return undefined;
  return at - 1;
}

/** A walker at the start of `text`; what is wrong goes to `problems`. */
export function lineWalker(text: string, problems: Problem[]): LineWalker {
  const reader = directiveReader(problems);
  const comments: Comment[] = [];
  let position = text.charCodeAt(0) === 0xfeff ? 1 : 0;

  const nextRaw = (): { start: number; end: number; next: number } | undefined => {
    if (position >= text.length) return undefined;
    const start = position;
    const newline = text.indexOf('\n', start);
    const next = newline < 0 ? text.length : newline + 1;
    let end = newline < 0 ? text.length : newline;
    while (end > start && text.charCodeAt(end - 1) === 13) end--;
    position = next;
    return { start, end, next };
  };
  const addComment = (start: number, end: number): void => {
    comments.push({ span: { start, end }, text: text.slice(start + 1, end) });
  };

  const goOn = (builder: ReturnType<typeof mappedBuilder>): number => {
    let last = position;
    for (let line = nextRaw(); line !== undefined; line = nextRaw()) {
      const visible = firstVisible(text, line.start, line.end);
      if (visible < line.end) last = line.end;
      if (text.charCodeAt(visible) === 35 && visible < line.end) {
        addComment(visible, line.end);
        continue;
      }
      if (visible === line.end) continue;
      const cut = continuationAt(text, line.start, line.end, reader.escape.charCodeAt(0));
      builder.add(text.slice(line.start, cut ?? line.end), line.start);
      if (cut === undefined) break;
    }
    return last;
  };

  return {
    get escape() {
      return reader.escape;
    },
    directives: reader.directives,
    comments,
    nextRaw,
    nextInstruction() {
      for (let line = nextRaw(); line !== undefined; line = nextRaw()) {
        const start = firstVisible(text, line.start, line.end);
        if (reader.read(text.slice(start, line.end), start)) continue;
        if (start === line.end) continue;
        if (text.charCodeAt(start) === 35) {
          addComment(start, line.end);
          continue;
        }
        const cut = continuationAt(text, start, line.end, reader.escape.charCodeAt(0));
        const builder = mappedBuilder();
        builder.add(text.slice(start, cut ?? line.end), start);
        let end = line.end;
        if (cut !== undefined) end = Math.max(end, goOn(builder));
        while (end > start && isSpaceCode(text.charCodeAt(end - 1))) end--;
        return { joined: builder.build(), span: { start, end }, next: position };
      }
      return undefined;
    },
  };
}
