import { type Lookup, lex } from './lex.js';

export type { Lookup } from './lex.js';

/**
 * `raw` with variables replaced, quotes and escapes undone, as BuildKit's word lexer does it: `$x`, `${x}`, `${x:-d}`,
 * `${x:+a}`, `${x:?e}`, the same without the colon, `${x#p}`, `${x##p}`, `${x%p}`, `${x%%p}`, `${x/p/r}`, `${x//p/r}`.
 * `lookup` says null for a variable that is surely not set and undefined for one that cannot be known. Undefined where
 * the result depends on an unknown variable, or where BuildKit would refuse the word.
 */
export function expandWord(raw: string, lookup: Lookup, escapeChar: '\\' | '`'): string | undefined {
  if (!/[$'"\\`\uFEFF]/.test(raw)) return raw;
  const options = { rawQuotes: false, rawEscapes: false, keepUnset: false, escape: escapeChar, lookup };
  const lexed = lex(raw, options);
  return lexed === undefined || lexed.unknown ? undefined : lexed.text;
}

/** `raw` without quotes and escapes, variables left as written; `raw` itself where a quote is open. */
export function unquoteWord(raw: string, escapeChar: '\\' | '`'): string {
  if (!/['"\\`]/.test(raw)) return raw;
  const options = {
    rawQuotes: false,
    rawEscapes: false,
    keepUnset: true,
    escape: escapeChar,
    lookup: () => null,
  };
  return lex(raw, options)?.text ?? raw;
}
