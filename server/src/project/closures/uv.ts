import { normalizeName, type PyProject, parsePyproject } from '../../syntax/manifests/python.js';
import { isInside, joinPath } from '../../text/paths.js';
import {
  lookFor,
  lookForManifests,
  lookForUvSettings,
  lookForWorkspace,
  noParts,
  type Parts,
  takeFolder,
  takePackage,
} from './localpackage.js';
import { fits, foldersFitting, seenFrom } from './members.js';
import { type Closure, type ContextFiles, foldersAbove, isSent } from './model.js';

export interface UvSync {
  /** The folder of the pyproject.toml, relative to the context. */
  readonly folder: string;
  /** What is not installed: the project itself (`--no-install-project`), any member of its workspace, any package on the disk. */
  readonly without: 'nothing' | 'project' | 'workspace' | 'local';
  /** Packages that are not installed (`--no-install-package`). */
  readonly withoutPackages: readonly string[];
  /** The member that is installed instead of the project (`--package`), or all of them. */
  readonly members: { readonly named: readonly string[] } | 'all' | undefined;
  /** `--no-sources`. */
  readonly noSources: boolean;
  readonly frozen: boolean;
  readonly locked: boolean;
  /** The environment lies in the project folder. */
  readonly environmentInside: boolean;
}

/** A pyproject.toml and where it lies. */
interface Member {
  readonly folder: string;
  readonly project: PyProject;
}

/** A workspace, or a project that is none. */
interface Workspace {
  readonly root: Member;
  /** The root among them, where it is a project. */
  readonly members: readonly Member[];
}

/** Whether `uv sync` builds and installs the project itself: it has a build system, or says so. */
export function uvInstallsProject(project: PyProject): boolean {
  return project.uv.package ?? project.buildSystem;
}

function memberAt(context: ContextFiles, folder: string): Member | undefined {
  const path = joinPath(folder, 'pyproject.toml');
  const text = isSent(context, path) ? context.text(path) : undefined;
  const project = text === undefined ? undefined : parsePyproject(text);
  return project && { folder, project };
}

/** Whether a workspace leaves a folder out, or does not name it. */
function isMember(root: Member, folder: string): boolean {
  const path = seenFrom(root.folder, folder);
  const { members, exclude } = root.project.uv;
  return members.some((glob) => fits(glob, path)) && !exclude.some((glob) => fits(glob, path));
}

/** The workspace a folder belongs to: its own, or that of a folder above which names it. */
function rootFor(context: ContextFiles, own: Member, parts: Parts): Member {
  if (own.project.uv.workspace) return own;
  for (const folder of foldersAbove(own.folder).filter((at) => at !== '')) {
    const path = joinPath(folder, 'pyproject.toml');
    if (!isSent(context, path)) continue;
    const found = memberAt(context, folder);
    if (found === undefined)
      parts.open.push(`${path} could not be read and may make this folder a workspace member`);
    else if (found.project.uv.workspace) return isMember(found, own.folder) ? found : own;
  }
  return own;
}

function isBelow(folder: string, path: string): boolean {
  return folder === '.' ? path !== '.' : path !== folder && isInside(folder, path);
}

/** The workspace of a project, its manifests taken. */
function workspaceOf(context: ContextFiles, own: Member, parts: Parts): Workspace {
  const root = rootFor(context, own, parts);
  const members: Member[] = root.project.project ? [root] : [];
  const folders = root.project.uv.members.flatMap((glob) => foldersFitting(context, root.folder, glob));
  for (const folder of [...new Set(folders)]) {
    const path = joinPath(folder, 'pyproject.toml');
    if (!isMember(root, folder) || folder === root.folder) continue;
    lookFor(context, parts, path);
    lookForWorkspace(context, parts, folder);
    if (!isSent(context, path)) continue;
    const member = memberAt(context, folder);
    if (member === undefined) parts.open.push(`${path} could not be read`);
    else members.push(member);
  }
  if (!members.some(({ folder }) => folder === own.folder) && own.folder !== root.folder) members.push(own);
  return { root, members };
}

function nameOf({ project }: Member): string {
  return normalizeName(project.name ?? '');
}

/** What a sync installs from the disk: members of the workspace, and folders or archives besides. */
interface Local {
  readonly members: readonly Member[];
  readonly paths: readonly { readonly path: string; readonly name: string; readonly virtual: boolean }[];
}

/** The members a sync is asked for. */
function askedFor({ members }: Workspace, own: Member, sync: UvSync): readonly Member[] {
  // A root that is no project stands for all of its members.
  if (sync.members === 'all' || (sync.members === undefined && !own.project.project)) return members;
  if (sync.members === undefined) return [own];
  const named = sync.members.named.map(normalizeName);
  return members.filter((member) => named.includes(nameOf(member)));
}

function localsOf(workspace: Workspace, asked: readonly Member[], sync: UvSync): Local {
  const { root } = workspace;
  const byName = new Map(workspace.members.map((member) => [nameOf(member), member]));
  const reached = new Set<Member>();
  const paths = new Map<string, Local['paths'][number]>();
  const todo = [...asked];
  for (let member = todo.shift(); member !== undefined; member = todo.shift()) {
    if (reached.has(member)) continue;
    reached.add(member);
    if (sync.noSources) continue;
    const own = new Set(member.project.uv.sources.map(({ name }) => name));
    const inherited = root.project.uv.sources.filter(({ name }) => !own.has(name));
    const needed = new Set(member.project.anyDependency);
    const sources = [
      ...member.project.uv.sources.map((source) => ({ source, base: member.folder })),
      ...inherited.map((source) => ({ source, base: root.folder })),
    ].filter(({ source }) => needed.has(source.name));
    for (const { source, base } of sources) {
      const { name, path, virtual } = source;
      if (path !== undefined) paths.set(joinPath(base, path), { path: joinPath(base, path), name, virtual });
      else todo.push(...[byName.get(name)].flatMap((found) => found ?? []));
    }
  }
  return { members: [...reached], paths: [...paths.values()] };
}

/** Notes what of the project's own packages a sync builds. */
function takeLocals(
  context: ContextFiles,
  parts: Parts,
  workspace: Workspace,
  own: Member,
  sync: UvSync,
): void {
  const asked = askedFor(workspace, own, sync);
  const local = localsOf(workspace, asked, sync);
  const left = new Set(sync.withoutPackages.map(normalizeName));
  for (const member of local.members) {
    const { folder, project } = member;
    const name = nameOf(member);
    const wanted = asked.includes(member);
    // A package that another one requires is built in any case, unless it says that it is none.
    if (wanted ? !uvInstallsProject(project) : project.uv.package === false) continue;
    if (left.has(name) || sync.without === 'local' || sync.without === 'workspace') continue;
    if (wanted && sync.without === 'project') continue;
    if (folder === own.folder || isInside(folder, own.folder) || folder === workspace.root.folder)
      parts.open.push('uv sync installs the project itself; "--no-install-project" would leave it for later');
    else takePackage(context, parts, folder, workspace.root.folder);
  }
  for (const { path, name, virtual } of local.paths) {
    if (context.entries(path) === undefined) {
      if (sync.without !== 'local' && !left.has(name))
        takePackage(context, parts, path, workspace.root.folder);
      continue;
    }
    if (sync.without === 'local' || left.has(name)) continue;
    lookForWorkspace(context, parts, path);
    if (virtual) lookFor(context, parts, joinPath(path, 'pyproject.toml'));
    else takePackage(context, parts, path, workspace.root.folder);
    if ((memberAt(context, path)?.project.uv.sources.length ?? 0) > 0)
      parts.open.push(`${path} takes packages from the disk in turn`);
  }
}

/** What a check of the lock file reads: the metadata of all packages on the disk, of every member, wanted or not. */
function takeMetadata(context: ContextFiles, parts: Parts, { members }: Workspace, sync: UvSync): void {
  for (const { folder, project } of members) {
    if (project.dynamic.length > 0)
      parts.open.push(
        `${project.dynamic[0]} of ${project.name ?? folder} is dynamic, so uv builds it to read its metadata`,
      );
    const needed = new Set(project.anyDependency);
    for (const { name, path: written } of sync.noSources ? [] : project.uv.sources) {
      const path = written === undefined || !needed.has(name) ? undefined : joinPath(folder, written);
      if (path === undefined) continue;
      if (context.entries(path) === undefined) {
        takePackage(context, parts, path, folder);
        continue;
      }
      lookForManifests(context, parts, path);
      lookForWorkspace(context, parts, path);
      const found = memberAt(context, path)?.project;
      if (found === undefined || !found.project || found.dynamic.length > 0)
        parts.open.push(`uv builds ${path} to read its metadata`);
      else if (found.uv.sources.length > 0) parts.open.push(`${path} takes packages from the disk in turn`);
    }
  }
}

/**
 * The closure of `uv sync`; undefined where the context holds no pyproject.toml for it. Seen by strace with uv 0.13:
 * pyproject.toml, uv.lock, uv.toml, .python-version, .python-versions, all of the workspace's root; pyproject.toml of each
 * member of the workspace, wanted or not; where a package is installed also its readme, its source and what its build
 * backend looks for.
 */
export function uvSyncClosure(context: ContextFiles, sync: UvSync): Closure | undefined {
  const { folder } = sync;
  const manifestPath = joinPath(folder, 'pyproject.toml');
  if (!isSent(context, manifestPath)) return undefined;
  const parts = noParts();
  lookFor(context, parts, manifestPath);
  const own = memberAt(context, folder);
  const workspace = own && workspaceOf(context, own, parts);
  const root = workspace?.root.folder ?? folder;
  lookFor(
    context,
    parts,
    ...['pyproject.toml', 'uv.lock', 'uv.toml', '.python-version', '.python-versions'].map((name) =>
      joinPath(root, name),
    ),
  );
  for (const at of [folder, ...foldersAbove(folder)].filter((one) => isBelow(root, one)))
    lookFor(context, parts, joinPath(at, '.python-version'), joinPath(at, 'uv.lock'));
  lookForUvSettings(context, parts, root);
  if (sync.environmentInside) parts.outputs.push(joinPath(root, '.venv'));
  if (own === undefined || workspace === undefined) parts.open.push('pyproject.toml could not be read');
  else {
    if (!sync.frozen) takeMetadata(context, parts, workspace, sync);
    takeLocals(context, parts, workspace, own, sync);
    takeIndexes(context, parts, workspace.root);
  }
  if (!isSent(context, joinPath(root, 'uv.lock')))
    parts.doubts.push('there is no uv.lock, so versions are chosen at each install');
  else if (!sync.frozen && !sync.locked)
    parts.doubts.push('uv sync without --frozen or --locked may change uv.lock');
  return {
    ...parts,
    ecosystem: root !== folder || workspace?.root.project.uv.workspace === true ? 'uv-workspace' : 'uv',
  };
}

/** Folders that packages are taken from. */
function takeIndexes(context: ContextFiles, parts: Parts, { folder, project }: Member): void {
  for (const index of project.uv.localIndexes) {
    const path = /^[a-z]+:/i.test(index) ? undefined : joinPath(folder, index);
    if (path === undefined || path === folder || !isSent(context, path))
      parts.open.push(`pyproject.toml takes packages from ${index}`);
    else takeFolder(parts, path);
  }
}
