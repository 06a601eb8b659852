import type { Comment, CopyInstruction, Dockerfile, Instruction } from '../syntax/dockerfile/model.js';
import type { ShellWord } from '../syntax/shell/model.js';
import { applyEdits, type TextEdit } from '../text/edit.js';
import { dominantEol } from '../text/lines.js';
import { type Span, span } from '../text/span.js';

/** The line that holds `offset`. */
function lineAt(dockerfile: Dockerfile, offset: number): number {
  return dockerfile.lines.positionAt(offset).line;
}

/** The comment that is all a line holds, if one does. */
function commentOn(dockerfile: Dockerfile, line: number): Comment | undefined {
  const { lines, comments, text } = dockerfile;
  const from = lines.start(line);
  const to = lines.end(line);
  return comments.find(
    (c) => c.span.start >= from && c.span.end <= to && text.slice(from, c.span.start).trim() === '',
  );
}

/** Whether a line holds a parser directive: it must stay where it is. */
function holdsDirective(dockerfile: Dockerfile, line: number): boolean {
  const from = dockerfile.lines.start(line);
  return dockerfile.directives.some(
    (d) => d.span.start >= from && d.span.start <= dockerfile.lines.end(line),
  );
}

/**
 * The whole lines an instruction stands on, its heredocs and the comment lines directly above it included: what moves
 * with it. `end` is after the last line's line ending, or the end of the text.
 */
export function blockOf(dockerfile: Dockerfile, instruction: Instruction): Span {
  const { lines } = dockerfile;
  let first = lineAt(dockerfile, instruction.fullSpan.start);
  while (
    first > 0 &&
    commentOn(dockerfile, first - 1) !== undefined &&
    !holdsDirective(dockerfile, first - 1)
  )
    first--;
  const last = lineAt(dockerfile, Math.max(instruction.fullSpan.start, instruction.fullSpan.end - 1));
  return span(lines.start(first), last + 1 < lines.count ? lines.start(last + 1) : dockerfile.text.length);
}

/** How many empty lines stand above a block. */
export function gapAbove(dockerfile: Dockerfile, block: Span): number {
  let line = lineAt(dockerfile, block.start) - 1;
  let gap = 0;
  while (
    line >= 0 &&
    dockerfile.text.slice(dockerfile.lines.start(line), dockerfile.lines.end(line)).trim() === ''
  ) {
    line--;
    gap++;
  }
  return line < 0 ? 0 : gap;
}

/** What to take away with a block: without it the empty lines above and below it would be doubled. */
export function removalOf(dockerfile: Dockerfile, block: Span): Span {
  const gap = gapAbove(dockerfile, block);
  const line = lineAt(dockerfile, block.start) - gap;
  const start = gap > 0 && followedByGap(dockerfile, block) ? dockerfile.lines.start(line) : block.start;
  return span(start, block.end);
}

/** Takes blocks away; `replacement` (lines without line ending) stands where the first of them stood. */
function takeAway(
  dockerfile: Dockerfile,
  blocks: readonly Span[],
  replacement: readonly string[],
): readonly TextEdit[] {
  const eol = dominantEol(dockerfile.text);
  return blocks.map((block, i) =>
    i === 0 && replacement.length > 0
      ? { span: block, newText: replacement.map((line) => line + eol).join('') }
      : { span: removalOf(dockerfile, block), newText: '' },
  );
}

/** The text of blocks, each with a line ending. */
function bodiesOf({ text }: Dockerfile, blocks: readonly Span[]): readonly string[] {
  return blocks.map((block) => {
    const body = text.slice(block.start, block.end);
    return /[\r\n]$/.test(body) ? body : body + dominantEol(text);
  });
}

/**
 * Moves `moved` (in their order) to just after `target`, which stands behind all of them, and puts `replacement` (lines
 * without line ending) where the first of them stood. Comments directly above an instruction move with it; all else
 * stays as it is, line endings and a missing last one included. `behind`: whole instructions to stand behind them.
 */
export function moveAfter(
  dockerfile: Dockerfile,
  moved: readonly Instruction[],
  target: Instruction,
  replacement: readonly string[],
  behind: readonly string[] = [],
): readonly TextEdit[] {
  const { text } = dockerfile;
  const eol = dominantEol(text);
  const blocks = moved.map((instruction) => blockOf(dockerfile, instruction));
  const targetBlock = blockOf(dockerfile, target);
  const gap = eol.repeat(gapAbove(dockerfile, targetBlock));
  let inserted = [...bodiesOf(dockerfile, blocks), ...behind.map((one) => one + eol)]
    .map((one) => gap + one)
    .join('');
  if (targetBlock.end === text.length && !/[\r\n]$/.test(text))
    inserted = eol + inserted.replace(/(\r\n|\n|\r)$/, '');
  const at = span(targetBlock.end, targetBlock.end);
  return [...takeAway(dockerfile, blocks, replacement), { span: at, newText: inserted }];
}

/** Moves `moved` as `moveAfter` does, but to just before `target`, with the instruction `ahead` before them. */
export function moveBefore(
  dockerfile: Dockerfile,
  moved: readonly Instruction[],
  target: Instruction,
  replacement: readonly string[],
  ahead: string,
): readonly TextEdit[] {
  const eol = dominantEol(dockerfile.text);
  const blocks = moved.map((instruction) => blockOf(dockerfile, instruction));
  const targetBlock = blockOf(dockerfile, target);
  const gap = eol.repeat(gapAbove(dockerfile, targetBlock));
  const inserted = [ahead + eol, ...bodiesOf(dockerfile, blocks), ''].join(gap);
  const at = span(targetBlock.start, targetBlock.start);
  return [...takeAway(dockerfile, blocks, replacement), { span: at, newText: inserted }];
}

function followedByGap(dockerfile: Dockerfile, block: Span): boolean {
  if (block.end >= dockerfile.text.length) return true;
  const line = lineAt(dockerfile, block.end);
  return dockerfile.text.slice(dockerfile.lines.start(line), dockerfile.lines.end(line)).trim() === '';
}

/** The text of an instruction, its heredocs left out, with edits of the Dockerfile made that lie in it. */
export function editedText(
  { text }: Dockerfile,
  { span: { start, end } }: Instruction,
  edits: readonly TextEdit[],
): string {
  const own = edits.map((edit) => ({
    span: span(edit.span.start - start, edit.span.end - start),
    newText: edit.newText,
  }));
  return applyEdits(text.slice(start, end), own);
}

/** Puts whole lines (without line ending) before an instruction and the comments that belong to it. */
export function insertBefore(
  dockerfile: Dockerfile,
  instruction: Instruction,
  newLines: readonly string[],
): TextEdit {
  const eol = dominantEol(dockerfile.text);
  const at = blockOf(dockerfile, instruction).start;
  return { span: span(at, at), newText: newLines.map((line) => line + eol).join('') };
}

/** Puts whole lines (without line ending) right behind an instruction, its heredocs included. */
export function insertAfter(
  dockerfile: Dockerfile,
  instruction: Instruction,
  newLines: readonly string[],
): TextEdit {
  const { text } = dockerfile;
  const eol = dominantEol(text);
  const at = blockOf(dockerfile, instruction).end;
  const ended = at === 0 || /[\r\n]$/.test(text.slice(0, at));
  const newText = ended
    ? newLines.map((line) => line + eol).join('')
    : newLines.map((line) => eol + line).join('');
  return { span: span(at, at), newText };
}

/** Puts a word after a word of a command; `exec` for the JSON form. */
export function insertWordAfter(word: ShellWord, added: string, exec: boolean): TextEdit {
  const newText = exec ? `, ${JSON.stringify(added)}` : ` ${added}`;
  return { span: span(word.span.end, word.span.end), newText };
}

/**
 * Takes words out of a command, or puts others in their place; undefined where a comment stands between them and the
 * words before. `all`: all words of the command.
 */
export function replaceWords(
  dockerfile: Dockerfile,
  all: readonly ShellWord[],
  old: readonly ShellWord[],
  added: string | undefined,
  exec: boolean,
): readonly TextEdit[] | undefined {
  const edits: TextEdit[] = [];
  for (const [i, word] of old.entries()) {
    const before = all[all.indexOf(word) - 1];
    if (before === undefined) return undefined;
    const gap = dockerfile.text.slice(before.span.end, word.span.start);
    if (gap.includes('#')) return undefined;
    const put = i === 0 && added !== undefined;
    edits.push(
      put
        ? { span: word.span, newText: exec ? JSON.stringify(added) : added }
        : { span: span(before.span.end, word.span.end), newText: '' },
    );
  }
  return edits;
}

/** Adds files to the sources of a COPY; undefined where a path holds characters that COPY would read as something else. */
export function addSources(copy: CopyInstruction, sources: readonly string[]): TextEdit | undefined {
  const last = copy.sources.at(-1);
  if (last === undefined || sources.some((s) => SPECIAL.test(s) || (!copy.json && /\s/.test(s))))
    return undefined;
  const added = sources.map((s) => (copy.json ? `, ${JSON.stringify(s)}` : ` ${s}`)).join('');
  return { span: span(last.span.end, last.span.end), newText: added };
}

/** Characters that mean something in a COPY argument: wildcards, variables, escapes. */
const SPECIAL = /[*?[\]$\\`'"<]/;

/** Flags that say which part of a source is taken, not what becomes of it. */
const CHOOSING = new Set(['parents', 'exclude']);

/**
 * A COPY line with the flags of `like` (but those that choose from its sources), `added` behind them; undefined where a
 * path holds characters that COPY would read as something else. The JSON form is used where `like` uses it or a path has
 * white space. `destination` is raw text of the Dockerfile; of `globs`, which stand behind the other sources, `*` is kept.
 */
export function copyLine(
  dockerfile: Dockerfile,
  like: Instruction,
  sources: readonly string[],
  destination: string,
  json: boolean,
  { globs = [], added = [] }: { readonly globs?: readonly string[]; readonly added?: readonly string[] } = {},
): string | undefined {
  if ([...sources, ...globs.map((glob) => glob.replaceAll('*', ''))].some((s) => SPECIAL.test(s)))
    return undefined;
  const kept = like.flags
    .filter(({ name }) => !CHOOSING.has(name))
    .map((f) => dockerfile.text.slice(f.span.start, f.span.end));
  const flags = [...kept, ...added].map((flag) => `${flag} `).join('');
  if (/[\r\n]/.test(flags)) return undefined;
  const keyword = like.keywordSpan.end > like.keywordSpan.start ? copyKeyword(dockerfile, like) : 'COPY';
  const words = [...sources, ...globs, destination];
  if (json || words.some((s) => /\s/.test(s))) {
    if (/["']/.test(destination)) return undefined;
    return `${keyword} ${flags}[${words.map((s) => JSON.stringify(s)).join(', ')}]`;
  }
  return `${keyword} ${flags}${words.join(' ')}`;
}

/** COPY in the case the author writes instructions in. */
function copyKeyword(dockerfile: Dockerfile, like: Instruction): string {
  const written = dockerfile.text.slice(like.keywordSpan.start, like.keywordSpan.end);
  return written === written.toLowerCase() ? 'copy' : 'COPY';
}
