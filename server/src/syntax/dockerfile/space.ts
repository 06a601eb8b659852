/** White space as Go's `unicode.IsSpace` has it; JavaScript's `\s` counts the BOM too and leaves out U+0085. */
const SPACE = '\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const LEADING = new RegExp(`^[${SPACE}]+`);
const TRAILING = new RegExp(`[${SPACE}]+$`);
const WIDE = new RegExp(`[${SPACE}]`);

/** Whether the UTF-16 unit `c` is white space. */
export function isSpaceCode(c: number): boolean {
  if (c < 0x80) return c === 32 || (c >= 9 && c <= 13);
  return WIDE.test(String.fromCharCode(c));
}

/** How many characters of white space `text` starts with. */
export function leadingSpace(text: string): number {
  if (!isSpaceCode(text.charCodeAt(0))) return 0;
  return LEADING.exec(text)?.[0].length ?? 0;
}

/** Length of `text` without the white space it ends in. */
export function lengthWithoutTrailingSpace(text: string): number {
  if (text === '' || !isSpaceCode(text.charCodeAt(text.length - 1))) return text.length;
  let end = text.length;
  while (end > 0 && isSpaceCode(text.charCodeAt(end - 1))) end--;
  return end;
}

/** `text` without white space at both ends. */
export function trimSpace(text: string): string {
  return text.replace(LEADING, '').replace(TRAILING, '');
}
