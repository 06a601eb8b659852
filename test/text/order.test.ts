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

  it('puts what needs two code units after all that needs one', () => {
    expect(compareBytes('\u{1F600}', '\uFFFD')).toBeGreaterThan(0);
    expect(compareBytes('a', 'a\u{1F600}')).toBeLessThan(0);
    expect(compareBytes('a', 'a')).toBe(0);
  });
});
