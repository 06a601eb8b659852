import { parseNpmrc, patchesIn } from '../../syntax/manifests/npm.js';
import {
  type PnpmLock,
  type PnpmWorkspace,
  parsePnpmLock,
  parsePnpmWorkspace,
} from '../../syntax/manifests/pnpm.js';
import { joinPath } from '../../text/paths.js';
import { type Closure, type ContextFiles, foldersAbove, isSent, parsed } from './model.js';
import { scriptsDoubted } from './nodedeps.js';
import { copiesNeeded, scriptNeeds } from './nodeneeds.js';
import { type NodePackage, newParts, type Parts, readPackage, readText } from './nodeparts.js';
import {
  binsRead,
  compiles,
  copiedDependencies,
  localDependencies,
  missing,
  workspacesOf,
} from './nodeprojects.js';
import { scriptsRead } from './nodescripts.js';

export interface PnpmInstall {
  /** The folder pnpm works in, relative to the context. */
  readonly folder: string;
  /** `pnpm fetch` takes all from the lock file: it needs no manifest, and runs no script of the project. */
  readonly command: 'install' | 'fetch';
  readonly ignoreScripts: boolean;
  readonly ignoreWorkspace: boolean;
  /** `--frozen-lockfile`, or offline. */
  readonly frozen: boolean;
  /** The pnpm that the command itself names (`npx pnpm@9 install`). */
  readonly version: string | undefined;
  /** The pnpm that commands before it bring (`npm install -g pnpm@9`), where they name one. */
  readonly brought?: string | undefined;
}

/** Scripts that pnpm runs of every package of the project, with and without `--prod`. */
const SCRIPTS = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare'];

/** Scripts it runs of a folder behind `file:`. */
const COPIED_SCRIPTS = ['preinstall', 'install', 'postinstall'];

/** Settings that name further files, or move those that are known; as .npmrc and as pnpm-workspace.yaml write them. */
const RISKY_SETTING =
  /^(cafile|certfile|keyfile|.*:(certfile|keyfile)|prefix|modules-?dir|virtual-?store-?dir|lockfile-?dir|patches-?dir|(global-?)?pnpmfile|git-?branch-?lockfile|shared-?workspace-?lockfile|inject-?workspace-?packages|script-?shell|node-?options|workspace-?root|config-?dependencies|ignore-?pnpmfile|dangerously-?allow-?all-?builds|never-?built-?dependencies|extra-?node-?path)$/i;

/** The folder pnpm installs: that of the nearest pnpm-workspace.yaml above, else `folder` itself. */
function rootOf(parts: Parts, install: PnpmInstall): string {
  const { folder } = install;
  if (install.ignoreWorkspace) return folder;
  for (const at of [folder, ...foldersAbove(folder)]) {
    const path = joinPath(at, 'pnpm-workspace.yaml');
    parts.files(path);
    if (isSent(parts.context, path)) return at;
  }
  return folder;
}

function settingsRead(
  parts: Parts,
  root: string,
): { readonly workspace: PnpmWorkspace | undefined; readonly scriptsOff: boolean } {
  const path = joinPath(root, 'pnpm-workspace.yaml');
  const text = readText(parts, path);
  const workspace = text === undefined ? undefined : parsed(parts.context, path, parsePnpmWorkspace);
  if (text?.trim() === '' || (text !== undefined && workspace === undefined))
    parts.open('pnpm-workspace.yaml could not be read');
  const npmrc = parseNpmrc(readText(parts, joinPath(root, '.npmrc')) ?? '');
  const own = Object.keys(workspace?.settings ?? {});
  const risky =
    [...npmrc.keys()].find((key) => RISKY_SETTING.test(key)) ?? own.find((key) => RISKY_SETTING.test(key));
  if (risky !== undefined) parts.open(`its settings name ${risky}`);
  const scriptsOff = npmrc.get('ignore-scripts') === 'true' || workspace?.settings.ignoreScripts === true;
  return { workspace, scriptsOff };
}

/** A .pnpmfile.cjs runs at every install: it may load or read more. */
function hooksRead(parts: Parts, root: string): void {
  const names = ['.pnpmfile.cjs', '.pnpmfile.mjs'].map((name) => joinPath(root, name));
  parts.looksFor(...['js', 'json', 'node'].map((ending) => joinPath(root, `.pnpmfile.cjs.${ending}`)));
  for (const path of names) {
    const text = readText(parts, path);
    if (text === undefined) continue;
    if (/\b(require|import)\b|process\.cwd|__dirname/.test(text))
      parts.open(`${parts.show(path)} runs at each install and loads more`);
    else parts.doubt(`${parts.show(path)} runs at each install`);
  }
}

function lockRead(parts: Parts, root: string, install: PnpmInstall): PnpmLock | undefined {
  const path = joinPath(root, 'pnpm-lock.yaml');
  parts.files(path);
  if (!isSent(parts.context, path)) {
    parts.doubt('there is no lock file, so versions are chosen at each install');
    return undefined;
  }
  if (!install.frozen) parts.doubt('pnpm may change the lock file');
  const lock = parsed(parts.context, path, parsePnpmLock);
  if (lock === undefined) parts.doubt('the lock file could not be read');
  return lock;
}

/**
 * Notes the patches that pnpm fails without: from version 10 on those of pnpm-workspace.yaml, before version 11 those of
 * package.json (9, 10 and 12 were tried). `pnpm fetch` does without in version 9.
 */
function patchesNeeded(
  parts: Parts,
  root: string,
  install: PnpmInstall,
  own: NodePackage | undefined,
  workspace: PnpmWorkspace | undefined,
): void {
  const said = [majorOf(install, own), majorIn(install.brought)].filter((one) => one !== undefined);
  const [major] = said;
  if (said.some((one) => one !== major)) return;
  const note = (patch: string): void => parts.needs('patch', joinPath(root, patch));
  const first = install.command === 'fetch' ? 10 : 0;
  if (major !== undefined && major < 11 && major >= first)
    patchesIn(own?.manifest.pnpmSettings.patchedDependencies).forEach(note);
  if (major === undefined || major >= 10) workspace?.patches.forEach(note);
}

function patchesRead(
  parts: Parts,
  root: string,
  own: NodePackage | undefined,
  workspace: PnpmWorkspace | undefined,
): void {
  for (const patch of [...(own?.manifest.patches ?? []), ...(workspace?.patches ?? [])]) {
    const path = joinPath(root, patch);
    parts.files(path);
    if (!isSent(parts.context, path)) parts.open(`the patch ${parts.show(path)} is not in the build context`);
  }
}

function membersOf(
  parts: Parts,
  root: string,
  workspace: PnpmWorkspace | undefined,
  lock: PnpmLock | undefined,
): NodePackage[] {
  if (workspace === undefined) return [];
  // Before version 9 a file without patterns made every folder with a manifest a part of it.
  if (workspace.packages === undefined && lock !== undefined && Number.parseFloat(lock.version) < 9)
    parts.open('pnpm-workspace.yaml lists no packages');
  const members = workspacesOf(parts, root, workspace.packages ?? []);
  for (const { folder } of members) parts.files(joinPath(folder, '.npmrc'));
  return members;
}

/** Folders and archives of the project that the lock file names, read whole. */
function lockedFolders(parts: Parts, root: string, lock: PnpmLock | undefined): void {
  for (const name of lock?.folders ?? []) {
    const path = joinPath(root, name);
    if (!parts.folder(path)) parts.open(missing(parts, name, path));
  }
  for (const name of lock?.archives ?? []) {
    const path = joinPath(root, name);
    parts.files(path);
    if (!isSent(parts.context, path)) parts.open(missing(parts, name, path));
  }
}

/** The major version of pnpm; undefined where nothing says it. */
function majorOf(install: PnpmInstall, root: NodePackage | undefined): number | undefined {
  return majorIn(install.version ?? /^pnpm@(\d+)/.exec(root?.manifest.packageManager ?? '')?.[1]);
}

function majorIn(version: string | undefined): number | undefined {
  const major = Number.parseInt(version ?? '', 10);
  return Number.isNaN(major) ? undefined : major;
}

/** Scripts of packages: version 10 and later run those that are allowed, version 9 all of them unless some are named. */
function dependencyScripts(
  parts: Parts,
  install: PnpmInstall,
  root: NodePackage | undefined,
  workspace: PnpmWorkspace | undefined,
  lock: PnpmLock | undefined,
): void {
  const lists = [root?.manifest.builtDependencies, workspace?.builtDependencies].filter(
    (list) => list !== undefined,
  );
  const allowed = lists.length === 0 ? undefined : lists.flat();
  const major = majorOf(install, root);
  if (allowed !== undefined) {
    const there = new Set(lock?.packages ?? allowed);
    scriptsDoubted(
      parts,
      allowed
        .filter((name) => there.has(name.replace(/(?<=.)@.*$/, '')))
        .map((name) => name.replace(/(?<=.)@.*$/, '')),
    );
  } else if (major !== undefined && major >= 10) return;
  else if (lock === undefined || lock.packages.length > 0) scriptsDoubted(parts, lock?.built);
}

function linkedOutside(parts: Parts, packages: readonly NodePackage[]): void {
  const folders = new Set(packages.map(({ folder }) => folder));
  for (const own of packages)
    for (const { name, protocol, path } of localDependencies(own, true))
      if (protocol === 'link' && !folders.has(path)) {
        if (readPackage(parts, path) === undefined)
          parts.doubt(`the dependency ${name} is linked to ${parts.show(path)}`);
      }
}

/**
 * The closure of `pnpm install` or `pnpm fetch`; undefined where the context holds nothing for it. Seen by strace with pnpm
 * 9.15, 10.34 and 12.21: package.json, pnpm-lock.yaml, pnpm-workspace.yaml here or above, .npmrc, .pnpmfile.cjs, patches, the
 * package.json and .npmrc of workspaces, folders behind `file:` whole, binding.gyp. `fetch` looks at no workspace.
 */
export function pnpmClosure(context: ContextFiles, install: PnpmInstall): Closure | undefined {
  const parts = newParts(context, install.folder);
  const folder = rootOf(parts, install);
  const fetches = install.command === 'fetch';
  const needed = fetches ? 'pnpm-lock.yaml' : 'package.json';
  if (!isSent(context, joinPath(folder, needed))) return undefined;
  const root = readPackage(parts, folder);
  const lock = lockRead(parts, folder, install);
  const { workspace, scriptsOff } = settingsRead(parts, folder);
  parts.looksFor(...NAMES_LOOKED_FOR.map((name) => joinPath(folder, name)));
  hooksRead(parts, folder);
  patchesRead(parts, folder, root, workspace);
  patchesNeeded(parts, folder, install, root, workspace);
  parts.output(joinPath(folder, 'node_modules'));
  if (root === undefined && !fetches) return parts.closure('pnpm');
  const members = fetches ? [] : membersOf(parts, folder, workspace, lock);
  const all = root === undefined ? members : [root, ...members];
  const copied = copiedDependencies(parts, all, ['file', 'path']);
  if (root !== undefined && !fetches) copiesNeeded(parts, root);
  lockedFolders(parts, folder, lock);
  const proof = workspace?.packages === undefined && copied.length === 0 ? 'pnpm' : 'pnpm-workspaces';
  linkedOutside(parts, all);
  for (const own of members) binsRead(parts, own);
  parts.output(...members.map((own) => joinPath(own.folder, 'node_modules')));
  if (install.ignoreScripts || scriptsOff) return parts.closure(proof);
  if (root !== undefined && !fetches) scriptNeeds(parts, root, SCRIPTS);
  for (const own of copied) scriptsRead(parts, own, COPIED_SCRIPTS);
  for (const own of fetches ? [] : all) {
    scriptsRead(parts, own, own === root ? ['pnpm:devPreinstall', ...SCRIPTS] : SCRIPTS);
    compiles(parts, own.folder);
  }
  dependencyScripts(parts, install, root, workspace, lock);
  return parts.closure(proof);
}

/** Other names of its manifest. */
const NAMES_LOOKED_FOR = ['package.json5', 'package.yaml'];
