import { parseNpmrc } from '../syntax/manifests/npm.js';
import { baseName, dirName, joinPath } from '../text/paths.js';
import type { ImageFiles } from './closures.js';
import type { ManagerName } from './installs/model.js';
import type { Install } from './installs.js';
import type { Step } from './model.js';

/**
 * What a file is to an install: `lock`, its lock file; `listed`, a file that its own command or another list names;
 * `member`, the manifest of another project of the workspace; `settings`, of the manager; `part`, a folder or file that a manifest
 * names, such as patches.
 */
export type ManifestKind = 'lock' | 'listed' | 'member' | 'settings' | 'part';

const LOCKS: Partial<Record<ManagerName, readonly string[]>> = {
  npm: ['package-lock.json', 'npm-shrinkwrap.json'],
  yarn: ['yarn.lock'],
  pnpm: ['pnpm-lock.yaml'],
  bun: ['bun.lock', 'bun.lockb'],
  uv: ['uv.lock'],
  poetry: ['poetry.lock'],
  pipenv: ['Pipfile.lock'],
  cargo: ['Cargo.lock'],
  composer: ['composer.lock'],
  bundler: ['Gemfile.lock'],
  mix: ['mix.lock'],
};

/** The lock files an install may read, any one of which it takes. */
export function lockNames({ manager, what }: Install): readonly string[] {
  return /requirements$|project$|^pip-sync$/.test(what) ? [] : (LOCKS[manager] ?? []);
}

const MEMBER =
  /^(package\.json|pyproject\.toml|Cargo\.toml|go\.mod|pom\.xml|mix\.exs|build\.gradle(\.kts)?|.*\.(cs|fs|vb)proj)$/;
const PART = /^(\.pnpmfile\.cjs|Directory\..*\.(props|targets)|libs\.versions\.toml)$/;

/** What the file or folder at `target` is to `install`; undefined for one whose absence changes nothing that is known. */
export function kindOfManifest(install: Install, target: string, folder: boolean): ManifestKind | undefined {
  const name = baseName(target);
  if (folder) return 'part';
  // It reads the lock file, and patches.
  if (install.what === 'pnpm-fetch') return lockNames(install).includes(name) ? 'lock' : undefined;
  if (lockNames(install).includes(name)) return 'lock';
  if (/requirements/.test(install.what)) return /\.(txt|in)$/.test(name) ? 'listed' : undefined;
  if (SETTINGS.has(name)) return 'settings';
  if (PART.test(name)) return 'part';
  return MEMBER.test(name) && dirName(target) !== install.folder ? 'member' : undefined;
}

/** Settings of a manager that change what is installed, by the file they stand in. */
const SETTINGS: ReadonlyMap<string, RegExp> = new Map([
  [
    '.npmrc',
    /^\s*((@[\w.-]+:)?registry|legacy-peer-deps|strict-peer-deps|omit|include|only|ignore-scripts|install-strategy|node-linker|hoist|hoist-pattern|public-hoist-pattern|shamefully-hoist|auto-install-peers|link-workspace-packages)(\[\])?\s*=/im,
  ],
  [
    'pnpm-workspace.yaml',
    /^(overrides|patchedDependencies|packageExtensions|catalogs?|nodeLinker|hoist\w*|publicHoistPattern|shamefullyHoist|onlyBuiltDependencies|allowBuilds|autoInstallPeers|linkWorkspacePackages)\s*:/m,
  ],
  [
    '.yarnrc.yml',
    /^(nodeLinker|yarnPath|plugins|npmRegistryServer|npmScopes|packageExtensions|enableScripts|supportedArchitectures)\s*:/m,
  ],
]);

/** What no image should hold. */
const CREDENTIALS = /_auth|token|password|username|certfile|keyfile|npmAuth/i;

/**
 * Whether a settings file says something without which the install does something else; a file that also holds
 * credentials had better stay out of the image.
 */
export function settingsMatter(path: string, text: string): boolean {
  return SETTINGS.get(baseName(path))?.test(text) === true && !CREDENTIALS.test(text);
}

/** Whether an install takes what members of a workspace need from the lock file alone. */
export function knowsMembers({ manager, flags }: Install, step: Step): boolean {
  return manager === 'uv' && (flags.includes('--frozen') || step.environment.has('UV_FROZEN'));
}

const FROZEN = /^--(frozen(-lockfile)?|locked|immutable)(=true)?$/;

/**
 * Whether the install surely fails without what is missing. Tried with npm 11, pnpm 9 and 10, yarn 1 and 4, bun 1.3, uv
 * 0.13, cargo 1.9x and pip 23: yarn 1 and bun go on without a lock file, whatever the flag.
 */
export function certainFailure(install: Install, ecosystem: string, kind: ManifestKind): boolean {
  const { manager, what, flags } = install;
  if (kind === 'listed') return true;
  if (what === 'npm-ci') return kind === 'lock';
  if (!flags.some((flag) => FROZEN.test(flag))) return false;
  const berry = ecosystem.startsWith('yarn-berry');
  if (kind === 'lock') return manager === 'pnpm' || manager === 'uv' || manager === 'cargo' || berry;
  return kind === 'member' && (berry || (manager === 'uv' && flags.includes('--locked')));
}

const WITHOUT_LOCK = /^--(no-package-lock|no-lockfile|no-lock|package-lock=false|lockfile=false)$/;

/** Whether the install is told to do without a lock file. */
export function isDeliberate(install: Install, image: ImageFiles, step: Step): boolean {
  if (install.flags.some((flag) => WITHOUT_LOCK.test(flag))) return true;
  const named = [...step.environment].find(([name]) => /^npm_config_package_lock$/i.test(name));
  if (named?.[1] === 'false') return true;
  const npmrc = parseNpmrc(image.text(joinPath(install.folder, '.npmrc')) ?? '');
  return npmrc.get('package-lock') === 'false' || npmrc.get('lockfile') === 'false';
}
