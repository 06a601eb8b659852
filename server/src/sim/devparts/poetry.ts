import { isDevelopmentGroup, poetryLocked } from '../../syntax/manifests/locks/poetry.js';
import { type PoetryProject, parsePoetry } from '../../syntax/manifests/poetry.js';
import { normalizeName, parsePyproject } from '../../syntax/manifests/python.js';
import type { ShellWord } from '../../syntax/shell/model.js';
import { joinPath } from '../../text/paths.js';
import type { Install } from '../installs/model.js';
import { variablesOf } from '../installs/variables.js';
import type { Choice, DevelopmentManager, DevelopmentPart, InstallPlace } from './model.js';
import { commandsBefore, hasPlainBase, writtenText } from './place.js';
import { pythonFolder, pythonStart } from './pythonstart.js';
import { missingPython } from './pythontools.js';

interface Groups {
  /** Groups that are installed by default and whose names say that they are for development. */
  readonly development: readonly string[];
  /** Other groups beside `main` that are installed by default. */
  readonly others: readonly string[];
}

function groupsOf({ groups, optionalGroups }: PoetryProject): Groups {
  const all = Object.keys(groups).filter(
    (g) => g !== 'main' && !optionalGroups.includes(g) && (groups[g]?.length ?? 0) > 0,
  );
  return { development: all.filter(isDevelopmentGroup), others: all.filter((g) => !isDevelopmentGroup(g)) };
}

/** The words of `--name value` or `--name=value`, and the values. */
function option(install: Install, name: string): { words: ShellWord[]; values: string[] } {
  const { words } = install.command;
  const found = words.flatMap((word, i): { words: ShellWord[]; value: string }[] => {
    const next = words[i + 1];
    if (word.value === `--${name}` && next !== undefined) return [{ words: [word, next], value: next.value }];
    return word.value.startsWith(`--${name}=`)
      ? [{ words: [word], value: word.value.slice(name.length + 3) }]
      : [];
  });
  return {
    words: found.flatMap((f) => f.words),
    values: found.flatMap((f) => f.value.split(',').map((v) => normalizeName(v.trim()))),
  };
}

function choiceOf(install: Install, { development }: Groups): Choice | undefined {
  if (install.unsure) return undefined;
  const only = option(install, 'only');
  const without = option(install, 'without');
  if (option(install, 'with').words.length > 0) return undefined;
  const told = (words: readonly ShellWord[]): Choice => ({
    by: words.map((w) => w.value).join(' '),
    words,
    undo: undefined,
  });
  if (only.words.length > 0) return only.values.every((v) => v === 'main') ? told(only.words) : undefined;
  const old = install.command.words.filter((w) => w.value === '--no-dev');
  if (old.length > 0) return told(old);
  if (without.words.length === 0) return 'default';
  return development.every((g) => without.values.includes(g)) ? told(without.words) : undefined;
}

/** Poetry 1.0 or 1.1, as far as the Dockerfile says. */
function isOld({ graph }: InstallPlace): boolean {
  return /\bpoetry==1\.[01]\b|POETRY_VERSION[=\s]+"?1\.[01]\b/.test(writtenText(graph));
}

/** Whether the install takes out what it does not want: `poetry install` lets all stay (measured with Poetry 2.5). */
function syncs({ what, flags }: Install): boolean {
  return what === 'poetry-sync' || flags.some((f) => /^--(sync|remove-untracked)$/.test(f));
}

/** What leaves the groups out, by the version that the Dockerfile names. */
function flagOf(place: InstallPlace, { development, others }: Groups): string {
  if (isOld(place)) return '--no-dev';
  return others.length === 0 ? '--only=main' : `--without=${development.join(',')}`;
}

function poetryPart(install: Install, place: InstallPlace): DevelopmentPart | undefined {
  if (!hasPlainBase(place)) return undefined;
  const file = joinPath(install.folder, 'pyproject.toml');
  const poetry = place.files.parsed(file, parsePoetry);
  const pyproject = place.files.parsed(file, parsePyproject);
  if (poetry === undefined || pyproject === undefined) return undefined;
  const groups = groupsOf(poetry);
  const choice = choiceOf(install, groups);
  const folder = pythonFolder(place, install.folder, {
    inside: isSet(install, place, 'in-project'),
    system: isSet(install, place, 'create') === false,
    otherwise: '/root/.cache/pypoetry/virtualenvs',
  });
  if (choice === undefined || folder === undefined) return undefined;
  const dependencies = poetry.groups.main ?? [];
  const locked = place.files.parsed(joinPath(install.folder, 'poetry.lock'), poetryLocked);
  const kept = new Set([...dependencies, ...groups.others.flatMap((g) => poetry.groups[g] ?? [])]);
  const names = new Set(
    groups.development
      .flatMap((g) => poetry.groups[g] ?? [])
      .filter((n) => !kept.has(n) && locked?.runtime.has(n) !== true),
  );
  if (names.size === 0) return undefined;
  return {
    folder,
    names,
    choice,
    flag: flagOf(place, groups),
    takesOut: syncs(install),
    takesOutWith: isOld(place) ? undefined : '--sync',
    variable: undefined,
    obstacle: undefined,
    startNeedsDev: pythonStart(install, place, { ...pyproject, dependencies }, names),
    missingIn: (later) => missingPython(later, { names, locked, dependencies, runner: 'poetry' }),
    bringsNothing: () => false,
  };
}

/** A setting of virtual environments, by variable or `poetry config`; undefined where nothing says it. */
function isSet(install: Install, place: InstallPlace, name: 'create' | 'in-project'): boolean | undefined {
  const variables = variablesOf(install.command, place.step, place.commands);
  const variable = variables.get(`POETRY_VIRTUALENVS_${name.replace('-', '_').toUpperCase()}`);
  const told = new RegExp(`\\bpoetry config .*virtualenvs\\.${name}\\s+(\\w+)`).exec(
    commandsBefore(place),
  )?.[1];
  const value = variable ?? told;
  return value === undefined ? undefined : /^(1|true)$/i.test(value);
}

/** Poetry: groups that are not optional, unless `--only main`, `--without` or (long ago) `--no-dev` is given. */
export const poetry: DevelopmentManager = { name: 'poetry', partOf: poetryPart };
