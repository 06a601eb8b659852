import { argumentsOf, programOf, type StepCommand } from '../commands.js';
import type { StoreTool } from './model.js';
import { flagHindrances, verbsOf } from './words.js';

const APT_INSTALLS = /^(?:install|build-dep|upgrade|dist-upgrade|full-upgrade|satisfy)$/;

/**
 * apt (apt.conf, `Dir::Cache` and `Dir::State::lists`): packages in /var/cache/apt, lists in /var/lib/apt/lists. It holds a lock
 * and gives up where another has it. The rest of /var/lib/apt says which packages came as dependencies: that belongs to the
 * image.
 */
export const apt: StoreTool = {
  name: 'apt',
  label: 'apt',
  programs: /apt/,
  usual: /^\/var\/(?:cache\/apt(?:\/archives)?|lib\/apt(?:\/lists)?)$/,
  useOf(command) {
    if (!/^apt(?:-get)?$/.test(programOf(command))) return undefined;
    const verb = verbsOf(command).find((word) => APT_INSTALLS.test(word) || word === 'update');
    if (verb === undefined || argumentsOf(command).some((a) => /^(?:--help|--version)$/.test(a)))
      return undefined;
    const moved = argumentsOf(command).some((a) =>
      /Dir::|APT::Keep-Downloaded|^--(?:root|config-file)/.test(a),
    );
    return {
      tool: 'apt',
      command,
      downloads: verb !== 'update',
      stores: moved
        ? undefined
        : ['/var/cache/apt', '/var/lib/apt/lists'].map((path) => ({ path, locked: true, needed: false })),
      hindrances: [],
    };
  },
  isCleaning: (command) =>
    /^apt(?:-get)?$/.test(programOf(command)) &&
    verbsOf(command).some((word) => /^(?:clean|autoclean|auto-clean|distclean|dist-clean)$/.test(word)),
};

function updates(command: StepCommand): boolean {
  return argumentsOf(command).some((a) => /^(?:-U|--update|--update-cache)$/.test(a));
}

/**
 * apk (Alpine's wiki, "Local APK cache"): /var/cache/apk, where /etc/apk/cache links to it. Two writers are kept apart, since its
 * lock lies in the image.
 */
export const apk: StoreTool = {
  name: 'apk',
  label: 'apk',
  programs: /apk/,
  usual: /^\/(?:var\/cache|etc\/apk\/cache|var\/cache\/apk)$/,
  useOf(command) {
    if (programOf(command) !== 'apk') return undefined;
    const [verb = ''] = verbsOf(command).filter((word) => /^(?:add|upgrade|update|fix|del)$/.test(word));
    if (verb === '' || verb === 'del') return undefined;
    const moved = argumentsOf(command).some((a) => /^(?:--root|-p$|--cache-dir|--initdb)/.test(a));
    return {
      tool: 'apk',
      command,
      downloads: verb !== 'update',
      stores: moved ? undefined : [{ path: '/var/cache/apk', locked: true, needed: false }],
      // Without either it would install by no index at all.
      hindrances: flagHindrances(command, ['--no-cache'], updates(command) ? undefined : '--update-cache'),
    };
  },
  isCleaning: (command) => programOf(command) === 'apk' && /^cache clean/.test(verbsOf(command).join(' ')),
};
