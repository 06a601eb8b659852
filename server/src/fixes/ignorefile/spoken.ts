import type { StageGraph } from '../../sim/model.js';
import type { Instruction } from '../../syntax/dockerfile/model.js';

/** What a command that removes or makes folders is given says nothing about a need. */
const removals = /(?:^|[;&|\s(])(?:rm|rmdir|mkdir|echo|printf)\s[^;&|\n]*/g;

/** What an instruction says, its heredocs included, without what it merely removes. */
function said(instruction: Instruction): string {
  const { kind, text, heredocs } = instruction;
  const bodies = heredocs.map(({ body }) => body.text).join('\n');
  if (kind === 'RUN') return `${text}\n${bodies}`.replace(removals, ' ');
  if (kind === 'COPY' || kind === 'ADD') return instruction.from === undefined ? bodies : text;
  return kind === 'OTHER' && instruction.keyword !== 'HEALTHCHECK' ? '' : text;
}

/** The text of all that runs in the stages a build needs, and of what their images start. */
export function spokenText(graph: StageGraph): string {
  return graph.stages
    .filter((stage) => stage.reachable)
    .flatMap((stage) => stage.steps.map(({ instruction }) => said(instruction)))
    .join('\n');
}
