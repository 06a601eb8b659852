import type { Dockerfile, Instruction, Mount, RunInstruction } from '../syntax/dockerfile/model.js';
import { isInside } from '../text/paths.js';
import type { ImageFiles } from './closures.js';
import { commandsOf, folderOf, inFolder, type StepCommand } from './commands.js';
import type { CopyContext } from './copies.js';
import type { Variables } from './installs/model.js';
import { variablesOf } from './installs/variables.js';
import { filesBefore } from './installstep.js';
import { stepsInLine } from './lineage.js';
import type { ShellOf, StageGraph, StageNode, Step } from './model.js';
import type { StepUser, Store, StoreScene, StoreUse } from './stores/model.js';
import { tools } from './stores/tools.js';
import { imageOf, userOf } from './stores/who.js';

/** What is asked about stores. */
export interface StoreView {
  readonly dockerfile: Dockerfile;
  readonly graph: StageGraph;
  readonly shell: ShellOf;
  /** Undefined for a context that is elsewhere. */
  readonly context: CopyContext | undefined;
}

/** A RUN with the commands in it that use a store. */
export interface StoreStep {
  readonly node: StageNode;
  readonly step: Step;
  readonly run: RunInstruction;
  readonly commands: readonly StepCommand[];
  readonly uses: readonly StoreUse[];
  /** The user it runs as; undefined where only an unknown base image can tell. */
  readonly user: StepUser | undefined;
}

const PROGRAMS = new RegExp([...new Set(tools.map(({ programs }) => programs.source))].join('|'));

/** Whether a command of `instruction` could use a store; to look is much cheaper than to read its shell text. */
export function mayUseStore(instruction: Instruction): boolean {
  return instruction.kind === 'RUN' && PROGRAMS.test(instruction.script?.text ?? instruction.text);
}

/**
 * What the commands of a RUN do with the stores of their tools; undefined where it can't be read, or (unless `any`) where its
 * text names no tool.
 */
export function storeStepOf(
  view: StoreView,
  node: StageNode,
  step: Step,
  any = false,
): StoreStep | undefined {
  const { instruction: run } = step;
  if (run.kind !== 'RUN' || !(any || mayUseStore(run))) return undefined;
  const commands = commandsOf(node, step, view.shell);
  if (commands === undefined) return undefined;
  let files: { readonly found: ImageFiles | undefined } | undefined;
  let who: { readonly found: StepUser | undefined } | undefined;
  const image = imageOf(view.graph, node)?.name;
  const user = (): StepUser | undefined => {
    who ??= { found: userOf(view.graph, node, step, view.shell) };
    return who.found;
  };
  const uses = commands.flatMap((command) => {
    let variables: Variables | undefined;
    const scene: StoreScene = {
      image,
      ran: (text) => isSaidBefore(view, node, step, text),
      // Most commands are of no tool that asks.
      get variables() {
        variables ??= variablesOf(command, step, commands);
        return variables;
      },
      get files() {
        files ??= { found: view.context && filesBefore(view, view.context, node, step) };
        return files.found;
      },
      get user() {
        return user();
      },
    };
    return firstUse(command, scene) ?? [];
  });
  return {
    node,
    step,
    run,
    commands,
    uses,
    get user() {
      return user();
    },
  };
}

function isSaidBefore({ graph }: StoreView, node: StageNode, step: Step, text: RegExp): boolean {
  return stepsInLine(graph, node).some(
    ({ instruction }) =>
      instruction.kind === 'RUN' &&
      instruction.span.start <= step.instruction.span.start &&
      text.test(instruction.script?.text ?? instruction.text),
  );
}

function firstUse(command: StepCommand, scene: StoreScene): StoreUse | undefined {
  for (const tool of tools) {
    const use = tool.useOf(command, scene);
    if (use !== undefined) return use;
  }
  return undefined;
}

/** Where a mount lies in the image; undefined where a variable hides it, or it has no target. */
export function targetOf(node: StageNode, step: Step, mount: Mount): string | undefined {
  const { target } = mount;
  // A secret without a target lies in /run/secrets.
  const path = target === undefined ? undefined : step.expand(target);
  return path === undefined ? undefined : inFolder(folderOf(node, step), path);
}

/** The mounts of a RUN at, above or below a folder. */
export function mountsAt({ node, step, run }: StoreStep, path: string): readonly Mount[] {
  return run.mounts.filter((mount) => {
    if (mount.type === 'secret' || mount.type === 'ssh') return false;
    const target = targetOf(node, step, mount);
    return target !== undefined && (isInside(target, path) || isInside(path, target));
  });
}

/** Whether one of the folders a command uses is a mount already. */
export function isMounted(step: StoreStep, stores: readonly Store[]): boolean {
  return stores.some(({ path }) => mountsAt(step, path).length > 0);
}

/** The tool that a command cleans up after, if it does. */
export function cleanedTool(command: StepCommand): StoreUse['tool'] | undefined {
  return tools.find((tool) => tool.isCleaning(command))?.name;
}
