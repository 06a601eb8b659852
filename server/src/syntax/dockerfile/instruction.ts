import { type MappedText, sliceMapped, spanToDocument } from '../../text/mapped.js';
import type { Span } from '../../text/span.js';
import type { Problem } from '../problem.js';
import { type FlagPart, readFlags } from './flags.js';
import type { Heredoc, Instruction } from './model.js';
import { isSpaceCode, leadingSpace, lengthWithoutTrailingSpace } from './space.js';
import { typedInstruction } from './typed.js';
import { type Escape, jsonWords } from './words.js';

/** An instruction cut into keyword, flags and arguments, before it is given a type. */
export interface Parts {
  readonly keyword: string;
  readonly keywordSpan: Span;
  readonly span: Span;
  /** The joined line, without white space at its end. */
  readonly line: MappedText;
  readonly flags: readonly FlagPart[];
  readonly body: MappedText;
  readonly escape: Escape;
  /** ONBUILD whose trigger this is. */
  readonly nested: boolean;
}

/** Cuts a joined line into its parts. */
export function splitInstruction(joined: MappedText, span: Span, escapeChar: Escape, nested = false): Parts {
  const end = lengthWithoutTrailingSpace(joined.text);
  // White space comes first where the line before held nothing but the continuation character.
  const begin = leadingSpace(joined.text);
  const whole = begin === 0 && end === joined.text.length;
  const line = whole ? joined : sliceMapped(joined, begin, end);
  const { text } = line;
  const blank = /[\t\v\f\r ]/.exec(text);
  const keywordEnd = blank?.index ?? text.length;
  const { flags, rest } = readFlags(line, keywordEnd, escapeChar);
  let start = rest;
  while (start < text.length && isSpaceCode(text.charCodeAt(start))) start++;
  return {
    keyword: text.slice(0, keywordEnd).toUpperCase(),
    keywordSpan: spanToDocument(line, 0, keywordEnd),
    span,
    line,
    flags,
    body: sliceMapped(line, start, text.length),
    escape: escapeChar,
    nested,
  };
}

const WITH_HEREDOC = new Set(['RUN', 'COPY', 'ADD']);

/** The instruction inside an ONBUILD; undefined for an ONBUILD without one. */
export function triggerParts(parts: Parts): Parts | undefined {
  if (parts.keyword !== 'ONBUILD' || parts.body.text === '') return undefined;
  const start = spanToDocument(parts.body, 0, 1).start;
  return splitInstruction(parts.body, { start, end: parts.span.end }, parts.escape, true);
}

/** Whether `<<` in this instruction's line opens a heredoc: RUN, COPY, ADD, also as a trigger, not in the JSON form. */
export function mayHoldHeredoc(parts: Parts): boolean {
  const inner = triggerParts(parts) ?? parts;
  return WITH_HEREDOC.has(inner.keyword) && jsonWords(inner.body).kind !== 'strings';
}

/** The instruction with everything the model says of it. */
export function instructionOf(
  parts: Parts,
  heredocs: readonly Heredoc[],
  stage: number | undefined,
  problems: Problem[],
): Instruction {
  const last = heredocs.at(-1);
  const end = last === undefined ? parts.span.end : (last.terminatorSpan?.end ?? last.bodySpan.end);
  const base = {
    keyword: parts.keyword,
    keywordSpan: parts.keywordSpan,
    span: parts.span,
    fullSpan: { start: parts.span.start, end: Math.max(end, parts.span.end) },
    text: parts.line.text,
    flags: parts.flags.map((f) => f.flag),
    body: parts.body,
    heredocs,
    stage,
  };
  if (parts.keyword === 'ONBUILD') {
    const inner = triggerParts(parts);
    const trigger = inner && instructionOf(inner, heredocs, stage, problems);
    if (trigger === undefined) problems.push({ message: 'ONBUILD needs an instruction.', span: parts.span });
    else if (['ONBUILD', 'FROM', 'MAINTAINER'].includes(trigger.keyword)) {
      problems.push({ message: `${trigger.keyword} is not allowed in ONBUILD.`, span: trigger.keywordSpan });
    }
    return { ...base, kind: 'ONBUILD', trigger };
  }
  return typedInstruction(base, parts, problems);
}
