import type { ComposeFile } from '../syntax/compose/model.js';
import type { Dockerfile } from '../syntax/dockerfile/model.js';
import type { IgnoreFile } from '../syntax/dockerignore/model.js';
import type { LineIndex } from '../text/lines.js';
import type { Span } from '../text/span.js';

/** Lines, both included, 0-based. */
export interface LineSpan {
  readonly first: number;
  readonly last: number;
}

/** A comment of a file and the code it is about. */
export interface PlacedComment {
  readonly span: Span;
  /** The text after `#`, not trimmed. */
  readonly text: string;
  /** Its own line. */
  readonly line: number;
  /** Alone on its line, so that the whole line may go. */
  readonly alone: boolean;
  /**
   * The code it is about: the instruction or line below with the comments on the way to it, or its own line for a
   * comment at a line's end. Undefined at the end of a file.
   */
  readonly about: LineSpan | undefined;
  /** A parser directive such as `# check=…`, which counts for the whole file. */
  readonly directive: boolean;
}

/** What suppression needs to know of a file, whatever its kind. */
export interface CommentedFile {
  readonly text: string;
  readonly lines: LineIndex;
  readonly comments: readonly PlacedComment[];
  /** The place above which (or after which) a comment about `at` is written. */
  readonly anchorLine: (at: Span) => number;
}

function linesOf(lines: LineIndex, at: Span): LineSpan {
  const first = lines.positionAt(at.start).line;
  const last = lines.positionAt(Math.max(at.start, at.end - 1)).line;
  return { first, last };
}

/** The lines a finding covers; an empty span covers its line. */
export function findingLines(lines: LineIndex, at: Span): LineSpan {
  return linesOf(lines, at);
}

function isAlone(text: string, lines: LineIndex, line: number, start: number): boolean {
  return /^[\uFEFF\s]*$/.test(text.slice(lines.start(line), start));
}

/** The first line after `line` that is no comment; undefined past the end of the file. */
function codeBelow(line: number, commentLines: ReadonlySet<number>, lines: LineIndex): number | undefined {
  let next = line + 1;
  while (commentLines.has(next)) next++;
  return next < lines.count ? next : undefined;
}

/** The lines of the instruction that has `line` among them, heredoc bodies included. Instructions stand in order. */
function instructionLines({ instructions, lines }: Dockerfile, line: number): LineSpan | undefined {
  let low = 0;
  let high = instructions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const span = instructions[middle]?.fullSpan;
    const own = span === undefined ? { first: line, last: line } : linesOf(lines, span);
    if (own.first <= line && line <= own.last) return own;
    if (own.last < line) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

/** The comments of a Dockerfile: one above an instruction is about the whole of it, one inside is about the next line. */
export function dockerfileComments(file: Dockerfile): CommentedFile {
  const { text, lines } = file;
  const written = [
    ...file.comments.map((c) => ({ span: c.span, text: c.text, directive: false })),
    ...file.directives.map((d) => ({ span: d.span, text: `${d.name}=${d.value}`, directive: true })),
  ];
  const commentLines = new Set(written.map((c) => lines.positionAt(c.span.start).line));
  const comments = written.map((comment): PlacedComment => {
    const line = lines.positionAt(comment.span.start).line;
    const next = codeBelow(line, commentLines, lines);
    const below = next === undefined ? undefined : instructionLines(file, next);
    const about =
      next === undefined || below === undefined
        ? undefined
        : below.first === next
          ? { first: line + 1, last: below.last }
          : { first: line + 1, last: next };
    return { ...comment, line, alone: true, about };
  });
  return {
    text,
    lines,
    comments,
    anchorLine(at) {
      const line = lines.positionAt(at.start).line;
      return instructionLines(file, line)?.first ?? line;
    },
  };
}

/** The comments of a Compose file: about their own line at a line's end, else about the line below. */
export function composeComments(file: ComposeFile): CommentedFile {
  const { text, lines } = file;
  const placed = file.comments.map((comment) => {
    const line = lines.positionAt(comment.span.start).line;
    // Compose comments come with their `#`.
    const words = comment.text.replace(/^#/, '');
    return { ...comment, text: words, line, alone: isAlone(text, lines, line, comment.span.start) };
  });
  const commentLines = new Set(placed.filter((c) => c.alone).map((c) => c.line));
  const comments = placed.map((comment): PlacedComment => {
    const last = comment.alone ? codeBelow(comment.line, commentLines, lines) : comment.line;
    const first = comment.alone ? comment.line + 1 : comment.line;
    return { ...comment, directive: false, about: last === undefined ? undefined : { first, last } };
  });
  return { text, lines, comments, anchorLine: (at) => lines.positionAt(at.start).line };
}

/** The comments of an ignore file: about the line below. Only a line that starts with `#` is one. */
export function ignoreComments({ text, lines, comments }: IgnoreFile): CommentedFile {
  const placed = comments.map((c) => ({ ...c, line: lines.positionAt(c.span.start).line }));
  const commentLines = new Set(placed.map(({ line }) => line));
  return {
    text,
    lines,
    comments: placed.map((comment): PlacedComment => {
      const last = codeBelow(comment.line, commentLines, lines);
      const about = last === undefined ? undefined : { first: comment.line + 1, last };
      return { ...comment, alone: true, directive: false, about };
    }),
    anchorLine: (at) => lines.positionAt(at.start).line,
  };
}

/** The span to delete so that a comment is gone: its whole line where it stands alone, else it and the blanks before it. */
export function removalSpan(file: CommentedFile, comment: PlacedComment): Span {
  const { text, lines } = file;
  if (!comment.alone) {
    let start = comment.span.start;
    while (start > 0 && (text[start - 1] === ' ' || text[start - 1] === '\t')) start--;
    return { start, end: comment.span.end };
  }
  const first = lines.start(comment.line);
  const start = text.charCodeAt(first) === 0xfeff ? first + 1 : first;
  if (comment.line + 1 < lines.count) return { start, end: lines.start(comment.line + 1) };
  const before = comment.line === 0 ? start : lines.end(comment.line - 1);
  return { start: before, end: text.length };
}
