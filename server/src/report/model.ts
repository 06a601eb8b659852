import type { FileReport, Finding, OfferedFix } from '../engine/model.js';
import type { LineIndex } from '../text/lines.js';
import type { Position, Range, Span } from '../text/span.js';

/** A linted file with what is shown of it. */
export interface ReportedFile {
  readonly report: FileReport;
  /** The verified fixes of each finding. */
  readonly fixes: ReadonlyMap<Finding, readonly OfferedFix[]>;
}

/** What a reporter needs besides the files. */
export interface ReportContext {
  /** An absolute path as it is shown: relative to the working directory, with `/`. */
  readonly shown: (path: string) => string;
  /** The text of a file that was read; undefined where there is none. */
  readonly text: (path: string) => string | undefined;
  /** The line index of a file that was read. */
  readonly lines: (path: string) => LineIndex;
}

/** The position as an editor counts it: a byte order mark is no character of the first line. */
export function shownPosition(context: ReportContext, path: string, at: Position): Position {
  const bom = at.line === 0 && context.text(path)?.charCodeAt(0) === 0xfeff;
  return bom ? { line: 0, character: Math.max(0, at.character - 1) } : at;
}

/** The range of a span of the file at `path`, as an editor counts it. */
export function shownRange(context: ReportContext, path: string, at: Span): Range {
  const { start, end } = context.lines(path).rangeOf(at);
  return { start: shownPosition(context, path, start), end: shownPosition(context, path, end) };
}
