import type { Instruction } from '../syntax/dockerfile/model.js';
import type { ShellWord } from '../syntax/shell/model.js';
import { argumentsOf, inFolder, isLiteral, programOf, type StepCommand } from './commands.js';

/** A command that installs what a project's manifests list. */
export interface Install {
  readonly manager: 'npm' | 'pip' | 'uv' | 'composer';
  readonly what:
    | 'npm-ci'
    | 'npm-install'
    | 'requirements'
    | 'uv-requirements'
    | 'uv-sync'
    | 'composer-install';
  readonly command: StepCommand;
  /** The word after which a flag goes: `ci`, `sync`, `install`. */
  readonly verb: ShellWord;
  /** Words after the verb. */
  readonly flags: readonly string[];
  /** The folder of the project, absolute in the image. */
  readonly folder: string;
  /** Requirement and constraint files named on the command line, absolute in the image. */
  readonly files: readonly string[];
  /** Words it does not know, a variable, or something that makes its reading unsure. */
  readonly unsure: boolean;
}

const NPM_CI = new Set(['ci', 'clean-install', 'ic', 'install-clean', 'isntall-clean']);
const NPM_INSTALL = new Set([
  'install',
  'i',
  'in',
  'ins',
  'inst',
  'insta',
  'instal',
  'isnt',
  'isnta',
  'isntal',
  'isntall',
  'add',
]);

/** Options of npm that take the next word as their value. */
const NPM_VALUES = new Set([
  '--prefix',
  '-C',
  '--omit',
  '--include',
  '--only',
  '--loglevel',
  '--cache',
  '--registry',
  '--maxsockets',
  '--fetch-retries',
  '--fetch-timeout',
  '--network-timeout',
  '--fetch-retry-mintimeout',
  '--fetch-retry-maxtimeout',
  '--workspace',
  '-w',
  '--install-strategy',
  '--before',
  '--cpu',
  '--os',
  '--libc',
  '--allow-git',
]);
/** Options of npm that change neither what is read from the project nor where things go. */
const NPM_KNOWN =
  /^(--(omit|include|only|also|production|ignore-scripts|no-audit|audit|no-fund|fund|silent|quiet|loglevel|legacy-peer-deps|force|no-progress|progress|prefer-offline|prefer-online|offline|no-optional|optional|no-save|unsafe-perm|verbose|maxsockets|fetch-[a-z-]+|strict-ssl|registry|no-update-notifier|no-package-lock|engine-strict|foreground-scripts|dev|prod|strict-peer-deps|no-shrinkwrap|no-color|network-timeout|cpu|os|libc)(=.*)?|-s|-q|-d|-dd|-ddd|-f)$/;

interface Options {
  readonly positional: readonly string[];
  readonly unsure: boolean;
  value(...names: string[]): string | undefined;
}

function readOptions(words: readonly string[], withValue: ReadonlySet<string>, known: RegExp): Options {
  const positional: string[] = [];
  const values = new Map<string, string>();
  let unsure = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('-') || word === '-') {
      positional.push(word);
      continue;
    }
    if (!known.test(word) && !withValue.has(word.split('=')[0] ?? '')) unsure = true;
    const equal = word.indexOf('=');
    if (equal > 0) values.set(word.slice(0, equal), word.slice(equal + 1));
    else if (withValue.has(word)) values.set(word, words[++i] ?? '');
    else values.set(word, 'true');
  }
  return {
    positional,
    unsure,
    value: (...names) => names.map((n) => values.get(n)).find((v) => v !== undefined),
  };
}

function npmInstall(command: StepCommand, folder: string): Install | undefined {
  const words = command.words.slice(1);
  const verbAt = words.findIndex((w) => NPM_CI.has(w.value) || NPM_INSTALL.has(w.value));
  const verb = words[verbAt];
  if (verb === undefined) return undefined;
  const options = readOptions(
    words.map((w) => w.value),
    NPM_VALUES,
    NPM_KNOWN,
  );
  // The verb is the first word that is no option, and nothing but options may follow: names install something else.
  if (options.positional.length !== 1 || options.positional[0] !== verb.value) return undefined;
  if (options.value('-g', '--global', '--location') !== undefined) return undefined;
  const prefix = options.value('--prefix', '-C');
  const ci = NPM_CI.has(verb.value);
  return {
    manager: 'npm',
    what: ci ? 'npm-ci' : 'npm-install',
    command,
    verb,
    flags: words
      .slice(verbAt + 1)
      .map((w) => w.value)
      .concat(words.slice(0, verbAt).map((w) => w.value)),
    folder: prefix === undefined ? folder : inFolder(folder, prefix),
    files: [],
    unsure: options.unsure || options.value('--workspace', '-w') !== undefined || !isLiteral(command),
  };
}

const PIP_VALUES = new Set([
  '-r',
  '--requirement',
  '--requirements',
  '-c',
  '--constraint',
  '--constraints',
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
  '--upgrade-strategy',
]);
const PIP_KNOWN =
  /^(--(no-cache-dir|no-cache|upgrade|quiet|verbose|no-deps|require-hashes|pre|disable-pip-version-check|no-compile|compile|user|break-system-packages|ignore-installed|force-reinstall|no-input|prefer-binary|no-warn-script-location|system|no-build-isolation|no-python-version-warning|compile-bytecode|no-color|no-progress|exact|strict)(=.*)?|-[UqvnI]+|--(index-url|extra-index-url|trusted-host|timeout|retries|root-user-action|default-timeout|progress-bar|no-binary|only-binary)=.*)$/;

const SHORT_FILE = /^(-[rc])(.+)$/;

/** `-rfile` as two words. */
function splitShort(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const match = SHORT_FILE.exec(word);
    return match === null || word.startsWith('--') ? [word] : [match[1] ?? '', match[2] ?? ''];
  });
}

function filesAfter(words: readonly string[], names: RegExp, folder: string): string[] {
  const out: string[] = [];
  words.forEach((word, i) => {
    const inline = /^(--[a-z]+)=(.*)$/.exec(word);
    if (inline !== null && names.test(inline[1] ?? '')) out.push(inFolder(folder, inline[2] ?? ''));
    else if (names.test(word) && words[i + 1] !== undefined) out.push(inFolder(folder, words[i + 1] ?? ''));
  });
  return out;
}

function requirementsInstall(
  command: StepCommand,
  folder: string,
  verbAt: number,
  uv: boolean,
): Install | undefined {
  const verb = command.words[verbAt];
  if (verb === undefined) return undefined;
  const rest = splitShort(command.words.slice(verbAt + 1).map((w) => w.value));
  const sync = uv && verb.value === 'sync';
  const options = readOptions(rest, PIP_VALUES, PIP_KNOWN);
  const files = filesAfter(rest, /^(-r|--requirements?|-c|--constraints?)$/, folder);
  if (sync) files.push(...options.positional.map((p) => inFolder(folder, p)));
  const hasRequirements = sync || filesAfter(rest, /^(-r|--requirements?)$/, folder).length > 0;
  if (!hasRequirements) return undefined;
  const local = rest.some((w) => w === '-e' || w === '--editable' || w.startsWith('--editable='));
  const paths = !sync && options.positional.some((p) => /[\\/]|^\.|\.(whl|gz|zip)$/.test(p));
  if (local || paths) return undefined;
  return {
    manager: uv ? 'uv' : 'pip',
    what: uv ? 'uv-requirements' : 'requirements',
    command,
    verb,
    flags: rest,
    folder,
    files,
    unsure: options.unsure || !isLiteral(command),
  };
}

const UV_VALUES = new Set([
  '--python',
  '-p',
  '--extra',
  '--group',
  '--no-group',
  '--only-group',
  '--no-install-package',
  '--index',
  '--default-index',
  '--index-url',
  '--extra-index-url',
  '--link-mode',
  '--project',
  '--directory',
  '--package',
  '--cache-dir',
  '--no-extra',
  '--color',
  '--index-strategy',
  '--no-binary-package',
  '--refresh-package',
]);
const UV_KNOWN =
  /^(--(frozen|locked|no-dev|dev|all-groups|all-extras|no-default-groups|no-install-project|no-install-workspace|no-cache|compile-bytecode|no-editable|quiet|verbose|no-progress|no-managed-python|managed-python|offline|no-build|no-python-downloads|native-tls|system-certs|inexact|exact|only-dev|link-mode|extra|group|no-group|only-group|python|no-extra|no-build-isolation)(=.*)?|-[qvn]+)$/;

function uvSync(command: StepCommand, folder: string): Install | undefined {
  const words = command.words.slice(1);
  const options = readOptions(
    words.map((w) => w.value),
    UV_VALUES,
    UV_KNOWN,
  );
  const verb = words.find((w) => w.value === 'sync');
  if (verb === undefined || options.positional[0] !== 'sync' || options.positional.length !== 1)
    return undefined;
  const directory = options.value('--project', '--directory');
  return {
    manager: 'uv',
    what: 'uv-sync',
    command,
    verb,
    flags: words.filter((w) => w !== verb).map((w) => w.value),
    folder: directory === undefined ? folder : inFolder(folder, directory),
    files: [],
    unsure:
      options.unsure ||
      directory !== undefined ||
      options.value('--package') !== undefined ||
      !isLiteral(command),
  };
}

const COMPOSER_VALUES = new Set([
  '-d',
  '--working-dir',
  '--ignore-platform-req',
  '--prefer-install',
  '--apcu-autoloader-prefix',
]);
const COMPOSER_KNOWN =
  /^(--(no-dev|dev|no-scripts|no-interaction|no-progress|prefer-dist|prefer-source|optimize-autoloader|classmap-authoritative|apcu-autoloader|ignore-platform-reqs?|no-plugins|no-autoloader|no-cache|no-suggest|ansi|no-ansi|quiet|verbose|profile|audit|no-audit|prefer-install|working-dir|download-only)(=.*)?|-[nqvoa]+)$/;

function composerInstall(command: StepCommand, folder: string): Install | undefined {
  // `php composer.phar install` and `composer install`.
  const php = programOf(command) === 'php';
  const words = command.words.slice(php ? 2 : 1);
  const options = readOptions(
    words.map((w) => w.value),
    COMPOSER_VALUES,
    COMPOSER_KNOWN,
  );
  const verb = words.find((w) => w.value === 'install' || w.value === 'i');
  if (verb === undefined || options.positional[0] !== verb.value || options.positional.length !== 1)
    return undefined;
  const directory = options.value('-d', '--working-dir');
  return {
    manager: 'composer',
    what: 'composer-install',
    command,
    verb,
    flags: words.filter((w) => w !== verb).map((w) => w.value),
    folder: directory === undefined ? folder : inFolder(folder, directory),
    files: [],
    unsure: options.unsure || !isLiteral(command),
  };
}

/** Parts of the names of all programs that `installOf` knows. */
const INSTALLERS = /npm|pip|python|uv|composer|php/;

/**
 * Whether `installOf` could know a command of `instruction`: false only where no word of its shell text can be the name of
 * a known program, however it is quoted. To look is much cheaper than to read the shell text.
 */
export function mayInstall(instruction: Instruction): boolean {
  const text = 'script' in instruction ? instruction.script?.text : undefined;
  if (text === undefined || INSTALLERS.test(text)) return true;
  // `$'…'` can write any character as a number; all other quoting only adds characters.
  return text.includes("$'") || (/['"\\]/.test(text) && INSTALLERS.test(text.replace(/\\\n|['"\\]/g, '')));
}

/** The install a command is; undefined where it is none of those known, or installs packages by name or the project itself. */
export function installOf(command: StepCommand): Install | undefined {
  const { folder } = command;
  if (folder === undefined) return undefined;
  const program = programOf(command);
  const args = argumentsOf(command);
  if (program === 'npm') return npmInstall(command, folder);
  if (/^pip[0-9.]*$/.test(program) && args[0] === 'install')
    return requirementsInstall(command, folder, 1, false);
  if (/^python[0-9.]*$/.test(program) && args[0] === '-m' && args[1] === 'pip' && args[2] === 'install') {
    return requirementsInstall(command, folder, 3, false);
  }
  if (program === 'uv' && args[0] === 'pip' && (args[1] === 'install' || args[1] === 'sync')) {
    return requirementsInstall(command, folder, 2, true);
  }
  if (program === 'uv') return uvSync(command, folder);
  if (
    program === 'composer' ||
    program === 'composer.phar' ||
    (program === 'php' && /composer(\.phar)?$/.test(args[0] ?? ''))
  ) {
    return composerInstall(command, folder);
  }
  return undefined;
}
