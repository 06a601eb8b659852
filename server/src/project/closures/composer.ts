import {
  type ComposerManifest,
  type ComposerPaths,
  type LockedPackage,
  parseComposerJson,
  parseComposerLock,
} from '../../syntax/manifests/php.js';
import { joinPath } from '../../text/paths.js';
import { type Closure, type ContextFiles, isSent, parsedFile } from './model.js';

export interface ComposerRun {
  readonly folder: string;
  /** The manifest's name, `composer.json` unless COMPOSER says otherwise. */
  readonly manifest: string;
  readonly withoutScripts: boolean;
  readonly withoutPlugins: boolean;
  readonly withoutAutoloader: boolean;
  readonly withoutDev: boolean;
  /** `--optimize-autoloader` or `--classmap-authoritative`. */
  readonly optimized: boolean;
}

/** Events that an install sends to the scripts of the project's own composer.json (Composer 2: ScriptEvents, PackageEvents, InstallerEvents, PluginEvents). */
const EVENTS = [
  'pre-install-cmd',
  'post-install-cmd',
  'pre-autoload-dump',
  'post-autoload-dump',
  'pre-package-install',
  'post-package-install',
  'pre-operations-exec',
  'pre-pool-create',
  'pre-file-download',
  'post-file-download',
  'pre-command-run',
  'command',
  'init',
];

/** Those of them that say what becomes of single packages. */
const PACKAGE_EVENTS = EVENTS.filter((event) => /-(package-|operations-|pool-|file-)/.test(event));

/** Whether a script of composer.json may run for each package that is installed; true where it can't be read. */
export function listensToPackages(context: ContextFiles, folder: string, manifest: string): boolean {
  const read = parsedFile(context, joinPath(folder, manifest), parseComposerJson);
  return read === undefined || PACKAGE_EVENTS.some((event) => read.scripts.includes(event));
}

/** Plugins that were read: they look at what was installed and at composer.json, never at the source. */
const HARMLESS_PLUGINS = new Set([
  'composer/package-versions-deprecated',
  'dealerdirect/phpcodesniffer-composer-installer',
  'ergebnis/composer-normalize',
  'pestphp/pest-plugin',
  'php-http/discovery',
  'phpstan/extension-installer',
  'symfony/runtime',
  'tbachert/spi',
]);

function pick(paths: ComposerPaths, run: ComposerRun): string[] {
  return [...paths.main, ...(run.withoutDev ? [] : paths.dev)];
}

/** Whether `config.allow-plugins` lets a plugin run; undefined where it does not say. */
function isAllowed(plugin: string, manifest: ComposerManifest): boolean {
  const allowed = manifest.config['allow-plugins'];
  if (typeof allowed === 'boolean') return allowed;
  if (typeof allowed !== 'object' || allowed === null) return true;
  for (const [pattern, value] of Object.entries(allowed)) {
    const regex = new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`, 'i');
    if (regex.test(plugin)) return value === true;
  }
  return true;
}

interface Reading {
  readonly context: ContextFiles;
  readonly run: ComposerRun;
  readonly manifest: ComposerManifest;
  readonly packages: readonly LockedPackage[] | undefined;
  readonly candidates: Set<string>;
  readonly folders: Set<string>;
  readonly open: string[];
  readonly doubts: string[];
}

function readScripts({ manifest, run, open }: Reading): void {
  const script = run.withoutScripts ? undefined : EVENTS.find((event) => manifest.scripts.includes(event));
  if (script !== undefined)
    open.push(`the script "${script}" of ${run.manifest} runs during the install and may read the source`);
}

function readPlugins(reading: Reading): void {
  const { run, manifest, packages, candidates, open, doubts } = reading;
  if (run.withoutPlugins) return;
  const plugins = (packages ?? [])
    .filter((p) => /^composer-(plugin|installer)$/.test(p.type) && !(run.withoutDev && p.dev))
    .map((p) => p.name.toLowerCase())
    .filter((name) => isAllowed(name, manifest) && !HARMLESS_PLUGINS.has(name));
  for (const plugin of plugins) {
    if (plugin === 'symfony/flex') {
      candidates.add(joinPath(run.folder, 'symfony.lock'));
      if (isSent(reading.context, joinPath(run.folder, 'package.json')))
        open.push('the plugin symfony/flex reads and changes package.json');
      doubts.push('the plugin symfony/flex may run recipes');
    } else open.push(`the plugin ${plugin} runs during the install and may read the source`);
  }
}

function readClasses(reading: Reading): void {
  const { context, run, manifest, candidates, folders, open } = reading;
  if (run.withoutAutoloader) return;
  if (
    run.optimized ||
    manifest.config['optimize-autoloader'] === true ||
    manifest.config['classmap-authoritative'] === true
  ) {
    const [first] = pick(manifest.classFolders, run);
    if (first !== undefined)
      open.push(`the autoloader is optimised, so composer reads all classes of ${first || 'the project'}`);
  }
  for (const path of pick(manifest.classmap, run)) {
    const place = joinPath(run.folder, path.replace(/\/+$/, '') || '.');
    if (place === run.folder || path.includes('*'))
      open.push(`the classes of ${path} are listed during the install`);
    else if (context.entries(place) !== undefined) folders.add(place);
    else candidates.add(place);
  }
}

function readRepositories(reading: Reading): void {
  const { context, run, manifest, packages, folders, open } = reading;
  const visit = (path: string, what: string): void => {
    // What lies outside of the project is not copied with it.
    const place = joinPath(run.folder, path.replace(/\/+$/, ''));
    if (/[*{$~]/.test(path)) open.push(`${what} lies in ${path}`);
    else if (context.entries(place) !== undefined) folders.add(place);
    else if (!path.startsWith('/')) open.push(`${what} lies in ${path}, which is not copied`);
  };
  if (packages === undefined) {
    for (const { type, url } of manifest.repositories.filter((r) => r.type === 'path'))
      visit(url, `a ${type} repository`);
  }
  for (const { name, path } of (packages ?? []).filter((p) => !(run.withoutDev && p.dev)))
    if (path !== undefined) visit(path, `the package ${name}`);
  for (const { type, url } of manifest.repositories) {
    if (type === 'artifact') visit(url, 'an artifact repository');
    else if (type !== 'path' && /^(\.|file:|[^:@]+$)/.test(url) && !/^[\w.-]+\.[a-z]{2,}(\/|$)/i.test(url))
      open.push(`the repository ${url} may lie in the project`);
  }
}

function outputsOf({ manifest, run }: Reading): string[] {
  const folder = (key: string): string | undefined => {
    const value = manifest.config[key];
    return typeof value === 'string' ? value.replace(/\/+$/, '') : undefined;
  };
  const installers = manifest.extra['installer-paths'];
  const paths = typeof installers === 'object' && installers !== null ? Object.keys(installers) : [];
  const moved = paths
    .map((path) => path.split(/[{$]/)[0]?.replace(/\/+$/, '') ?? '')
    .filter((path) => path !== '');
  const bin = folder('bin-dir');
  return [folder('vendor-dir') ?? 'vendor', ...(bin === undefined ? [] : [bin]), ...moved].map((path) =>
    joinPath(run.folder, path),
  );
}

/**
 * What `composer install` reads; undefined where the context holds no composer.json for it. Seen by strace with Composer 2.5: the
 * manifest, composer.lock, auth.json, and while the autoloader is made the folders and files whose classes are listed;
 * it looks for `.git` (and `HEAD`, which makes the folder one) to note the commit.
 */
export function composerClosure(context: ContextFiles, run: ComposerRun): Closure | undefined {
  const at = (name: string): string => joinPath(run.folder, name);
  const manifestPath = at(run.manifest);
  if (!isSent(context, manifestPath)) return undefined;
  const lock = run.manifest.replace(/(\.json)?$/, '.lock');
  const known = [run.manifest, lock, 'auth.json'].map(at);
  const manifest = parsedFile(context, manifestPath, parseComposerJson);
  const packages = isSent(context, at(lock)) ? parsedFile(context, at(lock), parseComposerLock) : undefined;
  const candidates = new Set(known);
  const folders = new Set<string>();
  const open: string[] = [];
  const doubts: string[] = [];
  let outputs = [at('vendor')];
  if (manifest === undefined) open.push(`${run.manifest} could not be read`);
  else {
    const reading: Reading = { context, run, manifest, packages, candidates, folders, open, doubts };
    readScripts(reading);
    readPlugins(reading);
    readClasses(reading);
    readRepositories(reading);
    outputs = outputsOf(reading);
    if (!manifest.versioned && isSent(context, at('.git')))
      doubts.push('composer notes the commit that .git of the context is at');
  }
  if (!isSent(context, at(lock))) doubts.push(`there is no ${lock}, so versions are chosen at each install`);
  else if (packages === undefined) open.push(`${lock} could not be read`);
  return {
    files: [...candidates].filter((path) => isSent(context, path)),
    folders: [...folders],
    candidates: [...candidates, at('.git'), at('HEAD'), ...folders],
    ecosystem: 'composer',
    open,
    doubts,
    outputs,
  };
}
