import { describe, expect, it } from 'vitest';
import { bytesText } from '../../server/src/text/bytes.js';

describe('bytes for people', () => {
  it.each([
    [0, '0 B'],
    [1, '1 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [1234, '1.2 kB'],
    [9949, '9.9 kB'],
    [9950, '10 kB'],
    [14_400_000, '14 MB'],
    [450_123_456, '450 MB'],
    [999_499_999, '999 MB'],
    [1_300_000_000, '1.3 GB'],
  ])('%d is %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });

  it('goes to the next unit where rounding reaches a thousand', () => {
    expect(bytesText(999_500)).toBe('1 MB');
    expect(bytesText(999_999_999)).toBe('1 GB');
  });

  it('never shows a thousand of a unit and never falls as the number grows', () => {
    const inBytes = (text: string): number => {
      const [amount, unit] = text.split(' ');
      return Number(amount) * 1000 ** ['B', 'kB', 'MB', 'GB', 'TB', 'PB'].indexOf(unit ?? '');
    };
    let before = 0;
    for (let n = 1; n < 1e14; n = Math.ceil(n * 1.013)) {
      const text = bytesText(n);
      expect(text).not.toMatch(/^1000 /);
      expect(Math.abs(inBytes(text) - n)).toBeLessThanOrEqual(n * 0.0501);
      expect(inBytes(text)).toBeGreaterThanOrEqual(before);
      before = inBytes(text);
    }
  });
});
