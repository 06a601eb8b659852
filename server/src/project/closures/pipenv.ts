import { parsePipfile, parsePipfileLock } from '../../syntax/manifests/pipfile.js';
import { baseName, joinPath } from '../../text/paths.js';
import { lookFor, noParts, takePackage } from './localpackage.js';
import { type Closure, type ContextFiles, isSent } from './model.js';

export interface PipenvInstall {
  /** The folder of the Pipfile. */
  readonly folder: string;
  /** `sync`, and `install` that refuses to change the lock file (`--deploy`, `--ignore-pipfile`). */
  readonly locked: boolean;
  /** Packages go to the system's Python (`--system`). */
  readonly system: boolean;
}

/**
 * The closure of `pipenv install` and `pipenv sync`; undefined where the context holds neither Pipfile nor lock file for
 * it. Seen by strace with pipenv 2026.10: Pipfile, Pipfile.lock, pylock.toml and pylock.NAME.toml, .env (its variables hold
 * for the install too), .venv.
 */
export function pipenvClosure(context: ContextFiles, install: PipenvInstall): Closure | undefined {
  const { folder, locked, system } = install;
  const [manifest = '', lockPath = ''] = ['Pipfile', 'Pipfile.lock'].map((name) => joinPath(folder, name));
  if (!isSent(context, manifest)) return undefined;
  const parts = noParts();
  const environment = joinPath(folder, '.env');
  lookFor(context, parts, manifest, lockPath, joinPath(folder, 'pylock.toml'), environment);
  for (const { name } of context.entries(folder) ?? [])
    if (/^pylock\.[^.]+\.toml$/.test(name)) lookFor(context, parts, joinPath(folder, name));
  parts.candidates.push(joinPath(folder, '.venv'));
  if (!system) parts.outputs.push(joinPath(folder, '.venv'));
  if (isSent(context, environment) && !/^\s*$/.test(context.text(environment) ?? '?'))
    parts.doubts.push('pipenv takes variables from .env');
  const other = parts.files.find((path) => baseName(path).startsWith('pylock.'));
  if (other !== undefined) parts.doubts.push(`pipenv may install from ${baseName(other)}`);
  const read = parsePipfile(context.text(manifest) ?? '');
  const lockText = isSent(context, lockPath) ? context.text(lockPath) : undefined;
  const lock = lockText === undefined ? undefined : parsePipfileLock(lockText);
  if (read === undefined) parts.open.push('Pipfile could not be read');
  for (const path of new Set([...(read?.paths ?? []), ...(lock?.paths ?? [])]))
    takePackage(context, parts, joinPath(folder, path), folder);
  const [index] = [...(read?.localIndexes ?? []), ...(lock?.localIndexes ?? [])];
  if (index !== undefined) parts.open.push(`packages are taken from ${index}`);
  if (lockText === undefined)
    parts.doubts.push('there is no Pipfile.lock, so versions are chosen at each install');
  else if (lock === undefined) parts.doubts.push('Pipfile.lock could not be read');
  else if (!locked) parts.doubts.push('"pipenv install" without --deploy may change Pipfile.lock');
  return { ...parts, ecosystem: parts.folders.length > 0 ? 'pipenv-local' : 'pipenv' };
}
