import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escaped, html } from '../../client/src/views/html.js';
import { bytesText, countText, sayFrom, shareText, visible } from '../../client/src/views/words.js';
import { bytesText as ofTheServer } from '../../server/src/text/bytes.js';

test('bytes read as the server writes them', () => {
  const edges = [
    0, 1, 999, 1000, 9949, 9950, 9999, 999_499, 999_500, 999_949, 1e6, 14e6, 999.6e6, 1.3e9, 5e15,
  ];
  for (const bytes of edges) expect(bytesText(bytes)).toBe(ofTheServer(bytes));
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e18, noNaN: true }), (bytes) => {
      expect(bytesText(bytes)).toBe(ofTheServer(bytes));
    }),
  );
});

test('counts', () => {
  expect([0, 999, 1000, 1234567].map(countText)).toEqual(['0', '999', '1,000', '1,234,567']);
});

test('shares: neither nothing nor everything by rounding', () => {
  expect(shareText(1, 1000)).toBe('< 1 %');
  expect(shareText(999, 1000)).toBe('99 %');
  expect(shareText(1000, 1000)).toBe('100 %');
  expect(shareText(0, 1000)).toBe('0 %');
  expect(shareText(0, 0)).toBe('');
});

test('texts come from the bundle, with their values', () => {
  const say = sayFrom({ '{0} of {1}': '{1} hat {0}' });
  expect(say('{0} of {1}', 3, 'x')).toBe('x hat 3');
  expect(say('{0} and {2}', 'a')).toBe('a and {2}');
});

describe('names', () => {
  test.each([
    ['a\nb\tc\r', 'a\\nb\\tc\\r'],
    ['\u0001\u202egnp.exe', '\\u0001\\u202egnp.exe'],
    ['caf\udce9', 'caf\\xe9'],
    ['\ud83d', '\\ud83d'],
    ['grün 🐳 名前', 'grün 🐳 名前'],
  ])('%j is shown as %s', (name, shown) => {
    expect(visible(name)).toBe(shown);
  });
});

describe('html', () => {
  test('escapes what is put in', () => {
    const name = '<img src=x onerror="alert(1)">&\'';
    expect(html`<b title="${name}">${name}</b>`.text).toBe(
      `<b title="${escaped(name)}">${escaped(name)}</b>`,
    );
    expect(escaped(name)).toBe('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;');
  });

  test('takes HTML, lists of it, numbers, and nothing', () => {
    const item = html`<i>1</i>`;
    expect(html`${item}${[item, item]}${5}${undefined}${false}`.text).toBe('<i>1</i><i>1</i><i>1</i>5');
  });
});
