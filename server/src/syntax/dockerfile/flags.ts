import { type MappedText, spanToDocument } from '../../text/mapped.js';
import type { Flag } from './model.js';
import { isSpaceCode } from './space.js';
import type { Escape } from './words.js';

/** A flag with what only the mount reader needs: where each character of the value stands in the line. */
export interface FlagPart {
  readonly flag: Flag;
  /** For each character of `flag.value` its offset in the mapped line, and one past the last. */
  readonly offsets: readonly number[];
}

/** Reads one flag word that starts at `from`; quotes and escapes are undone. */
function flagWord(
  line: string,
  from: number,
  escapeChar: Escape,
): { word: string; offsets: number[]; end: number } {
  const offsets: number[] = [];
  let word = '';
  let quote = '';
  let at = from;
  for (; at < line.length; at++) {
    const c = line[at] ?? '';
    if (quote === '' && isSpaceCode(c.charCodeAt(0))) break;
    if (quote === '' ? c === '"' || c === "'" : c === quote) {
      quote = quote === '' ? c : '';
      continue;
    }
    if (c === escapeChar) {
      at++;
      if (at >= line.length) break;
    }
    offsets.push(at);
    word += line[at] ?? '';
  }
  const end = Math.min(at, line.length);
  return { word, offsets: [...offsets, end], end };
}

/** The flags at the start of `line.text` from `from` on, and where the arguments begin. */
export function readFlags(
  line: MappedText,
  from: number,
  escapeChar: Escape,
): { readonly flags: readonly FlagPart[]; readonly rest: number } {
  const { text } = line;
  const flags: FlagPart[] = [];
  let at = from;
  for (;;) {
    while (at < text.length && isSpaceCode(text.charCodeAt(at))) at++;
    if (!text.startsWith('--', at)) return { flags, rest: at };
    const { word, offsets, end } = flagWord(text, at, escapeChar);
    // A bare `--` ends the flags; at the very end of a line it counts for nothing.
    if (word === '--') return { flags, rest: end };
    flags.push(flagPart(line, word, offsets, at, end));
    at = end;
  }
}

function flagPart(line: MappedText, word: string, offsets: number[], start: number, end: number): FlagPart {
  const equals = word.indexOf('=');
  const span = spanToDocument(line, start, end);
  if (equals < 0) {
    return { flag: { name: word.slice(2), value: undefined, span, valueSpan: undefined }, offsets: [end] };
  }
  const value = word.slice(equals + 1);
  const equalsAt = offsets[equals] ?? start;
  const valueSpan = spanToDocument(line, Math.min(equalsAt + 1, end), end);
  return {
    flag: { name: word.slice(2, equals), value, span, valueSpan },
    offsets: offsets.slice(equals + 1),
  };
}
