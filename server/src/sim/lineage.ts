import type { StageGraph, StageNode, Step } from './model.js';

/** The stage that `node` is FROM; undefined where it starts from anything else. */
export function parentOf({ stages }: StageGraph, { base }: StageNode): StageNode | undefined {
  return base.kind === 'stage' ? stages[base.index] : undefined;
}

/** The stages that `node` is FROM, directly or not, itself first. */
export function lineOf(graph: StageGraph, node: StageNode): readonly StageNode[] {
  const parent = parentOf(graph, node);
  return parent === undefined ? [node] : [node, ...lineOf(graph, parent)];
}

/** The steps of a stage behind those of the stages it is FROM, the earliest first; what ONBUILD triggers included. */
export function stepsInLine(graph: StageGraph, node: StageNode): readonly Step[] {
  // Most stages start from an image: their own list serves, however often it is asked for.
  if (node.triggered.length === 0 && parentOf(graph, node) === undefined) return node.steps;
  return lineOf(graph, node)
    .toReversed()
    .flatMap(({ triggered, steps }) => [...triggered, ...steps]);
}
