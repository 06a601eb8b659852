import type { Build } from '../project/build.js';
import type { Closure } from '../project/closures/model.js';
import type { Dockerfile } from '../syntax/dockerfile/model.js';
import { isInside } from '../text/paths.js';
import { closureOf, type ImageFiles, imageFiles } from './closures.js';
import { commandsOf, type StepCommand } from './commands.js';
import { broughtFrom, type CopyContext, type LocalCopy, localCopyOf, takesOnly } from './copies.js';
import { type Install, installOf, mayInstall } from './installs.js';
import { parentOf, stepsInLine } from './lineage.js';
import type { ShellOf, StageGraph, StageNode, Step } from './model.js';
import { goesHome, goesIntoSystem } from './surroundings.js';

/** What is asked of a Dockerfile and its builds. */
export interface BuildView {
  readonly dockerfile: Dockerfile;
  readonly graph: StageGraph;
  readonly shell: ShellOf;
  readonly builds: readonly Build[];
}

/** A RUN that needs manifests of the project, with all that is known of it. */
export interface DependencyStep {
  readonly node: StageNode;
  readonly step: Step;
  readonly commands: readonly StepCommand[];
  /** The commands that need them. */
  readonly needing: readonly StepCommand[];
  /** What they read, as paths in the image. */
  readonly closures: readonly Closure[];
  /** The folders of the projects, absolute in the image. */
  readonly folders: readonly string[];
  /** Local copies before it, in order: those of the stages its stage is FROM, then its own. */
  readonly copies: readonly LocalCopy[];
  readonly image: ImageFiles;
}

/** A RUN that installs. */
export interface InstallStep extends DependencyStep {
  readonly installs: readonly { readonly install: Install; readonly closure: Closure }[];
}

/** The steps that run before `step`, those of the stages its stage is FROM first. */
export function stepsBefore(graph: StageGraph, node: StageNode, step: Step): readonly Step[] {
  const line = stepsInLine(graph, node);
  return line.slice(0, line.indexOf(step));
}

/** The commands of the RUNs before `step`, as far as they can be read. */
export function commandsBefore(view: BuildView, node: StageNode, step: Step): readonly StepCommand[] {
  return stepsBefore(view.graph, node, step).flatMap(
    (one) => commandsOf(view.graph.stages[one.stage] ?? node, one, view.shell) ?? [],
  );
}

/** Local copies before `step`, those of the stages its stage is FROM first. */
export function copiesBefore(
  view: Pick<BuildView, 'dockerfile' | 'graph'>,
  context: CopyContext,
  node: StageNode,
  step: Step,
): readonly LocalCopy[] {
  return stepsBefore(view.graph, node, step).flatMap((one) => {
    const at = view.graph.stages[one.stage] ?? node;
    return localCopyOf(at, one, context, view.dockerfile.escape) ?? [];
  });
}

/** The project's files as `step` sees them, those that the stages below brought too. */
export function filesBefore(
  view: Pick<BuildView, 'dockerfile' | 'graph'>,
  context: CopyContext,
  node: StageNode,
  step: Step,
): ImageFiles {
  return imageFiles(node, step, copiesBefore(view, context, node, step), context);
}

/** Managers that fill the same environment. */
const PYTHON: ReadonlySet<string> = new Set(['conda', 'pip', 'pipenv', 'poetry', 'uv']);

/** The installs a step runs that nothing has run before; undefined where it is no such step. */
export function installStepOf(
  view: BuildView,
  context: CopyContext,
  node: StageNode,
  step: Step,
): InstallStep | undefined {
  if (step.instruction.kind !== 'RUN' || !mayInstall(step.instruction)) return undefined;
  const commands = commandsOf(node, step, view.shell);
  const found = (commands ?? []).flatMap((command) => installOf(command) ?? []);
  if (commands === undefined || found.length === 0) return undefined;
  const copies = copiesBefore(view, context, node, step);
  const image = imageFiles(node, step, copies, context);
  const earlier = (): readonly StepCommand[] => commandsBefore(view, node, step);
  const installs = found.flatMap((install) => {
    if (isInstalledBefore(view, node, step, install)) return [];
    const closure = closureOf(install, step, image, commands, earlier);
    return closure === undefined ? [] : [{ install, closure }];
  });
  if (installs.length === 0) return undefined;
  const closures = installs.map(({ closure }) => closure);
  const folders = installs.map(({ install }) => install.folder);
  const needing = installs.map(({ install }) => install.command);
  return { node, step, commands, needing, installs, closures, folders, copies, image };
}

/** Whether an earlier step has installed the same folder already: then this one only adds the project itself. */
function isInstalledBefore(view: BuildView, node: StageNode, step: Step, install: Install): boolean {
  const parent = parentOf(view.graph, node);
  const inherited = parent !== undefined && isInstalledBefore(view, parent, step, install);
  const { start } = step.instruction.span;
  return (
    inherited ||
    node.steps.some(
      (s) =>
        s.instruction.kind === 'RUN' &&
        s.instruction.span.start < start &&
        mayInstall(s.instruction) &&
        (commandsOf(node, s, view.shell) ?? []).some((c) => {
          const other = installOf(c);
          return other !== undefined && brings(other, install);
        }),
    )
  );
}

/** Whether nothing but the project itself is left to `install` after `other`. */
function brings(other: Install, install: Install): boolean {
  if (install.project === true) return other.manager === install.manager || PYTHON.has(other.manager);
  return other.manager === install.manager && other.folder === install.folder && sameFiles(other, install);
}

function sameFiles(a: Install, b: Install): boolean {
  return [...a.files].sort().join('\n') === [...b.files].sort().join('\n');
}

/** The files and folders a step needs, as paths in the image, each once, in the order in which they are written. */
export function neededBy({ closures }: DependencyStep): readonly string[] {
  return [...new Set(closures.flatMap(({ files, folders }) => [...files, ...folders]))];
}

/** The paths in the context of all that a step needs. */
function neededPaths(found: DependencyStep): ReadonlySet<string> {
  return new Set(neededBy(found).flatMap((path) => found.image.sourceOf(path)?.path ?? []));
}

/**
 * Copies that bring more than the step needs. One that brings a manifest is always one; one that brings other folders
 * only where the step surely does not read them (a `postinstall` may be why they are copied first).
 */
export function broadCopies(found: DependencyStep, context: CopyContext): LocalCopy[] {
  const needed = neededPaths(found);
  const certain = found.closures.every(({ open, doubts }) => open.length === 0 && doubts.length === 0);
  const holdsProject = (copy: LocalCopy): boolean =>
    found.folders.some((folder) => isInside(copy.destination, folder));
  const broad = found.copies.filter(
    (copy) =>
      // Settings, certificates or programs for the system are no source.
      (holdsProject(copy) || !(goesIntoSystem(copy) || goesHome(copy, found.step))) &&
      copy.sources.some((s) => s.folder) &&
      // What is picked out by name is meant for the step, unless it surely does not read it.
      (certain || !copy.instruction.flags.some(({ name }) => name === 'parents')) &&
      !takesOnly(copy, needed, context),
  );
  return certain || broad.some((copy) => bringsManifest(found, copy, context)) ? broad : [];
}

/** Whether a copy brings a file that the step reads. */
export function bringsManifest(found: DependencyStep, copy: LocalCopy, context: CopyContext): boolean {
  return found.closures.some(({ files }) =>
    files.some((file) => broughtFrom(copy, file, context) !== undefined),
  );
}
