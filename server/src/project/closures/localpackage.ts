import { parsePythonBuild } from '../../syntax/manifests/pybuild.js';
import { normalizeName, parsePyproject } from '../../syntax/manifests/python.js';
import { baseName, dirName, joinPath } from '../../text/paths.js';
import { type ContextFiles, foldersAbove, isSent } from './model.js';

/** A closure under construction. */
export interface Parts {
  readonly files: string[];
  readonly folders: string[];
  readonly candidates: string[];
  readonly open: string[];
  readonly doubts: string[];
  readonly outputs: string[];
}

/** A closure without anything in it. */
export function noParts(): Parts {
  return { files: [], folders: [], candidates: [], open: [], doubts: [], outputs: [] };
}

/** Notes that `path` is looked for, and takes it where it is sent. */
export function lookFor(context: ContextFiles, parts: Parts, ...paths: readonly string[]): void {
  for (const path of paths) {
    if (!parts.candidates.includes(path)) parts.candidates.push(path);
    if (!parts.files.includes(path) && isSent(context, path)) parts.files.push(path);
  }
}

/** What pip, uv and Poetry look at in a package of the project: its manifests in `folder`. */
export function lookForManifests(context: ContextFiles, parts: Parts, folder: string): void {
  const names = ['pyproject.toml', 'setup.py', 'setup.cfg'];
  lookFor(context, parts, ...names.map((name) => joinPath(folder, name)));
}

/** Takes a folder whole. */
export function takeFolder(parts: Parts, folder: string): void {
  if (parts.folders.includes(folder)) return;
  parts.folders.push(folder);
  parts.candidates.push(folder);
}

/** Folders above the project that a search goes through, `.` or `/` last. */
function above(folder: string): string[] {
  return foldersAbove(folder).filter((at) => at !== '');
}

/**
 * A package or archive of the project that an install takes from the disk, without what that takes in turn. Seen by
 * strace with setuptools 83, hatchling 1.27 and poetry-core 2.4: a build lists the package's folder and reads what is in
 * it; hatchling looks for .gitignore and .hgignore there and above.
 */
export function takePackage(context: ContextFiles, parts: Parts, place: string, project: string): void {
  const path = joinPath(place, '.');
  if (parts.folders.includes(path) || parts.files.includes(path)) return;
  if (!isSent(context, path)) {
    parts.open.push(`${path} is installed, but is not in the build context`);
    return;
  }
  if (context.entries(path) === undefined) {
    lookFor(context, parts, path);
    return;
  }
  if (path === project || foldersAbove(project).includes(path)) {
    parts.open.push(`it installs ${path === project ? 'the project itself' : `the folder ${path}`}`);
    return;
  }
  takeFolder(parts, path);
  parts.doubts.push(`${path} is built during the install`);
  const pyproject = joinPath(path, 'pyproject.toml');
  const text = isSent(context, pyproject) ? context.text(pyproject) : undefined;
  const build = text === undefined ? undefined : parsePythonBuild(text);
  if (isSent(context, joinPath(path, 'setup.py')))
    parts.open.push(`${joinPath(path, 'setup.py')} runs during the install`);
  else if (build === undefined) parts.open.push(`how ${path} is built is not known`);
  for (const reason of build?.open ?? []) parts.open.push(`${path} ${reason}`);
  if (build?.backend === 'setuptools.build_meta') {
    // What setuptools writes beside the source.
    const name = normalizeName(build.name ?? baseName(path)).replaceAll('-', '_');
    for (const made of ['build', `${name}.egg-info`, `src/${name}.egg-info`])
      parts.outputs.push(joinPath(path, made));
  }
  for (const at of build?.backend === 'hatchling.build' ? above(path) : [])
    lookFor(context, parts, joinPath(at, '.gitignore'), joinPath(at, '.hgignore'));
  if (
    build?.backend === 'poetry.core.masonry.api' &&
    [path, ...above(path)].some((at) => isSent(context, joinPath(at, '.git')))
  )
    parts.open.push(`${path} is built by Poetry, which asks git what is ignored`);
  const packages = text === undefined ? undefined : parsePyproject(text);
  if (packages?.localAddress === true) parts.open.push(`${pyproject} names a local address`);
}

/** The files uv may take its settings from: those of `folder` and of the folders above it. */
export function lookForUvSettings(context: ContextFiles, parts: Parts, folder: string): void {
  for (const at of [folder, ...above(folder)])
    lookFor(context, parts, joinPath(at, 'pyproject.toml'), joinPath(at, 'uv.toml'));
}

/** The manifests above a package that uv looks at to know whether it belongs to a workspace. */
export function lookForWorkspace(context: ContextFiles, parts: Parts, folder: string): void {
  for (const at of above(folder)) lookFor(context, parts, joinPath(at, 'pyproject.toml'));
}

/** `path` as it is seen from the folder of `file`. */
export function besideFile(file: string, path: string): string {
  return joinPath(dirName(file), path);
}
