import type { CommandInstruction } from '../syntax/dockerfile/model.js';
import { commandsOf, type StepCommand } from './commands.js';
import { parentOf } from './lineage.js';
import type { ShellOf, StageGraph, StageNode, Step } from './model.js';

interface StartStep {
  readonly node: StageNode;
  readonly step: Step;
  readonly instruction: CommandInstruction;
}

/** The last CMD or ENTRYPOINT of a stage or of the stages it is built on; undefined where the base image decides. */
function lastOf(graph: StageGraph, node: StageNode, kind: 'CMD' | 'ENTRYPOINT'): StartStep | undefined {
  for (const step of [...node.steps].reverse()) {
    const { instruction } = step;
    if (instruction.kind === kind) return { node, step, instruction };
  }
  const base = parentOf(graph, node);
  return base === undefined ? undefined : lastOf(graph, base, kind);
}

/** What a container of a stage starts. `none`: the base image alone decides; `unknown`: it can't be read. */
export type Start = readonly StepCommand[] | 'none' | 'unknown';

/** What a container of `node` starts: ENTRYPOINT with CMD as its arguments, as Docker joins them. */
export function startOf(graph: StageGraph, node: StageNode, shell: ShellOf): Start {
  const entry = lastOf(graph, node, 'ENTRYPOINT');
  const cmd = lastOf(graph, node, 'CMD');
  const read = (s: StartStep): readonly StepCommand[] | undefined => commandsOf(s.node, s.step, shell);
  if (entry === undefined) return cmd === undefined ? 'none' : (read(cmd) ?? 'unknown');
  const first = read(entry);
  if (first === undefined) return 'unknown';
  if (first.length === 0) return cmd === undefined ? 'none' : (read(cmd) ?? 'unknown');
  // A shell-form ENTRYPOINT takes no arguments. Setting ENTRYPOINT drops the CMD of stages below it.
  if (entry.instruction.form !== 'exec' || cmd === undefined || cmd.node.stage.index < entry.node.stage.index)
    return first;
  const rest = read(cmd);
  const [program] = first;
  if (rest === undefined || program === undefined) return 'unknown';
  if (cmd.instruction.form !== 'exec') return 'unknown';
  return [{ ...program, words: [...program.words, ...rest.flatMap((c) => c.words)] }];
}
