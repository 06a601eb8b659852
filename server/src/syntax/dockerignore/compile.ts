import { cleanPath, failsOnDot, trimSpace } from './gopath.js';
import { compileExpression } from './regexp.js';

/** One pattern ready to be matched against whole paths from the context root, with `/` (SPEC A3). */
export interface CompiledPattern {
  /** Cleaned, without `!`. */
  readonly text: string;
  readonly exception: boolean;
  readonly kind: 'exact' | 'prefix' | 'suffix' | 'regexp';
  /** Undefined where evaluating the pattern makes the build fail. */
  readonly matches: ((path: string) => boolean) | undefined;
  /** Why BuildKit refuses the pattern: at once, or, where `lazy`, as soon as it looks at a path with it. */
  readonly error: string | undefined;
  readonly lazy: boolean;
}

const syntaxError = 'BuildKit refuses this pattern ("syntax error in pattern"): the build fails.';

function refused(text: string, exception: boolean, error: string, lazy = false): CompiledPattern {
  return { text, exception, kind: 'regexp', matches: undefined, error, lazy };
}

/** Translates one pattern as moby/patternmatcher does; `pattern` as it leaves the ignore file, `!` included. */
export function compilePattern(pattern: string): CompiledPattern {
  const whole = cleanPath(trimSpace(pattern));
  const exception = whole.startsWith('!');
  if (whole === '!') {
    return refused(
      '',
      true,
      'BuildKit refuses this pattern (illegal exclusion pattern: "!"): the build fails.',
    );
  }
  const body = exception ? whole.slice(1) : whole;
  if (failsOnDot(body)) return refused(body, exception, syntaxError);
  const { kind, expression } = translate(body);
  if (kind !== 'regexp') {
    return { text: body, exception, kind, matches: simpleMatch(kind, body), error: undefined, lazy: false };
  }
  const test = compileExpression(expression);
  if (test === undefined) return refused(body, exception, syntaxError, true);
  return {
    text: body,
    exception,
    kind,
    matches: body.includes('\uFFFD') ? (path) => test(readByGo(path)) : test,
    error: undefined,
    lazy: false,
  };
}

/** A path as Go's regexp sees it: a byte that is no UTF-8 (U+DC80…U+DCFF stand for one) is U+FFFD. */
function readByGo(path: string): string {
  return path.replace(/[\uDC80-\uDCFF]/gu, '\uFFFD');
}

function simpleMatch(kind: 'exact' | 'prefix' | 'suffix', body: string): (path: string) => boolean {
  if (kind === 'exact') return (path) => path === body;
  if (kind === 'prefix') {
    const start = body.slice(0, -2);
    return (path) => path.startsWith(start);
  }
  const end = body.slice(2);
  return (path) => path.endsWith(end) || (end.startsWith('/') && path === end.slice(1));
}

/** The kind of a pattern and the regular expression, in Go's syntax, that it stands for. */
function translate(body: string): { kind: CompiledPattern['kind']; expression: string } {
  // Go's text scanner drops a byte order mark in front.
  const chars = Array.from(body.replace(/^\uFEFF/, ''));
  let kind: CompiledPattern['kind'] = 'exact';
  let expression = '^';
  for (let i = 0; i < chars.length; i++) {
    const c = chars[i] ?? '';
    if (c === '*' && chars[i + 1] === '*') {
      const first = i === 0;
      i += chars[i + 2] === '/' ? 2 : 1;
      if (i + 1 < chars.length) {
        expression += '(.*/)?';
        kind = 'regexp';
      } else if (kind === 'exact') kind = 'prefix';
      else {
        expression += '.*';
        kind = 'regexp';
      }
      if (first) kind = 'suffix';
    } else if (c === '*' || c === '?') {
      expression += c === '*' ? '[^/]*' : '[^/]';
      kind = 'regexp';
    } else if ('.+()|{}$'.includes(c)) expression += `\\${c}`;
    else if (c === '\\') {
      i++;
      expression += `\\${chars[i] ?? ''}`;
      kind = 'regexp';
    } else {
      if (c === '[' || c === ']') kind = 'regexp';
      expression += c;
    }
  }
  return { kind, expression: `${expression}$` };
}
