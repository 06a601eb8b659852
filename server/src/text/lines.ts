import type { Position, Range, Span } from './span.js';

/** Where each line of a text starts; converts between offsets and positions. Lines end in LF, CRLF or a lone CR, as in LSP. */
export interface LineIndex {
  readonly count: number;
  /** Offset of the first character of `line` (0-based); the text's length for lines past the end. */
  start(line: number): number;
  /** Offset just after the last character of `line`, its line ending excluded. */
  end(line: number): number;
  positionAt(offset: number): Position;
  /** Offset of a position, clamped to its line and to the text. */
  offsetAt(position: Position): number;
  rangeOf(span: Span): Range;
  spanOf(range: Range): Span;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 13 && text.charCodeAt(i + 1) === 10) i++;
    if (c === 10 || c === 13) starts.push(i + 1);
  }
  return starts;
}

/** The line index of `text`, made when first asked. */
export function lineIndex(text: string): LineIndex {
  let known: number[] | undefined;
  const all = (): number[] => {
    known ??= lineStarts(text);
    return known;
  };
  const start = (line: number): number => (line < 0 ? 0 : (all()[line] ?? text.length));
  const end = (line: number): number => {
    let at = line + 1 < all().length ? start(line + 1) : text.length;
    const first = start(line);
    while (at > first && (text.charCodeAt(at - 1) === 10 || text.charCodeAt(at - 1) === 13)) at--;
    return at;
  };
  const positionAt = (offset: number): Position => {
    const at = Math.max(0, Math.min(offset, text.length));
    let low = 0;
    let high = all().length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (start(middle) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: at - start(low) };
  };
  const offsetAt = ({ line, character }: Position): number =>
    line >= all().length ? text.length : Math.min(start(line) + Math.max(0, character), end(line));
  return {
    get count() {
      return all().length;
    },
    start,
    end,
    positionAt,
    offsetAt,
    rangeOf: (span) => ({ start: positionAt(span.start), end: positionAt(span.end) }),
    spanOf: (range) => ({ start: offsetAt(range.start), end: offsetAt(range.end) }),
  };
}

/** The line ending the text uses most, LF where it has none: what inserted lines must end in. */
export function dominantEol(text: string): '\n' | '\r\n' {
  if (!text.includes('\r')) return '\n';
  const crlf = text.match(/\r\n/g)?.length ?? 0;
  const lf = (text.match(/\n/g)?.length ?? 0) - crlf;
  return crlf > lf ? '\r\n' : '\n';
}
