import type { Parser } from 'web-tree-sitter';
import { type MappedText, spanToDocument } from '../../text/mapped.js';
import type { Span } from '../../text/span.js';
import type { ShellCommand, ShellParser, ShellScript, ShellWord } from './model.js';
import { commandsOf } from './walk.js';

/** Texts remembered at most, in characters: some 500 large RUNs. */
const REMEMBERED = 500_000;

function parseText(parser: Parser, text: string): ShellScript {
  try {
    const tree = parser.parse(text);
    if (tree === null) return { commands: [], incomplete: true };
    try {
      return { commands: commandsOf(tree.rootNode, text), incomplete: tree.rootNode.hasError };
    } finally {
      tree.delete();
    }
  } catch {
    // The grammar's WASM gave up (out of memory, an assertion): the text stays unread, later ones are tried again.
    parser.reset();
    return { commands: [], incomplete: true };
  }
}

function mapScript(script: ShellScript, source: MappedText): ShellScript {
  const place = (span: Span): Span => spanToDocument(source, span.start, span.end);
  const word = (w: ShellWord): ShellWord => ({ ...w, span: place(w.span) });
  const command = (c: ShellCommand): ShellCommand => ({
    words: c.words.map(word),
    assignments: c.assignments.map((a) => ({
      name: a.name,
      value: a.value && word(a.value),
      span: place(a.span),
    })),
    redirects: c.redirects.map((r) => ({
      operator: r.operator,
      target: r.target && word(r.target),
      span: place(r.span),
    })),
    joined: c.joined,
    inside: c.inside,
    span: place(c.span),
  });
  return { commands: script.commands.map(command), incomplete: script.incomplete };
}

/**
 * A shell parser over a tree-sitter parser that has the bash grammar. What it made of a text is remembered, so that a
 * keystroke parses only the RUN it is in. Never throws: a text that cannot be read gives no commands and `incomplete`.
 */
export function createShellParser(parser: Parser): ShellParser {
  const known = new Map<string, ShellScript>();
  let size = 0;
  const remember = (text: string, script: ShellScript): void => {
    known.set(text, script);
    size += text.length;
    for (const oldest of known.keys()) {
      if (size <= REMEMBERED || oldest === text) break;
      known.delete(oldest);
      size -= oldest.length;
    }
  };
  return (source) => {
    const found = known.get(source.text);
    if (found !== undefined) return mapScript(found, source);
    const script = parseText(parser, source.text);
    remember(source.text, script);
    return mapScript(script, source);
  };
}
