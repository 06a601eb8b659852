import type { ContextView } from '../../project/context.js';
import { baseName, isInside, joinPath, relativePath } from '../../text/paths.js';
import { landingsOf, localCopyOf } from '../copies.js';
import { type Flow, flowsInto } from '../flows.js';
import type { StageGraph, Step } from '../model.js';

interface Place {
  readonly stage: number;
  /** Absolute in that stage. */
  readonly path: string;
}

/** Where a copy of the context puts `path`; empty where that can't be told. */
function placesOf(
  graph: StageGraph,
  step: Step,
  view: ContextView,
  path: string,
  escapeChar: '\\' | '`',
): readonly Place[] {
  const node = graph.stages[step.stage];
  const copy = node && localCopyOf(node, step, view, escapeChar);
  if (copy === undefined) return [];
  return landingsOf(copy, path).map((place) => ({ stage: step.stage, path: place }));
}

/** Where a COPY --from brings what lies at `path` of the stage it copies from. */
function carried(flow: Flow, path: string): readonly Place[] {
  const { destination } = flow;
  if (destination === undefined) return [];
  return flow.sources.flatMap((source) => {
    if (source === undefined || /[*?[\\]/.test(source) || !isInside(source, path)) return [];
    const rest = relativePath(source, path);
    const into = rest === '.' && destination.endsWith('/') ? baseName(path) : rest;
    return [{ stage: flow.into.stage.index, path: joinPath(destination, into) }];
  });
}

/**
 * Whether what `step` copies of `path` (relative to the context) reaches the image that is shipped: in its own stage, in
 * one that is FROM it, or by COPY --from of a folder that holds it. What a RUN does with it is not looked at.
 */
export function reachesImage(
  graph: StageGraph,
  step: Step,
  view: ContextView,
  path: string,
  escapeChar: '\\' | '`',
): boolean {
  if (graph.stages[step.stage]?.shipped === true) return true;
  const todo = [...placesOf(graph, step, view, path, escapeChar)];
  const seen = new Set<string>();
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    const key = `${at.stage}:${at.path}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (graph.stages[at.stage]?.shipped === true) return true;
    for (const node of graph.stages) {
      if (!node.reachable) continue;
      if (node.base.kind === 'stage' && node.base.index === at.stage) {
        todo.push({ stage: node.stage.index, path: at.path });
      }
      for (const flow of flowsInto(graph, node, escapeChar)) {
        if (flow.from.stage.index === at.stage) todo.push(...carried(flow, at.path));
      }
    }
  }
  return false;
}
