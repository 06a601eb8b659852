import { type BunLock, parseBunfig, parseBunLock } from '../../syntax/manifests/bun.js';
import { parseNpmrc, patchesIn } from '../../syntax/manifests/npm.js';
import { joinPath } from '../../text/paths.js';
import { type Closure, type ContextFiles, isSent, parsed } from './model.js';
import { scriptsDoubted } from './nodedeps.js';
import { scriptNeeds } from './nodeneeds.js';
import { type NodePackage, newParts, type Parts, readPackage, readText } from './nodeparts.js';
import {
  binsRead,
  compiles,
  copiedDependencies,
  localDependencies,
  missing,
  workspaceRoot,
  workspacesOf,
} from './nodeprojects.js';
import { scriptsRead } from './nodescripts.js';

export interface BunInstall {
  /** The folder of the package.json, relative to the context. */
  readonly folder: string;
  readonly ignoreScripts: boolean;
  /** `--frozen-lockfile`, `bun ci`, or `--production`, which implies it. */
  readonly frozen: boolean;
}

/** Scripts that bun runs of every package of the project, with and without `--production`. */
const SCRIPTS = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare'];

const RISKY_SETTING = /^(cafile|globalDir|globalBinDir|lockfile|security|scopes)$/;

function settingsRead(parts: Parts, folder: string): boolean {
  const text = readText(parts, joinPath(folder, 'bunfig.toml'));
  const bunfig = text === undefined ? {} : parseBunfig(text);
  if (bunfig === undefined) parts.open('bunfig.toml could not be read');
  const npmrc = parseNpmrc(readText(parts, joinPath(folder, '.npmrc')) ?? '');
  const risky = [...Object.keys(bunfig ?? {}), ...npmrc.keys()].find((key) => RISKY_SETTING.test(key));
  if (risky !== undefined && risky !== 'scopes') parts.open(`its settings name ${risky}`);
  return bunfig?.ignoreScripts === true || npmrc.get('ignore-scripts') === 'true';
}

/** The lock file that is read: its own, or one of another manager that it takes over. */
function lockRead(parts: Parts, folder: string, frozen: boolean): BunLock | undefined {
  const own = ['bun.lock', 'bun.lockb'].map((name) => joinPath(folder, name));
  parts.files(...own);
  const path = own.find((one) => isSent(parts.context, one));
  if (path === undefined) {
    parts.files(
      ...['package-lock.json', 'yarn.lock', 'pnpm-lock.yaml'].map((name) => joinPath(folder, name)),
    );
    parts.doubt('there is no lock file of bun, so versions are chosen at each install');
    return undefined;
  }
  if (!frozen) parts.doubt('"bun install" may change the lock file');
  const lock = path.endsWith('.lockb') ? undefined : parsed(parts.context, path, parseBunLock);
  if (lock === undefined) parts.doubt('the lock file could not be read');
  return lock;
}

function patchesRead(parts: Parts, root: NodePackage): void {
  const ofPnpm = patchesIn(root.manifest.pnpmSettings.patchedDependencies);
  for (const patch of root.manifest.patches) {
    const path = joinPath(root.folder, patch);
    parts.files(path);
    // What is listed for pnpm alone, bun does not read.
    if (!ofPnpm.includes(patch)) parts.needs('patch', path);
    if (!isSent(parts.context, path)) parts.open(`the patch ${parts.show(path)} is not in the build context`);
  }
}

/**
 * The closure of `bun install`; undefined where the context holds no package.json for it. Seen by strace with bun 1.4:
 * package.json, bun.lock, bun.lockb, bunfig.toml, .npmrc, the package.json of workspaces, patches, folders behind `file:`
 * whole, binding.gyp. Where it has no lock file it takes over that of another manager.
 */
export function bunClosure(context: ContextFiles, install: BunInstall): Closure | undefined {
  if (!isSent(context, joinPath(install.folder, 'package.json'))) return undefined;
  const parts = newParts(context, install.folder);
  const folder = workspaceRoot(parts, install.folder);
  const root = readPackage(parts, folder);
  const lock = lockRead(parts, folder, install.frozen);
  const scriptsOff = settingsRead(parts, folder) || install.ignoreScripts;
  parts.output(joinPath(folder, 'node_modules'));
  if (root === undefined) return parts.closure('bun');
  patchesRead(parts, root);
  const members = workspacesOf(parts, folder, root.manifest.workspacePatterns);
  const all = [root, ...members];
  const copied = copiedDependencies(parts, all, ['file', 'path']);
  for (const { name, path } of lock?.locals ?? []) {
    const place = joinPath(folder, path);
    if (!isSent(context, place)) parts.open(missing(parts, name, place));
  }
  for (const own of all)
    for (const { name, protocol } of localDependencies(own, true))
      if (protocol === 'link') parts.open(`the dependency ${name} is linked from outside of the project`);
  for (const own of members) binsRead(parts, own);
  parts.output(...members.map((own) => joinPath(own.folder, 'node_modules')));
  const proof = members.length + copied.length > 0 ? 'bun-workspaces' : 'bun';
  if (scriptsOff) return parts.closure(proof);
  scriptNeeds(parts, root, SCRIPTS);
  for (const own of [...all, ...copied]) scriptsRead(parts, own, SCRIPTS);
  for (const own of all) compiles(parts, own.folder);
  if (lock === undefined || lock.packages.length > members.length) scriptsDoubted(parts, lock?.scripted);
  return parts.closure(proof);
}
