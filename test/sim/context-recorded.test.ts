import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Recorded, readRecorded } from '../../scripts/record/case.js';
import { compare } from '../../scripts/record/compare.js';
import { layCase } from '../../scripts/record/disk.js';
import { diskTree } from '../../scripts/record/disktree.js';
import { simulate } from '../../scripts/record/model.js';
import { buildOf } from '../../scripts/record/simulated.js';
import { simulateRecorded } from './recorded.js';

const facts = path.join(import.meta.dirname, 'facts');

function recorded(name: string): readonly Recorded[] {
  return readRecorded(path.join(facts, `context-${name}.jsonl`));
}

/** Whether the case can be laid out here, by someone who is not root. */
function isForThisDisk(one: Recorded): boolean {
  const odd = Object.values(one.tree).filter((value) => typeof value === 'object');
  const special = odd.some(({ device, xattrs, mode }) => (device ?? xattrs ?? mode) !== undefined);
  return !special && one.bound !== true && one.id !== 'ignore-nul';
}

/** Cases that are simulated otherwise, with what is said of them. */
function different(cases: readonly Recorded[]): Record<string, readonly string[]> {
  const verdicts = cases.map((one) => [one.id ?? '', compare(one, simulateRecorded(one))] as const);
  const wrong = verdicts.filter(([, { kind }]) => kind === 'different' || kind === 'unknown');
  return Object.fromEntries(wrong.map(([id, { lines }]) => [id, lines]));
}

describe('what BuildKit 0.33 transferred, recorded by record-buildkit', () => {
  it('has all files of facts', () => {
    const names = readdirSync(facts).filter((name) => /^context-.*\.jsonl$/.test(name));
    expect(names).toEqual(['context-odd.jsonl', 'context-quirks.jsonl', 'context-random.jsonl']);
  });

  it('is simulated to the byte for random cases', () => {
    const cases = recorded('random');
    expect(cases.length).toBeGreaterThanOrEqual(300);
    expect(different(cases)).toEqual({});
  });

  it('is simulated to the byte for odd names, kinds, modes, times and what may not be read', () => {
    const cases = recorded('odd').filter(({ id }) => !id?.startsWith('xattr-'));
    expect(cases.length).toBeGreaterThanOrEqual(200);
    expect(different(cases)).toEqual({});
  });

  it('is simulated to the byte where BuildKit does what nobody expects', () => {
    const cases = recorded('quirks');
    expect(cases.length).toBeGreaterThanOrEqual(35);
    expect(different(cases)).toEqual({});
  });

  it.skipIf(process.platform !== 'linux')('is simulated to the byte from a disk (Linux only)', async () => {
    const wrong: Record<string, readonly string[]> = {};
    for (const one of recorded('odd').filter(isForThisDisk)) {
      const laid = await layCase(one);
      try {
        const verdict = compare(one, await simulate(buildOf(laid, one), diskTree));
        if (verdict.kind !== 'equal') wrong[one.id ?? ''] = verdict.lines;
      } finally {
        laid.remove();
      }
    }
    expect(wrong).toEqual({});
  });

  it('is called inexact where extended attributes count', () => {
    const cases = recorded('odd').filter(({ id }) => id?.startsWith('xattr-'));
    expect(cases.length).toBeGreaterThan(0);
    for (const one of cases) {
      const { exact, wireBytes } = simulateRecorded(one);
      expect([one.id, exact]).toEqual([one.id, false]);
      expect(wireBytes).toBeLessThan(one.wireBytes ?? 0);
    }
  });
});
