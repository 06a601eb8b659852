import { argumentsOf, programOf, type StepCommand } from '../commands.js';
import type { Hindrance, Store, StoreScene, StoreTool } from './model.js';
import {
  below,
  firstMoved,
  flagHindrances,
  inCacheHome,
  isSet,
  movedBy,
  movedByCommand,
  movedByOption,
  optionOf,
  projectText,
  verbsOf,
} from './words.js';

function cacheAt(path: string | undefined): readonly Store[] | undefined {
  return path === undefined ? undefined : [{ path, locked: false, needed: false }];
}

/** The last part of a program's path, also where its folder is a variable: `$VENV/bin/pip`. */
function lastPart(command: StepCommand): string {
  const word = command.words[0]?.value ?? '';
  const name = word.slice(word.lastIndexOf('/') + 1);
  return /[$`*]/.test(name) ? '' : name;
}

/** The words after `pip` and `python -m pip`; undefined for any other command. */
function pipArguments(command: StepCommand): readonly string[] | undefined {
  const program = programOf(command) || lastPart(command);
  const args = argumentsOf(command);
  if (/^pip[0-9.]*$/.test(program)) return args;
  return /^python[0-9.]*$/.test(program) && args[0] === '-m' && args[1] === 'pip' ? args.slice(2) : undefined;
}

function variableHindrance(isOn: boolean, name: string): Hindrance[] {
  return isOn ? [{ kind: 'variable', name }] : [];
}

/**
 * pip (docs, "Caching"): PIP_CACHE_DIR, else XDG_CACHE_HOME/pip, ~/.cache/pip. Any value of PIP_NO_CACHE_DIR but an empty one
 * switches it off, `0` and `false` too (its source, _handle_no_cache_dir).
 */
export const pip: StoreTool = {
  name: 'pip',
  label: 'pip',
  programs: /pip|python/,
  usual: /\/\.cache\/pip$/,
  useOf(command, scene) {
    const args = pipArguments(command);
    if (!/^(?:install|download|wheel)$/.test(args?.find((a) => !a.startsWith('-')) ?? '')) return undefined;
    const path = firstMoved(
      movedByOption(command, '--cache-dir'),
      movedBy(scene, command, 'PIP_CACHE_DIR'),
      movedByCommand(scene, /\bpip3?\s+config\b|pip\.conf/),
      inCacheHome(scene, command, 'pip'),
    );
    const off = scene.variables.has('PIP_NO_CACHE_DIR') && scene.variables.get('PIP_NO_CACHE_DIR') !== '';
    return {
      tool: 'pip',
      command,
      downloads: args?.includes('--no-index') === false,
      stores: cacheAt(path),
      hindrances: [
        ...flagHindrances(command, ['--no-cache-dir', '--no-cache']),
        ...variableHindrance(off, 'PIP_NO_CACHE_DIR'),
      ],
    };
  },
  isCleaning: (command) => /^cache (?:purge|remove)/.test(pipArguments(command)?.join(' ') ?? ''),
};

/** How uv brings files of its cache into an environment; undefined where nothing says so. */
function linkModeOf(command: StepCommand, { variables }: StoreScene): string | undefined {
  const option = optionOf(command, '--link-mode');
  if (option !== undefined) return option ?? 'unknown';
  return variables.has('UV_LINK_MODE') ? (variables.get('UV_LINK_MODE') ?? 'unknown') : undefined;
}

/** uv's own words: those of what `uv run` starts are left out. */
function uvWords(command: StepCommand): StepCommand {
  const at = command.words.findIndex((w) => w.value === 'run');
  const own = command.words.findIndex((w, i) => i > at && !w.value.startsWith('-'));
  return at < 0 || own < 0 ? command : { ...command, words: command.words.slice(0, own) };
}

/** uv (docs, "Caching"): `--cache-dir`, UV_CACHE_DIR, else XDG_CACHE_HOME/uv, ~/.cache/uv. Made for several at once. */
export const uv: StoreTool = {
  name: 'uv',
  label: 'uv',
  programs: /uv/,
  usual: /\/\.cache\/uv$/,
  useOf(command, scene) {
    if (programOf(command) !== 'uv') return undefined;
    const [verb = '', inner = ''] = verbsOf(command);
    const downloads =
      /^(?:sync|add)$/.test(verb) ||
      (verb === 'pip' && /^(?:install|sync)$/.test(inner)) ||
      (verb === 'tool' && inner === 'install');
    if (!downloads && verb !== 'run' && verb !== 'build') return undefined;
    const linkMode = linkModeOf(command, scene);
    const settings = ['uv.toml', 'pyproject.toml'].map((name) => projectText(scene, command, name) ?? '');
    // Links into the cache lead nowhere once it is no longer mounted.
    const isUnsure =
      linkMode === 'symlink' ||
      linkMode === 'unknown' ||
      /^\s*(?:cache-dir|link-mode)\s*=/m.test(settings.join('\n'));
    const path = firstMoved(
      isUnsure ? 'unknown' : 'default',
      movedByOption(command, '--cache-dir'),
      movedBy(scene, command, 'UV_CACHE_DIR'),
      inCacheHome(scene, command, 'uv'),
    );
    const offline = command.words.find((w) => w.value === '--offline');
    return {
      tool: 'uv',
      command,
      downloads,
      stores: cacheAt(path),
      hindrances: [
        ...flagHindrances(uvWords(command), ['--no-cache', '--no-cache-dir', '-n']),
        ...variableHindrance(isSet(scene, 'UV_NO_CACHE'), 'UV_NO_CACHE'),
      ],
      ...(offline === undefined ? {} : { offline }),
      ...(linkMode === undefined ? { needs: { UV_LINK_MODE: 'copy' } } : {}),
    };
  },
  isCleaning: (command) =>
    programOf(command) === 'uv' && /^(?:cache (?:clean|prune)|clean)/.test(verbsOf(command).join(' ')),
};

/**
 * poetry (docs, `cache-dir`): POETRY_CACHE_DIR, else XDG_CACHE_HOME/pypoetry, ~/.cache/pypoetry. Environments lie in it as
 * well, so only its two folders of downloads are a cache.
 */
export const poetry: StoreTool = {
  name: 'poetry',
  label: 'poetry',
  programs: /poetry/,
  usual: /\/(?:\.cache\/)?pypoetry(?:\/(?:cache|artifacts))?$/,
  useOf(command, scene) {
    if (programOf(command) !== 'poetry') return undefined;
    if (!/^(?:install|add|update|sync)$/.test(verbsOf(command)[0] ?? '')) return undefined;
    const config = projectText(scene, command, 'poetry.toml') ?? '';
    const path = firstMoved(
      /^\s*cache-dir\s*=/m.test(config) ? 'unknown' : 'default',
      movedByCommand(scene, /\bpoetry\s+config\s+(?:-\S+\s+)*cache-dir/),
      movedBy(scene, command, 'POETRY_CACHE_DIR'),
      inCacheHome(scene, command, 'pypoetry'),
    );
    const folders = path === undefined ? undefined : [`${path}/cache`, `${path}/artifacts`];
    return {
      tool: 'poetry',
      command,
      downloads: true,
      stores: folders?.map((one) => ({ path: one, locked: false, needed: false, rootOnly: true })),
      hindrances: flagHindrances(command, ['--no-cache']),
    };
  },
  isCleaning: (command) => programOf(command) === 'poetry' && /^cache clear/.test(verbsOf(command).join(' ')),
};

/** pipenv (docs, PIPENV_CACHE_DIR): else XDG_CACHE_HOME/pipenv, ~/.cache/pipenv; the pip it runs keeps its downloads there. */
export const pipenv: StoreTool = {
  name: 'pipenv',
  label: 'pipenv',
  programs: /pipenv/,
  usual: /\/\.cache\/pipenv$/,
  useOf(command, scene) {
    if (programOf(command) !== 'pipenv') return undefined;
    if (!/^(?:install|sync|update)$/.test(verbsOf(command)[0] ?? '')) return undefined;
    const path = firstMoved(
      movedBy(scene, command, 'PIPENV_CACHE_DIR'),
      below(movedBy(scene, command, 'XDG_CACHE_HOME'), 'pipenv'),
      inCacheHome(scene, command, 'pipenv'),
    );
    const off = scene.variables.has('PIP_NO_CACHE_DIR') && scene.variables.get('PIP_NO_CACHE_DIR') !== '';
    return {
      tool: 'pipenv',
      command,
      downloads: true,
      stores: cacheAt(path),
      hindrances: variableHindrance(off, 'PIP_NO_CACHE_DIR'),
    };
  },
  isCleaning: (command) => programOf(command) === 'pipenv' && argumentsOf(command).includes('--clear'),
};
