import { isInside } from '../../text/paths.js';
import { commandsOf } from '../commands.js';
import { type CopyContext, localCopyOf, wouldBringFrom } from '../copies.js';
import { type Flow, flowsInto } from '../flows.js';
import { lineOf } from '../lineage.js';
import type { StageNode, Step } from '../model.js';
import { isNeutral } from '../neutral.js';
import { type StoreView, targetOf } from '../stores.js';
import type { CacheMount } from './faults.js';

/** A copy out of a cache mount: what it takes was never in the stage. */
export interface Lost {
  readonly node: StageNode;
  readonly step: Step;
  readonly at: CacheMount;
  readonly flow: Flow;
  readonly source: string;
}

function mountsOf(node: StageNode, step: Step): readonly CacheMount[] {
  const { instruction } = step;
  if (instruction.kind !== 'RUN') return [];
  return instruction.mounts.flatMap((mount): CacheMount[] => {
    const target =
      mount.type === 'cache' && mount.from === undefined ? targetOf(node, step, mount) : undefined;
    return target === undefined ? [] : [{ mount, target }];
  });
}

/** Whether a step may leave something at `path` in its stage. */
function mayMake(view: StoreView, node: StageNode, step: Step, path: string, target: string): boolean {
  const { instruction } = step;
  if (instruction.kind === 'RUN') {
    if (mountsOf(node, step).some((at) => isInside(at.target, path))) return false;
    const commands = commandsOf(node, step, view.shell);
    return (
      commands === undefined ||
      !commands.every((command) => isNeutral(command) && !names(command.words, target))
    );
  }
  if (instruction.kind !== 'COPY' && instruction.kind !== 'ADD') return false;
  const context: CopyContext | undefined = view.context;
  const copy = context && localCopyOf(node, step, context, view.dockerfile.escape);
  if (context === undefined || copy === undefined) {
    const written = instruction.destination && step.expand(instruction.destination.raw);
    return (
      written === undefined || !written.startsWith('/') || isInside(written, path) || isInside(path, written)
    );
  }
  if (isInside(path, copy.destination)) return true;
  return wouldBringFrom(copy, path).some((from) => context.exists(from) && !context.isIgnored(from));
}

function names(words: readonly { readonly value: string }[], target: string): boolean {
  return words.some(({ value }) => value.includes(target));
}

/** Copies whose source lies in a cache mount of the stage they take it from, where no other step could have made it. */
export function lostCopies(view: StoreView): readonly Lost[] {
  const { graph } = view;
  return graph.stages
    .filter(({ reachable }) => reachable)
    .flatMap((into) => flowsInto(graph, into, view.dockerfile.escape))
    .flatMap((flow) =>
      flow.sources.flatMap((source): Lost[] => {
        // The base image may have something there.
        if (source === undefined || /[*?[\]]|^\/(?:usr|var|etc|lib)\//.test(source)) return [];
        const line = lineOf(graph, flow.from).toReversed();
        const steps = line.flatMap((node) =>
          [...node.triggered, ...node.steps].map((step) => ({ node, step })),
        );
        const found = steps.flatMap(({ node, step }) =>
          mountsOf(node, step)
            .filter(({ target }) => isInside(target, source))
            .map((at) => ({ node, step, at })),
        );
        const [first] = found;
        if (first === undefined) return [];
        const isMade = steps.some(({ node, step }) => mayMake(view, node, step, source, first.at.target));
        return isMade ? [] : [{ ...first, flow, source }];
      }),
    );
}
