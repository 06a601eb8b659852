import { argumentsOf, programOf, type StepCommand } from '../commands.js';
import type { StoreScene, StoreTool } from './model.js';
import {
  below,
  firstMoved,
  flagHindrances,
  inHome,
  type Moved,
  movedBy,
  projectText,
  verbsOf,
} from './words.js';

function composerWords(command: StepCommand): readonly string[] | undefined {
  const program = programOf(command);
  const args = argumentsOf(command);
  if (/^composer(?:\.phar)?$/.test(program)) return args;
  return program === 'php' && /composer(?:\.phar)?$/.test(args[0] ?? '') ? args.slice(1) : undefined;
}

/**
 * Where composer's cache lies when no COMPOSER_CACHE_DIR says so (its source, Factory::getHomeDir and getCacheDir): `cache`
 * of COMPOSER_HOME, or of ~/.composer where that is there; a mount at ~/.composer/cache makes it be there. The composer image
 * sets COMPOSER_HOME=/tmp (its Dockerfile); elsewhere COMPOSER_HOME alone does not decide.
 */
function composerHome(scene: StoreScene): Moved {
  if (scene.variables.has('COMPOSER_HOME') || scene.ran(/\bconfig\s+(?:-\S+\s+)*cache-(?:files-)?dir/))
    return 'unknown';
  if (scene.image === 'composer' || scene.image === 'composer/composer') return { path: '/tmp' };
  return [...scene.variables.keys()].some((name) => name.startsWith('XDG_'))
    ? 'unknown'
    : inHome(scene, '.composer');
}

/** composer; what it writes appears under its name at once. */
export const composer: StoreTool = {
  name: 'composer',
  label: 'composer',
  programs: /composer|php/,
  usual: /\/(?:\.composer(?:\/cache)?|\.cache\/composer|tmp\/cache)$/,
  useOf(command, scene) {
    const args = composerWords(command);
    const verb = args?.find((a) => !a.startsWith('-')) ?? '';
    if (args === undefined || !/^(?:install|i|update|u|upgrade|require|r|create-project|global)$/.test(verb))
      return undefined;
    if (/"cache-(?:files-)?dir"/.test(projectText(scene, command, 'composer.json') ?? '')) return undefined;
    const path = firstMoved(
      movedBy(scene, command, 'COMPOSER_CACHE_DIR'),
      below(composerHome(scene), 'cache'),
    );
    return {
      tool: 'composer',
      command,
      downloads: true,
      stores:
        path === undefined || path === '/dev/null'
          ? undefined
          : [{ path, locked: false, needed: false, rootOnly: true }],
      hindrances: flagHindrances(command, ['--no-cache']),
    };
  },
  isCleaning: (command) => /^(?:clear-?cache|cc)$/.test(composerWords(command)?.[0] ?? ''),
};

/**
 * bundler (docs of `bundle config`, global_gem_cache): without it the downloads lie among the installed gems. With it they go
 * to BUNDLE_USER_CACHE, else BUNDLE_USER_HOME/cache, ~/.bundle/cache.
 */
export const bundler: StoreTool = {
  name: 'bundler',
  label: 'bundler',
  programs: /bundle/,
  usual: /\/\.bundle(?:\/cache)?$/,
  useOf(command, scene) {
    if (!/^bundler?$/.test(programOf(command))) return undefined;
    const [verb = 'install'] = verbsOf(command);
    if (!/^(?:install|update)$/.test(verb) || argumentsOf(command).includes('--local')) return undefined;
    const path = firstMoved(
      movedBy(scene, command, 'BUNDLE_USER_CACHE'),
      below(movedBy(scene, command, 'BUNDLE_USER_HOME'), 'cache'),
      inHome(scene, '.bundle/cache'),
    );
    return {
      tool: 'bundler',
      command,
      downloads: true,
      stores: path === undefined ? undefined : [{ path, locked: false, needed: false, rootOnly: true }],
      hindrances: [],
      ...(scene.variables.has('BUNDLE_GLOBAL_GEM_CACHE')
        ? {}
        : { needs: { BUNDLE_GLOBAL_GEM_CACHE: 'true' } }),
    };
  },
  isCleaning: () => false,
};
