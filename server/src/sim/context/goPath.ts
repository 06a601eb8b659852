import { isWellFormed } from '../../syntax/dockerignore/gopath.js';

/** Whether BuildKit sees a wildcard in a path or a name; one behind a backslash is none. */
export function hasWildcards(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\\') i++;
    else if (c === '*' || c === '?' || c === '[') return true;
  }
  return false;
}

/** A cleaned path as the copy takes it apart: the folder before the first name with a wildcard, and the rest (`''` without one). */
export function splitWildcards(path: string): { readonly folder: string; readonly rest: string } {
  const names = path.split('/');
  const first = names.findIndex(hasWildcards);
  if (first < 0) return { folder: path, rest: '' };
  return { folder: names.slice(0, first).join('/'), rest: names.slice(first).join('/') };
}

/** One character of a class, its place behind it; undefined where the pattern is malformed. */
function classChar(pattern: readonly string[], at: number): { char: string; next: number } | undefined {
  let place = at;
  if (pattern[place] === '\\') place++;
  const char = pattern[place];
  return char === undefined ? undefined : { char, next: place + 1 };
}

function code(char: string): number {
  return char.codePointAt(0) ?? 0;
}

/** Whether the class that starts at `[` holds `char`, and where it ends. */
function inClass(pattern: readonly string[], open: number, char: string): { hit: boolean; next: number } {
  let at = open + 1;
  const negated = pattern[at] === '^';
  if (negated) at++;
  let hit = false;
  for (let first = true; first || pattern[at] !== ']'; first = false) {
    const low = classChar(pattern, at);
    if (low === undefined) break;
    at = low.next;
    const high = pattern[at] === '-' ? classChar(pattern, at + 1) : low;
    if (high === undefined) break;
    at = high.next;
    if (code(low.char) <= code(char) && code(char) <= code(high.char)) hit = true;
  }
  return { hit: hit !== negated, next: at + 1 };
}

/** Where the pattern goes on after matching one character at `at`; undefined where it does not match. */
function afterOne(pattern: readonly string[], at: number, char: string): number | undefined {
  const c = pattern[at];
  if (c === '[') {
    const { hit, next } = inClass(pattern, at, char);
    return hit ? next : undefined;
  }
  if (c === '?') return char === '/' ? undefined : at + 1;
  if (c === '\\') return pattern[at + 1] === char ? at + 2 : undefined;
  return c === char ? at + 1 : undefined;
}

/** Go's `path.Match` for one pattern, ready to be asked often. A malformed pattern matches nothing. */
export function goMatcher(text: string): (name: string) => boolean {
  if (!isWellFormed(text)) return () => false;
  if (!/[*?[\\]/.test(text)) return (name) => name === text;
  const pattern = Array.from(text);
  return (name) => matches(pattern, Array.from(name));
}

/** `*` matches as little as possible first; going back to the last one is enough, since it never crosses a `/`. */
function matches(pattern: readonly string[], name: readonly string[]): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let starName = 0;
  for (;;) {
    if (pattern[p] === '*') {
      star = p++;
      starName = n;
      continue;
    }
    const char = name[n];
    if (char === undefined && p === pattern.length) return true;
    const next = char === undefined || p === pattern.length ? undefined : afterOne(pattern, p, char);
    if (next !== undefined) {
      p = next;
      n++;
      continue;
    }
    const given = name[starName];
    if (star < 0 || given === undefined || given === '/') return false;
    starName++;
    n = starName;
    p = star + 1;
  }
}
