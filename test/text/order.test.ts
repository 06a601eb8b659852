import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes } from '../../server/src/text/order.js';

describe('compareBytes', () => {
  it('sorts as the UTF-8 bytes do', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareBytes(a, b))).toBe(bytes);
      }),
    );
  });

  it('sorts bytes that are no UTF-8, as U+DC80…U+DCFF stand for them, as bytes', () => {
    const name = fc.array(
      fc.oneof(
        fc
          .integer({ min: 0x80, max: 0xff })
          .map((b) => ({ bytes: [b], text: String.fromCharCode(0xdc00 + b) })),
        fc
          .constantFrom('a', 'é', '日', '\u{1F600}', '\uFFFD')
          .map((c) => ({ bytes: [...Buffer.from(c)], text: c })),
      ),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(name, name, (a, b) => {
        const bytes = Buffer.compare(
          Buffer.from(a.flatMap((c) => c.bytes)),
          Buffer.from(b.flatMap((c) => c.bytes)),
        );
        const text = (parts: typeof a): string => parts.map((c) => c.text).join('');
        expect(Math.sign(compareBytes(text(a), text(b)))).toBe(bytes);
      }),
    );
  });

  it('puts what needs two code units after all that needs one', () => {
    expect(compareBytes('\u{1F600}', '\uFFFD')).toBeGreaterThan(0);
    expect(compareBytes('a', 'a\u{1F600}')).toBeLessThan(0);
    expect(compareBytes('a', 'a')).toBe(0);
  });
});
