import { parseYarnSettings, type YarnLock, type YarnSettings } from '../../syntax/manifests/yarn.js';
import { joinPath } from '../../text/paths.js';
import { foldersAbove, isSent, parsed } from './model.js';
import { scriptsDoubted } from './nodedeps.js';
import { copiesNeeded, scriptNeeds } from './nodeneeds.js';
import { type NodePackage, type Parts, readPackage, readText } from './nodeparts.js';
import {
  binsRead,
  compiles,
  copiedDependencies,
  isOutside,
  localDependencies,
  missing,
  workspacesOf,
} from './nodeprojects.js';
import { scriptsRead } from './nodescripts.js';
import type { YarnInstall } from './yarn.js';

const SCRIPTS = ['preinstall', 'install', 'postinstall'];

/** Settings that name further files, or move those that are known. */
const RISKY_SETTING =
  /^(caFilePath|httpsCaFilePath|httpsCertFilePath|httpsKeyFilePath|networkSettings|lockfileFilename|installStatePath|pnpUnpluggedFolder|pnpDataPath|virtualFolder|bstatePath|deferredVersionFolder|enableConstraintsChecks|injectEnvironmentFiles)$/;

function settingsRead(parts: Parts, folder: string, ignoresRelease: boolean): YarnSettings | undefined {
  let nearest: YarnSettings | undefined;
  for (const at of [folder, ...foldersAbove(folder)]) {
    const path = joinPath(at, '.yarnrc.yml');
    const text = readText(parts, path);
    if (text === undefined) continue;
    const settings = text.trim() === '' ? undefined : parsed(parts.context, path, parseYarnSettings);
    if (settings === undefined) parts.open(`${parts.show(path)} could not be read`);
    if (settings === undefined) continue;
    nearest ??= settings;
    if (at !== folder) parts.doubt(`${path} has settings for this folder too`);
    const risky = settings.keys.find((key) => RISKY_SETTING.test(key));
    if (risky !== undefined) parts.open(`${parts.show(path)} sets ${risky}`);
    const named = [settings.yarnPath, ...settings.plugins].flatMap((file) => file ?? []);
    for (const file of named.map((name) => joinPath(at, name))) {
      parts.files(file);
      if (!ignoresRelease) parts.needs('release', file);
      if (!isSent(parts.context, file))
        parts.open(`${parts.show(file)}, named by .yarnrc.yml, is not in the build context`);
    }
  }
  return nearest;
}

/** Paths of patches in a version: `patch:a@npm%3A1.0.0#~/.yarn/patches/a.patch`, several joined by `&`. */
function patchesIn(spec: string, base: string, root: string): string[] {
  const written = /^patch:[^#]*#([^:]*(?::(?!:)[^:]*)*)/.exec(spec)?.[1] ?? '';
  return written
    .split('&')
    .map((part) => part.replace(/^optional!/, ''))
    .filter((part) => part !== '' && !/^~?builtin</.test(part))
    .map((part) => (part.startsWith('~/') ? joinPath(root, part.slice(2)) : joinPath(base, part)));
}

/** The folder of the workspace a lock file's entry belongs to: `::locator=name%40workspace%3Apackages%2Fa`. */
function baseOf(spec: string, root: string): string {
  const locator = /::.*\blocator=([^&]*)/.exec(spec)?.[1];
  const at = locator === undefined ? undefined : /@workspace:(.*)$/.exec(decoded(locator))?.[1];
  return at === undefined ? root : joinPath(root, at);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function patchesRead(
  parts: Parts,
  packages: readonly NodePackage[],
  root: string,
  lock: YarnLock | undefined,
  needed: boolean,
): void {
  const written = packages.flatMap(({ folder, manifest }) =>
    [
      manifest.dependencies,
      manifest.devDependencies,
      manifest.optionalDependencies,
      manifest.overrides,
    ].flatMap((list) => Object.values(list).flatMap((spec) => patchesIn(spec, folder, root))),
  );
  const locked = (lock?.locals ?? []).flatMap(({ spec }) => patchesIn(spec, baseOf(spec, root), root));
  for (const patch of new Set([...written, ...locked])) {
    parts.files(patch);
    // What is patched and already in a cache of the project is not patched again.
    if (needed && written.includes(patch) && locked.includes(patch)) parts.needs('patch', patch);
    if (!isSent(parts.context, patch))
      parts.open(`the patch ${parts.show(patch)} is not in the build context`);
  }
}

/** Workspaces, those of workspaces too. */
function allWorkspaces(parts: Parts, root: NodePackage): NodePackage[] {
  const found = new Map<string, NodePackage>([[root.folder, root]]);
  for (const own of found.values())
    for (const member of workspacesOf(parts, own.folder, own.manifest.workspacePatterns))
      if (!found.has(member.folder)) found.set(member.folder, member);
  return [...found.values()].slice(1);
}

/** Packages behind `portal:`, which are linked and whose own dependencies are installed. */
function portals(parts: Parts, packages: readonly NodePackage[]): NodePackage[] {
  const found = new Map<string, NodePackage>();
  const todo = [...packages];
  for (let own = todo.shift(); own !== undefined; own = todo.shift()) {
    for (const { name, protocol, path } of localDependencies(own, true)) {
      if (protocol !== 'portal' || found.has(path)) continue;
      const portal = isOutside(path) ? undefined : readPackage(parts, path);
      if (portal === undefined) parts.open(missing(parts, name, path));
      else {
        found.set(path, portal);
        todo.push(portal);
      }
    }
  }
  return [...found.values()];
}

/** Notes what lies in .yarn and beside: the cache where it is a part of the project, and what the install writes. */
function stateWritten(
  parts: Parts,
  members: readonly NodePackage[],
  folder: string,
  settings: YarnSettings | undefined,
  major: number,
): void {
  const at = (name: string): string => joinPath(folder, name);
  parts.output(at('.yarn/install-state.gz'));
  if (major < 4) parts.output(at('.yarn/build-state.yml'));
  parts.looksFor(
    ...['.pnp.cjs', '.pnp.data.json', '.pnp.loader.mjs', '.yarn/unplugged', '.yarn/install-state.gz'].map(at),
  );
  if ((settings?.nodeLinker ?? 'pnp') === 'pnp')
    parts.output(...['.pnp.cjs', '.pnp.loader.mjs', '.pnp.data.json', '.yarn/unplugged'].map(at));
  else parts.output(at('node_modules'), ...members.map((own) => joinPath(own.folder, 'node_modules')));
  const global = settings?.enableGlobalCache ?? major >= 4;
  const cache = joinPath(folder, settings?.cacheFolder ?? '.yarn/cache');
  if (!global && !parts.folder(cache)) parts.output(cache);
}

/** Scripts of packages: only those that are allowed run as of 4.14, all of them before. */
function dependencyScripts(
  parts: Parts,
  root: NodePackage,
  settings: YarnSettings | undefined,
  version: string | undefined,
  lock: YarnLock | undefined,
): void {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  const off =
    settings?.enableScripts === false ||
    (settings?.enableScripts === undefined && (major > 4 || (major === 4 && minor >= 14)));
  const foreign = (lock?.packages ?? []).length > 1;
  if (off) scriptsDoubted(parts, root.manifest.builtDependencies ?? []);
  else if (foreign) scriptsDoubted(parts, undefined);
}

/** The folder below test/ecosystems that proves it: each linker writes files of its own. */
function proofOf(settings: YarnSettings | undefined, locals: number): string {
  const linker = settings?.nodeLinker ?? 'pnp';
  const kind = linker === 'node-modules' ? 'yarn-berry' : `yarn-berry-${linker}`;
  return locals > 0 ? `${kind}-workspaces` : kind;
}

/**
 * Notes what yarn 2 and later read, seen by strace with 4.18: package.json, yarn.lock, .yarnrc.yml here and in the folders
 * above with the release and the plugins it names, .env.yarn, the package.json of workspaces, patches, folders behind `file:`
 * whole, package.json of those behind `portal:`, binding.gyp. Gives the folder below test/ecosystems whose builds prove it.
 */
export function berryReads(
  parts: Parts,
  root: NodePackage,
  install: YarnInstall,
  lock: YarnLock | undefined,
  version: string | undefined,
): string {
  const { folder } = root;
  const settings = settingsRead(parts, folder, install.ignoresRelease === true);
  const major = Number((version ?? '4').split('.')[0]);
  parts.files(joinPath(folder, '.env.yarn'));
  const members = allWorkspaces(parts, root);
  const linked = portals(parts, [root, ...members]);
  const all = [root, ...members, ...linked];
  for (const own of [...members, ...linked]) binsRead(parts, own);
  const copied = copiedDependencies(parts, all, ['file', 'path']);
  const cached = isSent(parts.context, joinPath(folder, settings?.cacheFolder ?? '.yarn/cache'));
  patchesRead(parts, all, folder, lock, !cached && !install.focus);
  if (!cached && !install.focus) copiesNeeded(parts, root);
  const run = lock?.locals.find(({ spec }) => spec.startsWith('exec:'));
  if (run !== undefined) parts.open(`the dependency ${run.name} is made by a program of the project`);
  // Without a lock file of its own it looks for the project above.
  if (!isSent(parts.context, joinPath(folder, 'yarn.lock')))
    for (const above of foldersAbove(folder).map((at) => joinPath(at, 'package.json')))
      if (isSent(parts.context, above)) parts.open(`${above} may make this folder a workspace`);
  stateWritten(parts, [...members, ...linked], folder, settings, major);
  if (!install.ignoreScripts && !install.focus) scriptNeeds(parts, root, SCRIPTS);
  for (const own of install.ignoreScripts ? [] : all) {
    scriptsRead(parts, own, SCRIPTS);
    compiles(parts, own.folder);
  }
  if (!install.ignoreScripts) dependencyScripts(parts, root, settings, version, lock);
  return proofOf(settings, members.length + linked.length + copied.length);
}
