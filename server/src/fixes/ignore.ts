import { createMatcher } from '../syntax/dockerignore/match.js';
import type { IgnoreFile, IgnorePattern } from '../syntax/dockerignore/model.js';
import { parseIgnore } from '../syntax/dockerignore/parse.js';
import { applyEdits, type TextEdit } from '../text/edit.js';
import { dominantEol } from '../text/lines.js';
import { groups } from './ignorefile/model.js';

export interface AddLineOptions {
  /** Heading, without `#`: the line joins the block under such a comment, or starts one at the end of the file. */
  readonly group?: string;
  /** Paths from the context root that the line is there to hide (an exception: to let in). A place where it does not is no place. */
  readonly paths?: readonly string[];
}

/** `text` as the pattern a line with it stands for; undefined where it is none. */
function patternText(text: string): string | undefined {
  const { patterns, problems } = parseIgnore(text);
  return patterns.length === 1 && problems.length === 0 ? patterns[0]?.text : undefined;
}

/** Paths that a pattern hits, made up from it: wildcards replaced by letters, `**` once by nothing and once by a folder. */
function samplesOf(pattern: string): readonly string[] {
  const body = pattern.replace(/^!/, '');
  const fill = (text: string): string =>
    text
      .replace(/\[[^\]]*\]/g, 'x')
      .replace(/[*?]/g, 'x')
      .replace(/\\(.)/g, '$1');
  const deep = fill(body.replace(/\*\*\/?/g, (all) => (all.endsWith('/') ? 'x/' : 'x')));
  const flat = fill(body.replace(/\*\*\//g, '').replace(/\*\*$/, 'x'));
  const hits = hides([body]);
  return [...new Set([flat, deep])].filter((path) => path !== '' && hits(path));
}

/** What an ignore file with these patterns hides. A pattern BuildKit refuses hides nothing. */
function hides(patterns: readonly string[]): (path: string) => boolean {
  const matcher = createMatcher(parseIgnore(patterns.join('\n')));
  return (path) => {
    const { ignored, error } = matcher.match(path);
    return ignored && error === undefined;
  };
}

/** What a new line must hide (or, an exception, let in), and what must stay as it is. */
interface Aim {
  readonly exception: boolean;
  readonly reached: readonly string[];
  /** Paths that exceptions let in today. */
  readonly letIn: readonly string[];
}

function aimOf(ignore: IgnoreFile, pattern: string, paths: readonly string[]): Aim {
  const exception = pattern.startsWith('!');
  if (exception) return { exception, reached: [...samplesOf(pattern), ...paths], letIn: [] };
  const hidden = hides(ignore.patterns.map(({ text }) => text));
  const withoutExceptions = hides(ignore.patterns.filter((p) => !p.exception).map(({ text }) => text));
  const letIn = ignore.patterns
    .filter((p) => p.exception)
    .flatMap(({ text }) => samplesOf(text))
    .filter((path) => !hidden(path) && withoutExceptions(path) && !paths.includes(path));
  const hit = hides([pattern]);
  const inside = pattern.startsWith('**/')
    ? letIn.filter((path) => !hit(path)).flatMap((path) => samplesOf(`${path}/${pattern.slice(3)}`))
    : [];
  return { exception, reached: [...samplesOf(pattern), ...inside, ...paths], letIn };
}

/** Whether the line does what it is for, and undoes nothing, as the one in front of the pattern with index `at`. */
function fits(ignore: IgnoreFile, pattern: string, at: number, aim: Aim): boolean {
  const patterns = ignore.patterns.map(({ text }) => text);
  const after = hides([...patterns.slice(0, at), pattern, ...patterns.slice(at)]);
  if (aim.letIn.some(after)) return false;
  if (aim.reached.every((path) => aim.letIn.includes(path))) return false;
  return aim.reached.every((path) => aim.letIn.includes(path) || after(path) !== aim.exception);
}

/** Index of the pattern in front of which a line that joins `group` stands; undefined where there is no such group. */
function endOfGroup(ignore: IgnoreFile, group: string): number | undefined {
  const heading = ignore.comments.find(
    ({ text }) => text.trim().toLowerCase() === group.trim().toLowerCase(),
  );
  if (heading === undefined) return undefined;
  const headingLine = ignore.lines.positionAt(heading.span.start).line;
  const first = ignore.patterns.findIndex(({ line }) => line > headingLine);
  if (first < 0 || ignore.patterns[first]?.line !== headingLine + 1) return undefined;
  let next = first + 1;
  while (ignore.patterns[next]?.line === (ignore.patterns[next - 1]?.line ?? 0) + 1) next++;
  return next;
}

/** Whether a line is one of a block that one of our headings speaks of. */
function standsUnderOurs(ignore: IgnoreFile, line: number): boolean {
  let first = line;
  while (ignore.patterns.some((pattern) => pattern.line === first)) first--;
  const heading = ignore.comments.find(({ span }) => ignore.lines.positionAt(span.start).line === first);
  return first < line && groups.some((group) => group === heading?.text.trim());
}

/** Inserts whole lines after `line`, or at the top of the file where it is undefined. */
function insertAfter(ignore: IgnoreFile, line: number | undefined, added: readonly string[]): TextEdit {
  const { text, lines } = ignore;
  const eol = dominantEol(text);
  if (line === undefined) {
    const at = text.startsWith('\uFEFF') ? 1 : 0;
    return { span: { start: at, end: at }, newText: added.map((l) => l + eol).join('') };
  }
  const at = lines.end(line);
  return { span: { start: at, end: at }, newText: added.map((l) => eol + l).join('') };
}

/** The last line that is not empty; undefined where all are. */
function lastLine(ignore: IgnoreFile): number | undefined {
  for (let line = ignore.lines.count - 1; line >= 0; line--) {
    const content = ignore.text.slice(ignore.lines.start(line), ignore.lines.end(line));
    if (/[^\uFEFF\s]/.test(content)) return line;
  }
  return undefined;
}

/**
 * The edit that adds `pattern` (with `!` for an exception) to an ignore file. Lines hold in order, so it is placed where no
 * later exception undoes it and where it undoes no exception that works today: under its group, else as far down as
 * possible. Line endings, byte order mark and a missing last line ending stay. Undefined where the line is there already,
 * is no pattern, or has no such place.
 */
export function addLine(text: string, pattern: string, options: AddLineOptions = {}): TextEdit | undefined {
  const ignore = parseIgnore(text);
  const wanted = patternText(pattern);
  if (wanted === undefined || /[\r\n]/.test(pattern)) return undefined;
  if (ignore.patterns.some((p) => p.text === wanted) && !wanted.startsWith('!')) return undefined;
  const aim = aimOf(ignore, wanted, options.paths ?? []);
  const end = ignore.patterns.length;
  const joined = options.group === undefined ? undefined : endOfGroup(ignore, options.group);
  const places = [...(joined === undefined ? [] : [joined]), ...range(end)];
  const place = places.find((at) => fits(ignore, wanted, at, aim));
  if (place === undefined) return undefined;
  if (place < end || place === joined)
    return insertAfter(ignore, ignore.patterns[place - 1]?.line, [pattern]);
  const last = lastLine(ignore);
  // Under a heading of ours it would be taken for what that says.
  if (options.group === undefined && last !== undefined && standsUnderOurs(ignore, last))
    return insertAfter(ignore, last, ['', pattern]);
  const starts = options.group !== undefined && joined === undefined;
  const heading = starts ? [...(last === undefined ? [] : ['']), `# ${options.group}`] : [];
  return insertAfter(ignore, last, [...heading, pattern]);
}

/**
 * One edit that adds several patterns, each where `addLine` puts it; undefined where one of them has no place. Patterns
 * that are there already are passed over.
 */
export function addLines(
  text: string,
  patterns: readonly string[],
  options: AddLineOptions = {},
): TextEdit | undefined {
  let after = text;
  for (const pattern of patterns) {
    if (parseIgnore(after).patterns.some((known) => known.text === patternText(pattern))) continue;
    const edit = addLine(after, pattern, options);
    if (edit === undefined) return undefined;
    after = applyEdits(after, [edit]);
  }
  let start = 0;
  while (start < text.length && text[start] === after[start]) start++;
  let same = 0;
  while (same < text.length - start && text.at(-1 - same) === after.at(-1 - same)) same++;
  if (after === text) return undefined;
  return { span: { start, end: text.length - same }, newText: after.slice(start, after.length - same) };
}

/** `end`, `end - 1` … 0. */
function range(end: number): readonly number[] {
  return Array.from({ length: end + 1 }, (_, i) => end - i);
}

/** The edit that takes the line of `pattern` away, its line ending included. Comments stay. */
export function removeLine({ text }: IgnoreFile, { span }: IgnorePattern): TextEdit {
  // Lines end in LF here: a lone CR is part of a pattern, whatever the line index says.
  const first = text.lastIndexOf('\n', span.start - 1) + 1;
  const start = text.charCodeAt(first) === 0xfeff ? first + 1 : first;
  const next = text.indexOf('\n', span.end);
  if (next >= 0) return { span: { start, end: next + 1 }, newText: '' };
  const before = text.slice(0, start).replace(/\r?\n$/, '').length;
  return { span: { start: before, end: text.length }, newText: '' };
}

/** The edit that puts `lines` where the pattern stands; what surrounds it on its line stays. */
export function replaceLine(
  ignore: IgnoreFile,
  pattern: IgnorePattern,
  replacement: readonly string[],
): TextEdit {
  return { span: pattern.span, newText: replacement.join(dominantEol(ignore.text)) };
}
