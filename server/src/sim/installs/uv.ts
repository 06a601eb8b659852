import { requirementsClosure, uvSyncClosure } from '../../project/closures/python.js';
import { argumentsOf, inFolder, isLiteral, programOf, type StepCommand } from '../commands.js';
import type { Install, Manager } from './model.js';
import { readOptions } from './options.js';
import { requirementsInstall } from './pip.js';
import { isOn, withEnvironments } from './variables.js';

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

/** uv: its own projects, and what it does in place of pip. */
export const uv: Manager = {
  name: 'uv',
  programs: /uv/,
  installOf(command, folder) {
    if (programOf(command) !== 'uv') return undefined;
    const args = argumentsOf(command);
    return args[0] === 'pip' && (args[1] === 'install' || args[1] === 'sync')
      ? requirementsInstall(command, folder, 2, true)
      : uvSync(command, folder);
  },
  closureOf(install, { files, variables }) {
    const { folder } = install;
    const closure =
      install.what === 'uv-requirements'
        ? requirementsClosure(files, folder, install.files, true)
        : uvSyncClosure(files, {
            folder,
            withoutProject:
              install.flags.includes('--no-install-workspace') ||
              isOn(install, variables, '--no-install-project', 'UV_NO_INSTALL_PROJECT'),
            frozen: isOn(install, variables, '--frozen', 'UV_FROZEN'),
            locked: isOn(install, variables, '--locked', 'UV_LOCKED'),
            environmentInside: !variables.has('UV_PROJECT_ENVIRONMENT'),
          });
    return withEnvironments(closure, install, variables);
  },
};
