import { isSpaceCode } from './space.js';

/**
 * What a variable is worth: a string, null where it is surely not set, undefined where it cannot be known.
 */
export type Lookup = (name: string) => string | null | undefined;

/** How BuildKit's word lexer is set up for one purpose. */
export interface LexOptions {
  /** Keep quotes in the result. */
  readonly rawQuotes: boolean;
  /** Keep escape characters in the result. */
  readonly rawEscapes: boolean;
  /** Leave `$x` as written when it is not set. */
  readonly keepUnset: boolean;
  readonly escape: '\\' | '`';
  readonly lookup: Lookup;
}

/** A word found while lexing, with its place in the source. */
export interface LexedWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Lexed {
  readonly text: string;
  /** The result depends on a variable nobody knows: `text` means nothing. */
  readonly unknown: boolean;
  readonly words: readonly LexedWord[];
}

/** A text the lexer refuses: an open quote, a bad substitution, `${x:?}` of an unset variable. */
class LexError extends Error {}

interface Part {
  text: string;
  unknown: boolean;
}

const SPECIAL = new Set(['@', '*', '#', '?', '-', '$', '!', '0']);
const NAME_PART = /[\p{L}\p{Nd}_]/u;
const DIGIT = /\p{Nd}/u;

/** One pass of the lexer over a source. Mirrors the grammar of BuildKit's shell package, quirks included. */
class Lexer {
  private at = 0;
  private readonly found: LexedWord[] = [];
  private word = '';
  private wordStart = 0;
  private wordEnd = 0;
  private rawEscapes: boolean;

  constructor(
    private readonly source: string,
    private readonly options: LexOptions,
  ) {
    this.rawEscapes = options.rawEscapes;
  }

  run(): Lexed {
    // Go's text scanner drops a byte order mark in front.
    if (this.source.startsWith('\uFEFF')) this.at = 1;
    const part = this.until(undefined, this.rawEscapes, true);
    this.endWord();
    return { ...part, words: this.found };
  }

  private peek(): string | undefined {
    return this.source[this.at];
  }

  private next(): string | undefined {
    const c = this.source[this.at];
    if (c !== undefined) this.at++;
    return c;
  }

  private endWord(): void {
    if (this.word === '') return;
    this.found.push({ text: this.word, start: this.wordStart, end: this.wordEnd });
    this.word = '';
  }

  private addRaw(text: string, start: number): void {
    if (this.word === '') this.wordStart = start;
    this.word += text;
    this.wordEnd = this.at;
  }

  private addSplit(text: string, start: number): void {
    for (const c of text) {
      if (isSpaceCode(c.charCodeAt(0))) this.endWord();
      else this.addRaw(c, start);
    }
  }

  /** Everything up to `stop` (taken too), or to the end. */
  private until(stop: string | undefined, rawEscapes: boolean, top: boolean): Part {
    const before = this.rawEscapes;
    this.rawEscapes = rawEscapes;
    const out: Part = { text: '', unknown: false };
    for (let c = this.peek(); c !== undefined; c = this.peek()) {
      const start = this.at;
      if (c === stop) {
        this.at++;
        this.rawEscapes = before;
        return out;
      }
      const special = this.special(c);
      if (special !== undefined) {
        out.text += special.text;
        out.unknown ||= special.unknown;
        if (top && c === '$') this.addSplit(special.text, start);
        else if (top) this.addRaw(special.text, start);
        continue;
      }
      this.plain(out, top);
    }
    this.rawEscapes = before;
    if (stop !== undefined) throw new LexError(`no matching ${stop}`);
    return out;
  }

  private plain(out: Part, top: boolean): void {
    const start = this.at;
    const c = this.next() ?? '';
    if (c !== this.options.escape) {
      out.text += c;
      if (top) this.addSplit(c, start);
      return;
    }
    const escaped = this.next();
    const kept = (this.rawEscapes ? c : '') + (escaped ?? '');
    out.text += kept;
    if (top && kept !== '') this.addRaw(kept, start);
  }

  private special(c: string): Part | undefined {
    if (c === '$') return this.dollar();
    if (c === '<') return this.possibleHeredoc();
    if (c === "'") return this.singleQuote();
    if (c === '"') return this.doubleQuote();
    return undefined;
  }

  /** `<<` with the white space after it: `<< EOF` is one word. */
  private possibleHeredoc(): Part {
    this.at++;
    if (this.peek() !== '<') return { text: '<', unknown: false };
    this.at++;
    let text = '<<';
    for (let c = this.peek(); c === ' ' || c === '\t' || c === '\r'; c = this.peek()) text += this.next();
    return { text, unknown: false };
  }

  private singleQuote(): Part {
    const close = this.source.indexOf("'", this.at + 1);
    if (close < 0) throw new LexError('no matching single quote');
    const raw = this.source.slice(this.at, close + 1);
    this.at = close + 1;
    return { text: this.options.rawQuotes ? raw : raw.slice(1, -1), unknown: false };
  }

  private doubleQuote(): Part {
    this.at++;
    const quote = this.options.rawQuotes ? '"' : '';
    const out: Part = { text: quote, unknown: false };
    for (let c = this.peek(); c !== undefined; c = this.peek()) {
      if (c === '"') {
        this.at++;
        out.text += quote;
        return out;
      }
      if (c === '$') {
        const value = this.dollar();
        out.text += value.text;
        out.unknown ||= value.unknown;
        continue;
      }
      this.at++;
      if (c !== this.options.escape) {
        out.text += c;
        continue;
      }
      if (this.rawEscapes) out.text += c;
      const after = this.peek();
      if (after === undefined) continue;
      if (after === '"' || after === '$' || after === this.options.escape) {
        this.at++;
        out.text += after;
      } else out.text += c;
    }
    throw new LexError('no matching double quote');
  }

  private name(): string {
    let name = '';
    for (let c = this.peek(); c !== undefined; c = this.peek()) {
      if (name === '' && DIGIT.test(c)) {
        while (DIGIT.test(this.peek() ?? '')) name += this.next();
        return name;
      }
      if (name === '' && SPECIAL.has(c)) {
        this.at++;
        return c;
      }
      if (!NAME_PART.test(c)) break;
      name += c;
      this.at++;
    }
    return name;
  }

  private value(name: string, asWritten: string): Part {
    const value = this.options.lookup(name);
    if (value === undefined) return { text: '', unknown: true };
    if (value === null) return { text: this.options.keepUnset ? asWritten : '', unknown: false };
    return { text: value, unknown: false };
  }

  private dollar(): Part {
    this.at++;
    if (this.peek() !== '{') {
      const name = this.name();
      return name === '' ? { text: '$', unknown: false } : this.value(name, `$${name}`);
    }
    this.at++;
    const first = this.peek();
    if (first === undefined || first === '{' || first === '}' || first === ':') {
      throw new LexError('bad substitution');
    }
    const name = this.name();
    const c = this.next();
    if (c === '}') return this.value(name, `\${${name}}`);
    if (c === ':') return this.modified(name, this.next() ?? '', true);
    if (c === '/') return this.replaced(name);
    return this.modified(name, c ?? '', false);
  }

  /** `${name-word}` and its kin; `nullIsUnset` for the forms with a colon. */
  private modified(name: string, operator: string, nullIsUnset: boolean): Part {
    const pattern = operator === '#' || operator === '%';
    if (!'+-?#%'.includes(operator) || operator === '' || (pattern && nullIsUnset)) {
      throw new LexError('unsupported modifier');
    }
    const word = this.until('}', pattern, false);
    const value = this.options.lookup(name);
    if (value === undefined) return { text: '', unknown: true };
    if (value === null && this.options.keepUnset) {
      return { text: `\${${name}${nullIsUnset ? ':' : ''}${operator}${word.text}}`, unknown: false };
    }
    const set = value !== null && !(nullIsUnset && value === '');
    const known: Part = { text: value ?? '', unknown: false };
    if (operator === '-') return set ? known : word;
    if (operator === '+') return set ? word : { text: '', unknown: false };
    if (operator === '?') {
      if (!set) throw new LexError(`${name} is not set`);
      return known;
    }
    return word.unknown ? { text: '', unknown: true } : trimmed(known.text, operator, word.text);
  }

  private replaced(name: string): Part {
    const all = this.peek() === '/';
    if (all) this.at++;
    const pattern = this.until('/', true, false);
    const replacement = this.until('}', true, false);
    const value = this.options.lookup(name);
    if (value === undefined || pattern.unknown || replacement.unknown) return { text: '', unknown: true };
    if (value === null && this.options.keepUnset) {
      return { text: `\${${name}/${pattern.text}/${replacement.text}}`, unknown: false };
    }
    const expression = new RegExp(globSource(pattern.text, true), all ? 'gsu' : 'su');
    // One replacement: the text as it is. All: Go expands `$1` in it, which no pattern here can define.
    const by = all
      ? replacement.text.replace(/\$\$|\$\{\w*\}|\$\w+/g, (m) => (m === '$$' ? '$' : ''))
      : replacement.text;
    return { text: (value ?? '').replace(expression, () => by), unknown: false };
  }
}

/** The regular expression of a `?*` pattern; throws LexError for an escape that means nothing. */
function globSource(pattern: string, greedy: boolean): string {
  let out = '';
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i++) {
    const c = chars[i] ?? '';
    const after = chars[i + 1] ?? '';
    if (c === '*') out += greedy ? '[^\\n]*' : '[^\\n]*?';
    else if (c === '?') out += '[^\\n]';
    else if (c === '\\') {
      if (after === '}' || after === '/') continue;
      if (after !== '*' && after !== '?' && after !== '\\') throw new LexError('invalid escape');
      out += `\\${after}`;
      i++;
    } else out += /[[\]{}.+()|^$/]/.test(c) ? `\\${c}` : c;
  }
  return out;
}

function trimmed(value: string, operator: string, word: string): Part {
  const greedy = word.startsWith(operator);
  const pattern = globSource(greedy ? word.slice(1) : word, greedy);
  if (operator === '#') {
    return { text: value.replace(new RegExp(`^(?:${pattern})`, 'su'), ''), unknown: false };
  }
  // The shortest suffix starts last and the longest first, whatever the stars in the pattern would take.
  const expression = new RegExp(`^(?:${pattern})$`, 'su');
  const starts = [...Array(value.length + 1).keys()];
  const start = (greedy ? starts : starts.reverse()).find((at) => expression.test(value.slice(at)));
  return { text: value.slice(0, start ?? value.length), unknown: false };
}

/** `source` lexed as BuildKit does; undefined where it refuses it. */
export function lex(source: string, options: LexOptions): Lexed | undefined {
  try {
    return new Lexer(source, options).run();
  } catch (error) {
    if (error instanceof LexError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
