import { describe, expect, it } from 'vitest';
import { twice } from '../vscode/outside/twice.js';
import type { StepResult } from '../vscode/plan.js';

const passed = (name: string, note?: string): StepResult => ({
  name,
  state: 'passed',
  ...(note === undefined ? {} : { note }),
});
const failed = (name: string, note: string): StepResult => ({ name, state: 'failed', note });

/** Runs whose results are given one after the other, and the filters they were asked for. */
function runs(...results: StepResult[][]) {
  const filters: string[] = [];
  return {
    filters,
    async run(filter: string) {
      filters.push(filter);
      return results[filters.length - 1] ?? [];
    },
  };
}

describe('steps of the VS Code suite', () => {
  it('that all pass are run once', async () => {
    const { filters, run } = runs([passed('dev: a')]);
    expect(await twice(run, '')).toEqual([passed('dev: a')]);
    expect(filters).toEqual(['']);
  });

  it('that fail are tried again alone, and the note tells', async () => {
    const { filters, run } = runs(
      [failed('dev: a: b', 'lost click'), passed('dev: c'), failed('dev: d', 'no menu')],
      [passed('dev: a: b', '3 ms'), failed('dev: d', 'no menu either')],
    );
    expect(await twice(run, '')).toEqual([
      passed('dev: a: b', 'at the second attempt: 3 ms; the first: lost click'),
      passed('dev: c'),
      failed('dev: d', 'no menu'),
    ]);
    expect(filters).toEqual(['', 'a: b|d']);
  });

  it('of which many fail are not tried again', async () => {
    const first = ['a', 'b', 'c', 'd'].map((name) => failed(name, 'down'));
    const { filters, run } = runs(first, []);
    expect(await twice(run, '')).toEqual(first);
    expect(filters).toHaveLength(1);
  });
});
