import type { BuildCase, Recorded } from './case.js';
import { layCase } from './disk.js';
import { type Base, type BuildResult, build, makeBase } from './engine.js';

/** Builds at once: a build waits more than it works. */
const parallel = 3;

/** What `work` makes of each item, several at once, in the order of the items. */
export async function eachOf<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T, i);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results;
}

/** Builds a case that lies on the disk. */
export function buildCase(
  laid: { readonly context: string; readonly dockerfile: string },
  { target, args, dockerfile, bound }: BuildCase,
  base: Base,
  options: readonly string[] = [],
): Promise<BuildResult> {
  const contexts = /\bbase\b/.test(dockerfile) ? { contexts: { base: base.reference } } : {};
  return build({ ...laid, target, args, bound: bound === true, options, ...contexts });
}

/** Builds every case in a folder of its own. */
export async function recordCases(cases: readonly BuildCase[]): Promise<readonly Recorded[]> {
  const base = await makeBase();
  try {
    return await eachOf(cases, async (one) => {
      const laid = await layCase(one);
      try {
        const { log, ...outcome } = await buildCase(laid, one, base);
        return { ...one, ...outcome };
      } finally {
        laid.remove();
      }
    });
  } finally {
    await base.remove();
  }
}
