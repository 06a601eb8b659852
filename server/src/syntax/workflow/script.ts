/** One word of a command: quotes undone. */
export interface ScriptWord {
  /** Undefined where a variable, a substitution or an expression `${{ }}` decides. */
  readonly value: string | undefined;
  readonly raw: string;
  /** Offset of its first character in the script. */
  readonly start: number;
}

/** A simple command of a script: its words, and the folder it runs in as far as `cd` tells. */
export interface ScriptCommand {
  readonly words: readonly ScriptWord[];
  /** The `cd` arguments before it in its shell, in order; undefined for one that is not known. */
  readonly folders: readonly (string | undefined)[];
  /** Offset of its first word in the script. */
  readonly start: number;
  readonly end: number;
}

interface Token {
  readonly kind: 'word' | 'end' | 'open' | 'close';
  readonly word: ScriptWord;
  readonly start: number;
  readonly end: number;
}

const noWord: ScriptWord = { value: '', raw: '', start: 0 };

/**
 * The simple commands of a shell script, roughly: quotes, continuations, `&&`, `;`, pipes, subshells, `cd`. It is read
 * before the shell grammar is loaded, so it asks for no more than where a `docker build` line takes its files from.
 */
export function scriptCommands(script: string): readonly ScriptCommand[] {
  const out: ScriptCommand[] = [];
  let folders: (string | undefined)[] = [];
  const saved: (string | undefined)[][] = [];
  let words: Token[] = [];
  const flush = (): void => {
    const [first] = words;
    const last = words.at(-1);
    if (first === undefined || last === undefined) return;
    out.push({ words: words.map((w) => w.word), folders, start: first.start, end: last.end });
    const [name, folder] = words.map((w) => w.word);
    if (name?.value === 'cd' || name?.value === 'pushd') folders = [...folders, folder?.value];
    if (name?.value === 'popd') folders = folders.slice(0, -1);
    words = [];
  };
  for (const token of tokens(script)) {
    if (token.kind === 'word') {
      words.push(token);
      continue;
    }
    flush();
    if (token.kind === 'open') saved.push(folders);
    if (token.kind === 'close') folders = saved.pop() ?? folders;
  }
  flush();
  return out;
}

function* tokens(script: string): Generator<Token> {
  let at = 0;
  while (at < script.length) {
    const rest = script.slice(at, at + 3);
    const blank = /^(?:[ \t\r]|\\\r?\n)/.exec(rest);
    if (blank !== null) {
      at += blank[0].length;
      continue;
    }
    const c = rest.charAt(0);
    if (c === '#') {
      const end = script.indexOf('\n', at);
      at = end < 0 ? script.length : end;
      continue;
    }
    if ('\n;&|()'.includes(c)) {
      yield { kind: c === '(' ? 'open' : c === ')' ? 'close' : 'end', word: noWord, start: at, end: at + 1 };
      at++;
      continue;
    }
    const end = wordEnd(script, at);
    yield { kind: 'word', word: scriptWord(script.slice(at, end), at), start: at, end };
    at = end;
  }
}

/** Where the word that starts at `at` ends: never at `at` itself. */
export function wordEnd(script: string, at: number): number {
  let i = at;
  while (i < script.length) {
    const c = script.charAt(i);
    if (/[\s;&|()]/.test(c)) break;
    if (script.startsWith('${{', i)) i = endAfter(script, '}}', i);
    else if (script.startsWith('$(', i)) i = substitutionEnd(script, i + 2);
    else if (c === '\\') i += 2;
    else if (c === "'") i = endAfter(script, "'", i + 1);
    else if (c === '"') i = doubleQuoteEnd(script, i + 1);
    else if (c === '`') i = endAfter(script, '`', i + 1);
    else i++;
  }
  return Math.max(at + 1, Math.min(i, script.length));
}

function endAfter(script: string, mark: string, from: number): number {
  const end = script.indexOf(mark, from);
  return end < 0 ? script.length : end + mark.length;
}

function substitutionEnd(script: string, from: number): number {
  let depth = 1;
  let i = from;
  while (i < script.length && depth > 0) {
    const c = script.charAt(i);
    if (c === '(') depth++;
    if (c === ')') depth--;
    i++;
  }
  return i;
}

function doubleQuoteEnd(script: string, from: number): number {
  let i = from;
  while (i < script.length && script.charAt(i) !== '"') {
    if (script.startsWith('${{', i)) i = endAfter(script, '}}', i);
    else if (script.startsWith('$(', i)) i = substitutionEnd(script, i + 2);
    else i += script.charAt(i) === '\\' ? 2 : 1;
  }
  return i + 1;
}

function scriptWord(raw: string, start: number): ScriptWord {
  const single = raw.replace(/'[^']*'/g, '');
  if (/\$[\w({@*#?!]|`/.test(single.replace(/\\[$`]/g, ''))) return { value: undefined, raw, start };
  let value = '';
  for (const part of raw.matchAll(/'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\(\r?\n|[\s\S])|([\s\S])/g)) {
    const [, quoted, double, escaped, plain] = part;
    value +=
      quoted ??
      double?.replace(/\\(\r?\n|["\\$`])/g, unescaped) ??
      (escaped === undefined ? plain : unescaped('', escaped));
  }
  return { value, raw, start };
}

function unescaped(_: string, escaped: string): string {
  return escaped.endsWith('\n') ? '' : escaped;
}
