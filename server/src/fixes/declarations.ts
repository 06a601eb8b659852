import type { Dockerfile, Instruction } from '../syntax/dockerfile/model.js';
import type { TextEdit } from '../text/edit.js';
import { dominantEol } from '../text/lines.js';
import { type Span, span } from '../text/span.js';
import { blockOf, gapAbove, removalOf } from './dockerfile.js';

/** One variable that an ARG or ENV sets, or another instruction as a whole. */
export interface Declaration {
  readonly instruction: Instruction;
  /** Its place among those of the instruction. */
  readonly index?: number;
}

/** The variables an ARG or ENV sets, in order; none for any other instruction. */
function declarationsIn(instruction: Instruction): readonly { readonly name: string; readonly span: Span }[] {
  if (instruction.kind === 'ARG') return instruction.declarations;
  return instruction.kind === 'ENV' ? instruction.pairs : [];
}

interface Taken {
  readonly edits: readonly TextEdit[];
  /** Whole lines, each with its line ending. */
  readonly body: string;
}

/** Takes some variables out of an instruction that keeps others; undefined where a comment stands between them. */
function takeSome(
  dockerfile: Dockerfile,
  instruction: Instruction,
  indices: readonly number[],
): Taken | undefined {
  const { text } = dockerfile;
  const all = declarationsIn(instruction);
  const keyword = text.slice(instruction.keywordSpan.start, instruction.keywordSpan.end);
  const edits: TextEdit[] = [];
  const words: string[] = [];
  for (const index of indices) {
    const own = all[index]?.span;
    const next = all[index + 1]?.span;
    const before = all.slice(0, index).findLast((_, i) => !indices.includes(i))?.span;
    if (own === undefined) return undefined;
    const written = text.slice(own.start, own.end);
    // Up to the next one; the last ones with what separates them from the one that stays.
    const rest = next === undefined || all.slice(index).every((_, i) => indices.includes(index + i));
    const cut = rest ? span(before?.end ?? own.start, own.end) : span(own.start, next.start);
    if (/[\r\n]/.test(written) || text.slice(cut.start, cut.end).replace(written, '').includes('#'))
      return undefined;
    if (edits.at(-1)?.span.start !== cut.start) edits.push({ span: cut, newText: '' });
    else edits[edits.length - 1] = { span: cut, newText: '' };
    words.push(written);
  }
  // On one line, since the pairs of an ENV see the values from before it.
  return { edits, body: `${keyword} ${words.join(' ')}${dominantEol(text)}` };
}

function bodyOf(dockerfile: Dockerfile, block: Span): string {
  const body = dockerfile.text.slice(block.start, block.end);
  return /[\r\n]$/.test(body) ? body : body + dominantEol(dockerfile.text);
}

function take(dockerfile: Dockerfile, moved: readonly Declaration[]): Taken | undefined {
  const edits: TextEdit[] = [];
  const bodies: string[] = [];
  // Blocks that follow each other go as one, so that the gap around them is closed once.
  const blocks: Span[] = [];
  for (const instruction of new Set(moved.map((one) => one.instruction))) {
    const indices = moved.flatMap((one) => (one.instruction === instruction ? (one.index ?? []) : []));
    if (indices.length === declarationsIn(instruction).length) {
      const block = blockOf(dockerfile, instruction);
      const last = blocks.at(-1);
      if (last?.end === block.start) blocks[blocks.length - 1] = span(last.start, block.end);
      else blocks.push(block);
      bodies.push(bodyOf(dockerfile, block));
      continue;
    }
    const taken = takeSome(
      dockerfile,
      instruction,
      [...indices].sort((x, y) => x - y),
    );
    if (taken === undefined) return undefined;
    edits.push(...taken.edits);
    bodies.push(taken.body);
  }
  edits.push(...blocks.map((block) => ({ span: removalOf(dockerfile, block), newText: '' })));
  return { edits, body: bodies.join('') };
}

/**
 * Moves variables (in the order of the file) down to just before or after `target`, comments directly above an
 * instruction with it; one that shares its instruction with others that stay gets a line of its own. Undefined where that
 * would take a comment or a continued line apart.
 */
export function moveDeclarations(
  dockerfile: Dockerfile,
  moved: readonly Declaration[],
  where: 'before' | 'after',
  target: Instruction,
): readonly TextEdit[] | undefined {
  const taken = take(dockerfile, moved);
  if (taken === undefined) return undefined;
  const { text } = dockerfile;
  const block = blockOf(dockerfile, target);
  const at = where === 'before' ? block.start : block.end;
  // Below a block that stands apart they stand apart too.
  const gap = where === 'after' && gapAbove(dockerfile, block) > 0 ? dominantEol(text) : '';
  const body = gap + taken.body;
  const last = at === text.length && !/[\r\n]$/.test(text);
  const newText = last ? dominantEol(text) + body.replace(/(\r\n|\n|\r)$/, '') : body;
  return [...taken.edits, { span: span(at, at), newText }];
}

/** Takes variables away, comments directly above their instruction too; undefined as for `moveDeclarations`. */
export function removeDeclarations(
  dockerfile: Dockerfile,
  removed: readonly Declaration[],
): readonly TextEdit[] | undefined {
  return take(dockerfile, removed)?.edits;
}
