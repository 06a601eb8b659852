import { expect, test } from 'vitest';
import { rangeText, secondsText } from '../../server/src/text/seconds.js';

test('times for people', () => {
  const texts = [0, 0.04, 0.44, 9.94, 9.96, 48.4, 119.4, 119.6, 160, 3599.4, 3599.6, 4320, 7200].map(
    secondsText,
  );
  expect(texts).toEqual([
    '0 s',
    '0 s',
    '0.4 s',
    '9.9 s',
    '10 s',
    '48 s',
    '119 s',
    '2 min',
    '2 min 40 s',
    '59 min 59 s',
    '1 h',
    '1 h 12 min',
    '2 h',
  ]);
});

test('ranges name a unit once where it is the same', () => {
  expect(rangeText(15, 90)).toBe('15 – 90 s');
  expect(rangeText(40, 130)).toBe('40 s – 2 min 10 s');
  expect(rangeText(120, 240)).toBe('2 min – 4 min');
  expect(rangeText(7, 7.01)).toBe('7 s');
});
