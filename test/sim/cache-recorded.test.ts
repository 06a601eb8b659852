import path from 'node:path';
import { expect, test } from 'vitest';
import { compareSteps, sum, tallyOf } from '../../scripts/record/cache/compare.js';
import { readPairs } from '../../scripts/record/cache/facts.js';
import { stepsOf } from '../../scripts/record/cache/judge.js';
import { predict } from '../../scripts/record/cache/model.js';

const facts = path.join(import.meta.dirname, 'facts');
const pairs = readPairs(path.join(facts, 'cache-random.jsonl'));

test('random pairs of builds: BuildKit decides every step as is said of it', () => {
  const wrong = pairs.flatMap((pair) => {
    const said = predict(pair);
    const { wrong, baseless } = tallyOf(pair.cached, said, stepsOf(pair.after));
    return wrong + baseless === 0 ? [] : [{ id: pair.id, steps: compareSteps(pair.cached, said) }];
  });
  expect(wrong).toEqual([]);
  expect(pairs.length).toBeGreaterThanOrEqual(150);
});

test('at most 5 % of their steps are maybe', () => {
  const { maybe, steps, ran, unseen } = sum(pairs.map((pair) => tallyOf(pair.cached, predict(pair))));
  expect(maybe / steps).toBeLessThanOrEqual(0.05);
  // The pairs say something: steps that run again are among them, and BuildKit reports nearly all.
  expect(ran / steps).toBeGreaterThan(0.15);
  expect(unseen / steps).toBeLessThan(0.01);
});
