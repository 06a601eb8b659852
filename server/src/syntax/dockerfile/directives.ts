import type { Problem } from '../problem.js';
import type { Directive } from './model.js';
import { isSpaceCode } from './space.js';

const DIRECTIVE = /^#[\t-\r \u0085\u00a0]*([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*(.+?)[\t\n\f\r ]*$/;
const KNOWN = new Set(['syntax', 'escape', 'check']);

/** Reads parser directives line by line, as BuildKit does: only at the top, each once, and anything else ends them. */
export interface DirectiveReader {
  readonly directives: Directive[];
  readonly escape: '\\' | '`';
  /** Takes the next line (leading white space and line ending removed) that starts at `offset`; whether it was a directive. */
  read(line: string, offset: number): boolean;
}

/** A reader at the top of a file; what is wrong goes to `problems`. */
export function directiveReader(problems: Problem[]): DirectiveReader {
  const directives: Directive[] = [];
  let done = false;
  let escapeChar: '\\' | '`' = '\\';
  return {
    directives,
    get escape() {
      return escapeChar;
    },
    read(line, offset) {
      if (done) return false;
      const match = line.startsWith('#') ? DIRECTIVE.exec(line) : null;
      const name = match?.[1]?.toLowerCase();
      const value = match?.[2];
      if (name === undefined || value === undefined || !KNOWN.has(name)) {
        done = true;
        return false;
      }
      let end = line.length;
      while (isSpaceCode(line.charCodeAt(end - 1))) end--;
      const span = { start: offset, end: offset + end };
      if (directives.some((d) => d.name === name)) {
        problems.push({ message: `Only one ${name} parser directive can be used.`, span });
        return true;
      }
      directives.push({ name, value, span });
      if (name === 'escape') {
        if (value === '\\' || value === '`') escapeChar = value;
        else problems.push({ message: `The escape character must be \\ or \`, not ${value}.`, span });
      }
      return true;
    },
  };
}
