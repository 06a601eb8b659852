import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Problem } from './problem.js';

/** JSON with comments and trailing commas, as a tree with ranges. Never throws: what is wrong is in `problems`. */
export function readJson(text: string): {
  readonly root: Node | undefined;
  readonly problems: readonly Problem[];
} {
  const errors: ParseError[] = [];
  const root = safeTree(text, errors);
  const problems = errors.map(({ error, offset, length }) => ({
    message: `This is no valid JSON: ${printParseErrorCode(error)}.`,
    span: { start: offset, end: offset + length },
  }));
  return { root, problems };
}

/** The parser recurses: a text nested thousands deep would exhaust the stack. */
function safeTree(text: string, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(text.replace(/^\uFEFF/, ' '), errors, { allowTrailingComma: true });
  } catch {
    return undefined;
  }
}
