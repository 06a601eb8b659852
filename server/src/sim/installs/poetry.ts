import { poetryClosure } from '../../project/closures/poetry.js';
import { argumentsOf, inFolder, isLiteral, programOf, type StepCommand } from '../commands.js';
import type { Install, InstallScene, Manager } from './model.js';
import { readOptions } from './options.js';
import { valuesOf } from './piplike.js';
import { withEnvironments } from './variables.js';

const POETRY_VALUES = new Set([
  '--without',
  '--with',
  '--only',
  '-E',
  '--extras',
  '-P',
  '--project',
  '-C',
  '--directory',
]);
const POETRY_KNOWN =
  /^(--(no-root|no-dev|no-directory|sync|remove-untracked|only-root|all-extras|all-groups|compile|no-interaction|no-ansi|ansi|no-cache|no-plugins|quiet|verbose)|--(without|with|only|extras|project|directory)=.*|-[nqv]+)$/;

function poetryInstall(command: StepCommand, folder: string, first: number): Install | undefined {
  const words = command.words.slice(first);
  const options = readOptions(
    words.map((w) => w.value),
    POETRY_VALUES,
    POETRY_KNOWN,
  );
  const verb = words.find((w) => w.value === 'install' || w.value === 'sync');
  if (verb === undefined || options.positional.length !== 1 || options.positional[0] !== verb.value)
    return undefined;
  const flags = words.filter((w) => w !== verb).map((w) => w.value);
  // It installs the project and nothing that it requires.
  if (flags.includes('--only-root')) return undefined;
  const [directory] = valuesOf(flags, /^(-C|-P|--directory|--project)$/);
  return {
    manager: 'poetry',
    what: verb.value === 'sync' ? 'poetry-sync' : 'poetry-install',
    command,
    verb,
    flags,
    folder: directory === undefined ? folder : inFolder(folder, directory),
    files: [],
    unsure: options.unsure || !isLiteral(command),
  };
}

/** A setting as a variable or a `poetry config` before the install has it; undefined where neither says. */
function setting(scene: InstallScene, name: string): boolean | undefined {
  const key = `virtualenvs.${name}`;
  const given = scene.variables.get(`POETRY_${key.replace(/[.-]/g, '_').toUpperCase()}`);
  const value = given ?? configured([...scene.earlier(), ...scene.commands], key);
  return value === undefined ? undefined : /^(1|true)$/i.test(value);
}

/** What the last `poetry config` sets `key` to. */
function configured(commands: readonly StepCommand[], key: string): string | undefined {
  const settings = commands.filter((command) => programOf(command) === 'poetry').map(argumentsOf);
  const last = settings.findLast((args) => args.includes('config') && args.includes(key));
  return last?.[last.indexOf(key) + 1];
}

/** Poetry. */
export const poetry: Manager = {
  name: 'poetry',
  programs: /poetry/,
  installOf(command, folder) {
    const args = argumentsOf(command);
    if (programOf(command) === 'poetry') return poetryInstall(command, folder, 1);
    const module = /^python[0-9.]*$/.test(programOf(command)) && args[0] === '-m' && args[1] === 'poetry';
    return module ? poetryInstall(command, folder, 3) : undefined;
  },
  aheadOf: ({ flags }) => (flags.includes('--no-root') ? undefined : ['--no-root']),
  closureOf(install, scene) {
    const closure = poetryClosure(scene.files, {
      folder: install.folder,
      withoutRoot: install.flags.includes('--no-root'),
      withoutFolders: install.flags.includes('--no-directory'),
      create: setting(scene, 'create'),
      inProject: setting(scene, 'in-project'),
    });
    return withEnvironments(closure, install, scene.variables);
  },
};
