import { describe, expect, it } from 'vitest';
import { didYouMean, nearestName } from '../../server/src/text/nearest.js';

const known = ['fix', 'format', 'source-before-deps', 'dev-deps-in-image', 'mode-drift'];

describe('the name that was meant', () => {
  it.each([
    ['sorce-before-deps', 'source-before-deps'],
    ['source-before-dep', 'source-before-deps'],
    ['dev-dep-in-images', 'dev-deps-in-image'],
    ['fxi', 'fix'],
    ['fux', 'fix'],
    ['formt', 'format'],
    ['hadolint', undefined],
    ['', undefined],
  ])('%j: %j', (name, wanted) => {
    expect(nearestName(name, known)).toBe(wanted);
  });

  it('is asked for in a sentence', () => {
    expect(didYouMean('mode-drit', known)).toBe(' Did you mean "mode-drift"?');
    expect(didYouMean('x', known)).toBe('');
  });
});
