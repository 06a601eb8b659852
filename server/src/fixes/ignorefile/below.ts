import { commandsOf, programOf } from '../../sim/commands.js';
import { parentOf } from '../../sim/lineage.js';
import type { StageGraph, StageNode, Step } from '../../sim/model.js';
import type { IgnoreInput } from './model.js';

function isBuiltOn(graph: StageGraph, node: StageNode, index: number): boolean {
  if (node.stage.index === index) return true;
  const parent = parentOf(graph, node);
  return parent !== undefined && parent !== node && isBuiltOn(graph, parent, index);
}

/** Programs that are done in a moment, whatever they are given. */
const quick =
  /^(chown|chmod|chgrp|mkdir|rm|rmdir|ln|mv|touch|echo|printf|true|:|cd|set|ls|id|test|\[|export|umask|adduser|addgroup|useradd|groupadd|usermod)$/;

function takesTime(input: Pick<IgnoreInput, 'shell'>, node: StageNode, step: Step): boolean {
  if (step.instruction.kind !== 'RUN') return false;
  const commands = commandsOf(node, step, input.shell);
  return commands === undefined || commands.some((c) => c.words.length > 0 && !quick.test(programOf(c)));
}

/**
 * The RUN steps that run again whenever `step` brings other files, and take time: those below it, and in the stages built
 * on its stage.
 */
export function runsBelow(input: Pick<IgnoreInput, 'graph' | 'shell'>, step: Step): readonly Step[] {
  const { graph } = input;
  const own = step.instruction;
  if (own.kind === 'RUN') return [step];
  return graph.stages
    .filter((node) => node.reachable && isBuiltOn(graph, node, step.stage))
    .flatMap((node) => node.steps.filter((s) => takesTime(input, node, s)))
    .filter((s) => s.stage !== step.stage || s.instruction.span.start > own.span.start);
}
