/** Go's unicode.IsSpace, which differs from JavaScript's white space in U+0085 and U+FEFF. */
const space = '[\\t\\n\\v\\f\\r \\u0085\\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000]';
const leading = new RegExp(`^${space}+`);
const spaceChar = new RegExp(`^${space}$`);

/** Go's strings.TrimSpace. */
export function trimSpace(text: string): string {
  const start = text.replace(leading, '');
  let end = start.length;
  while (end > 0 && spaceChar.test(start.charAt(end - 1))) end--;
  return start.slice(0, end);
}

/** Go's filepath.Clean on a system with `/`. */
export function cleanPath(path: string): string {
  if (path === '') return '.';
  const rooted = path.startsWith('/');
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') out.push(part);
    else if (out.length > 0 && out.at(-1) !== '..') out.pop();
    else if (!rooted) out.push('..');
  }
  return (rooted ? '/' : '') + out.join('/') || '.';
}

/** Where one character of a class ends, escapes counted; undefined where Go calls the pattern bad. */
function afterClassChar(pattern: string, at: number): number | undefined {
  const first = pattern.charAt(at);
  if (first === '' || first === '-' || first === ']') return undefined;
  const start = first === '\\' ? at + 1 : at;
  const char = pattern.codePointAt(start);
  if (char === undefined) return undefined;
  const end = start + (char > 0xffff ? 2 : 1);
  return end < pattern.length ? end : undefined;
}

/** Where the class that starts at `[` ends; undefined where Go calls the pattern bad. */
function afterClass(pattern: string, open: number): number | undefined {
  let at = open + 1;
  if (pattern.charAt(at) === '^') at++;
  for (let ranges = 0; ranges === 0 || pattern.charAt(at) !== ']'; ranges++) {
    const low = afterClassChar(pattern, at);
    if (low === undefined) return undefined;
    const high = pattern.charAt(low) === '-' ? afterClassChar(pattern, low + 1) : low;
    if (high === undefined) return undefined;
    at = high;
  }
  return at + 1;
}

/** The stretch up to the next `*` outside a class, as Go's Match cuts a pattern: its idea of a class is a rough one. */
function chunkEnd(pattern: string, start: number): number {
  let inClass = false;
  let at = start;
  for (; at < pattern.length; at++) {
    const c = pattern.charAt(at);
    if (c === '\\') at++;
    else if (c === '[') inClass = true;
    else if (c === ']') inClass = false;
    else if (c === '*' && !inClass) break;
  }
  return Math.min(at, pattern.length);
}

function isWellFormedChunk(chunk: string): boolean {
  for (let at = 0; at < chunk.length; ) {
    const c = chunk.charAt(at);
    if (c === '[') {
      const after = afterClass(chunk, at);
      if (after === undefined) return false;
      at = after;
    } else if (c === '\\') {
      if (at + 1 >= chunk.length) return false;
      at += 2;
    } else at++;
  }
  return true;
}

/** Whether the class that starts at `[`, well formed, holds `.`. */
function classHasDot(pattern: string, open: number): boolean {
  let at = open + 1;
  const negated = pattern.charAt(at) === '^';
  if (negated) at++;
  const char = (): string => {
    if (pattern.charAt(at) === '\\') at++;
    const c = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    at += c.length;
    return c;
  };
  let has = false;
  for (let first = true; first || pattern.charAt(at) !== ']'; first = false) {
    const low = char();
    const isRange = pattern.charAt(at) === '-';
    if (isRange) at++;
    const high = isRange ? char() : low;
    if ((low.codePointAt(0) ?? 0) <= 46 && 46 <= (high.codePointAt(0) ?? 0)) has = true;
  }
  return has !== negated;
}

/** Whether a chunk, well formed, is one element that matches `.`. */
function isDot(chunk: string): boolean {
  if (chunk.startsWith('[')) return afterClass(chunk, 0) === chunk.length && classHasDot(chunk, 0);
  return chunk === '.' || chunk === '?' || chunk === '\\.';
}

/**
 * Whether Go's filepath.Match reports an error for the pattern and the name `.`. It looks at a pattern no further than to
 * where the name can't match any more: what is wrong behind that goes unseen.
 */
export function failsOnDot(pattern: string): boolean {
  let left = true;
  for (let at = 0; at < pattern.length; ) {
    while (pattern.charAt(at) === '*') at++;
    const end = chunkEnd(pattern, at);
    const chunk = pattern.slice(at, end);
    if (chunk === '') return false;
    if (!isWellFormedChunk(chunk)) return true;
    if (!left || !isDot(chunk)) return false;
    left = false;
    at = end;
  }
  return false;
}

/** Whether Go's path.Match takes the pattern (its check does not depend on the name). */
export function isWellFormed(pattern: string): boolean {
  for (let at = 0; at < pattern.length; ) {
    while (pattern.charAt(at) === '*') at++;
    const end = chunkEnd(pattern, at);
    if (!isWellFormedChunk(pattern.slice(at, end))) return false;
    at = end;
  }
  return true;
}
