/** Characters that would move the cursor, colour the terminal, or turn the direction of the text. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** `text` with U+FFFD for every byte that was no valid UTF-8 (lone surrogates, see `TreeEntry`): fit for JSON. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

/** The name of a file as a terminal may show it: on one line, and nothing in it acts on the terminal. */
export function printable(name: string): string {
  return wellFormed(name).replace(
    unprintable,
    (c) => short[c] ?? `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** `value` as JSON with a final newline, every text in it well formed. */
export function jsonDocument(value: unknown): string {
  const fit = (_: string, x: unknown): unknown => (typeof x === 'string' ? wellFormed(x) : x);
  return `${JSON.stringify(value, fit, 2)}\n`;
}
