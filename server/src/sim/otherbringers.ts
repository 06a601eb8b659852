import { baseName, dirName, isInside, joinPath } from '../text/paths.js';
import { argumentsOf, folderOf, inFolder, programOf, type StepCommand } from './commands.js';
import type { MissingTool } from './devparts/model.js';
import { hasPlainBase } from './devparts/place.js';
import { flowsInto } from './flows.js';
import { lineOf } from './lineage.js';
import type { StageGraph, StageNode, Step } from './model.js';
import type { Place } from './spread.js';
import { type FilesView, stageFiles } from './stagefiles.js';

/** Where programs are looked for without any ENV PATH. */
const PROGRAMS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

const ARCHIVE = /\.(tar|tgz|tbz2?|txz|tar\.\w+)$/i;

/** Names of folders; any other name in a path of programs is taken for that of a program. */
const FOLDER_NAME = /^(|\.|bin|sbin|local|usr|opt|share|lib|app|tools|.*[*?[].*)$/;

/** Where packages of a folder are looked for: node goes on in the folders above. */
export function lookedInto(folder: string): readonly string[] {
  const name = baseName(folder);
  if (name !== 'node_modules') return [folder];
  const out = [folder];
  for (let at = dirName(folder); at !== dirName(at); at = dirName(at)) out.push(joinPath(dirName(at), name));
  return out;
}

/** Whether a COPY or ADD may bring a program called `tool`, or more into the folders: from an archive, or from what is not known. */
function copyMayBring(
  graph: StageGraph,
  node: StageNode,
  step: Step,
  folders: readonly string[],
  programs: readonly string[],
  escapeChar: '\\' | '`',
): boolean {
  const { instruction } = step;
  if (instruction.kind !== 'COPY' && instruction.kind !== 'ADD') return false;
  const flow = flowsInto(graph, node, escapeChar).find((one) => one.step === step);
  // What stages install is followed elsewhere.
  const followed = flow !== undefined && hasPlainBase({ graph, node: flow.from });
  const archived = instruction.kind === 'ADD' && instruction.sources.some(({ value }) => ARCHIVE.test(value));
  if (!archived && instruction.from === undefined) return false;
  const written = step.expand(instruction.destination?.raw ?? '.');
  if (written === undefined) return true;
  const destination = inFolder(folderOf(node, step), written);
  const whole = archived || instruction.sources.some(({ value }) => FOLDER_NAME.test(baseName(value)));
  const fills = folders.some(
    (folder) => isInside(folder, destination) || (whole && isInside(destination, folder)),
  );
  if (fills && !followed) return true;
  return whole && programs.some((folder) => isInside(destination, folder));
}

/** Whether a command unpacks or moves what is not known to where the folder lies. */
export function unpacksOver(command: StepCommand, folder: string): boolean {
  const program = programOf(command);
  const args = argumentsOf(command);
  const at = command.folder;
  const covers = (place: string | undefined): boolean =>
    at === undefined || place?.includes('$') === true || isInside(inFolder(at, place ?? '.'), folder);
  const after = (...names: readonly string[]): string | undefined =>
    args.find((_, i) => names.includes(args[i - 1] ?? ''));
  if (program === 'tar')
    return (
      args.some((arg) => /^(-?[a-zA-Z]*x[a-zA-Z]*|--extract)$/.test(arg)) &&
      covers(after('-C', '--directory') ?? args.find((arg) => /^--directory=/.test(arg))?.slice(12))
    );
  if (program === 'unzip') return covers(after('-d'));
  if (program !== 'cp' && program !== 'mv') return false;
  const last = args.at(-1) ?? '';
  const many = program === 'mv' || args.some((arg) => /^-[a-z]*[raR]|^--(recursive|archive)/.test(arg));
  return many && covers(last) && args.slice(0, -1).some((arg) => /(^|\/)[.*]$/.test(arg));
}

/**
 * Whether something besides the installs of the file may bring what an install left out to where `step` runs: a copy from
 * another image or an archive, a program of the project under that name, or a folder above that holds packages too.
 */
export function mayComeElse(
  view: FilesView,
  place: Place,
  step: Step,
  { tool, named }: MissingTool,
  path: readonly string[],
): boolean {
  const { graph } = view;
  const folders = lookedInto(place.folder);
  const programs = named && !tool.includes('/') ? [...path, ...PROGRAMS] : [];
  const files = stageFiles(view, place.node, step);
  if (folders.slice(1).some((folder) => files.exists(folder))) return true;
  if (programs.some((folder) => files.exists(joinPath(folder, tool)))) return true;
  const before = ({ instruction }: Step): boolean => instruction.span.start < step.instruction.span.start;
  return lineOf(graph, place.node).some((node) =>
    node.steps.some(
      (one) =>
        one !== place.by && before(one) && copyMayBring(graph, node, one, folders, programs, view.escape),
    ),
  );
}
