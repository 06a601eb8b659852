import { parsePipfile, parsePipfileLock } from '../../syntax/manifests/pipfile.js';
import { joinPath } from '../../text/paths.js';
import type { Install } from '../installs/model.js';
import { isOn, variablesOf } from '../installs/variables.js';
import type { DevelopmentManager, DevelopmentPart, InstallPlace } from './model.js';
import { hasPlainBase } from './place.js';
import { plainProject, pythonFolder, pythonStart } from './pythonstart.js';
import { missingPython } from './pythontools.js';

function pipenvPart(install: Install, place: InstallPlace): DevelopmentPart | undefined {
  if (!hasPlainBase(place) || install.unsure) return undefined;
  const variables = variablesOf(install.command, place.step, place.commands);
  if (variables.has('PIPENV_DEV') || install.flags.some((f) => /^--categories/.test(f))) return undefined;
  const pipfile = place.files.parsed(joinPath(install.folder, 'Pipfile'), parsePipfile);
  if (pipfile === undefined) return undefined;
  const lock = place.files.parsed(joinPath(install.folder, 'Pipfile.lock'), parsePipfileLock);
  const kept = new Set([...(pipfile.categories.packages ?? []), ...(lock?.categories.default ?? [])]);
  const names = new Set((pipfile.categories['dev-packages'] ?? []).filter((n) => !kept.has(n)));
  const folder = pythonFolder(place, install.folder, {
    inside: isOn({ ...install, flags: [] }, variables, '', 'PIPENV_VENV_IN_PROJECT'),
    system: isOn(install, variables, '--system', 'PIPENV_SYSTEM'),
    otherwise: '/root/.local/share/virtualenvs',
  });
  if (names.size === 0 || folder === undefined) return undefined;
  const words = install.command.words.filter((w) => /^(--dev|-d)$/.test(w.value));
  const locked = lock && {
    runtime: new Set(lock.categories.default ?? []),
    all: new Set([...(lock.categories.default ?? []), ...(lock.categories.develop ?? [])]),
    programs: new Map<string, readonly string[]>(),
  };
  const project = plainProject(pipfile.categories.packages ?? []);
  const { dependencies } = project;
  return {
    folder,
    names,
    // It leaves them out unless it is told to take them.
    choice: words.length > 0 ? 'default' : { by: 'the lack of --dev', words: [], undo: { flag: '--dev' } },
    flag: undefined,
    instead: { words, by: undefined },
    takesOut: false,
    variable: undefined,
    obstacle: undefined,
    startNeedsDev: pythonStart(install, place, project, names),
    missingIn: (later) => missingPython(later, { names, locked, dependencies, runner: 'pipenv' }),
    bringsNothing: () => false,
  };
}

/** pipenv: development packages only with `--dev`. */
export const pipenv: DevelopmentManager = { name: 'pipenv', partOf: pipenvPart };
