import { Composer, Document, isAlias, isMap, isSeq, Lexer, type Node, Parser } from 'yaml';
import type { Span } from '../../text/span.js';
import type { Problem } from '../problem.js';

/** A YAML text: its documents with ranges that are offsets of the whole text, its comments, and where each alias points. */
export interface YamlText {
  /** At least one, empty for a text that holds none. */
  readonly documents: readonly [Document, ...Document[]];
  /** Each from `#` to the end of its line. */
  readonly comments: readonly { readonly span: Span; readonly text: string }[];
  /** The anchored node of each alias; an alias without one is a problem and is missing here. */
  readonly aliases: ReadonlyMap<Node, Node>;
  readonly problems: readonly Problem[];
}

/** Codes of the yaml library that Compose and GitHub do not mind: tags such as `!reset` are read by us. */
const harmless = new Set(['TAG_RESOLVE_FAILED']);

/** Reads any text as YAML 1.2; never throws. */
export function readYaml(text: string): YamlText {
  const comments: { span: Span; text: string }[] = [];
  const problems: Problem[] = [];
  const documents: Document[] = [];
  const aliases = new Map<Node, Node>();
  try {
    const composer = new Composer({
      uniqueKeys: false,
      prettyErrors: false,
      strict: false,
      logLevel: 'silent',
    });
    for (const document of composer.compose(tokensOf(text, comments), true, text.length)) {
      documents.push(document);
      for (const { code, message, pos } of document.errors) {
        if (!harmless.has(code)) problems.push({ message, span: { start: pos[0], end: pos[1] } });
      }
    }
    for (const { contents } of documents) linkAliases(contents, aliases, problems);
  } catch (error) {
    // The library recurses: a text nested thousands deep exhausts the stack.
    if (!(error instanceof Error)) throw error;
    problems.push({
      message: `This is no YAML that can be read: ${error.message}.`,
      span: { start: 0, end: 0 },
    });
  }
  const [first = new Document(null), ...rest] = documents;
  return { documents: [first, ...rest], comments, aliases, problems };
}

/** The parser's tokens; comments are noted on the way, since the library keeps them without their place. */
function* tokensOf(text: string, comments: { span: Span; text: string }[]) {
  const parser = new Parser();
  let inScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (!inScalar && lexeme.startsWith('#')) {
      const start = parser.offset;
      comments.push({ span: { start, end: start + lexeme.length }, text: lexeme });
    }
    // The lexer puts this mark ahead of each scalar's source.
    inScalar = !inScalar && lexeme === '\u001f';
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

/** Points each alias at the last anchor of its name before it; an anchor does not count inside its own node. */
function linkAliases(root: Node | null, aliases: Map<Node, Node>, problems: Problem[]): void {
  const anchors = new Map<string, Node>();
  const visit = (node: unknown): void => {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      const [start = 0, end = 0] = node.range ?? [];
      if (target !== undefined) aliases.set(node, target);
      else
        problems.push({ message: `There is no anchor "${node.source}" before this.`, span: { start, end } });
    } else if (isMap(node)) {
      for (const { key, value } of node.items) {
        visit(key);
        visit(value);
      }
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    } else if (isSeq(node)) {
      for (const item of node.items) visit(item);
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    } else if (node !== null && typeof node === 'object' && 'anchor' in node) {
      if (typeof node.anchor === 'string') anchors.set(node.anchor, node as Node);
    }
  };
  visit(root);
}
