import { argumentsOf, programOf, type StepCommand } from '../commands.js';
import { envReading } from '../envcommands.js';
import { lineOf } from '../lineage.js';
import type { StageNode } from '../model.js';
import { isNeutral } from '../neutral.js';
import { isMounted, type StoreStep, type StoreView, storeStepOf } from '../stores.js';
import type { Store, StoreUse, ToolName } from './model.js';

/** A RUN that has to see a store, and which folders of it. */
export interface Member {
  readonly step: StoreStep;
  /** What its commands do with it; empty where it may only read it. */
  readonly uses: readonly StoreUse[];
  readonly stores: readonly Store[];
}

/** All RUNs that share the store of one tool: of one stage, and of those FROM it. */
export interface StoreGroup {
  readonly tool: ToolName;
  readonly members: readonly Member[];
  /** The stages with what these write, the first one at the front. */
  readonly stages: readonly StageNode[];
  /** RUNs that can't be read and may need what lies in it. */
  readonly unread: readonly StageNode['steps'][number][];
}

/** Programs that get their packages elsewhere and start no compiler of another tool. */
const APART =
  /^(?:npm|npx|yarn|pnpm|bun|node|corepack|pip[0-9.]*|python[0-9.]*|poetry|pipenv|uv|php|composer|ruby|gem|bundle|apt|apt-get|apk|git|groupadd|useradd)$/;

/** Whether a command may start a tool that reads the store: anything nobody knows (`make`, a script). */
function mayRead(command: StepCommand): boolean {
  if (command.words.length === 0 || isNeutral(command) || APART.test(programOf(command))) return false;
  const reading = envReading(command);
  return reading !== 'no' && reading !== 'newest' && argumentsOf(command)[0] !== '--version';
}

function storesOf(uses: readonly StoreUse[]): readonly Store[] {
  const all = uses.flatMap((use) => use.stores ?? []);
  return all.filter((store, i) => all.findIndex((other) => other.path === store.path) === i);
}

/** The stages that hold what `node` holds: itself and all that are FROM it. */
export function heirsOf({ graph }: StoreView, node: StageNode): readonly StageNode[] {
  return [node, ...graph.stages.filter((one) => one !== node && lineOf(graph, one).includes(node))];
}

/** The RUNs that share the store of `use`, a command of `first`, from that step on; those that have a mount for it are left out. */
export function groupOf(view: StoreView, first: StoreStep, use: StoreUse): StoreGroup {
  const stages = heirsOf(view, first.node);
  const needed = (use.stores ?? []).filter((store) => store.needed);
  const unread: StageNode['steps'][number][] = [];
  const members = stages.flatMap((node) =>
    node.steps.flatMap((step): Member[] => {
      const { instruction } = step;
      if (instruction.kind !== 'RUN') return [];
      if (node === first.node && instruction.span.start < first.run.span.start) return [];
      const own = step === first.step ? first : storeStepOf(view, node, step, true);
      if (own === undefined) {
        if (needed.length > 0) unread.push(step);
        return [];
      }
      const uses = own.uses.filter(({ tool }) => tool === use.tool);
      const stores = uses.length > 0 ? storesOf(uses) : own.commands.some(mayRead) ? needed : [];
      return stores.length === 0 || isMounted(own, stores) ? [] : [{ step: own, uses, stores }];
    }),
  );
  return { tool: use.tool, members, stages, unread };
}
