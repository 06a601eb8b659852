import { condaClosure, defaultEnvironment } from '../../project/closures/conda.js';
import { inFolder, isLiteral, programOf, type StepCommand } from '../commands.js';
import type { Install, Manager } from './model.js';
import { readOptions } from './options.js';
import { valuesOf } from './piplike.js';

const CONDA_VALUES = new Set([
  '-f',
  '--file',
  '-n',
  '--name',
  '-p',
  '--prefix',
  '-c',
  '--channel',
  '--solver',
  '--platform',
  '-r',
  '--root-prefix',
  '--channel-priority',
]);
const CONDA_KNOWN =
  /^(--(yes|quiet|verbose|prune|force|override-channels|strict-channel-priority|no-channel-priority|freeze-installed|update-deps|no-deps|no-pin|copy|json|insecure|offline|no-default-packages|mamba|no-rc|no-env|no-update-deps|no-capture-output)|--(file|name|prefix|channel|solver|platform|root-prefix|channel-priority)=.*|-[yqv]+)$/;

function condaInstall(command: StepCommand, folder: string): Install | undefined {
  const words = command.words.slice(1);
  const options = readOptions(
    words.map((w) => w.value),
    CONDA_VALUES,
    CONDA_KNOWN,
  );
  const [first, second] = options.positional;
  const env = first === 'env' && /^(create|update)$/.test(second ?? '');
  if (!env && !/^(install|create|update)$/.test(first ?? '')) return undefined;
  const verb = words.find((w) => w.value === (env ? second : first));
  const flags = words.filter((w) => w !== verb && w.value !== 'env').map((w) => w.value);
  const named = valuesOf(flags, /^(-f|--file)$/).map((path) => inFolder(folder, path));
  if (verb === undefined || (named.length === 0 && !env)) return undefined;
  if (env && options.positional.length > 2) return undefined;
  return {
    manager: 'conda',
    what: env ? 'conda-env' : 'conda-install',
    command,
    verb,
    flags,
    folder,
    files: named.length > 0 ? named : [defaultEnvironment(folder)],
    unsure: options.unsure || !isLiteral(command),
  };
}

/** `conda-lock install [FILE]`. */
function condaLock(command: StepCommand, folder: string): Install | undefined {
  const words = command.words.slice(1);
  const options = readOptions(
    words.map((w) => w.value),
    CONDA_VALUES,
    /^(--(micromamba|mamba|conda|no-dev-dependencies|no-dev|dev-dependencies|dev|validate-platform|no-validate-platform|copy)|--(name|prefix|file|extras)=.*)$/,
  );
  const [first, file = 'conda-lock.yml', ...more] = options.positional;
  const verb = words.find((w) => w.value === 'install');
  if (first !== 'install' || verb === undefined || more.length > 0) return undefined;
  return {
    manager: 'conda',
    what: 'conda-lock',
    command,
    verb,
    flags: words.filter((w) => w !== verb).map((w) => w.value),
    folder,
    files: [inFolder(folder, file)],
    unsure: options.unsure || !isLiteral(command),
  };
}

/** conda, mamba, micromamba and conda-lock. */
export const conda: Manager = {
  name: 'conda',
  programs: /conda|mamba/,
  installOf(command, folder) {
    const program = programOf(command);
    if (program === 'conda-lock') return condaLock(command, folder);
    return /^(conda|mamba|micromamba)$/.test(program) ? condaInstall(command, folder) : undefined;
  },
  closureOf: (install, { files }) => condaClosure(files, install.files),
};
