/**
 * The regular expressions that BuildKit makes of ignore patterns, read as Go's regexp package reads them and run in time
 * proportional to path and pattern (JavaScript's would backtrack). Only what the translation of a pattern can contain is
 * known here: characters, classes, escapes, `X*`, the group `(.*\/)?`, `^` and `$`.
 */

type Test = (c: number) => boolean;
type Element =
  | {
      readonly kind: 'one' | 'many';
      readonly test: Test;
      readonly literal: number | undefined;
      /** The same for JavaScript's regular expressions; undefined where it is not surely the same. */
      readonly script: string | undefined;
    }
  /** `(.*\/)?` */
  | { readonly kind: 'folders' }
  | { readonly kind: 'assert'; readonly holds: (path: readonly number[], at: number) => boolean };

/** Whether a path matches. */
export type PathTest = (path: string) => boolean;

const newline = 10;
const slash = 47;

function isWord(c: number | undefined): boolean {
  return c !== undefined && c < 128 && /\w/.test(String.fromCharCode(c));
}

const perlClasses: Readonly<Record<string, Test>> = {
  d: (c) => c >= 48 && c <= 57,
  s: (c) => c === 9 || c === 10 || c === 12 || c === 13 || c === 32,
  w: isWord,
};

const posixClasses: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  ascii: /[\0-\x7F]/,
  blank: /[\t ]/,
  cntrl: /[\0-\x1F\x7F]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t\n\v\f\r ]/,
  upper: /[A-Z]/,
  word: /[0-9A-Za-z_]/,
  xdigit: /[0-9A-Fa-f]/,
};

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** Thrown inside this file only: Go would not compile the expression. */
class BadExpression extends Error {}

interface Cursor {
  readonly points: readonly number[];
  at: number;
}

function charAt(cursor: Cursor, ahead = 0): string {
  const c = cursor.points[cursor.at + ahead];
  return c === undefined ? '' : String.fromCodePoint(c);
}

function next(cursor: Cursor): number {
  const c = cursor.points[cursor.at];
  if (c === undefined) throw new BadExpression();
  cursor.at++;
  return c;
}

/** `\` and what follows as one character, cursor on the `\`. */
function escapedChar(cursor: Cursor): number {
  cursor.at++;
  const c = next(cursor);
  const char = String.fromCodePoint(c);
  if (/[0-7]/.test(char)) return octal(cursor, c - 48);
  if (char === 'x') return hex(cursor);
  const control = controls[char];
  if (control !== undefined) return control;
  if (c >= 128 || /[0-9A-Za-z]/.test(char)) throw new BadExpression();
  return c;
}

function octal(cursor: Cursor, first: number): number {
  // A single digit other than 0 would be a back reference, which Go does not have.
  if (first !== 0 && !/[0-7]/.test(charAt(cursor))) throw new BadExpression();
  let value = first;
  for (let i = 1; i < 3 && /[0-7]/.test(charAt(cursor)); i++) value = value * 8 + next(cursor) - 48;
  return value;
}

function hex(cursor: Cursor): number {
  const digits = charAt(cursor) + charAt(cursor, 1);
  if (!/^[0-9A-Fa-f]{2}$/.test(digits)) throw new BadExpression();
  cursor.at += 2;
  return Number.parseInt(digits, 16);
}

/** `\d`, `\W`, `\pL`…, cursor on the `\`; undefined (and nothing read) for anything else. */
function classEscape(cursor: Cursor): Test | undefined {
  if (charAt(cursor) !== '\\') return undefined;
  const name = charAt(cursor, 1);
  const lower = name.toLowerCase();
  const perl = /^[dsw]$/i.test(name) ? perlClasses[lower] : undefined;
  if (perl !== undefined) {
    cursor.at += 2;
    return name === lower ? perl : (c) => !perl(c);
  }
  if (lower !== 'p') return undefined;
  const category = charAt(cursor, 2);
  if (!/^[CLMNPSZ]$/.test(category)) throw new BadExpression();
  cursor.at += 3;
  const group = new RegExp(`\\p{${category}}`, 'u');
  return (c) => group.test(String.fromCodePoint(c)) === (name === 'p');
}

/** `[:alpha:]` inside a class; undefined (and nothing read) for anything else. */
function posixClass(cursor: Cursor): Test | undefined {
  if (charAt(cursor) !== '[' || charAt(cursor, 1) !== ':') return undefined;
  const rest = String.fromCodePoint(...cursor.points.slice(cursor.at + 2, cursor.at + 40));
  const end = rest.indexOf(':]');
  if (end < 0) return undefined;
  const name = rest.slice(0, end);
  const group = posixClasses[name.replace(/^\^/, '')];
  if (group === undefined) throw new BadExpression();
  cursor.at += end + 4;
  return (c) => group.test(String.fromCodePoint(c)) !== name.startsWith('^');
}

function classChar(cursor: Cursor): number {
  return charAt(cursor) === '\\' ? escapedChar(cursor) : next(cursor);
}

/** A class, cursor behind its `[`. */
function charClass(cursor: Cursor): Test {
  const negated = charAt(cursor) === '^';
  if (negated) cursor.at++;
  const tests: Test[] = [];
  for (let first = true; first || charAt(cursor) !== ']'; first = false) {
    const named = posixClass(cursor) ?? classEscape(cursor);
    if (named !== undefined) {
      tests.push(named);
      continue;
    }
    const low = classChar(cursor);
    let high = low;
    if (charAt(cursor) === '-' && charAt(cursor, 1) !== ']' && charAt(cursor, 1) !== '') {
      cursor.at++;
      high = classChar(cursor);
    }
    if (high < low) throw new BadExpression();
    tests.push((c) => low <= c && c <= high);
  }
  cursor.at++;
  return (c) => tests.some((test) => test(c)) !== negated;
}

const assertions: Readonly<Record<string, (path: readonly number[], at: number) => boolean>> = {
  A: (_, at) => at === 0,
  z: (path, at) => at === path.length,
  b: (path, at) => isWord(path[at - 1]) !== isWord(path[at]),
  B: (path, at) => isWord(path[at - 1]) === isWord(path[at]),
};

function literal(c: number): Element {
  const script = String.fromCodePoint(c).replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
  return { kind: 'one', test: (x) => x === c, literal: c, script };
}

/** A class that means the same in Go and in JavaScript. */
const plainClass = /^\[\^?(?:\/|(?:[A-Za-z]-[A-Za-z]|\d-\d|[\w.,@ ])+)\]$/;

function classElement(cursor: Cursor): Element {
  const start = cursor.at - 1;
  const test = charClass(cursor);
  const text = String.fromCodePoint(...cursor.points.slice(start, cursor.at));
  return { kind: 'one', test, literal: undefined, script: plainClass.test(text) ? text : undefined };
}

/** What starts with `\` outside a class. */
function escapeSequence(cursor: Cursor): Element[] {
  const name = charAt(cursor, 1);
  const holds = /^[AzbB]$/.test(name) ? assertions[name] : undefined;
  if (holds !== undefined) {
    cursor.at += 2;
    return [{ kind: 'assert', holds }];
  }
  if (name === 'Q') return quoted(cursor);
  const test = classEscape(cursor);
  return test === undefined
    ? [literal(escapedChar(cursor))]
    : [{ kind: 'one', test, literal: undefined, script: undefined }];
}

/** `\Q…\E`: everything between is literal. */
function quoted(cursor: Cursor): Element[] {
  cursor.at += 2;
  const out: Element[] = [];
  while (cursor.at < cursor.points.length) {
    if (charAt(cursor) === '\\' && charAt(cursor, 1) === 'E') {
      cursor.at += 2;
      break;
    }
    out.push(literal(next(cursor)));
  }
  return out;
}

function elements(source: string): Element[] {
  const cursor: Cursor = { points: codePoints(source), at: 0 };
  const out: Element[] = [];
  while (cursor.at < cursor.points.length) {
    const char = charAt(cursor);
    if (char === '\\') {
      out.push(...escapeSequence(cursor));
      continue;
    }
    const c = next(cursor);
    if (char === '[') out.push(classElement(cursor));
    else if (char === '.') {
      out.push({ kind: 'one', test: (x) => x !== newline, literal: undefined, script: '[^\\n]' });
    } else if (char === '^') out.push({ kind: 'assert', holds: (_, at) => at === 0 });
    else if (char === '$') out.push({ kind: 'assert', holds: (path, at) => at === path.length });
    else if (char === '*') repeatLast(out);
    else if (char === '(') {
      // Brackets of the pattern itself are escaped, so this is the translation of `**`.
      cursor.at += '.*/)?'.length;
      out.push({ kind: 'folders' });
    } else out.push(literal(c));
  }
  return out;
}

function repeatLast(out: Element[]): void {
  const last = out.pop();
  if (last?.kind !== 'one') throw new BadExpression();
  const script = last.script === undefined ? undefined : `${last.script}*`;
  out.push({ kind: 'many', test: last.test, literal: undefined, script });
}

/** The code points of a text. */
function codePoints(text: string): readonly number[] {
  return Array.from(text, (char) => char.codePointAt(0) ?? 0);
}

/** State 2k stands before element k, 2k+1 inside the folders of element k. */
function close(
  states: Set<number>,
  program: readonly Element[],
  path: readonly number[],
  at: number,
): boolean {
  for (const state of states) {
    const element = program[state >> 1];
    if (element === undefined) return true;
    if ((state & 1) === 1) continue;
    if (element.kind === 'folders') states.add(state + 1).add(state + 2);
    else if (element.kind === 'many') states.add(state + 2);
    else if (element.kind === 'assert' && element.holds(path, at)) states.add(state + 2);
  }
  return false;
}

function step(states: ReadonlySet<number>, program: readonly Element[], c: number): Set<number> {
  const out = new Set<number>();
  for (const state of states) {
    const element = program[state >> 1];
    if (element === undefined || element.kind === 'assert') continue;
    if (element.kind === 'folders') {
      if ((state & 1) === 0 || c === newline) continue;
      out.add(state);
      if (c === slash) out.add(state + 1);
    } else if (element.test(c)) out.add(element.kind === 'many' ? state : state + 2);
  }
  return out;
}

function run(program: readonly Element[], path: readonly number[]): boolean {
  let states = new Set([0]);
  for (let at = 0; ; at++) {
    if (close(states, program, path, at)) return true;
    const c = path[at];
    if (c === undefined || states.size === 0) return false;
    states = step(states, program, c);
  }
}

/** Literal characters from `from` on, in the direction of `step`. */
function literals(program: readonly Element[], from: number, step: 1 | -1): string {
  let out = '';
  for (let i = from; ; i += step) {
    const element = program[i];
    if (element?.kind !== 'one' || element.literal === undefined) return out;
    const char = String.fromCodePoint(element.literal);
    out = step === 1 ? out + char : char + out;
  }
}

/** Repetitions up to which going back and forth takes no more than the square of the path's length. */
const mostRepeats = 2;

/** The program as a regular expression of JavaScript; undefined where it might differ, or take long. */
function scripted(program: readonly Element[]): RegExp | undefined {
  const repeats = program.filter(({ kind }) => kind === 'many' || kind === 'folders').length;
  if (repeats > mostRepeats) return undefined;
  const parts = program.slice(1, -1).map((element) => {
    if (element.kind === 'folders') return '(?:[^\\n]*/)?';
    return element.kind === 'assert' ? undefined : element.script;
  });
  return parts.includes(undefined) ? undefined : new RegExp(`^${parts.join('')}$`, 'u');
}

/** The test for an expression between `^` and `$`; undefined where Go would not compile it. */
export function compileExpression(source: string): PathTest | undefined {
  try {
    const program = elements(source);
    // Cheap tests that rule out most paths.
    const start = literals(program, 1, 1);
    const end = program.at(-1)?.kind === 'assert' ? literals(program, program.length - 2, -1) : '';
    const script = program.at(-1)?.kind === 'assert' ? scripted(program) : undefined;
    const test =
      script === undefined
        ? (path: string) => run(program, codePoints(path))
        : (path: string) => script.test(path);
    return (path) => path.endsWith(end) && path.startsWith(start) && test(path);
  } catch (error) {
    if (error instanceof BadExpression) return undefined;
    throw error;
  }
}
