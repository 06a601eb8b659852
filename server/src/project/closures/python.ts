import { type PyProject, parsePyproject, parseRequirements } from '../../syntax/manifests/python.js';
import { dirName, joinPath } from '../../text/paths.js';
import { type Closure, type ContextFiles, foldersAbove, isSent } from './model.js';

/**
 * The closure of `pip install -r … -c …`: the files named and all they include, each relative to the file that names it.
 * Seen by strace with pip 23: nothing else of the project is looked for. `uv pip` also reads pyproject.toml and uv.toml of the
 * folder it runs in, and of those above.
 */
export function requirementsClosure(
  context: ContextFiles,
  folder: string,
  named: readonly string[],
  uv: boolean,
): Closure | undefined {
  const files: string[] = [];
  const open: string[] = [];
  const visit = (path: string, by: string): void => {
    if (files.includes(path)) return;
    if (path.startsWith('..') || !isSent(context, path)) {
      open.push(`${path}, named by ${by}, is not in the build context`);
      return;
    }
    files.push(path);
    const text = context.text(path);
    if (text === undefined || text.trim() === '') {
      open.push(`${path} could not be read`);
      return;
    }
    const parsed = parseRequirements(text);
    if (parsed.locals.length > 0) open.push(`${path} names a local path: ${parsed.locals[0]}`);
    for (const next of [...parsed.includes, ...parsed.constraints]) {
      if (/\$\{|^[a-z][a-z0-9+.-]*:/i.test(next)) open.push(`${path} includes ${next}`);
      else visit(joinPath(dirName(path), next), path);
    }
  };
  for (const name of named) visit(joinPath(folder, name), 'the command');
  if (files.length === 0) return undefined;
  if (uv) files.push(...uvSettings(context, folder).filter((path) => !files.includes(path)));
  const ecosystem = uv ? 'uv-pip' : 'pip';
  return { files, folders: [], candidates: files, ecosystem, open, doubts: [], outputs: [] };
}

/** The files uv may take its settings from: those of `folder`, else of the folders above it. */
function uvSettings(context: ContextFiles, folder: string): string[] {
  return [folder, ...foldersAbove(folder).filter((above) => above !== '')]
    .flatMap((at) => ['pyproject.toml', 'uv.toml'].map((name) => joinPath(at, name)))
    .filter((path) => isSent(context, path));
}

export interface UvSync {
  /** The folder of the pyproject.toml, relative to the context. */
  readonly folder: string;
  /** `--no-install-project` or `--no-install-workspace`. */
  readonly withoutProject: boolean;
  readonly frozen: boolean;
  readonly locked: boolean;
  /** The environment lies in the project folder. */
  readonly environmentInside: boolean;
}

/** Whether `uv sync` builds and installs the project itself: it has a build system, or says so. */
export function uvInstallsProject(project: PyProject): boolean {
  return project.uv.package ?? project.buildSystem;
}

function workspaceAbove(context: ContextFiles, folder: string): string[] {
  for (const above of foldersAbove(folder)) {
    const path = joinPath(above, 'pyproject.toml');
    if (!isSent(context, path)) continue;
    const text = context.text(path);
    const project = text === undefined ? undefined : parsePyproject(text);
    if (project === undefined || project.uv.workspace)
      return [`${path} may make this folder a workspace member`];
  }
  return [];
}

/**
 * The closure of `uv sync` without the project itself; undefined where the context holds no pyproject.toml for it. Seen by
 * strace with uv 0.13: pyproject.toml, uv.lock, uv.toml, .python-version, .python-versions; where the project is
 * installed also its readme, its source and what its build backend looks for.
 */
export function uvSyncClosure(context: ContextFiles, sync: UvSync): Closure | undefined {
  const { folder } = sync;
  const manifestPath = joinPath(folder, 'pyproject.toml');
  if (!isSent(context, manifestPath)) return undefined;
  const candidates = ['pyproject.toml', 'uv.lock', 'uv.toml', '.python-version', '.python-versions'].map(
    (name) => joinPath(folder, name),
  );
  const files = candidates.filter((path) => isSent(context, path));
  files.push(...uvSettings(context, folder).filter((path) => !files.includes(path)));
  const outputs = sync.environmentInside ? [joinPath(folder, '.venv')] : [];
  const known = {
    files,
    folders: [],
    candidates: [...new Set([...candidates, ...files])],
    ecosystem: 'uv',
    outputs,
  };
  const text = context.text(manifestPath);
  const project = text === undefined ? undefined : parsePyproject(text);
  if (project === undefined) return { ...known, open: ['pyproject.toml could not be read'], doubts: [] };
  const open: string[] = [];
  const doubts: string[] = [];
  if (project.uv.workspace) open.push('pyproject.toml lists workspace members, whose manifests uv needs too');
  if (project.uv.localSources) open.push('tool.uv.sources names a folder or file of the project');
  open.push(...workspaceAbove(context, folder));
  if (uvInstallsProject(project) && !sync.withoutProject) open.push('uv sync installs the project itself');
  if (project.dynamic.length > 0 && !sync.frozen) {
    open.push(`${project.dynamic[0]} of the project is dynamic, so uv builds it to read its metadata`);
  }
  if (!isSent(context, joinPath(folder, 'uv.lock')))
    doubts.push('there is no uv.lock, so versions are chosen at each install');
  else if (!sync.frozen && !sync.locked)
    doubts.push('uv sync without --frozen or --locked may change uv.lock');
  return { ...known, open, doubts };
}
