import { composerClosure, listensToPackages } from '../../project/closures/composer.js';
import { argumentsOf, inFolder, isLiteral, programOf, type StepCommand } from '../commands.js';
import type { Install, InstallScene, Manager, Variables } from './model.js';
import { readOptions } from './options.js';
import { isOn } from './variables.js';

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

/** Whether a flag is given by its letter, perhaps together with others: `-no` is `-n -o`. */
function short(install: Install, flag: string): boolean {
  const letter =
    flag === '--optimize-autoloader' ? 'o' : flag === '--classmap-authoritative' ? 'a' : undefined;
  return letter !== undefined && install.flags.some((f) => /^-[a-z]+$/.test(f) && f.includes(letter));
}

function given(install: Install, flag: string): boolean {
  return install.flags.includes(flag) || short(install, flag);
}

/** The manifest's name. */
function manifestOf(variables: Variables): string {
  return (variables.has('COMPOSER') ? variables.get('COMPOSER') : undefined) || 'composer.json';
}

/** Scripts and the autoloader are left to the install behind the source, where it does both for all packages. */
function aheadOptions(install: Install, { files, variables }: InstallScene): readonly string[] | undefined {
  // Nothing is downloaded or installed a second time, so nothing would be said of it.
  if (listensToPackages(files, install.folder, manifestOf(variables))) return undefined;
  if (given(install, '--download-only')) return undefined;
  return ['--no-scripts', '--no-autoloader'].filter((flag) => !given(install, flag));
}

/** Composer, installed or as `composer.phar`. */
export const composer: Manager = {
  name: 'composer',
  programs: /composer|php/,
  installOf(command, folder) {
    const program = programOf(command);
    const isComposer =
      program === 'composer' ||
      program === 'composer.phar' ||
      (program === 'php' && /composer(\.phar)?$/.test(argumentsOf(command)[0] ?? ''));
    return isComposer ? composerInstall(command, folder) : undefined;
  },
  aheadOf: aheadOptions,
  closureOf(install, { files, variables }) {
    const closure = composerClosure(files, {
      folder: install.folder,
      manifest: manifestOf(variables),
      withoutScripts: given(install, '--no-scripts'),
      withoutPlugins: given(install, '--no-plugins'),
      withoutAutoloader: given(install, '--no-autoloader'),
      withoutDev: isOn(install, variables, '--no-dev', 'COMPOSER_NO_DEV'),
      optimized: given(install, '--optimize-autoloader') || given(install, '--classmap-authoritative'),
    });
    const moved = ['COMPOSER', 'COMPOSER_VENDOR_DIR', 'COMPOSER_BIN_DIR'].find(
      (name) => variables.has(name) && (name !== 'COMPOSER' || variables.get(name) === undefined),
    );
    return moved === undefined || closure === undefined
      ? closure
      : { ...closure, open: [...closure.open, `${moved} is set`] };
  },
};
