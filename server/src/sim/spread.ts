import { isInside, joinPath, relativePath } from '../text/paths.js';
import { flowsInto } from './flows.js';
import type { StageGraph, StageNode, Step } from './model.js';

/** A stage that holds a folder, and from where on. */
export interface Place {
  readonly node: StageNode;
  /** Absolute in that stage. */
  readonly folder: string;
  /** The step that brought it there; undefined where the stage starts with it. */
  readonly by: Step | undefined;
}

/**
 * Where a folder that `step` makes ends up: its own stage, the stages built on that, and those a COPY --from brings it or
 * a folder around it to, transitively and whether they are reached or not. Undefined where that can't be told: a
 * variable in a path, a wildcard, a part of the folder alone, a mount of the stage.
 */
export function placesOf(
  graph: StageGraph,
  node: StageNode,
  step: Step,
  folder: string,
  escapeChar: '\\' | '`',
): readonly Place[] | undefined {
  const found: Place[] = [];
  const todo: Place[] = [{ node, folder, by: step }];
  for (let place = todo.pop(); place !== undefined; place = todo.pop()) {
    const { node: holder, folder: held } = place;
    if (found.some((p) => p.node === holder && p.folder === held)) continue;
    found.push(place);
    for (const other of graph.stages) {
      if (other.base.kind === 'stage' && other.base.index === holder.stage.index) {
        todo.push({ node: other, folder: held, by: undefined });
      }
      if (other.needs.some((n) => n.how === 'mount' && n.stage === holder.stage.index)) return undefined;
      for (const flow of flowsInto(graph, other, escapeChar)) {
        if (flow.from !== holder) continue;
        for (const source of flow.sources) {
          if (source === undefined || flow.destination === undefined) return undefined;
          const plain = source.replace(/[*?[].*$/, '');
          if (plain !== source && (isInside(plain.replace(/\/$/, '') || '/', held) || isInside(held, plain)))
            return undefined;
          if (isInside(source, held)) {
            const target = joinPath(flow.destination, relativePath(source, held));
            todo.push({ node: other, folder: target, by: flow.step });
          } else if (isInside(held, source)) return undefined;
        }
      }
    }
  }
  return found;
}

/** The steps of a place's stage that run while the folder is there. */
export function stepsAfter(place: Place): readonly Step[] {
  const from = place.by?.instruction.span.start ?? -1;
  return place.node.steps.filter((s) => s.instruction.span.start > from);
}
