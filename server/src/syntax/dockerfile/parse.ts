import { lineIndex } from '../../text/lines.js';
import type { Problem } from '../problem.js';
import { readHeredocs } from './heredoc.js';
import { instructionOf, mayHoldHeredoc, splitInstruction } from './instruction.js';
import { lineWalker } from './lines.js';
import type { ArgInstruction, Dockerfile, FromInstruction, Instruction, Stage } from './model.js';

/*
 * Why this is not built on dockerfile-ast 0.7.1: it decides where an instruction ends by looking for heredocs in a way
 * that differs from BuildKit (file descriptors, quotes, blanks after <<), so that even its splitting cannot be used on
 * its own: after RUN 3<<EOF it reads the body as instructions. Parser directives lose values with blanks. Its speed is
 * not the reason: 10 to 43 ms for 2,000 lines, growing with their number and no faster.
 */

function stagesOf(instructions: readonly Instruction[]): Stage[] {
  const groups: { from: FromInstruction; members: Instruction[] }[] = [];
  for (const instruction of instructions) {
    if (instruction.kind === 'FROM') groups.push({ from: instruction, members: [] });
    else groups.at(-1)?.members.push(instruction);
  }
  return groups.map(({ from, members }, index) => ({
    index,
    from,
    name: from.alias?.raw,
    label: from.alias?.raw.toLowerCase() ?? `stage-${index}`,
    instructions: members,
    span: { start: from.span.start, end: (members.at(-1) ?? from).fullSpan.end },
  }));
}

function isArg(instruction: Instruction): instruction is ArgInstruction {
  return instruction.kind === 'ARG';
}

/** The model of a Dockerfile. Never throws: what BuildKit would refuse is in `problems`, the rest is read as far as it goes. */
export function parseDockerfile(text: string): Dockerfile {
  const problems: Problem[] = [];
  const walker = lineWalker(text, problems);
  const instructions: Instruction[] = [];
  let stage: number | undefined;
  for (let line = walker.nextInstruction(); line !== undefined; line = walker.nextInstruction()) {
    const parts = splitInstruction(line.joined, line.span, walker.escape);
    if (parts.keyword === '') continue;
    const heredocs = mayHoldHeredoc(parts)
      ? readHeredocs(text, line.joined, line.next, walker, problems)
      : [];
    if (parts.keyword === 'FROM') stage = stage === undefined ? 0 : stage + 1;
    else if (stage === undefined && parts.keyword !== 'ARG') {
      problems.push({ message: `${parts.keyword} stands before the first FROM.`, span: parts.keywordSpan });
    }
    instructions.push(instructionOf(parts, heredocs, stage, problems));
  }
  const syntax = walker.directives.find((d) => d.name === 'syntax')?.value;
  return {
    text,
    lines: lineIndex(text),
    escape: walker.escape,
    directives: walker.directives,
    syntax: syntax?.split(' ')[0],
    comments: walker.comments,
    instructions,
    globalArgs: instructions.filter(isArg).filter((a) => a.stage === undefined),
    stages: stagesOf(instructions),
    problems: problems.sort((a, b) => a.span.start - b.span.start),
  };
}
