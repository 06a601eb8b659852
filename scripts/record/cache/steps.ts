import type { BuildStep } from '../../../server/src/sim/cache/model.js';
import type { Vertex } from './build.js';
import type { CachedSteps } from './pair.js';

/** Steps of one stage, in order, with the index of the stage. */
export function byStage<T extends BuildStep>(steps: readonly T[]): ReadonlyMap<number, readonly T[]> {
  const stages = new Map<number, T[]>();
  for (const step of steps) {
    const { index } = step.node.stage;
    const known = stages.get(index);
    if (known === undefined) stages.set(index, [step]);
    else known.push(step);
  }
  return stages;
}

function keyword(text: string): string {
  return (/^\S+/.exec(text)?.[0] ?? '').toUpperCase();
}

/** The text of a step as far as it tells it from others, if no variable is in it. */
function instructionText({ step }: BuildStep): string {
  return step.instruction.text.trim().replace(/^(?:ONBUILD\s+)?/i, '');
}

/**
 * Which steps of `steps` were cached, after the vertices of a build. Of steps that are the same in two stages BuildKit
 * reports one: it stands for both, if no other step of that text was decided otherwise. Throws where a vertex is no step of the stage it names.
 */
export function cachedSteps(steps: readonly BuildStep[], vertices: readonly Vertex[]): CachedSteps {
  const cached: Record<string, string> = {};
  for (const [index, own] of byStage(steps)) {
    const { stage, base } = own[0]?.node ?? {};
    const label = stage?.name?.toLowerCase() ?? `stage-${index}`;
    const first = base?.kind === 'image' ? 2 : 1;
    const letters = own.map((step, i) => {
      const named = vertices.find(
        (vertex) => vertex.number === first + i && (vertex.stage === undefined || vertex.stage === label),
      );
      const { kind } = step.step.instruction;
      if (named !== undefined && keyword(named.text) !== kind)
        throw new Error(`[${label} ${first + i}] is ${named.text}, but the step is ${kind}`);
      const all =
        named === undefined ? vertices.filter(({ text }) => text === instructionText(step)) : [named];
      const letters = new Set(all.map((vertex) => (vertex.cached ? '1' : '0')));
      return letters.size === 1 ? [...letters][0] : '-';
    });
    cached[index] = letters.join('');
  }
  return cached;
}
