import type { ContextMeasure, ContextQuery } from '../project/measure.js';
import { isInside } from '../text/paths.js';
import { type Answers, createAnswers } from './answers.js';
import type { Measurer } from './facts.js';

/** Whether two answers say the same; those that name every path are not compared. */
function isSame(a: ContextMeasure | null, b: ContextMeasure | null): boolean {
  if (a === null || b === null) return a === b;
  return a.paths === null && b.paths === null && JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Measurements of contexts: null where there is no such context, and where it could not be measured. `failed` hears why.
 */
export function createMeasures(
  measurer: Measurer | undefined,
  failed: (error: unknown) => void,
): Answers<ContextMeasure | null> {
  return createAnswers<ContextQuery, ContextMeasure | null>({
    ask: async (query, wish) => (await measurer?.measure(query, wish)) ?? null,
    without(error) {
      failed(error);
      return null;
    },
    hangsOn: ({ root }, paths) => paths.some((path) => isInside(root, path) || isInside(path, root)),
    isSame,
    weight: (answer) => 1 + (answer?.paths?.length ?? 0) / 50,
  });
}
