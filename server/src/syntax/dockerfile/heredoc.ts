import { type MappedText, mappedBuilder, spanToDocument } from '../../text/mapped.js';
import type { Problem } from '../problem.js';
import { type LexedWord, lex } from './lex.js';
import type { LineWalker } from './lines.js';
import type { Heredoc } from './model.js';

const HEREDOC = /^(\d*)<<(-?)[\t\n\f\r ]*([^<]*)$/;
/** A delimiter without surprises, perhaps in quotes. */
const SIMPLE = /^(?:(['"])([\w.-]+)\1|([\w.-]+))$/;
/** Words of a line without quotes, escapes and variables; white space after `<<` belongs to the word. */
const PLAIN_WORD = /(?:<<[ \t\r]*|[^\s])+/g;
const KEEP = { keepUnset: true, escape: '\\', lookup: () => null } as const;

/** What a word such as `3<<-"EOF"` asks for. */
export interface HeredocWord {
  readonly delimiter: string;
  readonly quoted: boolean;
  readonly stripTabs: boolean;
  readonly fileDescriptor: number;
}

function quotes(text: string): number {
  return text.match(/['"]/g)?.length ?? 0;
}

/** The heredoc that a word opens; undefined for a word that opens none. The backslash escapes here whatever `# escape=` says. */
export function heredocWord(word: string): HeredocWord | undefined {
  const match = HEREDOC.exec(word);
  const rest = match?.[3] ?? '';
  if (match === null || rest === '') return undefined;
  const base = { stripTabs: match[2] === '-', fileDescriptor: Number(match[1] ?? '') || 0 };
  // Nearly every heredoc: no need for the lexer.
  const simple = SIMPLE.exec(rest);
  if (simple !== null) {
    return { ...base, delimiter: simple[2] ?? simple[3] ?? '', quoted: simple[1] !== undefined };
  }
  const plain = lex(rest, { ...KEEP, rawQuotes: false, rawEscapes: false })?.words;
  const raw = lex(rest, { ...KEEP, rawQuotes: true, rawEscapes: false })?.words;
  const [only, second] = plain ?? [];
  if (only === undefined || second !== undefined || raw?.length !== 1) return undefined;
  return {
    delimiter: only.text,
    quoted: quotes(only.text) !== quotes(raw[0]?.text ?? ''),
    ...base,
  };
}

function wordsOfLine(line: string): readonly LexedWord[] {
  if (/['"\\$]/.test(line)) return lex(line, { ...KEEP, rawQuotes: true, rawEscapes: true })?.words ?? [];
  return [...line.matchAll(PLAIN_WORD)].map((m) => ({
    text: m[0],
    start: m.index,
    end: m.index + m[0].length,
  }));
}

/** The words of an instruction's line that open heredocs, in order. None where the line has an open quote. */
export function heredocWords(line: string): { readonly word: LexedWord; readonly opens: HeredocWord }[] {
  if (!line.includes('<<')) return [];
  return wordsOfLine(line).flatMap((word) => {
    const opens = heredocWord(word.text);
    return opens === undefined ? [] : [{ word, opens }];
  });
}

interface Body {
  readonly body: MappedText;
  readonly start: number;
  readonly end: number;
  readonly terminator: { readonly start: number; readonly end: number } | undefined;
}

function readBody(text: string, walker: LineWalker, opens: HeredocWord, from: number): Body {
  const builder = mappedBuilder();
  let end = from;
  for (let line = walker.nextRaw(); line !== undefined; line = walker.nextRaw()) {
    let start = line.start;
    if (opens.stripTabs) while (start < line.end && text.charCodeAt(start) === 9) start++;
    if (text.slice(start, line.end) === opens.delimiter) {
      return { body: builder.build(), start: from, end, terminator: { start: line.start, end: line.end } };
    }
    builder.add(text.slice(start, line.end), start);
    // The CR of a CRLF is left out, so that a file saved either way reads the same.
    if (text[line.next - 1] === '\n') builder.add('\n', line.next - 1);
    end = line.next;
  }
  return { body: builder.build(), start: from, end, terminator: undefined };
}

/** Reads the bodies of all heredocs that `joined` opens from `walker`, which stands at the line after it. */
export function readHeredocs(
  text: string,
  joined: MappedText,
  next: number,
  walker: LineWalker,
  problems: Problem[],
): Heredoc[] {
  let at = next;
  return heredocWords(joined.text).map(({ word, opens }) => {
    const read = readBody(text, walker, opens, at);
    const span = spanToDocument(joined, word.start, word.end);
    if (read.terminator === undefined) {
      at = Math.max(at, read.end);
      problems.push({ message: `The heredoc is not ended: no line is just ${opens.delimiter}.`, span });
    } else {
      const newline = text.indexOf('\n', read.terminator.end);
      at = newline < 0 ? text.length : newline + 1;
    }
    return {
      ...opens,
      span,
      bodySpan: { start: read.start, end: Math.max(read.start, read.end) },
      body: read.body,
      terminatorSpan: read.terminator,
    };
  });
}
