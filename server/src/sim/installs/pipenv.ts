import { pipenvClosure } from '../../project/closures/pipenv.js';
import { argumentsOf, isLiteral, programOf, type StepCommand } from '../commands.js';
import type { Install, Manager } from './model.js';
import { readOptions } from './options.js';
import { isOn, withEnvironments } from './variables.js';

const PIPENV_VALUES = new Set([
  '--python',
  '--pypi-mirror',
  '--extra-pip-args',
  '--categories',
  '--extras',
  '-i',
  '--index',
]);
const PIPENV_KNOWN =
  /^(--(system|deploy|dev|ignore-pipfile|keep-outdated|clear|verbose|quiet|bare|pre|site-packages|no-site-packages|skip-lock|clean|all|sequential|three|selective-upgrade)|--(python|pypi-mirror|extra-pip-args|categories|extras|index)=.*|-[dvq]+)$/;

function pipenvInstall(command: StepCommand, folder: string, first: number): Install | undefined {
  const words = command.words.slice(first);
  const options = readOptions(
    words.map((w) => w.value),
    PIPENV_VALUES,
    PIPENV_KNOWN,
  );
  const verb = words.find((w) => w.value === 'install' || w.value === 'sync');
  if (verb === undefined || options.positional.length !== 1 || options.positional[0] !== verb.value)
    return undefined;
  const flags = words.filter((w) => w !== verb).map((w) => w.value);
  if (flags.some((flag) => /^(-e|--editable|-r|--requirements)/.test(flag))) return undefined;
  return {
    manager: 'pipenv',
    what: verb.value === 'sync' ? 'pipenv-sync' : 'pipenv-install',
    command,
    verb,
    flags,
    folder,
    files: [],
    unsure: options.unsure || !isLiteral(command),
  };
}

/** pipenv. */
export const pipenv: Manager = {
  name: 'pipenv',
  programs: /pipenv/,
  installOf(command, folder) {
    const args = argumentsOf(command);
    if (programOf(command) === 'pipenv') return pipenvInstall(command, folder, 1);
    const module = /^python[0-9.]*$/.test(programOf(command)) && args[0] === '-m' && args[1] === 'pipenv';
    return module ? pipenvInstall(command, folder, 3) : undefined;
  },
  closureOf(install, { files, variables }) {
    const locked =
      install.what === 'pipenv-sync' ||
      isOn(install, variables, '--deploy', 'PIPENV_DEPLOY') ||
      isOn(install, variables, '--ignore-pipfile', 'PIPENV_IGNORE_PIPFILE');
    const system = isOn(install, variables, '--system', 'PIPENV_SYSTEM');
    return withEnvironments(
      pipenvClosure(files, { folder: install.folder, locked, system }),
      install,
      variables,
    );
  },
};
