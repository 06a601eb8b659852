import type { ShellWord } from '../syntax/shell/model.js';
import { dirName, joinPath } from '../text/paths.js';
import type { ImageFiles } from './closures.js';
import { argumentsOf, isLiteral, programOf, type StepCommand } from './commands.js';
import type { Variables } from './installs/model.js';
import { installOf } from './installs.js';

/** What makes an install follow its lock file to the letter, or fail. */
export type Remedy =
  | { readonly kind: 'flag'; readonly after: ShellWord; readonly flag: string }
  | { readonly kind: 'word'; readonly word: ShellWord; readonly text: string }
  | { readonly kind: 'variable'; readonly assignment: string };

/** An install that may end with other versions than its lock file lists. */
export interface LooseInstall {
  readonly command: StepCommand;
  /** The lock file, absolute in the image. */
  readonly lock: string;
  /** Undefined where the lock file is known not to fit its manifest: then what follows it would fail. */
  readonly remedy: Remedy | undefined;
}

/** What surrounds a command that installs. */
export interface LockScene {
  readonly files: ImageFiles;
  readonly variables: Variables;
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && value !== '' && !/^(?:0|false|no|off)$/i.test(value);
}

/** Whether the install is told that it runs for CI: yarn 2 and later, pnpm and bun then follow the lock file. */
function isCi({ variables }: LockScene): boolean {
  return variables.has('CI') && (variables.get('CI') === undefined || isTrue(variables.get('CI')));
}

function firstLock({ files }: LockScene, folder: string, names: readonly string[]): string | undefined {
  return names.map((name) => joinPath(folder, name)).find((path) => files.exists(path));
}

function objectAt(value: unknown, ...keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys)
    found = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[key] : undefined;
  return found;
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** Whether `npm ci` would surely refuse a lock file because the manifest asks for something else. */
function isOutOfDate({ files }: LockScene, folder: string, lock: string): boolean {
  const manifest = parsed(files.text(joinPath(folder, 'package.json')));
  const text = parsed(files.text(lock));
  const root = objectAt(text, 'packages', '');
  // Version 1 says nothing of the manifest.
  if (manifest === undefined || root === undefined) return false;
  return ['dependencies', 'devDependencies', 'optionalDependencies'].some((key) => {
    const sorted = (value: unknown): string =>
      JSON.stringify(Object.entries((value ?? {}) as Record<string, unknown>).sort());
    return sorted(objectAt(manifest, key)) !== sorted(objectAt(root, key));
  });
}

function npmLoose(command: StepCommand, scene: LockScene): LooseInstall | undefined {
  const install = installOf(command);
  if (install?.what !== 'npm-install' || install.unsure) return undefined;
  // `npm install --package-lock-only` writes the lock file, `--no-package-lock` is told to look at none.
  if (install.flags.some((flag) => /package-lock|shrinkwrap/.test(flag))) return undefined;
  const lock = firstLock(scene, install.folder, ['npm-shrinkwrap.json', 'package-lock.json']);
  if (lock === undefined) return undefined;
  const outOfDate = isOutOfDate(scene, install.folder, lock);
  return {
    command,
    lock,
    remedy: outOfDate ? undefined : { kind: 'word', word: install.verb, text: 'ci' },
  };
}

/** yarn, pnpm and bun: one flag, which some of them take as given under CI. */
function frozenLoose(command: StepCommand, scene: LockScene): LooseInstall | undefined {
  const install = installOf(command);
  if (install === undefined || install.unsure || !/^(?:yarn|pnpm|bun)-install$/.test(install.what))
    return undefined;
  if (/^(?:ci|clean-install)$/.test(install.verb.value)) return undefined;
  const given =
    /^--(?:no-)?(?:frozen-lockfile|immutable|lockfile|pure-lockfile|fix-lockfile|lockfile-only|refresh-lockfile|no-save|save-text-lockfile|offline)/;
  if (install.flags.some((flag) => given.test(flag))) return undefined;
  const names = { yarn: ['yarn.lock'], pnpm: ['pnpm-lock.yaml'], bun: ['bun.lock', 'bun.lockb'] };
  const { manager, folder } = install;
  if (manager !== 'yarn' && manager !== 'pnpm' && manager !== 'bun') return undefined;
  const lock = firstLock(scene, folder, names[manager]);
  if (lock === undefined) return undefined;
  const berry = manager === 'yarn' && /^__metadata:/m.test(scene.files.text(lock) ?? '__metadata:');
  const settings = ['.yarnrc.yml', '.yarnrc', '.npmrc', 'bunfig.toml', 'pnpm-workspace.yaml'].map(
    (name) => scene.files.text(joinPath(folder, name)) ?? '',
  );
  if (/immutable|frozen-?lockfile/i.test(settings.join('\n'))) return undefined;
  if ([...scene.variables.keys()].some((name) => /IMMUTABLE|FROZEN_LOCKFILE/i.test(name))) return undefined;
  if ((berry || manager !== 'yarn') && isCi(scene)) return undefined;
  const flag = berry ? '--immutable' : '--frozen-lockfile';
  return { command, lock, remedy: { kind: 'flag', after: install.verb, flag } };
}

/** `composer update` and `poetry update` of everything: they write the lock file anew. */
function updateLoose(command: StepCommand, scene: LockScene): LooseInstall | undefined {
  const program = programOf(command);
  const { folder } = command;
  if (folder === undefined || !isLiteral(command)) return undefined;
  const names = { composer: 'composer.lock', poetry: 'poetry.lock' };
  if (program !== 'composer' && program !== 'poetry') return undefined;
  const [verb, ...others] = command.words.slice(1).filter((word) => !word.value.startsWith('-'));
  if (verb === undefined || others.length > 0 || !/^(?:update|upgrade|u)$/.test(verb.value)) return undefined;
  const args = argumentsOf(command);
  if (
    args.some((a) =>
      /^--(?:lock|prefer-|dry-run|working-dir|directory|with|root-reqs|no-install)|^-[dCW]$/.test(a),
    )
  )
    return undefined;
  const lock = firstLock(scene, folder, [names[program]]);
  return lock === undefined
    ? undefined
    : { command, lock, remedy: { kind: 'word', word: verb, text: 'install' } };
}

/** bundler takes a Gemfile that differs from its lock file as a wish, unless it is frozen. */
function bundlerLoose(command: StepCommand, scene: LockScene): LooseInstall | undefined {
  const { folder } = command;
  if (folder === undefined || !/^bundler?$/.test(programOf(command)) || !isLiteral(command)) return undefined;
  const args = argumentsOf(command);
  const verbs = args.filter(
    (a, i) => !a.startsWith('-') && !/^-[jr]$|^--(?:jobs|retry|path|without|with)$/.test(args[i - 1] ?? ''),
  );
  if (verbs.length > 1 || (verbs[0] ?? 'install') !== 'install') return undefined;
  if (args.some((a) => /^--(?:frozen|deployment|local|gemfile|version)/.test(a))) return undefined;
  if ([...scene.variables.keys()].some((name) => /^BUNDLE_(?:FROZEN|DEPLOYMENT|GEMFILE)$/.test(name)))
    return undefined;
  const config = scene.files.text(joinPath(folder, '.bundle/config')) ?? '';
  const lock = firstLock(scene, folder, ['Gemfile.lock', 'gems.locked']);
  if (lock === undefined || /BUNDLE_(?:FROZEN|DEPLOYMENT)/.test(config)) return undefined;
  return { command, lock, remedy: { kind: 'variable', assignment: 'BUNDLE_FROZEN=true' } };
}

/** cargo changes a lock file that does not fit the manifests, unless it is `--locked`. */
function cargoLoose(command: StepCommand, scene: LockScene): LooseInstall | undefined {
  const { folder } = command;
  if (folder === undefined || programOf(command) !== 'cargo') return undefined;
  const words = command.words.slice(1).filter((word) => !word.value.startsWith('+'));
  const verb = words.find((word) => !word.value.startsWith('-'));
  const args = argumentsOf(command);
  if (verb === undefined || !/^(?:build|b|rustc|test|t|fetch)$/.test(verb.value)) return undefined;
  if (args.some((a) => /^--(?:locked|frozen|offline|manifest-path|lockfile-path)/.test(a))) return undefined;
  const lock = firstLock(scene, folder, ['Cargo.lock']) ?? firstLock(scene, dirName(folder), ['Cargo.lock']);
  return lock === undefined
    ? undefined
    : { command, lock, remedy: { kind: 'flag', after: verb, flag: '--locked' } };
}

/** The install of a command that may not follow the lock file beside it; undefined for any other. */
export function looseInstallOf(command: StepCommand, scene: LockScene): LooseInstall | undefined {
  return (
    npmLoose(command, scene) ??
    frozenLoose(command, scene) ??
    updateLoose(command, scene) ??
    bundlerLoose(command, scene) ??
    cargoLoose(command, scene)
  );
}

/** Requirements of a file for pip that name no exact version. */
export interface Unpinned {
  readonly command: StepCommand;
  /** The file, absolute in the image. */
  readonly file: string;
  readonly loose: number;
  readonly all: number;
}

/** Lines that name a package; those with one version, an address or a hash are pinned. */
function countPins(text: string): { readonly loose: number; readonly all: number } {
  const lines = text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => /^[A-Za-z0-9]/.test(line));
  const loose = lines.filter(
    (line) => !/===?\s*[^\s*;]+\s*(?:;|--|$)|@|:\/\//.test(line) && !/\.(?:whl|zip|gz)$/.test(line),
  );
  return { loose: loose.length, all: lines.length };
}

/** The first file a `pip install -r` reads that pins not everything; undefined where constraints may, or there is none. */
export function unpinnedOf(command: StepCommand, { files, variables }: LockScene): Unpinned | undefined {
  const install = installOf(command);
  if (install === undefined || !/^(?:pip|uv)$/.test(install.manager) || install.unsure) return undefined;
  const constrained = argumentsOf(command).some((a) => /^(?:-c|--constraints?)/.test(a));
  if (constrained || variables.has('PIP_CONSTRAINT') || variables.has('UV_CONSTRAINT')) return undefined;
  for (const file of install.files) {
    const text = files.text(file);
    // A file that names constraints or others in turn is not read further.
    if (text === undefined || /^\s*(?:-[rc]\b|--(?:requirement|constraint))/m.test(text)) continue;
    const { loose, all } = countPins(text);
    if (loose > 0) return { command, file, loose, all };
  }
  return undefined;
}
