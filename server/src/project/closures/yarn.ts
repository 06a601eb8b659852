import { parsePackageJson } from '../../syntax/manifests/npm.js';
import { parseYarnLock, parseYarnrc, parseYarnSettings } from '../../syntax/manifests/yarn.js';
import { joinPath } from '../../text/paths.js';
import { type Closure, type ContextFiles, foldersAbove, isSent, parsed } from './model.js';
import { newParts, readPackage, readParsed } from './nodeparts.js';
import { workspaceRoot } from './nodeprojects.js';
import { berryReads } from './yarnberry.js';
import { classicReads } from './yarnclassic.js';

export interface YarnInstall {
  /** The folder yarn works in, relative to the context. */
  readonly folder: string;
  /** Names all or some workspaces whose dependencies alone are installed (`yarn workspaces focus`). */
  readonly focus: boolean;
  readonly ignoreScripts: boolean;
  readonly omitsDev: boolean;
  /** `--frozen-lockfile` or `--immutable`. */
  readonly frozen: boolean;
  /** The yarn that the command itself names (`yarn@4 install`, a file of .yarn/releases). */
  readonly version: string | undefined;
  /** YARN_IGNORE_PATH is set: no release of the project is run. */
  readonly ignoresRelease?: boolean;
}

/** Which yarn runs. */
export interface YarnKind {
  readonly kind: 'classic' | 'berry';
  /** As written, perhaps only its first numbers; undefined where nothing says it. */
  readonly version: string | undefined;
}

function kindOf(version: string): YarnKind {
  return { kind: /^[01](\.|$)/.test(version) ? 'classic' : 'berry', version };
}

/** The version in the name of a release: `.yarn/releases/yarn-4.5.0.cjs`. */
function versionIn(path: string | undefined): string | undefined {
  return path === undefined ? undefined : /yarn-?v?(\d+(?:\.\d+)*)/.exec(path)?.[1];
}

/**
 * Which yarn installs the project in `folder`: as its settings name a release, package.json a `packageManager`, or as the
 * shape of yarn.lock tells; yarn 1 where nothing does, which is what the images of Node.js bring.
 */
export function yarnKind(files: ContextFiles, folder: string): YarnKind {
  const berry = parsed(files, joinPath(folder, '.yarnrc.yml'), parseYarnSettings);
  const classic = parsed(files, joinPath(folder, '.yarnrc'), parseYarnrc);
  const release = berry?.yarnPath ?? classic?.['yarn-path'];
  const version = versionIn(release) ?? namedVersion(files, folder);
  if (version !== undefined) return kindOf(version);
  if (release !== undefined && /berry|\.cjs$/.test(release)) return { kind: 'berry', version: undefined };
  const lock = parsed(files, joinPath(folder, 'yarn.lock'), parseYarnLock);
  const settings = isSent(files, joinPath(folder, '.yarnrc.yml'));
  return { kind: lock?.kind ?? (settings ? 'berry' : 'classic'), version: undefined };
}

/** The version of yarn in the `packageManager` nearest above. */
function namedVersion(files: ContextFiles, folder: string): string | undefined {
  for (const at of [folder, ...foldersAbove(folder)]) {
    const named = parsed(files, joinPath(at, 'package.json'), parsePackageJson)?.packageManager;
    const match = /^(\w+)@(?:.*?yarn-)?(\d[\w.-]*)?/.exec(named ?? '');
    if (match !== null) return match[1] === 'yarn' ? match[2] : undefined;
  }
  return undefined;
}

/** The nearest folder with a yarn.lock, which later yarns take for the project's; `folder` itself where there is none. */
function lockedFolder(files: ContextFiles, folder: string): string {
  const all = [folder, ...foldersAbove(folder)];
  return all.find((at) => isSent(files, joinPath(at, 'yarn.lock'))) ?? folder;
}

/** The closure of an install by yarn 1 or a later one; undefined where the context holds no package.json for it. */
export function yarnClosure(context: ContextFiles, install: YarnInstall): Closure | undefined {
  if (!isSent(context, joinPath(install.folder, 'package.json'))) return undefined;
  const parts = newParts(context, install.folder);
  const locked = lockedFolder(context, install.folder);
  const { kind, version } =
    install.version === undefined ? yarnKind(context, locked) : kindOf(install.version);
  const folder = kind === 'berry' ? locked : workspaceRoot(parts, install.folder);
  if (kind === 'berry' && folder !== install.folder)
    parts.files(...['package.json', 'yarn.lock'].map((name) => joinPath(install.folder, name)));
  const root = readPackage(parts, folder);
  const path = joinPath(folder, 'yarn.lock');
  const lock = readParsed(parts, path, parseYarnLock);
  if (root === undefined) return parts.closure('yarn');
  if (!isSent(context, path)) parts.doubt('there is no lock file, so versions are chosen at each install');
  else if (lock === undefined) parts.doubt('the lock file could not be read');
  else if (!install.frozen && !install.focus) parts.doubt('yarn may change the lock file');
  if (kind === 'berry') return parts.closure(berryReads(parts, root, install, lock, version));
  return parts.closure(classicReads(parts, root, install, lock));
}
