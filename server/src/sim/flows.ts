import { expandWord } from '../syntax/dockerfile/expand.js';
import type { CopyInstruction, Instruction } from '../syntax/dockerfile/model.js';
import { isInside, joinPath, normalizePath } from '../text/paths.js';
import type { StageGraph, StageNode, Step } from './model.js';

/** Files that a COPY --from takes out of one stage into another. */
export interface Flow {
  readonly from: StageNode;
  readonly into: StageNode;
  readonly by: CopyInstruction;
  readonly step: Step;
  /** Absolute paths in the stage copied from, wildcards kept; undefined where a variable is unknown. */
  readonly sources: readonly (string | undefined)[];
  /** Absolute in the stage copied into, with `/` at its end where it was written; undefined where it cannot be known. */
  readonly destination: string | undefined;
}

/** All steps of the stages the target needs, in the order they stand in the file. */
export function stepsOf(graph: StageGraph): readonly Step[] {
  return graph.stages.filter((stage) => stage.reachable).flatMap((stage) => stage.steps);
}

/** The text of an instruction as it is shown to people: continuations joined, white space run together. */
export function textOf(instruction: Instruction): string {
  return instruction.text.replace(/\s+/g, ' ').trim();
}

function destinationOf(step: Step, written: string | undefined): string | undefined {
  if (written === undefined) return undefined;
  if (!written.startsWith('/') && step.workdir === undefined) return undefined;
  const path = joinPath(step.workdir ?? '/', written === '' ? '.' : written);
  return /(?:^|\/)\.?$/.test(written) && path !== '/' ? `${path}/` : path;
}

/** What COPY --from brings into `stage` from other stages, in order. */
export function flowsInto(
  graph: StageGraph,
  stage: StageNode,
  escapeChar: '\\' | '`' = '\\',
): readonly Flow[] {
  return stage.steps.flatMap((step): Flow[] => {
    const by = step.instruction;
    const need = stage.needs.find((n) => n.how === 'copy' && n.by === by);
    const from = need && graph.stages[need.stage];
    if (from === undefined || by.kind !== 'COPY') return [];
    const expand = (raw: string): string | undefined =>
      expandWord(raw, (name) => step.environment.get(name), escapeChar);
    const sources = by.sources.map((word) => {
      const path = expand(word.raw);
      return path === undefined ? undefined : normalizePath(`/${path}`);
    });
    const destination = destinationOf(step, by.destination && expand(by.destination.raw));
    return [{ from, into: stage, by, step, sources, destination }];
  });
}

/** The part of a path before its first wildcard, up to a whole folder. */
function literalFolder(path: string): string {
  const wild = path.search(/[*?[\\]/);
  if (wild < 0) return path;
  return path.slice(0, path.lastIndexOf('/', wild)) || '/';
}

/** Whether a flow may take along `path` (absolute in the stage copied from) or something below it. True where that cannot be known. */
export function copyTouches(flow: Flow, path: string): boolean {
  return flow.sources.some((source) => {
    if (source === undefined) return true;
    const folder = literalFolder(source);
    return isInside(folder, path) || isInside(path, folder);
  });
}
