import { inFolder, isLiteral, type StepCommand } from '../commands.js';
import type { Install } from './model.js';
import { readOptions } from './options.js';

const VALUES = new Set([
  '-r',
  '--requirement',
  '--requirements',
  '-c',
  '--constraint',
  '--constraints',
  '-b',
  '--build-constraint',
  '--build-constraints',
  '--override',
  '--overrides',
  '-e',
  '--editable',
  '-f',
  '--find-links',
  '-t',
  '--target',
  '--prefix',
  '--group',
  '--extra',
  '-w',
  '--wheel-dir',
  '-d',
  '--dest',
  '--platform',
  '--python-version',
  '--python-platform',
  '--implementation',
  '--abi',
  '-i',
  '--index-url',
  '--extra-index-url',
  '--trusted-host',
  '--timeout',
  '--retries',
  '--root-user-action',
  '--progress-bar',
  '--default-timeout',
  '--no-binary',
  '--only-binary',
  '--index',
  '--default-index',
  '--index-strategy',
  '--python',
  '-p',
  '--cache-dir',
  '--resume-retries',
  '--use-feature',
  '--use-deprecated',
  '--upgrade-strategy',
  '--link-mode',
  '--torch-backend',
  '--resolution',
  '--prerelease',
  '--exclude-newer',
  '--keyring-provider',
  '--config-settings',
  '-C',
  '--global-option',
  '--proxy',
  '--python-executable',
  '--pip-args',
]);
const KNOWN =
  /^(--(no-cache-dir|no-cache|upgrade|quiet|verbose|no-deps|require-hashes|pre|disable-pip-version-check|no-compile|compile|user|break-system-packages|ignore-installed|force-reinstall|no-input|prefer-binary|no-warn-script-location|no-warn-conflicts|system|no-build-isolation|no-python-version-warning|compile-bytecode|no-color|no-progress|exact|strict|no-index|no-build|all-extras|no-clean|use-pep517|reinstall|refresh|native-tls|system-certs|offline|no-sources|no-config|no-editable|require-virtualenv|isolated|ignore-requires-python|generate-hashes|force|no-verify-hashes)(=.*)?|-[UqvnI]+)$/;

/** Words that name files, and a letter whose value may touch it: `-rfile`. */
const SHORT = /^(-[rcefbtdwi])(.+)$/;

function splitShort(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const match = SHORT.exec(word);
    return match === null || word.startsWith('--') ? [word] : [match[1] ?? '', match[2] ?? ''];
  });
}

/** The values of all options called one of `names`, as written. */
export function valuesOf(words: readonly string[], names: RegExp): string[] {
  return words.flatMap((word, i) => {
    const inline = /^(--[a-z-]+)=(.*)$/.exec(word);
    if (inline !== null) return names.test(inline[1] ?? '') ? [inline[2] ?? ''] : [];
    const next = words[i + 1];
    return names.test(word) && next !== undefined ? [next] : [];
  });
}

const REQUIREMENTS = /^(-r|--requirements?)$/;
const FILES = /^(-r|--requirements?|-c|--constraints?|-b|--build-constraints?|--overrides?)$/;

/** Words that name a place on the disk, or none: `./pkg`, `.[extra]`, `/app`, `dist/a.whl`. */
function isPath(word: string): boolean {
  return (
    /^[.~/\\]|[/\\]|\.(whl|tar\.gz|tgz|zip)$/.test(word.replace(/\[[^\]]*\]$/, '')) &&
    !/^[a-z][a-z0-9+.-]*:|@/i.test(word)
  );
}

/** The folder of a package the command installs from the disk; undefined for archives, globs and repositories. */
function packageFolder(word: string, folder: string): string | undefined {
  const path = word.replace(/\[[^\]]*\]$/, '');
  return /^[a-z][a-z0-9+.-]*:|^~|[*?$]|\.(whl|tar\.gz|tgz|zip)$/i.test(path)
    ? undefined
    : inFolder(folder, path);
}

/** Groups of a pyproject.toml (`--group dev`, `--group ../pyproject.toml:dev`), as the files they stand in. */
function groupFiles(words: readonly string[], folder: string): string[] {
  return valuesOf(words, /^--group$/).map((group) => {
    const at = group.lastIndexOf(':');
    return inFolder(folder, at < 0 ? 'pyproject.toml' : group.slice(0, at));
  });
}

/** How a program installs like pip does. */
export interface PipLike {
  readonly manager: 'pip' | 'uv';
  /** Where in the command the verb stands. */
  readonly verbAt: number;
  /** Names files without `-r`: `uv pip sync`, `pip-sync`. */
  readonly sync: boolean;
}

/**
 * A `pip install -r …`, `pip install .` or the like; undefined where it installs packages by name only. `what` is
 * `requirements` or `project`, behind `uv-` for uv.
 */
export function pipInstall(command: StepCommand, folder: string, how: PipLike): Install | undefined {
  const { manager, verbAt, sync } = how;
  const verb = command.words[verbAt];
  if (verb === undefined) return undefined;
  const flags = splitShort(command.words.slice(verbAt + 1).map((w) => w.value));
  const options = readOptions(flags, VALUES, KNOWN);
  const named = [
    ...valuesOf(flags, FILES).map((path) => inFolder(folder, path)),
    ...groupFiles(flags, folder),
  ];
  const files = sync ? [...options.positional.map((path) => inFolder(folder, path)), ...named] : named;
  const local = sync ? [] : [...valuesOf(flags, /^(-e|--editable)$/), ...options.positional.filter(isPath)];
  const projects = local.map((word) => packageFolder(word, folder));
  const [project] = projects;
  const prefix = manager === 'uv' ? 'uv-' : '';
  const common = { manager, command, verb, flags, unsure: options.unsure || !isLiteral(command) };
  if (local.length > 0) {
    // Several packages, or an archive that something made.
    if (project === undefined || projects.length > 1) return undefined;
    return { ...common, what: `${prefix}project`, folder: project, files, project: true };
  }
  const hasRequirements =
    sync || valuesOf(flags, REQUIREMENTS).length > 0 || valuesOf(flags, /^--group$/).length > 0;
  if (!hasRequirements) return undefined;
  return { ...common, what: `${prefix}requirements`, folder, files };
}

/** Folders such an install writes to that may lie in the project: `--target`, `--wheel-dir`. */
export function pipOutputs(install: Install): string[] {
  const { flags, command, folder } = install;
  const names = /^(-t|--target|--prefix|-w|--wheel-dir|-d|--dest)$/;
  return valuesOf(flags, names).map((path) => inFolder(command.folder ?? folder, path));
}
