/** A shell word's text without quotes and escapes, and whether that is what the program gets. */
export interface PlainWord {
  readonly value: string;
  readonly literal: boolean;
}

const ANSI: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  v: '\v',
};

interface State {
  at: number;
  value: string;
  literal: boolean;
}

function singleQuoted(raw: string, state: State): void {
  const close = raw.indexOf("'", state.at + 1);
  state.value += raw.slice(state.at + 1, close < 0 ? raw.length : close);
  if (close < 0) state.literal = false;
  state.at = close < 0 ? raw.length : close + 1;
}

function doubleQuoted(raw: string, state: State): void {
  state.at++;
  while (state.at < raw.length && raw[state.at] !== '"') {
    const c = raw[state.at] ?? '';
    const after = raw[state.at + 1] ?? '';
    if ((c === '$' || c === '`') && startsExpansion(raw, state.at)) expansion(raw, state);
    else if (c === '\\' && after !== '' && '$`"\\\n'.includes(after)) {
      if (after !== '\n') state.value += after;
      state.at += 2;
    } else {
      state.value += c;
      state.at++;
    }
  }
  if (state.at >= raw.length) state.literal = false;
  state.at++;
}

/** Where the bracket that opens at `at` is closed: just after it, or the end of the text. Quoted brackets do not count. */
function closing(raw: string, at: number): number {
  const open = raw[at] ?? '';
  const close = open === '{' ? '}' : ')';
  let depth = 0;
  for (let i = at; i < raw.length; i++) {
    const c = raw[i];
    if (c === '\\') i++;
    else if (c === "'") i = raw.indexOf("'", i + 1) < 0 ? i : raw.indexOf("'", i + 1);
    else if (c === open) depth++;
    else if (c === close && --depth === 0) return i + 1;
  }
  return raw.length;
}

/** Copies one expansion as it is written. */
function expansion(raw: string, state: State): void {
  const { at } = state;
  const c = raw[at] ?? '';
  const after = raw[at + 1] ?? '';
  let end = at + 2;
  if (c === '`') {
    const close = raw.indexOf('`', at + 1);
    end = close < 0 ? raw.length : close + 1;
  } else if (after === '{' || after === '(') end = closing(raw, at + 1);
  else if (/\w/.test(after)) end = at + 1 + (/^\w+/.exec(raw.slice(at + 1))?.[0].length ?? 1);
  state.literal = false;
  state.value += raw.slice(at, end);
  state.at = end;
}

function ansiQuoted(raw: string, state: State): void {
  state.at += 2;
  while (state.at < raw.length && raw[state.at] !== "'") {
    const c = raw[state.at] ?? '';
    if (c !== '\\') {
      state.value += c;
      state.at++;
      continue;
    }
    const after = raw[state.at + 1] ?? '';
    const hex = /^\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|([0-7]{1,3}))/.exec(
      raw.slice(state.at, state.at + 6),
    );
    if (hex !== null) {
      const digits = hex[1] ?? hex[2];
      state.value += String.fromCharCode(
        digits === undefined ? Number.parseInt(hex[3] ?? '0', 8) : Number.parseInt(digits, 16),
      );
      state.at += hex[0].length;
    } else {
      state.value += ANSI[after] ?? ('\\\'"?'.includes(after) ? after : `\\${after}`);
      state.at += 2;
    }
  }
  if (state.at >= raw.length) state.literal = false;
  state.at++;
}

function startsExpansion(raw: string, at: number): boolean {
  const c = raw[at] ?? '';
  if (c === '`') return true;
  if (c === '$') return /[\w{(@*#?$!-]/.test(raw[at + 1] ?? '');
  return (c === '<' || c === '>') && raw[at + 1] === '(';
}

function unquoted(raw: string, state: State): void {
  const c = raw[state.at] ?? '';
  if (c === '\\') {
    const after = raw[state.at + 1] ?? '';
    if (after !== '\n') state.value += after;
    state.at += 2;
    return;
  }
  if (c === '*' || c === '?') state.literal = false;
  // A bracket is a pattern only where it is closed: `[` alone is the test command.
  if (c === '[' && raw.includes(']', state.at)) state.literal = false;
  // `{` means something only as a list or a range; `{}` of find and xargs is just text.
  if (c === '{' && /^\{[^}]*(?:,|\.\.)[^}]*\}/.test(raw.slice(state.at))) state.literal = false;
  if (c === '~' && (state.at === 0 || raw[state.at - 1] === '=' || raw[state.at - 1] === ':'))
    state.literal = false;
  state.value += c;
  state.at++;
}

/**
 * `raw` as the shell would read it, where no expansion is needed: quotes (`'…'`, `"…"`, `$'…'`, `$"…"`) and backslashes
 * are undone. An expansion stays as written, and `literal` is false.
 */
export function plainWord(raw: string): PlainWord {
  const state: State = { at: 0, value: '', literal: true };
  while (state.at < raw.length) {
    const c = raw[state.at] ?? '';
    const after = raw[state.at + 1] ?? '';
    if (c === "'") singleQuoted(raw, state);
    else if (c === '"') doubleQuoted(raw, state);
    else if (c === '$' && after === "'") ansiQuoted(raw, state);
    else if (c === '$' && after === '"') state.at++;
    else if (startsExpansion(raw, state.at)) expansion(raw, state);
    else unquoted(raw, state);
  }
  return { value: state.value, literal: state.literal };
}
