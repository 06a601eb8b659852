import { expect, test } from 'vitest';
import { textOf } from '../../client/src/impact/logText.js';

test('logs in UTF-8, with and without a mark, and in the UTF-16 of PowerShell', () => {
  const text = '#8 DONE 23.0s – fertig\n';
  expect(textOf(Buffer.from(text, 'utf8'))).toBe(text);
  expect(textOf(Buffer.from(`\ufeff${text}`, 'utf8'))).toBe(text);
  expect(textOf(Buffer.from(`\ufeff${text}`, 'utf16le'))).toBe(text);
  expect(textOf(Buffer.from([0x23, 0xff, 0x0a]))).toBe('#\ufffd\n');
});
