import { argumentsOf, programOf, type StepCommand } from '../commands.js';
import type { Store, StoreScene, StoreTool } from './model.js';
import {
  below,
  firstMoved,
  hasProjectFile,
  inHome,
  type Moved,
  movedBy,
  movedByCommand,
  movedByOption,
  projectText,
  verbsOf,
} from './words.js';

function cacheOf(path: string | undefined, more: Partial<Store> = {}): readonly Store[] | undefined {
  return path === undefined ? undefined : [{ path, locked: false, needed: false, ...more }];
}

/** A variable of npm in any case: npm and pnpm read `npm_config_x` and `NPM_CONFIG_X`. */
function npmVariable(scene: StoreScene, command: StepCommand, name: string): Moved {
  const written = [...scene.variables.keys()].filter((key) => key.toLowerCase() === name);
  return movedBy(scene, command, ...written);
}

/** A line of .npmrc that moves the store: which file wins, and what it names, is npm's own business. */
function movedByNpmrc(scene: StoreScene, command: StepCommand, setting: RegExp): Moved {
  const text = projectText(scene, command, '.npmrc');
  return text !== undefined && setting.test(text) ? 'unknown' : 'default';
}

const NPM_INSTALLS =
  /^(?:ci|clean-install|ic|install-clean|isntall-clean|install|i|in|ins|inst|insta|instal|isnt|isnta|isntal|isntall|add|update|up|upgrade|install-test|it|install-ci-test|cit)$/;

/** npm: `cache` (docs of npm config), ~/.npm. Its cache is made for several writers at once (cacache). */
export const npm: StoreTool = {
  name: 'npm',
  label: 'npm',
  programs: /npm/,
  usual: /\/\.npm(?:\/_cacache)?$/,
  useOf(command, scene) {
    if (programOf(command) !== 'npm' || !NPM_INSTALLS.test(verbsOf(command)[0] ?? '')) return undefined;
    const path = firstMoved(
      movedByOption(command, '--cache'),
      npmVariable(scene, command, 'npm_config_cache'),
      movedByNpmrc(scene, command, /^\s*cache\s*=/m),
      movedByCommand(scene, /\b(?:npm|config|c)\s+(?:-\S+\s+)*set\s+(?:-\S+\s+)*cache\b|\.npmrc/),
      inHome(scene, '.npm'),
    );
    const offline = command.words.find((w) => w.value === '--offline');
    return {
      tool: 'npm',
      command,
      downloads: true,
      stores: cacheOf(path),
      hindrances: [],
      ...(offline === undefined ? {} : { offline }),
    };
  },
  isCleaning: (command) =>
    programOf(command) === 'npm' && /^cache (?:clean|clear|rm)$/.test(verbsOf(command).slice(0, 2).join(' ')),
};

/** Whether the project is one of yarn 2 and later; undefined where nothing says so. */
function isBerry(scene: StoreScene, command: StepCommand): boolean | undefined {
  if (hasProjectFile(scene, command, '.yarnrc.yml')) return true;
  const lock = projectText(scene, command, 'yarn.lock');
  if (lock !== undefined && /^__metadata:/m.test(lock)) return true;
  const manager = /"packageManager"\s*:\s*"yarn@(\d+)/.exec(
    projectText(scene, command, 'package.json') ?? '',
  )?.[1];
  if (manager !== undefined) return manager !== '1';
  if (
    argumentsOf(command).some((a) =>
      /^--(?:immutable|immutable-cache|check-cache|inline-builds|mode=.*)$/.test(a),
    )
  )
    return true;
  return lock !== undefined ? false : scene.files === undefined ? undefined : false;
}

/**
 * yarn 1 (its source, util/user-home-dir.js and constants.js): YARN_CACHE_FOLDER, else XDG_CACHE_HOME/yarn, else for root
 * /usr/local/share/.cache/yarn, for others ~/.cache/yarn. Several writers at once spoil it (its `--mutex` is the remedy).
 */
function classicStore(command: StepCommand, scene: StoreScene): readonly Store[] | undefined {
  const rc = projectText(scene, command, '.yarnrc');
  const { user } = scene;
  const standard: Moved =
    user?.root === true ? { path: '/usr/local/share/.cache/yarn' } : inHome(scene, '.cache/yarn');
  const path = firstMoved(
    movedByOption(command, '--cache-folder'),
    movedBy(scene, command, 'YARN_CACHE_FOLDER', 'npm_config_cache_folder'),
    rc !== undefined && /cache-folder/.test(rc) ? 'unknown' : 'default',
    movedByCommand(scene, /\bconfig\s+set\s+(?:-\S+\s+)*cache-?folder/i),
    below(movedBy(scene, command, 'XDG_CACHE_HOME'), 'yarn'),
    user === undefined ? 'unknown' : standard,
  );
  // Packages that are compiled write beside it, into ~/.cache.
  return cacheOf(path, { locked: true, rootOnly: true });
}

/**
 * yarn 2 and later: ~/.yarn/berry/cache where `enableGlobalCache` is on (the default since 4), else .yarn/cache of the
 * project. Only with node_modules it is a mere cache: with Plug'n'Play programs are started out of it.
 */
function berryStore(command: StepCommand, scene: StoreScene): readonly Store[] | undefined {
  const rc = projectText(scene, command, '.yarnrc.yml') ?? '';
  if (!/^nodeLinker:\s*["']?(?:node-modules|pnpm)["']?\s*$/m.test(rc)) return undefined;
  if (/^(?:cacheFolder|globalFolder):/m.test(rc) || scene.ran(/\byarn\s+config\s+set\b/)) return undefined;
  const manager = /"packageManager"\s*:\s*"yarn@(\d+)/.exec(
    projectText(scene, command, 'package.json') ?? '',
  );
  const version = Number(/yarnPath:.*yarn-(\d+)\./.exec(rc)?.[1] ?? manager?.[1] ?? Number.NaN);
  const on = /^enableGlobalCache:\s*true/m.test(rc) || (version >= 4 && !/^enableGlobalCache:/m.test(rc));
  if (!on || scene.variables.has('YARN_ENABLE_GLOBAL_CACHE')) return undefined;
  const path = firstMoved(
    movedBy(scene, command, 'YARN_CACHE_FOLDER'),
    below(movedBy(scene, command, 'YARN_GLOBAL_FOLDER'), 'cache'),
    inHome(scene, '.yarn/berry/cache'),
  );
  // With another user ~/.yarn/berry/index and the like can't be written beside it.
  return cacheOf(path, { locked: true, rootOnly: true });
}

/** yarn, both lines of it. */
export const yarn: StoreTool = {
  name: 'yarn',
  label: 'yarn',
  programs: /yarn/,
  usual: /\/\.cache\/yarn(?:\/v\d+)?$|\/\.yarn(?:\/berry)?(?:\/cache)?$/,
  useOf(command, scene) {
    if (!/^yarn(?:pkg)?$/.test(programOf(command))) return undefined;
    const [verb = 'install', inner = ''] = verbsOf(command);
    const installs =
      /^(?:install|add|upgrade|up)$/.test(verb) ||
      (verb === 'global' && inner === 'add') ||
      (verb === 'workspaces' && inner === 'focus');
    if (!installs || argumentsOf(command).some((a) => /^--(?:version|help)$|^-[vh]$/.test(a)))
      return undefined;
    const berry = verb === 'workspaces' ? true : isBerry(scene, command);
    const stores =
      berry === undefined ? undefined : berry ? berryStore(command, scene) : classicStore(command, scene);
    const offline = command.words.find((w) => w.value === '--offline');
    return {
      tool: 'yarn',
      command,
      downloads: true,
      stores,
      hindrances: [],
      ...(offline === undefined ? {} : { offline }),
    };
  },
  isCleaning: (command) =>
    /^yarn(?:pkg)?$/.test(programOf(command)) && /^cache clean/.test(verbsOf(command).join(' ')),
};

/**
 * pnpm (docs of `store-dir`, and @pnpm/store-path): `--store-dir`, PNPM_HOME/store, XDG_DATA_HOME/pnpm/store,
 * ~/.local/share/pnpm/store. Where that is a mount it copies in place of linking.
 */
function pnpmStore(command: StepCommand, scene: StoreScene): readonly Store[] | undefined {
  const workspace = projectText(scene, command, 'pnpm-workspace.yaml') ?? '';
  const path = firstMoved(
    movedByOption(command, '--store-dir', '--store'),
    npmVariable(scene, command, 'npm_config_store_dir'),
    npmVariable(scene, command, 'pnpm_config_store_dir'),
    movedByNpmrc(scene, command, /^\s*store-dir\s*=/m),
    /^storeDir:/m.test(workspace) ? 'unknown' : 'default',
    movedByCommand(scene, /\b(?:npm|config|c)\s+(?:-\S+\s+)*set\s+(?:-\S+\s+)*store-?dir|\.npmrc/i),
    below(movedBy(scene, command, 'PNPM_HOME'), 'store'),
    below(movedBy(scene, command, 'XDG_DATA_HOME'), 'pnpm/store'),
    inHome(scene, '.local/share/pnpm/store'),
  );
  return cacheOf(path, { rootOnly: !scene.variables.has('PNPM_HOME') });
}

/** pnpm. */
export const pnpm: StoreTool = {
  name: 'pnpm',
  label: 'pnpm',
  programs: /pnpm/,
  usual: /\/(?:\.?pnpm(?:-store|\/store)(?:\/v\d+)?|\.pnpm|pnpm)$/,
  useOf(command, scene) {
    if (programOf(command) !== 'pnpm') return undefined;
    const args = argumentsOf(command);
    const verb = args.find((a) => /^(?:install|i|add|fetch|update|up|upgrade|deploy|prune|rebuild)$/.test(a));
    const skipped = args.slice(0, verb === undefined ? 0 : args.indexOf(verb));
    if (verb === undefined || skipped.some((a) => /^(?:run|exec|dlx|config|store|env|create|set)$/.test(a)))
      return undefined;
    const offline = command.words.find((w) => w.value === '--offline');
    return {
      tool: 'pnpm',
      command,
      downloads: verb !== 'prune' && verb !== 'rebuild' && offline === undefined,
      stores: pnpmStore(command, scene),
      hindrances: [],
      ...(offline === undefined ? {} : { offline }),
    };
  },
  isCleaning: (command) => programOf(command) === 'pnpm' && /^store prune/.test(verbsOf(command).join(' ')),
};

/** bun (its source, fetchCacheDirectoryPath): BUN_INSTALL_CACHE_DIR, BUN_INSTALL/install/cache, XDG_CACHE_HOME, ~/.bun/install/cache. */
export const bun: StoreTool = {
  name: 'bun',
  label: 'bun',
  programs: /bun/,
  usual: /\/\.bun(?:\/install)?(?:\/cache)?$/,
  useOf(command, scene) {
    if (programOf(command) !== 'bun') return undefined;
    if (!/^(?:install|i|add|a|ci|update)$/.test(verbsOf(command)[0] ?? '')) return undefined;
    const bunfig = projectText(scene, command, 'bunfig.toml') ?? '';
    const path = firstMoved(
      movedByOption(command, '--cache-dir'),
      movedBy(scene, command, 'BUN_INSTALL_CACHE_DIR'),
      /^\s*(?:cache|dir)\s*=|\[install\.cache\]/m.test(bunfig) ? 'unknown' : 'default',
      below(movedBy(scene, command, 'BUN_INSTALL'), 'install/cache'),
      below(movedBy(scene, command, 'XDG_CACHE_HOME'), '.bun/install/cache'),
      inHome(scene, '.bun/install/cache'),
    );
    return {
      tool: 'bun',
      command,
      downloads: true,
      stores: cacheOf(path, { rootOnly: true }),
      hindrances: command.words.flatMap((word) =>
        word.value === '--no-cache' ? [{ kind: 'word' as const, word }] : [],
      ),
    };
  },
  isCleaning: (command) => programOf(command) === 'bun' && /^pm cache rm/.test(verbsOf(command).join(' ')),
};
