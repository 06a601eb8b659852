import { describe, expect, it } from 'vitest';
import { counted, grouped } from '../../server/src/text/counted.js';

describe('numbers for people', () => {
  it('have thousands set apart', () => {
    expect([0, 999, 1000, 12_345, 1_234_567].map(grouped)).toEqual([
      '0',
      '999',
      '1,000',
      '12,345',
      '1,234,567',
    ]);
  });

  it('agree with what they count', () => {
    expect(counted(1, 'file')).toBe('1 file');
    expect(counted(0, 'file')).toBe('0 files');
    expect(counted(2000, 'entry', 'entries')).toBe('2,000 entries');
  });
});
