import type { Build } from '../project/build.js';
import type { Closure } from '../project/closures/model.js';
import type { Dockerfile } from '../syntax/dockerfile/model.js';
import { isInside } from '../text/paths.js';
import { closureOf, type ImageFiles, imageFiles } from './closures.js';
import { commandsOf, type StepCommand } from './commands.js';
import { broughtFrom, type CopyContext, type LocalCopy, localCopyOf, takesOnly } from './copies.js';
import { type Install, installOf, mayInstall } from './installs.js';
import { parentOf } from './lineage.js';
import type { ShellOf, StageGraph, StageNode, Step } from './model.js';
import { goesHome, goesIntoSystem } from './surroundings.js';

/** What is asked of a Dockerfile and its builds. */
export interface BuildView {
  readonly dockerfile: Dockerfile;
  readonly graph: StageGraph;
  readonly shell: ShellOf;
  readonly builds: readonly Build[];
}

/** A RUN that installs, with all that is known of it. */
export interface InstallStep {
  readonly node: StageNode;
  readonly step: Step;
  readonly commands: readonly StepCommand[];
  readonly installs: readonly { readonly install: Install; readonly closure: Closure }[];
  /** Local copies of the stage before it, in order. */
  readonly copies: readonly LocalCopy[];
  readonly image: ImageFiles;
}

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
  const copies = node.steps
    .filter((s) => s.instruction.span.start < step.instruction.span.start)
    .flatMap((s) => localCopyOf(node, s, context, view.dockerfile.escape) ?? []);
  const image = imageFiles(node, step, copies, context);
  const installs = found.flatMap((install) => {
    if (isInstalledBefore(view, node, step, install)) return [];
    const closure = closureOf(install, step, image, commands);
    return closure === undefined ? [] : [{ install, closure }];
  });
  if (installs.length === 0) return undefined;
  return { node, step, commands, installs, copies, image };
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
          return (
            other?.manager === install.manager && other.folder === install.folder && sameFiles(other, install)
          );
        }),
    )
  );
}

function sameFiles(a: Install, b: Install): boolean {
  return [...a.files].sort().join('\n') === [...b.files].sort().join('\n');
}

/** The paths in the context of all files the installs of a step read. */
function neededPaths(found: InstallStep): ReadonlySet<string> {
  const files = found.installs.flatMap(({ closure }) => closure.files);
  return new Set(files.flatMap((file) => found.image.sourceOf(file)?.path ?? []));
}

/**
 * Copies that bring more than the install reads. One that brings a manifest is always one; one that brings other folders
 * only where the install surely does not read them (a `postinstall` may be why they are copied first).
 */
export function broadCopies(found: InstallStep, context: CopyContext): LocalCopy[] {
  const needed = neededPaths(found);
  const certain = found.installs.every(
    ({ closure }) => closure.open.length === 0 && closure.doubts.length === 0,
  );
  const holdsProject = (copy: LocalCopy): boolean =>
    found.installs.some(({ install }) => isInside(copy.destination, install.folder));
  const broad = found.copies.filter(
    (copy) =>
      // Settings, certificates or programs for the system are no source.
      (holdsProject(copy) || !(goesIntoSystem(copy) || goesHome(copy, found.step))) &&
      copy.sources.some((s) => s.folder) &&
      !takesOnly(copy, needed, context),
  );
  return certain || broad.some((copy) => bringsManifest(found, copy, context)) ? broad : [];
}

/** Whether a copy brings a file that the installs read. */
export function bringsManifest(found: InstallStep, copy: LocalCopy, context: CopyContext): boolean {
  return found.installs.some(({ closure }) =>
    closure.files.some((file) => broughtFrom(copy, file, context) !== undefined),
  );
}
