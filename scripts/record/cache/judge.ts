import type { BuildStep } from '../../../server/src/sim/cache/model.js';
import { buildSteps } from '../../../server/src/sim/cache/steps.js';
import { buildGraph } from '../../../server/src/sim/stages.js';
import { parseDockerfile } from '../../../server/src/syntax/dockerfile/parse.js';
import { buildState } from './build.js';
import type { PairSteps } from './compare.js';
import { layState } from './lay.js';
import { type CachedSteps, type CachePair, type State, saltedState } from './pair.js';
import { cachedSteps } from './steps.js';

/** The steps that the simulation sees in a state. */
export function stepsOf(state: State): readonly BuildStep[] {
  const dockerfile = parseDockerfile(state.dockerfile);
  const { target = null, args = {} } = state;
  return buildSteps(buildGraph(dockerfile, { target, args, namedContexts: [] }), dockerfile);
}

/** The steps that it sees in both states of a pair. */
export function pairSteps({ before, after }: Pick<CachePair, 'before' | 'after'>): PairSteps {
  return { before: stepsOf(before), after: stepsOf(after) };
}

/** What BuildKit does with a pair: what the second build takes from the cache, or why one of them fails. */
export async function judge(
  pair: CachePair,
): Promise<{ readonly cached: CachedSteps } | { readonly error: string }> {
  const salt = `s${process.pid.toString(36)}${process.hrtime.bigint().toString(36)}`;
  const before = saltedState(pair.before, salt);
  const after = saltedState(pair.after, salt);
  const laid = await layState(before);
  try {
    const first = await buildState(laid, before);
    if (first.error !== undefined) return { error: `first build: ${first.error}` };
    laid.alter(after);
    const second = await buildState(laid, after);
    if (second.error !== undefined) return { error: `second build: ${second.error}` };
    return { cached: cachedSteps(stepsOf(after), second.vertices) };
  } finally {
    laid.remove();
  }
}
