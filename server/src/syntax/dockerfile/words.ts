import { type MappedText, spanToDocument } from '../../text/mapped.js';
import { unquoteWord } from './expand.js';
import type { Word } from './model.js';
import { isSpaceCode } from './space.js';

export type Escape = '\\' | '`';

/** A stretch of a mapped text. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

/** Pieces between white space, quotes ignored: how FROM, COPY and EXPOSE are split. */
export function splitAtSpace(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (const match of text.matchAll(/[^\t\v\f\r ]+/g)) {
    pieces.push({ start: match.index, end: match.index + match[0].length });
  }
  return pieces;
}

/** Pieces between white space outside quotes, quotes and escapes kept: how ENV, LABEL and ARG are split. */
export function splitQuoted(text: string, escapeChar: Escape): Piece[] {
  const pieces: Piece[] = [];
  let start = -1;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    if (quote === '' && isSpaceCode(c.charCodeAt(0))) {
      if (start >= 0) pieces.push({ start, end: i });
      start = -1;
      continue;
    }
    if (start < 0) start = i;
    if (c === quote) quote = '';
    else if (quote === '' && (c === '"' || c === "'")) quote = c;
    else if (c === escapeChar && quote !== "'") i++;
  }
  if (start >= 0) pieces.push({ start, end: text.length });
  return pieces;
}

/** The word that `piece` of `body` holds. */
export function wordOf(body: MappedText, piece: Piece, escapeChar: Escape): Word {
  const raw = body.text.slice(piece.start, piece.end);
  return {
    raw,
    value: unquoteWord(raw, escapeChar),
    span: spanToDocument(body, piece.start, piece.end),
  };
}

/** A JSON array of strings at the start of `body`. */
export type JsonArray =
  | { readonly kind: 'strings'; readonly words: readonly Word[] }
  /** An array that holds something else: BuildKit refuses the instruction. */
  | { readonly kind: 'mixed' }
  /** No array at all: the shell form. */
  | { readonly kind: 'none' };

const JSON_STRING = /"(?:[^"\\]|\\.)*"/g;

/** Reads the JSON form of an instruction's arguments. The words' `raw` is the decoded string, their span holds the quotes. */
export function jsonWords(body: MappedText): JsonArray {
  if (!body.text.startsWith('[')) return { kind: 'none' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.text);
  } catch {
    return { kind: 'none' };
  }
  if (!Array.isArray(parsed)) return { kind: 'none' };
  const strings = parsed.filter((item) => typeof item === 'string');
  if (strings.length !== parsed.length) return { kind: 'mixed' };
  const places = [...body.text.matchAll(JSON_STRING)];
  const words = strings.map((value, i): Word => {
    const at = places[i]?.index ?? 0;
    return { raw: value, value, span: spanToDocument(body, at, at + (places[i]?.[0].length ?? 0)) };
  });
  return { kind: 'strings', words };
}
