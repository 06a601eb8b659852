import { commandsOf, type StepCommand } from '../../sim/commands.js';
import { flowsInto } from '../../sim/flows.js';
import { parentOf } from '../../sim/lineage.js';
import type { StageNode, Step } from '../../sim/model.js';
import { isNeutral } from '../../sim/neutral.js';
import { baseName, dirName, isInside, joinPath, relativePath } from '../../text/paths.js';
import type { BuildView } from './model.js';
import type { Arrival } from './sharing.js';

/** How a command makes a folder. */
export interface Making {
  /** What it is called, for a reason: `npm ci`. */
  readonly by: string;
  /** Whatever was there before is gone: the folder is the command's alone. */
  readonly replaces: boolean;
  /** It leaves out a part (development dependencies) that a copy of the folder may have brought. */
  readonly partial: boolean;
}

/** What a command that runs in a step makes of the folder at `at` (absolute in the image); undefined where it does not make it. */
export type Maker = (command: StepCommand, step: Step, at: string) => Making | undefined;

/** A command of a stage, and the step it belongs to. */
interface Placed {
  readonly node: StageNode;
  readonly step: Step;
  readonly command: StepCommand;
}

/** The stages a stage is built on, the outermost first, itself last. */
function lineage(view: BuildView, node: StageNode): readonly StageNode[] {
  const parent = parentOf(view.graph, node);
  return parent === undefined || parent === node ? [node] : [...lineage(view, parent), node];
}

/** The commands of the RUN steps of some stages; undefined where one can't be read. */
function commandsIn(view: BuildView, nodes: readonly StageNode[]): readonly Placed[] | undefined {
  const out: Placed[] = [];
  for (const node of nodes) {
    for (const step of node.steps) {
      if (step.instruction.kind !== 'RUN') continue;
      const commands = commandsOf(node, step, view.shell);
      if (commands === undefined) return undefined;
      out.push(...commands.map((command) => ({ node, step, command })));
    }
  }
  return out;
}

/** How the folder at `at` comes to be in a stage other than by a copy from the context: the making that counts, and by which step. */
export interface Found {
  readonly making: Making;
  readonly step: Step;
  /** The command; undefined where a COPY --from brings the folder from the stage that makes it. */
  readonly command: StepCommand | undefined;
}

/** Stages looked through for one folder: `COPY --from` chains are short. */
const mostStages = 6;

/** The first making of `at` in a stage or those it is built on; of a step that makes it again, the one that replaces. */
function madeHere(view: BuildView, node: StageNode, at: string, maker: Maker): Found | undefined {
  const found = (commandsIn(view, lineage(view, node)) ?? []).flatMap(({ step, command }): Found[] => {
    const making = maker(command, step, at);
    return making === undefined ? [] : [{ making, step, command }];
  });
  return found.find(({ making }) => making.replaces && !making.partial) ?? found[0];
}

/** Where a COPY --from found the folder that it puts at `at`, in the stage it copies from. */
function origin(source: string, destination: string, at: string): string | undefined {
  const clean = destination.replace(/(.)\/$/, '$1');
  if (isInside(clean, at) && clean !== at) return joinPath(source, relativePath(clean, at));
  return clean === at && baseName(source) === baseName(at) ? source : undefined;
}

/** How the folder at `at` is made in a stage, by a command of it or in a stage from which it is copied. */
function madeIn(view: BuildView, node: StageNode, at: string, maker: Maker, depth = 0): Found | undefined {
  const here = madeHere(view, node, at, maker);
  if (here !== undefined || depth >= mostStages) return here;
  for (const stage of lineage(view, node)) {
    for (const flow of flowsInto(view.graph, stage, view.dockerfile.escape)) {
      const { destination } = flow;
      if (destination === undefined) continue;
      for (const source of flow.sources) {
        const from =
          source === undefined || /[*?[]/.test(source) ? undefined : origin(source, destination, at);
        const made = from === undefined ? undefined : madeIn(view, flow.from, from, maker, depth + 1);
        // What is copied over a folder leaves there what it has no name for.
        if (made !== undefined)
          return { making: { ...made.making, replaces: false }, step: flow.step, command: undefined };
      }
    }
  }
  return undefined;
}

function startOf(step: Step): number {
  return step.instruction.span.start;
}

/** Whether anything of the stage could use the copied folder before `found` makes it anew: commands in between. */
function usedBefore(
  view: BuildView,
  { node, step }: Arrival,
  found: Found,
  uses: (command: StepCommand) => boolean,
): boolean {
  if (found.step.stage !== node.stage.index || startOf(found.step) < startOf(step)) return false;
  const commands = commandsIn(view, [node]);
  if (commands === undefined) return true;
  const between = commands.filter(
    (placed) =>
      startOf(placed.step) > startOf(step) &&
      (startOf(placed.step) < startOf(found.step) ||
        (placed.step === found.step &&
          found.command !== undefined &&
          placed.command.span.start < found.command.span.start)),
  );
  return between.some(({ command }) => !isNeutral(command) && uses(command));
}

/** Whether a stage, or one built on it, runs or starts something after a step that could want what only the copy brought. */
function usedAfter(
  view: BuildView,
  { node, step }: Arrival,
  uses: (command: StepCommand) => boolean,
): boolean {
  const later = view.graph.stages.filter((n) => n.reachable && lineage(view, n).includes(node));
  return later.some((n) =>
    n.steps.some((s) => {
      if (n === node && startOf(s) < startOf(step)) return false;
      if (!['RUN', 'CMD', 'ENTRYPOINT'].includes(s.instruction.kind)) return false;
      const commands = commandsOf(n, s, view.shell);
      return commands === undefined || commands.some((c) => !isNeutral(c) && uses(c));
    }),
  );
}

/** What is known of a folder that the build makes: by what, and whether hiding the copy surely changes nothing that counts. */
export interface Proof {
  readonly by: string;
  readonly sure: boolean;
}

export interface Question {
  readonly maker: Maker;
  /** Whether a command could use the folder. */
  readonly uses: (command: StepCommand) => boolean;
  /** Whether a command could use what a partial making leaves out; `uses` where it is left out. */
  readonly wants?: (command: StepCommand) => boolean;
}

/**
 * Whether every stage that gets the folder by `arrivals` makes it anew, and nothing uses the copy before that (or, where
 * the build's own is only a part, after it). Undefined where that is not so.
 */
export function proofOf(
  view: BuildView,
  arrivals: readonly Arrival[],
  { maker, uses, wants = uses }: Question,
): Proof | undefined {
  let proof: Proof | undefined;
  for (const arrival of arrivals) {
    const found = madeIn(view, arrival.node, arrival.at, maker);
    if (found === undefined || usedBefore(view, arrival, found, uses)) return undefined;
    const { making, step } = found;
    const before = step.stage !== arrival.node.stage.index || startOf(step) < startOf(arrival.step);
    const keepsCopy = before || !making.replaces;
    if (making.partial && keepsCopy && usedAfter(view, arrival, wants)) return undefined;
    const sure = !making.partial && (making.replaces || before);
    proof = { by: making.by, sure: sure && (proof?.sure ?? true) };
  }
  return proof;
}

/** Whether a folder in the image is the one a command works in, or lies in it. */
export function worksIn(command: StepCommand, at: string): boolean {
  const project = dirName(at);
  return command.folder !== undefined && (command.folder === project || isInside(command.folder, project));
}
