import { foldersOf } from '../project/closures/nodeglobs.js';
import { dirName, joinPath } from '../text/paths.js';
import { commandsOf } from './commands.js';
import type { DevelopmentPart } from './devparts/model.js';
import { developmentPart } from './devparts/parts.js';
import { type Install, installOf, mayInstall } from './installs.js';
import type { ShellOf, StageNode, Step } from './model.js';
import { type FilesView, type StageFiles, stageFiles } from './stagefiles.js';

/** An install of a project that has development dependencies, whether it brings them or not. */
export interface DevInstall {
  readonly node: StageNode;
  readonly step: Step;
  readonly install: Install;
  readonly part: DevelopmentPart;
}

/** The installs in the stages a build needs, in the order they stand, whose development part is known. */
export function devInstalls(view: FilesView, shell: ShellOf): readonly DevInstall[] {
  const { graph } = view;
  return graph.stages
    .filter((node) => node.reachable)
    .flatMap((node) => node.steps.flatMap((step) => installsAt(view, shell, node, step)));
}

/** See `InstallPlace`. */
function membersOf(
  { context }: FilesView,
  files: StageFiles,
  folder: string,
  patterns: readonly string[],
): readonly string[] | undefined {
  const source = files.source(joinPath(folder, 'package.json'));
  if (source === undefined) return undefined;
  const { folders, unknown } = foldersOf(context, dirName(source), patterns);
  if (unknown !== undefined) return undefined;
  return folders.filter((member) => files.exists(joinPath(folder, `${member}/package.json`)));
}

function installsAt(view: FilesView, shell: ShellOf, node: StageNode, step: Step): DevInstall[] {
  if (step.instruction.kind !== 'RUN' || !mayInstall(step.instruction)) return [];
  const { graph } = view;
  const commands = commandsOf(node, step, shell) ?? [];
  return commands.flatMap((command): DevInstall[] => {
    const install = installOf(command);
    if (install === undefined) return [];
    const files = stageFiles(view, node, step);
    const shipped = graph.target === undefined ? files : stageFiles(view, graph.target);
    const part = developmentPart(install, {
      node,
      step,
      commands,
      files,
      shipped,
      graph,
      shell,
      members: (folder, patterns) => membersOf(view, files, folder, patterns),
    });
    return part === undefined ? [] : [{ node, step, install, part }];
  });
}
