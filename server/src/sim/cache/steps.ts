import { expandWord } from '../../syntax/dockerfile/expand.js';
import type { Dockerfile } from '../../syntax/dockerfile/model.js';
import { builtStages, isReplaced } from '../context/needs.js';
import type { StageGraph, Step } from '../model.js';
import type { BuildStep } from './model.js';

/** Whether BuildKit makes a step of it: RUN, COPY, ADD and WORKDIR, but for `WORKDIR /` (SPEC C1). */
function isStep({ instruction, environment }: Step, { escape: escapeChar }: Dockerfile): boolean {
  if (instruction.kind === 'RUN' || instruction.kind === 'COPY' || instruction.kind === 'ADD') return true;
  if (instruction.kind !== 'WORKDIR' || instruction.value === undefined) return false;
  const lookup = (name: string): string | null | undefined =>
    environment.has(name) ? environment.get(name) : null;
  return expandWord(instruction.value.raw, lookup, escapeChar) !== '/';
}

/** The steps BuildKit reports for a build, of reachable stages only, by stage and line; what ONBUILD triggers stands first in its stage. */
export function buildSteps(graph: StageGraph, dockerfile: Dockerfile): readonly BuildStep[] {
  const built = builtStages(graph);
  return graph.stages
    .filter((node) => built.has(node) && !isReplaced(node))
    .flatMap((node) =>
      [...node.triggered, ...node.steps]
        .filter((step) => isStep(step, dockerfile))
        .map((step) => ({ step, node })),
    );
}
