import path from 'node:path';
import { expect, test } from 'vitest';
import { compareSteps, sum, tallyOf } from '../../scripts/record/cache/compare.js';
import { readPairs } from '../../scripts/record/cache/facts.js';
import { pairSteps } from '../../scripts/record/cache/judge.js';
import { predict } from '../../scripts/record/cache/model.js';

const pairs = readPairs(path.join(import.meta.dirname, 'facts/cache-random.jsonl'));

test('random pairs of builds that BuildKit 0.33 did: every step is decided as it is said, few are left open', () => {
  const judged = pairs.map((pair) => {
    const said = predict(pair);
    const tally = tallyOf(pair.cached, said, pairSteps(pair));
    return { id: pair.id, lines: compareSteps(pair.cached, said), tally };
  });
  expect(judged.filter(({ tally }) => tally.wrong + tally.baseless > 0)).toEqual([]);
  const { maybe, steps, ran, unseen } = sum(judged.map(({ tally }) => tally));
  expect(maybe / steps).toBeLessThanOrEqual(0.05);
  // The pairs say something: steps that run again are among them, and BuildKit reports nearly all.
  expect(pairs.length).toBeGreaterThanOrEqual(150);
  expect(ran / steps).toBeGreaterThan(0.15);
  expect(unseen / steps).toBeLessThan(0.01);
});
