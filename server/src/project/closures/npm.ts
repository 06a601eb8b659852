import {
  isLocalSpec,
  type PackageLock,
  type PackageManifest,
  parseNpmrc,
  parsePackageJson,
  parsePackageLock,
} from '../../syntax/manifests/npm.js';
import { joinPath } from '../../text/paths.js';
import { type Closure, type ContextFiles, foldersAbove, isSent } from './model.js';

export interface NpmInstall {
  /** The folder of the package.json, relative to the context. */
  readonly folder: string;
  /** `npm ci` needs a lock file and never changes it; `npm install` may. */
  readonly command: 'ci' | 'install';
  readonly ignoreScripts: boolean;
  readonly omitsDev: boolean;
}

/** Scripts of the project's own package.json that npm runs during an install (npm 11: lib/commands/ci.js, arborist's reify.js). */
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

/**
 * Packages whose install script was read (esbuild 0.28, core-js 3.51, @swc/core 1.16, fsevents 2.3): it looks at the
 * package itself, its address and at most at package.json, never at the source.
 */
const HARMLESS_SCRIPTS = new Set(['@swc/core', 'core-js', 'core-js-pure', 'esbuild', 'fsevents']);

function at(folder: string, name: string): string {
  return joinPath(folder, name);
}

function localDependencies(manifest: PackageManifest): string[] {
  const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  return Object.entries(all)
    .filter(([, spec]) => isLocalSpec(spec))
    .map(([name]) => name);
}

function manifestReasons(manifest: PackageManifest, install: NpmInstall): string[] {
  const out: string[] = [];
  if (manifest.workspaces) out.push('package.json lists workspaces, whose manifests the install needs too');
  const local = localDependencies(manifest);
  if (local.length > 0) out.push(`the dependency ${local[0]} is a folder or file of the project`);
  const script = ROOT_SCRIPTS.find((name) => manifest.scripts[name] !== undefined);
  if (script !== undefined && !install.ignoreScripts) {
    out.push(`the script "${script}" of package.json runs during the install and may read the source`);
  }
  return out;
}

function npmrcReasons(settings: ReadonlyMap<string, string>): string[] {
  const risky = [
    'prefix',
    'global',
    'location',
    'workspace',
    'workspaces',
    'cafile',
    'certfile',
    'keyfile',
    'cache',
  ];
  const found = [...settings.keys()].find(
    (key) => risky.includes(key) || /:(certfile|keyfile)$/.test(key) || /script-shell|node-options/.test(key),
  );
  return found === undefined ? [] : [`.npmrc sets ${found}`];
}

function scriptDoubts(lock: PackageLock, install: NpmInstall): string[] {
  if (install.ignoreScripts) return [];
  if (!lock.detailed)
    return ['the lock file does not say which packages run scripts when they are installed'];
  const runs = lock.packages.find(
    (p) => p.installScript && !(install.omitsDev && p.dev) && !HARMLESS_SCRIPTS.has(p.name),
  );
  return runs === undefined ? [] : [`the package ${runs.name} runs a script when it is installed`];
}

function lockFindings(context: ContextFiles, install: NpmInstall): { open: string[]; doubts: string[] } {
  const path = ['npm-shrinkwrap.json', 'package-lock.json']
    .map((name) => at(install.folder, name))
    .find((p) => isSent(context, p));
  if (path === undefined) {
    return install.command === 'ci'
      ? { open: ['there is no lock file'], doubts: [] }
      : { open: [], doubts: ['there is no lock file, so versions are chosen at each install'] };
  }
  const text = context.text(path);
  const lock = text === undefined ? undefined : parsePackageLock(text);
  if (lock === undefined) return { open: [], doubts: ['the lock file could not be read'] };
  const local = lock.packages.find((p) => p.local && !p.place.startsWith('node_modules/.'));
  if (local !== undefined)
    return { open: [`the dependency ${local.name} is a folder or file of the project`], doubts: [] };
  return { open: [], doubts: scriptDoubts(lock, install) };
}

function workspaceAbove(context: ContextFiles, folder: string): string[] {
  for (const above of foldersAbove(folder)) {
    const path = at(above, 'package.json');
    if (!isSent(context, path)) continue;
    const text = context.text(path);
    const manifest = text === undefined ? undefined : parsePackageJson(text);
    if (manifest === undefined || manifest.workspaces) return [`${path} may make this folder a workspace`];
  }
  return [];
}

/**
 * What `npm ci` and `npm install` look for in the project, seen by strace with npm 11.19: package.json,
 * package-lock.json, npm-shrinkwrap.json, yarn.lock, .npmrc, binding.gyp (which makes npm compile) and node_modules.
 * The closure of an npm install; undefined where the context holds no package.json for it. */
export function npmClosure(context: ContextFiles, install: NpmInstall): Closure | undefined {
  const { folder } = install;
  const manifestPath = at(folder, 'package.json');
  if (!isSent(context, manifestPath)) return undefined;
  const candidates = ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc', 'yarn.lock'].map(
    (name) => at(folder, name),
  );
  const files = candidates.filter((path) => isSent(context, path));
  const manifestText = context.text(manifestPath);
  const manifest = manifestText === undefined ? undefined : parsePackageJson(manifestText);
  const known = { files, folders: [], candidates, ecosystem: 'npm', outputs: [at(folder, 'node_modules')] };
  if (manifest === undefined) {
    return { ...known, open: ['package.json could not be read'], doubts: [] };
  }
  const npmrcPath = at(folder, '.npmrc');
  const npmrc = parseNpmrc(isSent(context, npmrcPath) ? (context.text(npmrcPath) ?? '') : '');
  const effective: NpmInstall = {
    ...install,
    ignoreScripts: install.ignoreScripts || npmrc.get('ignore-scripts') === 'true',
  };
  const lock = lockFindings(context, effective);
  const open = [
    ...manifestReasons(manifest, effective),
    ...npmrcReasons(npmrc),
    ...workspaceAbove(context, folder),
    ...lock.open,
  ];
  if (isSent(context, at(folder, 'binding.gyp')))
    open.push('binding.gyp makes the install compile the source');
  const doubts = [...lock.doubts];
  if (install.command === 'install') doubts.push('"npm install" may change the lock file');
  return { ...known, open, doubts };
}
