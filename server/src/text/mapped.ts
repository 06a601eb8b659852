/**
 * A text cut out of a document: continuations, comment lines or indentation are gone, and every offset still knows its
 * place in the document. `starts[i]` is where piece i begins in `text`, `origins[i]` where it begins in the document.
 */
export interface MappedText {
  readonly text: string;
  readonly starts: readonly number[];
  readonly origins: readonly number[];
}

/** A mapped text that is one untouched stretch of the document. */
export function mappedSlice(text: string, origin: number): MappedText {
  return { text, starts: [0], origins: [origin] };
}

/** Collects pieces of a document into a mapped text. */
export function mappedBuilder(): { add(piece: string, origin: number): void; build(): MappedText } {
  let text = '';
  const starts: number[] = [];
  const origins: number[] = [];
  return {
    add(piece, origin) {
      if (piece === '') return;
      const last = starts.length - 1;
      const lastStart = starts[last];
      const lastOrigin = origins[last];
      if (
        lastStart === undefined ||
        lastOrigin === undefined ||
        lastOrigin + (text.length - lastStart) !== origin
      ) {
        starts.push(text.length);
        origins.push(origin);
      }
      text += piece;
    },
    build: () => ({
      text,
      starts: starts.length > 0 ? starts : [0],
      origins: origins.length > 0 ? origins : [0],
    }),
  };
}

function pieceAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where the character at `offset` of the mapped text stands in the document. */
export function toDocument(mapped: MappedText, offset: number): number {
  const piece = pieceAt(mapped.starts, offset);
  return (mapped.origins[piece] ?? 0) + offset - (mapped.starts[piece] ?? 0);
}

/** The document span of `start`–`end` of the mapped text: from its first to just after its last character. */
export function spanToDocument(
  mapped: MappedText,
  start: number,
  end: number,
): { start: number; end: number } {
  if (end <= start) {
    const at = toDocument(mapped, start);
    return { start: at, end: at };
  }
  return { start: toDocument(mapped, start), end: toDocument(mapped, end - 1) + 1 };
}

/** The characters `start`–`end` of a mapped text, each still at its place in the document. */
export function sliceMapped(mapped: MappedText, start: number, end: number): MappedText {
  const from = Math.max(0, Math.min(start, mapped.text.length));
  const to = Math.max(from, Math.min(end, mapped.text.length));
  const builder = mappedBuilder();
  for (let piece = pieceAt(mapped.starts, from); piece < mapped.starts.length; piece++) {
    const first = mapped.starts[piece] ?? 0;
    if (first >= to) break;
    const next = mapped.starts[piece + 1] ?? mapped.text.length;
    const at = Math.max(first, from);
    builder.add(mapped.text.slice(at, Math.min(next, to)), (mapped.origins[piece] ?? 0) + at - first);
  }
  return to > from ? builder.build() : mappedSlice('', toDocument(mapped, from));
}

/** Where the document's character at `offset` stands in the mapped text; undefined for one that was left out. */
export function fromDocument(mapped: MappedText, offset: number): number | undefined {
  for (let piece = 0; piece < mapped.starts.length; piece++) {
    const start = mapped.starts[piece] ?? 0;
    const length = (mapped.starts[piece + 1] ?? mapped.text.length) - start;
    const within = offset - (mapped.origins[piece] ?? 0);
    if (within >= 0 && within < length) return start + within;
  }
  return undefined;
}
