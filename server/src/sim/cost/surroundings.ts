import { contextView } from '../../project/context.js';
import { type ImageFiles, imageFiles } from '../closures.js';
import { contextQuery } from '../context/query.js';
import { type LocalCopy, localCopyOf } from '../copies.js';
import { parentOf } from '../lineage.js';
import type { StageNode, Step } from '../model.js';
import type { SecondsInput } from './seconds.js';

/** What the project shows of the place where a step runs. */
export interface Surroundings {
  /** The project's files as a step sees them; undefined for a remote context. */
  filesAt(node: StageNode, step: Step): ImageFiles | undefined;
  /** Files and bytes that a step takes from the context; undefined where nobody measured. */
  takenBy(step: Step): { readonly files: number; readonly bytes: number } | undefined;
  /** Files and bytes the build sends, all of them; undefined where nobody measured. */
  readonly sent: { readonly files: number; readonly bytes: number } | undefined;
}

/** Looks around in a build; nothing is asked before someone wants it, and each question once. */
export function surroundingsOf({ snapshot, build, built }: SecondsInput): Surroundings {
  const lazily = <T>(compute: () => T): (() => T) => {
    let known: { readonly value: T } | undefined;
    return () => {
      known ??= { value: compute() };
      return known.value;
    };
  };
  const context = lazily(() => contextView(snapshot, build));
  const measure = lazily(() => {
    const query = contextQuery(snapshot, build, built.needs);
    return query === undefined ? undefined : snapshot.measure(query);
  });
  const copies = new Map<StageNode, readonly LocalCopy[]>();
  const copiesOf = (node: StageNode): readonly LocalCopy[] => {
    const known = copies.get(node);
    if (known !== undefined) return known;
    const view = context();
    const below = parentOf(built.graph, node);
    const own =
      view === undefined
        ? []
        : node.steps.flatMap((step) => localCopyOf(node, step, view, built.dockerfile.escape) ?? []);
    const all = [...(below === undefined ? [] : copiesOf(below)), ...own];
    copies.set(node, all);
    return all;
  };
  const indices = lazily(() => {
    const found = new Map<Step, number[]>();
    let index = 0;
    for (const { step, sources } of built.needs.uses)
      for (const _ of sources) found.set(step, [...(found.get(step) ?? []), index++]);
    return found;
  });
  return {
    filesAt(node, step) {
      const view = context();
      if (view === undefined) return undefined;
      const { start } = step.instruction.span;
      const before = copiesOf(node).filter(
        (copy) => copy.step.stage !== node.stage.index || copy.instruction.span.start < start,
      );
      return imageFiles(node, step, before, view);
    },
    takenBy(step) {
      const answer = measure();
      if (answer === undefined) return undefined;
      return (indices().get(step) ?? []).reduce(
        (sum, index) => {
          const { files = 0, bytes = 0 } = answer.sources[index] ?? {};
          return { files: sum.files + files, bytes: sum.bytes + bytes };
        },
        { files: 0, bytes: 0 },
      );
    },
    get sent() {
      return measure()?.sent;
    },
  };
}
