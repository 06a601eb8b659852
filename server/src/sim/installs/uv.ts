import type { Closure } from '../../project/closures/model.js';
import { uvSyncClosure } from '../../project/closures/uv.js';
import { argumentsOf, inFolder, isLiteral, programOf, type StepCommand } from '../commands.js';
import type { Install, InstallScene, Manager, Variables } from './model.js';
import { readOptions } from './options.js';
import { pipClosure } from './pip.js';
import { pipInstall, valuesOf } from './piplike.js';
import { isOn, withEnvironments } from './variables.js';

const UV_VALUES = new Set([
  '--python',
  '-p',
  '--extra',
  '--group',
  '--no-group',
  '--only-group',
  '--no-install-package',
  '--package',
  '--index',
  '--default-index',
  '--index-url',
  '-i',
  '--extra-index-url',
  '--link-mode',
  '--project',
  '--directory',
  '--cache-dir',
  '--no-extra',
  '--color',
  '--index-strategy',
  '--keyring-provider',
  '--no-binary-package',
  '--no-build-package',
  '--no-build-isolation-package',
  '--no-editable-package',
  '--refresh-package',
  '--reinstall-package',
  '--python-platform',
  '--resolution',
  '--prerelease',
  '--exclude-newer',
  '--config-setting',
  '-C',
  '--allow-insecure-host',
]);
const UV_KNOWN =
  /^(--(frozen|locked|no-dev|dev|all-groups|all-extras|no-default-groups|no-install-project|no-install-workspace|no-install-local|all-packages|no-sources|no-cache|compile-bytecode|no-editable|quiet|verbose|no-progress|no-managed-python|managed-python|offline|no-build|no-binary|no-index|no-python-downloads|native-tls|system-certs|inexact|exact|only-dev|no-build-isolation|active|reinstall|refresh|no-config)|-[qvn]+)$/;

/** The `--name=value` of options known to take a value. */
function isKnownValue(word: string): boolean {
  const at = word.indexOf('=');
  return at > 0 && UV_VALUES.has(word.slice(0, at));
}

function uvSync(command: StepCommand, folder: string, first: number): Install | undefined {
  const words = command.words.slice(first);
  const options = readOptions(
    words.map((w) => w.value).filter((word) => !isKnownValue(word)),
    UV_VALUES,
    UV_KNOWN,
  );
  const verb = words.find((w) => w.value === 'sync');
  if (verb === undefined || options.positional[0] !== 'sync' || options.positional.length !== 1)
    return undefined;
  const flags = words.filter((w) => w !== verb).map((w) => w.value);
  const [directory] = valuesOf(flags, /^--(project|directory)$/);
  return {
    manager: 'uv',
    what: 'uv-sync',
    command,
    verb,
    flags,
    folder: directory === undefined ? folder : inFolder(folder, directory),
    files: [],
    unsure: options.unsure || !isLiteral(command),
  };
}

function withoutOf(install: Install, variables: Variables): 'nothing' | 'project' | 'workspace' | 'local' {
  if (isOn(install, variables, '--no-install-local', 'UV_NO_INSTALL_LOCAL')) return 'local';
  if (isOn(install, variables, '--no-install-workspace', 'UV_NO_INSTALL_WORKSPACE')) return 'workspace';
  return isOn(install, variables, '--no-install-project', 'UV_NO_INSTALL_PROJECT') ? 'project' : 'nothing';
}

function syncClosure(install: Install, { files, variables }: InstallScene): Closure | undefined {
  const { flags } = install;
  const named = valuesOf(flags, /^--package$/);
  const closure = uvSyncClosure(files, {
    folder: install.folder,
    without: withoutOf(install, variables),
    withoutPackages: valuesOf(flags, /^--no-install-package$/),
    members: flags.includes('--all-packages') ? 'all' : named.length > 0 ? { named } : undefined,
    noSources: isOn(install, variables, '--no-sources', 'UV_NO_SOURCES'),
    frozen: isOn(install, variables, '--frozen', 'UV_FROZEN'),
    locked: isOn(install, variables, '--locked', 'UV_LOCKED'),
    environmentInside: !variables.has('UV_PROJECT_ENVIRONMENT'),
  });
  return withEnvironments(closure, install, variables);
}

/** uv: its own projects, and what it does in place of pip. */
export const uv: Manager = {
  name: 'uv',
  programs: /uv/,
  installOf(command, folder) {
    const args = argumentsOf(command);
    const module = /^python[0-9.]*$/.test(programOf(command)) && args[0] === '-m' && args[1] === 'uv';
    if (programOf(command) !== 'uv' && !module) return undefined;
    const first = module ? 3 : 1;
    const [word, verb = ''] = args.slice(first - 1);
    return word === 'pip' && /^(install|sync)$/.test(verb)
      ? pipInstall(command, folder, { manager: 'uv', verbAt: first + 1, sync: verb === 'sync' })
      : uvSync(command, folder, first);
  },
  closureOf(install, scene) {
    return install.what === 'uv-sync' ? syncClosure(install, scene) : pipClosure(install, scene, 'uv');
  },
  aheadOf(install, scene) {
    if (install.what !== 'uv-sync' || withoutOf(install, scene.variables) !== 'nothing') return undefined;
    return syncClosure(install, scene)?.ecosystem === 'uv-workspace'
      ? ['--no-install-workspace']
      : ['--no-install-project'];
  },
};
