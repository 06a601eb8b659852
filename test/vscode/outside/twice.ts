import type { StepResult } from '../plan.js';

/** More failures than these are no accident of a busy machine. */
const fewFailures = 3;

/**
 * What became of the steps that `run` does, given which of them. A window driven by mouse and keyboard can lose a
 * click: what failed is tried once more, alone, in a fresh window with fresh files. The note of a step that then passes
 * says so, and why it failed before.
 */
export async function twice(
  run: (filter: string) => Promise<readonly StepResult[]>,
  filter: string,
): Promise<readonly StepResult[]> {
  const first = await run(filter);
  const failed = first.filter(({ state }) => state === 'failed');
  if (failed.length === 0 || failed.length > fewFailures) return first;
  const second = await run(failed.map(({ name }) => name.slice(name.indexOf(': ') + 2)).join('|'));
  return first.map((result) => {
    const again = second.find(({ name }) => name === result.name);
    if (result.state !== 'failed' || again?.state !== 'passed') return result;
    const own = again.note === undefined ? '' : `: ${again.note}`;
    return { ...again, note: `at the second attempt${own}; the first: ${result.note}` };
  });
}
