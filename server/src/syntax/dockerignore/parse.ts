import { lineIndex } from '../../text/lines.js';
import type { Problem } from '../problem.js';
import { compilePattern } from './compile.js';
import { cleanPath, trimSpace } from './gopath.js';
import type { IgnoreFile, IgnorePattern } from './model.js';

/** Bytes of a line from which Go's scanner gives up. */
const maxLineBytes = 64 * 1024;

function tooLong(line: string): boolean {
  return line.length * 3 >= maxLineBytes && new TextEncoder().encode(line).length >= maxLineBytes;
}

function cleaned(line: string): string {
  const exception = line.startsWith('!');
  const body = exception ? trimSpace(line.slice(1)) : line;
  const path = body === '' ? '' : cleanPath(body);
  const relative = path.length > 1 && path.startsWith('/') ? path.slice(1) : path;
  return exception ? `!${relative}` : relative;
}

/** The patterns and comments of an ignore file (SPEC A2), and what makes BuildKit refuse it (A3). Never throws. */
export function parseIgnore(text: string): IgnoreFile {
  const patterns: IgnorePattern[] = [];
  const comments: { span: { start: number; end: number }; text: string }[] = [];
  const problems: Problem[] = [];
  let offset = 0;
  for (const [line, whole] of text.split('\n').entries()) {
    const bom = line === 0 && whole.startsWith('\uFEFF') ? 1 : 0;
    const start = offset + bom;
    const content = whole.slice(bom).replace(/\r$/, '');
    offset += whole.length + 1;
    if (tooLong(whole)) {
      problems.push({
        message: 'A line of 64 KiB or more: the build fails.',
        span: { start, end: start + content.length },
      });
      break;
    }
    if (content.startsWith('#')) {
      comments.push({ span: { start, end: start + content.length }, text: content.slice(1) });
      continue;
    }
    const trimmed = trimSpace(content);
    if (trimmed === '') continue;
    const from = start + content.indexOf(trimmed);
    const pattern: IgnorePattern = {
      line,
      span: { start: from, end: from + trimmed.length },
      text: cleaned(trimmed),
      exception: trimmed.startsWith('!'),
    };
    patterns.push(pattern);
    const { error } = compilePattern(pattern.text);
    if (error !== undefined) problems.push({ message: error, span: pattern.span });
  }
  return {
    text,
    lines: lineIndex(text),
    patterns,
    comments,
    problems: [...problems, ...unsendable(patterns)],
  };
}

/** Patterns travel in a header that takes printable ASCII only, unless one of them makes the client escape all. */
function unsendable(patterns: readonly IgnorePattern[]): Problem[] {
  if (patterns.some(({ text }) => /[^\0-\x7F]/.test(text))) return [];
  return patterns
    .filter(({ text }) => /[\0-\x1F\x7F]/.test(text))
    .map(({ span }) => ({ message: 'A control character in a pattern: the build fails.', span }));
}
