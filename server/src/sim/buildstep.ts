import { imageFiles, prefetchOf } from './closures.js';
import { commandsOf, programOf, type StepCommand } from './commands.js';
import type { CopyContext } from './copies.js';
import { managerOf } from './installs/managers.js';
import type { ManagerName, Prefetch, ProjectBuild } from './installs/model.js';
import { buildOf, installOf, mayInstall } from './installs.js';
import { type BuildView, copiesBefore, type DependencyStep, stepsBefore } from './installstep.js';
import { stepsInLine } from './lineage.js';
import type { StageNode, Step } from './model.js';

/** A RUN that builds the project and downloads what that needs on the way. */
export interface BuildStep extends DependencyStep {
  readonly builds: readonly { readonly build: ProjectBuild; readonly prefetch: Prefetch }[];
}

/** The project builds of a step for which nothing has downloaded before; undefined where it is no such step. */
export function buildStepOf(
  view: BuildView,
  context: CopyContext,
  node: StageNode,
  step: Step,
): BuildStep | undefined {
  const { instruction } = step;
  if (instruction.kind !== 'RUN' || !mayInstall(instruction)) return undefined;
  const commands = commandsOf(node, step, view.shell);
  const found = (commands ?? []).flatMap((command) => buildOf(command) ?? []);
  // An install in the same RUN is where the download happens.
  if (commands === undefined || found.length === 0 || commands.some((c) => installOf(c) !== undefined))
    return undefined;
  // What is downloaded stays in no folder at all, or there is no network to download from.
  if (instruction.mounts.some(({ type }) => type === 'tmpfs')) return undefined;
  if (instruction.flags.some(({ name, value }) => name === 'network' && value === 'none')) return undefined;
  const copies = copiesBefore(view, context, node, step);
  if (copies.length === 0) return undefined;
  const image = imageFiles(node, step, copies, context);
  const builds = found.flatMap((build) => {
    const prefetch = prefetchOf(build, step, image, commands);
    return prefetch === undefined ? [] : [{ build, prefetch }];
  });
  const [first] = builds;
  // What is downloaded, and perhaps what is made of it, stays in a cache mount.
  const cached = instruction.mounts.some(({ type }) => type === 'cache');
  if (cached && (builds.length < found.length || !builds.every(({ prefetch }) => prefetch.downloadsKept)))
    return undefined;
  if (first === undefined || isFetchedBefore(view, node, step, first.build.manager)) return undefined;
  return {
    node,
    step,
    commands,
    needing: builds.map(({ build }) => build.command),
    builds,
    closures: builds.map(({ prefetch }) => prefetch.closure),
    folders: builds.map(({ build }) => build.folder),
    copies,
    image,
  };
}

/** Whether a step before may have downloaded what the build needs, in its own stage or one that it copies from. */
function isFetchedBefore(view: BuildView, node: StageNode, step: Step, manager: ManagerName): boolean {
  const { stages } = view.graph;
  const runs = (at: StageNode, one: Step): boolean => mayFetch(view, at, one, manager);
  return stepsBefore(view.graph, node, step).some((before) => {
    if (before.instruction.kind === 'RUN') return runs(stages[before.stage] ?? node, before);
    if (before.instruction.kind !== 'COPY' || before.instruction.from === undefined) return false;
    const { from } = before.instruction;
    const source = stages.find(
      ({ stage }, i) => stage.name?.toLowerCase() === from.toLowerCase() || `${i}` === from,
    );
    return (
      source !== undefined && stepsInLine(view.graph, source).some((s) => runs(stages[s.stage] ?? source, s))
    );
  });
}

/** Words by which a manager's program downloads nothing of the project, or only what they name. */
const ELSEWHERE =
  /^(env|version|--?version|-v|-V|help|config|telemetry|search|--list-sdks|--info|nuget|tool|workload|new|init|local|--install|self|toolchain|target|component)$/;

/** Whether a step may download packages of the project with that manager. */
function mayFetch(view: BuildView, node: StageNode, step: Step, manager: ManagerName): boolean {
  if (step.instruction.kind !== 'RUN' || !mayInstall(step.instruction)) return false;
  const programs = managerOf(manager)?.programs;
  const commands = commandsOf(node, step, view.shell);
  return (commands ?? []).some(
    (command) => programs?.test(programOf(command)) === true && !isByName(command),
  );
}

function isByName(command: StepCommand): boolean {
  const [, verb, ...rest] = command.words.map(({ value }) => value);
  if (verb === undefined || ELSEWHERE.test(verb)) return true;
  if (verb !== 'install' && verb !== 'get') return false;
  const named = rest.filter((word) => !word.startsWith('-'));
  return named.length > 0 && named.every((word) => !/^\.{0,2}\//.test(word) && word !== '.');
}
