import type { Mount } from '../../syntax/dockerfile/model.js';
import type { BuildStep } from '../cache/model.js';
import { isLinked } from '../cache/operation.js';
import type { Built } from '../context/built.js';
import { isReplaced } from '../context/needs.js';
import type { StageNode } from '../model.js';

/** What a step waits for (SPEC D). Indices are those of the steps; a step is over when its own work and its stage so far are. */
export interface Dependencies {
  /** Steps that have to be over before it starts. */
  readonly starts: readonly number[];
  /** The step before it in its stage, where it may run beside that: COPY --link only joins it at the end. */
  readonly joins: number | undefined;
  /** It takes something from the build context, and so waits for the whole transfer. */
  readonly context: boolean;
  /** Cache mounts with `sharing=locked`, which one step at a time may have. */
  readonly locks: readonly string[];
}

/** What each step waits for, in the order of `steps` (of `buildSteps`), in which each comes after all that it waits for. */
export function dependenciesOf(built: Built, steps: readonly BuildStep[]): readonly Dependencies[] {
  const taking = new Set(built.needs.uses.map(({ step }) => step));
  const last = new Map<StageNode, number>();
  /** The last step of what a stage is at the moment, through stages it is FROM; undefined where nothing was run in it. */
  const endOf = (index: number): number | undefined => {
    const node = built.graph.stages[index];
    if (node === undefined || isReplaced(node)) return undefined;
    const own = last.get(node);
    return own ?? (node.base.kind === 'stage' ? endOf(node.base.index) : undefined);
  };
  return steps.map(({ step, node }, index): Dependencies => {
    const { instruction } = step;
    const before = endOf(node.stage.index);
    const sources = node.needs
      .filter(({ by, how }) => by === instruction && how !== 'from')
      .flatMap(({ stage }) => endOf(stage) ?? []);
    const linked = (instruction.kind === 'COPY' || instruction.kind === 'ADD') && isLinked(instruction);
    last.set(node, index);
    return {
      starts: [...new Set([...(linked || before === undefined ? [] : [before]), ...sources])],
      joins: linked ? before : undefined,
      context: taking.has(step),
      locks: instruction.kind === 'RUN' ? instruction.mounts.flatMap(lockOf) : [],
    };
  });
}

function lockOf({ type, sharing, id, target }: Mount): string[] {
  const name = id ?? target;
  return type === 'cache' && sharing?.toLowerCase() === 'locked' && name !== undefined ? [name] : [];
}
