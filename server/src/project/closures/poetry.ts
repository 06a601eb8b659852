import {
  localsOfPoetryLock,
  type PoetryProject,
  parsePoetry,
  parsePoetrySettings,
} from '../../syntax/manifests/poetry.js';
import { joinPath } from '../../text/paths.js';
import { lookFor, lookForManifests, noParts, type Parts, takePackage } from './localpackage.js';
import { type Closure, type ContextFiles, isSent } from './model.js';

export interface PoetryInstall {
  /** The folder of the pyproject.toml. */
  readonly folder: string;
  /** `--no-root`: the project itself is not installed. */
  readonly withoutRoot: boolean;
  /** `--no-directory`: packages in folders are not installed. */
  readonly withoutFolders: boolean;
  /** What the environment says of `virtualenvs.create` and `virtualenvs.in-project`; undefined where it says nothing. */
  readonly create: boolean | undefined;
  readonly inProject: boolean | undefined;
}

/** Whether the environment may lie in the project's folder. */
function environmentInside(context: ContextFiles, install: PoetryInstall): boolean {
  const path = joinPath(install.folder, 'poetry.toml');
  const text = isSent(context, path) ? context.text(path) : undefined;
  const settings = parsePoetrySettings(text ?? '');
  if ((install.create ?? settings.create) === false) return false;
  // Without either, Poetry uses a .venv that is there, or one that a `poetry config` before has asked for.
  return (install.inProject ?? settings.inProject) !== false;
}

/** Packages on the disk; Poetry looks at their manifests whether they are wanted or not. */
function takeLocals(
  context: ContextFiles,
  parts: Parts,
  project: PoetryProject,
  lock: string,
  install: PoetryInstall,
): void {
  const { folder, withoutFolders } = install;
  for (const path of new Set(
    [...project.paths, ...localsOfPoetryLock(lock)].map((one) => joinPath(folder, one)),
  )) {
    if (context.entries(path) === undefined) {
      takePackage(context, parts, path, folder);
      continue;
    }
    lookForManifests(context, parts, path);
    if (!withoutFolders) takePackage(context, parts, path, folder);
  }
}

/**
 * The closure of `poetry install`; undefined where the context holds no pyproject.toml for it. Seen by strace with Poetry
 * 2.5: pyproject.toml, poetry.lock, poetry.toml, .poetry/plugins; of packages in folders also pyproject.toml, setup.py and
 * setup.cfg; where the project is installed its readme and its packages.
 */
export function poetryClosure(context: ContextFiles, install: PoetryInstall): Closure | undefined {
  const { folder } = install;
  const manifest = joinPath(folder, 'pyproject.toml');
  if (!isSent(context, manifest)) return undefined;
  const parts = noParts();
  const lockPath = joinPath(folder, 'poetry.lock');
  lookFor(context, parts, manifest, lockPath, joinPath(folder, 'poetry.toml'));
  const plugins = joinPath(folder, '.poetry/plugins');
  parts.candidates.push(plugins);
  if (isSent(context, plugins)) parts.open.push(`${plugins} holds plugins of Poetry`);
  if (environmentInside(context, install)) parts.outputs.push(joinPath(folder, '.venv'));
  const project = parsePoetry(context.text(manifest) ?? '');
  const lock = isSent(context, lockPath) ? context.text(lockPath) : undefined;
  if (project === undefined) parts.open.push('pyproject.toml could not be read');
  else {
    if (project.packageMode && !install.withoutRoot)
      parts.open.push('poetry install installs the project itself; "--no-root" would leave it for later');
    if (project.plugins.length > 0) parts.outputs.push(joinPath(folder, '.poetry'));
    takeLocals(context, parts, project, lock ?? '', install);
  }
  if (!isSent(context, lockPath))
    parts.doubts.push('there is no poetry.lock, so versions are chosen at each install');
  else if (lock === undefined || lock.trim() === '') parts.doubts.push('poetry.lock could not be read');
  return { ...parts, ecosystem: parts.folders.length > 0 ? 'poetry-local' : 'poetry' };
}
