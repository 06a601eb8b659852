import { uvLocked } from '../../syntax/manifests/locks/uv.js';
import { type PyProject, parsePyproject } from '../../syntax/manifests/python.js';
import { dirName, joinPath } from '../../text/paths.js';
import { inFolder } from '../commands.js';
import type { Install } from '../installs/model.js';
import { isOn, variablesOf } from '../installs/variables.js';
import type { Choice, DevelopmentManager, DevelopmentPart, InstallPlace } from './model.js';
import { pip } from './pip.js';
import { commandsBefore, hasPlainBase, writtenText } from './place.js';
import { pythonStart } from './pythonstart.js';
import { missingPython } from './pythontools.js';

function defaultGroups(project: PyProject): readonly string[] {
  const chosen = project.uv.defaultGroups ?? ['dev'];
  return (chosen === 'all' ? Object.keys(project.groups) : chosen).filter(
    (g) => (project.groups[g]?.length ?? 0) > 0,
  );
}

const UV_CHOICE = /^--(dev|only-dev|all-groups|group|no-group|only-group)(=|$)/;

/** The version of uv the Dockerfile names, as one number; undefined where it names none. */
function uvVersion(text: string): number | undefined {
  const match = /(?:astral-sh\/uv:|\buv==|\buv~=|UV_VERSION=v?)(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match === null
    ? undefined
    : Number(match[1]) * 1e6 + Number(match[2]) * 1e3 + Number(match[3] ?? 999);
}

function choiceOf(install: Install, place: InstallPlace): Choice | undefined {
  if (install.unsure || install.flags.some((f) => UV_CHOICE.test(f))) return undefined;
  const variables = variablesOf(install.command, place.step, place.commands);
  if ([...variables.keys()].some((k) => /^UV_(DEV|NO_GROUP|GROUP|CONFIG_FILE)$/.test(k))) return undefined;
  if (/UV_(NO_DEV|NO_DEFAULT_GROUPS|NO_GROUP)/.test(commandsBefore(place))) return undefined;
  const flags = install.command.words.filter((w) => /^--no-(dev|default-groups)$/.test(w.value));
  const names = ['UV_NO_DEV', 'UV_NO_DEFAULT_GROUPS'].filter((n) => variables.has(n));
  if (names.some((n) => variables.get(n) === undefined)) return undefined;
  const variable = names.find((n) => isOn({ ...install, flags: [] }, variables, '', n));
  if (names.length > 0 && variable === undefined) return undefined;
  // `--dev` wins over UV_NO_DEV=1, not over UV_NO_DEFAULT_GROUPS=1 (measured with uv 0.13).
  const undo = variable === 'UV_NO_DEV' ? { flag: '--dev' } : undefined;
  if (flags.length > 0) return { by: flags.map((w) => w.value).join(' '), words: flags, undo };
  return variable === undefined ? 'default' : { by: `${variable}=1`, words: [], undo };
}

/** The sync again, without them: it takes out what it does not want (measured with uv 0.13). */
function pruneOf({ flags, unsure }: Install, onlyDev: boolean): string | undefined {
  if (unsure || flags.includes('--inexact')) return undefined;
  return ['uv sync', onlyDev ? '--no-dev' : '--no-default-groups', ...flags].join(' ');
}

const NAMES_MEMBERS = /^--(package|all-packages)(=|$)/;

/** Whether the project belongs to the workspace of a folder above, where uv then keeps the environment. */
function isInWorkspace({ folder }: Install, { files }: InstallPlace): boolean {
  for (let at = folder; at !== '/'; ) {
    at = dirName(at);
    if (files.parsed(joinPath(at, 'pyproject.toml'), parsePyproject)?.uv.workspace === true) return true;
  }
  return false;
}

function uvPart(install: Install, place: InstallPlace): DevelopmentPart | undefined {
  if (install.what !== 'uv-sync') return pip.partOf(install, place);
  if (!hasPlainBase(place)) return undefined;
  const choice = choiceOf(install, place);
  const project = place.files.parsed(joinPath(install.folder, 'pyproject.toml'), parsePyproject);
  if (choice === undefined || project === undefined || isInWorkspace(install, place)) return undefined;
  const locked = place.files.parsed(joinPath(install.folder, 'uv.lock'), uvLocked);
  // Of a workspace only the root's groups are installed, unless members are named.
  if (project.uv.workspace && (locked === undefined || install.flags.some((f) => NAMES_MEMBERS.test(f))))
    return undefined;
  const groups = defaultGroups(project);
  const names = new Set(
    groups
      .flatMap((g) => project.groups[g] ?? [])
      .filter((n) => !project.dependencies.includes(n) && locked?.runtime.has(n) !== true),
  );
  if (names.size === 0) return undefined;
  const { environment } = place.step;
  const chosen = environment.get('UV_PROJECT_ENVIRONMENT');
  if (environment.has('UV_PROJECT_ENVIRONMENT') && chosen === undefined) return undefined;
  const onlyDev = groups.every((g) => g === 'dev');
  const knowsVariable = (uvVersion(writtenText(place.graph)) ?? Number.POSITIVE_INFINITY) >= 8007;
  return {
    folder: inFolder(install.folder, chosen ?? '.venv'),
    names,
    choice,
    flag: onlyDev ? '--no-dev' : '--no-default-groups',
    prune: pruneOf(install, onlyDev),
    takesOut: !install.flags.includes('--inexact'),
    // Seen in the help texts: uv 0.8.7 is the first to know it.
    variable: onlyDev && knowsVariable ? 'UV_NO_DEV=1' : undefined,
    obstacle: undefined,
    startNeedsDev: pythonStart(install, place, project, names),
    bringsNothing: () => false,
    missingIn: (later) =>
      missingPython(later, { names, locked, dependencies: project.dependencies, runner: 'uv' }),
  };
}

/** uv: the groups it installs by default, unless `--no-dev`, `--no-default-groups` or their variables are given. */
export const uv: DevelopmentManager = { name: 'uv', partOf: uvPart };
