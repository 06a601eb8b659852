/** The place of a UTF-16 code unit among code points: surrogates stand for what comes after all others. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Whether a byte that is no UTF-8 stands here (see TreeEntry.name). */
function isLoneByte(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit < 0xdc80 || unit > 0xdcff) return false;
  const before = text.charCodeAt(at - 1);
  return !(before >= 0xd800 && before < 0xdc00);
}

/** The bytes of a text in which U+DC80…U+DCFF alone stand for bytes. */
function bytesOf(text: string): number[] {
  const encoder = new TextEncoder();
  return Array.from(text).flatMap((char) =>
    isLoneByte(char, 0) ? [char.charCodeAt(0) - 0xdc00] : [...encoder.encode(char)],
  );
}

function compareOdd(a: string, b: string): number {
  const x = bytesOf(a);
  const y = bytesOf(b);
  const at = x.findIndex((byte, i) => byte !== y[i]);
  return at < 0 ? x.length - y.length : (x[at] ?? 0) - (y[at] ?? -1);
}

/**
 * Compares two texts as their UTF-8 bytes would be: negative, 0 or positive. U+DC80…U+DCFF alone stand for bytes that are
 * no UTF-8, as names of files may have them.
 */
export function compareBytes(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const odd = isLoneByte(a, i) || isLoneByte(b, i);
    return odd ? compareOdd(a.slice(i), b.slice(i)) : rank(x) - rank(y);
  }
  return a.length - b.length;
}
