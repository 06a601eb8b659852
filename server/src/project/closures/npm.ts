import { type PackageLock, parseNpmrc, parsePackageLock } from '../../syntax/manifests/npm.js';
import { joinPath } from '../../text/paths.js';
import { type Closure, type ContextFiles, isSent, parsed } from './model.js';
import { scriptsDoubted } from './nodedeps.js';
import { scriptNeeds } from './nodeneeds.js';
import { type NodePackage, newParts, type Parts, readPackage, readParsed } from './nodeparts.js';
import {
  binsRead,
  compiles,
  isArchive,
  isOutside,
  localDependencies,
  missing,
  workspaceRoot,
  workspacesOf,
} from './nodeprojects.js';
import { scriptsRead } from './nodescripts.js';

export interface NpmInstall {
  /** The folder of the package.json, relative to the context. */
  readonly folder: string;
  /** `npm ci` needs a lock file and never changes it; `npm install` may. */
  readonly command: 'ci' | 'install';
  readonly ignoreScripts: boolean;
  readonly omitsDev: boolean;
  /** The folder is named by `--prefix`: npm then looks for no workspace above it. */
  readonly alone: boolean;
}

/** Scripts of the project's own package.json that npm runs during an install, seen with npm 11.19 in this order. */
export const ROOT_SCRIPTS = [
  'preinstall',
  'install',
  'postinstall',
  'prepublish',
  'preprepare',
  'prepare',
  'postprepare',
  'predependencies',
  'dependencies',
  'postdependencies',
];

/** Scripts that it runs of workspaces and of folders that are dependencies, with and without `--omit=dev`. */
const LINKED_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare'];

/** Settings that change what is read or where things go. */
const RISKY_SETTING =
  /^(prefix|global|location|workspaces?|cafile|certfile|keyfile|cache|install-links|install-strategy|global-style|script-shell|node-options|.*:(certfile|keyfile))$/;

function npmrcReads(parts: Parts, folder: string): ReadonlyMap<string, string> {
  const settings = readParsed(parts, joinPath(folder, '.npmrc'), parseNpmrc) ?? new Map<string, string>();
  const risky = [...settings.keys()].find((key) => RISKY_SETTING.test(key));
  if (risky !== undefined) parts.open(`.npmrc sets ${risky}`);
  return settings;
}

/** The lock file of the project, undefined where there is none that can be read. */
function lockReads(parts: Parts, folder: string, command: NpmInstall['command']): PackageLock | undefined {
  const names = ['npm-shrinkwrap.json', 'package-lock.json'].map((name) => joinPath(folder, name));
  parts.files(...[...names].reverse());
  const path = names.find((p) => isSent(parts.context, p));
  if (path === undefined) {
    if (command === 'ci') parts.open('there is no lock file');
    else parts.doubt('there is no lock file, so versions are chosen at each install');
    return undefined;
  }
  const lock = parsed(parts.context, path, parsePackageLock);
  if (lock === undefined) parts.doubt('the lock file could not be read');
  return lock;
}

/** Folders of the project that are installed by a link, workspaces first: all that manifests and the lock file name. */
function linkedPackages(
  parts: Parts,
  root: NodePackage,
  lock: PackageLock | undefined,
): readonly NodePackage[] {
  const found = new Map<string, NodePackage>();
  const add = (own: NodePackage): void => {
    if (own.folder === root.folder || found.has(own.folder)) return;
    found.set(own.folder, own);
    dependenciesOf(own);
  };
  const dependenciesOf = (own: NodePackage): void => {
    for (const { name, path } of localDependencies(own, own === root)) addPath(name, path);
  };
  const addPath = (name: string, path: string): void => {
    if (found.has(path)) return;
    if (isArchive(path)) {
      parts.files(path);
      if (!isSent(parts.context, path)) parts.open(missing(parts, name, path));
      return;
    }
    const own = isOutside(path) ? undefined : readPackage(parts, path);
    if (own === undefined) parts.open(missing(parts, name, path));
    else add(own);
  };
  for (const own of workspacesOf(parts, root.folder, root.manifest.workspacePatterns)) add(own);
  dependenciesOf(root);
  for (const { name, local, place, resolved } of lock?.packages ?? []) {
    if (!local || place.startsWith('node_modules/.')) continue;
    const written = /(^|\/)node_modules\//.test(place) ? resolved.replace(/^file:/, '') : place;
    if (written !== '') addPath(name, joinPath(root.folder, written));
  }
  return [...found.values()];
}

/** Folders below workspaces that the install makes: where the lock file nests packages, or any without one. */
function nestedOutputs(
  root: string,
  linked: readonly NodePackage[],
  lock: PackageLock | undefined,
): string[] {
  const own = linked.map(({ folder }) => joinPath(folder, 'node_modules'));
  if (lock?.detailed !== true) return own;
  const places = new Set(
    lock.packages.map(({ place }) => joinPath(root, place.slice(0, place.indexOf('node_modules') + 12))),
  );
  return own.filter((folder) => places.has(folder));
}

function runsScripts(parts: Parts, root: NodePackage, linked: readonly NodePackage[]): void {
  scriptNeeds(parts, root, ['preinstall', 'install', 'postinstall', 'prepare']);
  scriptsRead(parts, root, ROOT_SCRIPTS);
  for (const own of linked) scriptsRead(parts, own, LINKED_SCRIPTS);
  for (const { folder } of [root, ...linked]) compiles(parts, folder);
}

/**
 * The closure of an npm install; undefined where the context holds no package.json for it. What npm looks for was seen by
 * strace with npm 11.19: package.json, package-lock.json, npm-shrinkwrap.json, yarn.lock (which it writes again), .npmrc,
 * binding.gyp (which makes it compile), the package.json of workspaces and of folders that are dependencies.
 */
export function npmClosure(context: ContextFiles, install: NpmInstall): Closure | undefined {
  if (!isSent(context, joinPath(install.folder, 'package.json'))) return undefined;
  const parts = newParts(context, install.folder);
  const folder = install.alone ? install.folder : workspaceRoot(parts, install.folder);
  const root = readPackage(parts, folder);
  const lock = lockReads(parts, folder, install.command);
  const npmrc = npmrcReads(parts, folder);
  const yarnLock = joinPath(folder, 'yarn.lock');
  parts.files(yarnLock);
  parts.output(joinPath(folder, 'node_modules'));
  if (root === undefined) return parts.closure('npm');
  if (isSent(context, yarnLock)) parts.doubt('npm writes yarn.lock again');
  const linked = linkedPackages(parts, root, lock);
  parts.output(...nestedOutputs(folder, linked, lock));
  for (const own of linked) binsRead(parts, own);
  if (!install.ignoreScripts && npmrc.get('ignore-scripts') !== 'true') {
    runsScripts(parts, root, linked);
    const run = lock?.packages.filter((p) => p.installScript && !p.local && !(install.omitsDev && p.dev));
    if (lock !== undefined) scriptsDoubted(parts, lock.detailed ? run?.map((p) => p.name) : undefined);
  }
  if (install.command === 'install') parts.doubt('"npm install" may change the lock file');
  return parts.closure(linked.length > 0 ? 'npm-workspaces' : 'npm');
}
