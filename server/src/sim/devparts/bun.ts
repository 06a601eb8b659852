import { bunLocked } from '../../syntax/manifests/locks/bun.js';
import { joinPath } from '../../text/paths.js';
import type { Install } from '../installs/model.js';
import { variablesOf } from '../installs/variables.js';
import type { Choice, DevelopmentManager, InstallPlace } from './model.js';
import { lockAt, type NodeRules, nodePart, ownScripts } from './node.js';

function choiceOf(install: Install, place: InstallPlace): Choice | undefined {
  if (install.unsure || install.flags.some((f) => /^--filter(=|$)/.test(f))) return undefined;
  const bunfig = place.files.text(joinPath(install.folder, 'bunfig.toml')) ?? '';
  if (/^\s*(production|dev|omit)\s*=/m.test(bunfig)) return undefined;
  const { words } = install.command;
  const said = words.filter(
    (w, i) =>
      /^(--production|-p|--omit=dev)$/.test(w.value) ||
      (w.value === '--omit' && words[i + 1]?.value === 'dev') ||
      (w.value === 'dev' && words[i - 1]?.value === '--omit'),
  );
  if (said.length > 0) return { by: said.map((w) => w.value).join(' '), words: said, undo: undefined };
  // Bun 1.4 does not heed it (measured); of others that is not known.
  const variables = variablesOf(install.command, place.step, place.commands);
  const environment = variables.has('NODE_ENV') ? variables.get('NODE_ENV') : 'none';
  return environment === undefined || environment === 'production' ? undefined : 'default';
}

const rules: NodeRules = {
  choiceOf,
  // It takes nothing out of a folder that is there (measured).
  remedyOf: ({ flags }) => ({
    flag: '--production',
    prune: undefined,
    takesOut: flags.some((f) => /^--(force|linker|backend)/.test(f)) ? undefined : false,
  }),
  lockedOf: (place, folder) => lockAt(place, folder, ['bun.lock'], bunLocked),
  scripts: ownScripts,
};

/** bun: `--production` or `--omit=dev`. */
export const bun: DevelopmentManager = {
  name: 'bun',
  partOf: (install, place) => nodePart(install, place, rules),
};
