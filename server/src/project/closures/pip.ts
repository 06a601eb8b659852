import { type LocalRequirement, parsePyproject, parseRequirements } from '../../syntax/manifests/python.js';
import { parseTables, table } from '../../syntax/manifests/toml.js';
import { baseName, joinPath } from '../../text/paths.js';
import {
  besideFile,
  lookFor,
  lookForUvSettings,
  lookForWorkspace,
  noParts,
  type Parts,
  takeFolder,
  takePackage,
} from './localpackage.js';
import { type Closure, type ContextFiles, isSent } from './model.js';

/** What is asked of a command that installs what requirements files name. */
export interface RequirementsInstall {
  /** The folder it runs in. */
  readonly folder: string;
  /** Requirements and constraints files as the command names them. */
  readonly named: readonly string[];
  readonly tool: 'pip' | 'pip-sync' | 'uv';
  /** Folders or pages of packages the command names (`--find-links`). */
  readonly links?: readonly string[];
}

interface Visit {
  readonly context: ContextFiles;
  readonly parts: Parts;
  readonly folder: string;
  readonly tool: RequirementsInstall['tool'];
}

/** pip looks for the folder of packages beside the file first, then where it runs. */
function takeLinks(visit: Visit, path: string, file: string | undefined): void {
  const { context, parts, folder, tool } = visit;
  const places = [
    ...(file === undefined ? [] : [besideFile(file, path)]),
    ...(tool === 'uv' && file !== undefined ? [] : [joinPath(folder, path)]),
  ];
  const found = places.find((place) => isSent(context, place));
  for (const place of places)
    if (place !== found && !parts.candidates.includes(place)) parts.candidates.push(place);
  if (found === undefined)
    parts.open.push(`${path} is a folder of packages that is not in the build context`);
  else if (context.entries(found) === undefined)
    parts.open.push(`${found} is a list of packages that may name more files`);
  else if (found === folder || joinPath(found, '.') === '.')
    parts.open.push(`packages are looked for in the whole of ${found}`);
  else takeFolder(parts, found);
}

function takeLocal(visit: Visit, { kind, path }: LocalRequirement, file: string): void {
  const { context, parts, folder, tool } = visit;
  if (path === undefined) parts.open.push(`${file} names a local path that is not known`);
  else if (kind === 'links') takeLinks(visit, path, file);
  else {
    const place = joinPath(folder, path);
    takePackage(context, parts, place, folder);
    // uv looks whether the package belongs to a workspace, and takes what it takes in turn.
    if (tool !== 'uv' || context.entries(place) === undefined) return;
    lookForWorkspace(context, parts, place);
    const text = context.text(joinPath(place, 'pyproject.toml'));
    if ((parsePyproject(text ?? '')?.uv.sources.length ?? 0) > 0)
      parts.open.push(`${place} takes packages from the disk in turn`);
  }
}

/** Reads one file; its name says whether it is a list of requirements. */
function visitFile(visit: Visit, path: string, by: string): void {
  const { context, parts } = visit;
  if (parts.candidates.includes(path)) return;
  lookFor(context, parts, path);
  if (path.startsWith('..') || !isSent(context, path)) {
    parts.open.push(`${path}, named by ${by}, is not in the build context`);
    return;
  }
  const text = context.text(path);
  if (text === undefined || text.trim() === '') {
    parts.open.push(`${path} could not be read`);
    return;
  }
  const name = baseName(path);
  if (name === 'pyproject.toml') visitProject(visit, path, text);
  else if (/^pylock(\.[^.]+)?\.toml$/.test(name)) visitPylock(visit, path, text);
  else if (/\.(py|cfg|toml)$/.test(name)) parts.open.push(`what ${path} requires is not known`);
  else visitRequirements(visit, path, text);
}

function visitRequirements(visit: Visit, path: string, text: string): void {
  const parsed = parseRequirements(text);
  for (const local of parsed.locals) takeLocal(visit, local, path);
  for (const next of [...parsed.includes, ...parsed.constraints]) {
    if (/\$\{|^[a-z][a-z0-9+.-]*:/i.test(next)) visit.parts.open.push(`${path} includes ${next}`);
    else visitFile(visit, besideFile(path, next), path);
  }
}

/** A pyproject.toml of which only the dependencies are taken. */
function visitProject(visit: Visit, path: string, text: string): void {
  const { parts } = visit;
  const project = parsePyproject(text);
  if (project === undefined) parts.open.push(`${path} could not be read`);
  else if (!project.project || project.dynamic.some((one) => /dependencies/.test(one)))
    parts.open.push(`the dependencies of ${path} are dynamic, so the project is built to know them`);
  else if (project.localAddress || project.uv.sources.length > 0 || project.uv.localIndexes.length > 0)
    parts.open.push(`${path} names a folder or file of the project`);
}

/** A pylock.toml. */
function visitPylock(visit: Visit, path: string, text: string): void {
  const root = parseTables(text);
  const packages = Array.isArray(root?.packages) ? root.packages.map(table) : undefined;
  if (packages === undefined) visit.parts.open.push(`${path} could not be read`);
  const local = packages?.find((one) => one.directory !== undefined || table(one.archive).path !== undefined);
  if (local !== undefined) visit.parts.open.push(`${path} names a folder or file of the project`);
}

/** The folder below test/ecosystems that proves such an install. */
function ecosystemOf(tool: RequirementsInstall['tool'], parts: Parts): string {
  if (parts.folders.length > 0) return tool === 'uv' ? 'uv-pip-local' : 'pip-local';
  return tool === 'uv' ? 'uv-pip' : 'pip';
}

/**
 * The closure of `pip install -r … -c …`, `uv pip` and `pip-sync`: the files named and all they include, each relative to
 * the file that names it; packages on the disk relative to where it runs; undefined where no file named is there. Seen by
 * strace with pip 23.2 and 26.3: nothing else of the project is looked for. `uv pip` also reads pyproject.toml and uv.toml
 * of the folder it runs in, and of those above; `pip-sync` also pyproject.toml and .pip-tools.toml.
 */
export function requirementsClosure(
  context: ContextFiles,
  install: RequirementsInstall,
): Closure | undefined {
  const { folder, named, tool, links = [] } = install;
  const parts = noParts();
  const visit: Visit = { context, parts, folder, tool };
  for (const name of named) visitFile(visit, joinPath(folder, name), 'the command');
  for (const path of links) takeLinks(visit, path, undefined);
  if (parts.files.length === 0) return undefined;
  if (tool === 'uv') lookForUvSettings(context, parts, folder);
  if (tool === 'pip-sync')
    lookFor(context, parts, joinPath(folder, 'pyproject.toml'), joinPath(folder, '.pip-tools.toml'));
  return { ...parts, ecosystem: ecosystemOf(tool, parts) };
}
