import { describe, expect, it } from 'vitest';
import type { OfferedFix } from '../../server/src/engine/model.js';
import { rebuildsText, savingShown, savingText } from '../../server/src/report/rebuilds.js';
import type { RebuildTime, Saving } from '../../server/src/sim/replay/model.js';

const seconds = (value: number) =>
  ({ value, low: value, high: value, basis: 'assumed', source: 'x' }) as RebuildTime['mean'];

function saving(before: number, after: number, affected: number, of = 10): Saving {
  const time = (value: number) => ({ mean: seconds(value) }) as RebuildTime;
  return {
    before: time(before),
    after: time(after),
    saved: seconds(before - after),
    percent: 0,
    commits: { affected, of },
    rebuilding: of,
    unknownRuns: { before: 0, after: 0 },
  };
}

const shown = (of: Saving) => savingShown({ saving: of } as OfferedFix);

describe('what a fix saves', () => {
  it('in seconds of a rebuild, and in how many commits', () => {
    expect(savingText(saving(48, 6, 8), true)).toBe(
      'with the fix a rebuild takes 6 s on average instead of 48 s (assumed): less to do after 8 of the last 10 commits',
    );
    expect(savingText(saving(48, 6, 8), false)).toMatch(/\(assumed\)$/);
  });

  it('two times that read alike are not told apart', () => {
    expect(savingText(saving(66.2, 65.9, 1, 1), true)).toBe('with the fix less to do after the last commit');
    expect(shown(saving(66.2, 65.9, 0))).toBeUndefined();
    expect(shown(saving(66.2, 65.9, 1))).toBeDefined();
  });

  it('what a few commits hold against a fix is said with their number', () => {
    expect(savingText(saving(5, 9, 0, 2), true)).toBe(
      'with the fix a rebuild would have taken 9 s on average instead of 5 s (assumed), but 2 rebuilds are too few to tell',
    );
    expect(savingText(saving(5, 9, 0, 10), true)).toBe(
      'with the fix a rebuild takes 9 s on average instead of 5 s (assumed)',
    );
  });

  it('one commit is no number', () => {
    const told = rebuildsText({ affected: 1, of: 1, seconds: seconds(4) });
    expect(told).toBe('re-ran in the last commit, about 4 s each time (assumed)');
  });
});
