import type { Closure } from '../../project/closures/model.js';
import { requirementsClosure } from '../../project/closures/pip.js';
import { projectClosure } from '../../project/closures/pipproject.js';
import { joinPath } from '../../text/paths.js';
import { argumentsOf, programOf, type StepCommand } from '../commands.js';
import type { Install, InstallScene, Manager } from './model.js';
import { type PipLike, pipInstall, pipOutputs, valuesOf } from './piplike.js';
import { withEnvironments } from './variables.js';

/** Where the verb of a pip command stands; undefined for other programs. */
function verbAt(command: StepCommand): number | undefined {
  const program = programOf(command);
  const args = argumentsOf(command);
  if (/^pip[0-9.]*$/.test(program)) return 1;
  return /^python[0-9.]*$/.test(program) && args[0] === '-m' && args[1] === 'pip' ? 3 : undefined;
}

function pipSync(command: StepCommand, folder: string): Install | undefined {
  const found = pipInstall(command, folder, { manager: 'pip', verbAt: 0, sync: true });
  if (found === undefined) return undefined;
  const files = found.files.length > 0 ? found.files : [joinPath(folder, 'requirements.txt')];
  return { ...found, what: 'pip-sync', files };
}

/** The closure of an install that works like pip; undefined where the project brings nothing for it. */
export function pipClosure(
  install: Install,
  { files, variables }: InstallScene,
  tool: 'pip' | 'pip-sync' | 'uv',
): Closure | undefined {
  const { folder, flags, command } = install;
  if (install.project === true) {
    // Without its dependencies the project itself is all there is to install.
    if (flags.includes('--no-deps')) return undefined;
    return withEnvironments(
      projectClosure(files, { folder, tool: tool === 'uv' ? 'uv' : 'pip' }),
      install,
      variables,
    );
  }
  const links = valuesOf(flags, /^(-f|--find-links)$/).filter((path) => !/^[a-z][a-z0-9+.-]*:/i.test(path));
  const closure = requirementsClosure(files, {
    folder: command.folder ?? folder,
    named: install.files,
    tool,
    links,
  });
  const all = closure && { ...closure, outputs: [...closure.outputs, ...pipOutputs(install)] };
  return withEnvironments(all, install, variables);
}

/** pip, and pip-sync of pip-tools. */
export const pip: Manager = {
  name: 'pip',
  programs: /pip|python/,
  installOf(command, folder) {
    if (programOf(command) === 'pip-sync') return pipSync(command, folder);
    const at = verbAt(command);
    if (at === undefined || !/^(install|wheel|download)$/.test(command.words[at]?.value ?? ''))
      return undefined;
    const how: PipLike = { manager: 'pip', verbAt: at, sync: false };
    return pipInstall(command, folder, how);
  },
  closureOf: (install, scene) => pipClosure(install, scene, install.what === 'pip-sync' ? 'pip-sync' : 'pip'),
};
