import { pnpmLocked } from '../../syntax/manifests/locks/pnpm.js';
import { joinPath } from '../../text/paths.js';
import type { Install } from '../installs/model.js';
import { nodeTool } from '../installs/nodetool.js';
import { variablesOf } from '../installs/variables.js';
import type { Choice, DevelopmentManager, InstallPlace } from './model.js';
import { isWrittenInto, lockAt, type NodeProject, type NodeRules, nodePart, ownScripts } from './node.js';
import { commandsBefore, writtenText } from './place.js';

/** The major version of pnpm, from the command, package.json or the Dockerfile; undefined where none names one. */
export function pnpmMajor(install: Install, place: InstallPlace, project: NodeProject): number | undefined {
  const written = [
    ...(project.manifest.packageManager === undefined ? [] : [project.manifest.packageManager]),
    ...(writtenText(place.graph).match(/\bpnpm@[\w.^~-]+|\bPNPM_VERSION[=\s]+"?v?\d+/g) ?? []),
  ];
  const own = nodeTool(install.command)?.version;
  const majors = [...(own === undefined ? [] : [`@${own}`]), ...written].map((text) =>
    Number(/(?:@|=|\s)"?[v^~]?(\d+)/.exec(text)?.[1] ?? Number.NaN),
  );
  const [major] = majors;
  return major === undefined || majors.some((m) => m !== major) ? undefined : major;
}

function choiceOf(install: Install, place: InstallPlace, project: NodeProject): Choice | undefined {
  if (install.what !== 'pnpm-install') return undefined;
  if (install.flags.some((f) => /^(--dev|-D|--filter.*|-F|--no-prod|-[a-zA-Z]*D[a-zA-Z]*)$/.test(f)))
    return undefined;
  const variables = variablesOf(install.command, place.step, place.commands);
  if ([...variables.keys()].some((k) => /^(npm|pnpm)_config_(production|dev|only|omit|include)$/i.test(k)))
    return undefined;
  if (/(npm|pnpm)\s+(config\s+)?set|\.npmrc/i.test(commandsBefore(place))) return undefined;
  if (['production', 'dev', 'only', 'omit'].some((key) => project.npmrc.has(key))) return undefined;
  const production = variables.get('NODE_ENV') === 'production';
  const undo = { flag: '--prod=false' };
  const words = install.command.words.filter((w) => /^(--prod|--production|-P)(=true)?$/.test(w.value));
  if (install.flags.some((f) => /^--(prod|production)=false$/.test(f))) return 'asked';
  const by = words.map((w) => w.value).join(' ');
  if (words.length > 0) return { by, words, undo: production ? undo : undefined };
  if (!variables.has('NODE_ENV')) return 'default';
  if (variables.get('NODE_ENV') === undefined) return undefined;
  if (!production) return 'default';
  // Measured: pnpm 9 heeds it, pnpm 10 and 12 do not.
  const major = pnpmMajor(install, place, project);
  if (major === undefined) return undefined;
  return major < 10 ? { by: 'NODE_ENV=production', words: [], undo } : 'default';
}

const rules: NodeRules = {
  choiceOf,
  remedyOf: (install, place, { manifest, members, npmrc }) => {
    // It does not prune workspaces, and relinks what has peers among the pruned.
    const pruned = members.length === 0 && !isWrittenInto(manifest);
    // Without --ignore-scripts it runs the project's own scripts (measured with pnpm 9 and 10).
    return {
      flag: '--prod',
      prune: pruned && hasPnpm(place) ? 'pnpm prune --prod --ignore-scripts' : undefined,
      takesOut: takesOut(install, place, npmrc),
    };
  },
  lockedOf: (place, folder) => lockAt(place, folder, ['pnpm-lock.yaml'], pnpmLocked),
  scripts: ownScripts,
};

/** Settings by which the folder is laid out otherwise, or cleared of what is no longer linked. */
const LAYOUT = /node-?linker|hoist|modules-?cache|^--force$|modules-?dir|virtual-?store/i;

/** It removes the links alone: the packages stay in node_modules/.pnpm (measured with pnpm 9, 10 and 12). */
function takesOut(
  install: Install,
  place: InstallPlace,
  npmrc: ReadonlyMap<string, string>,
): boolean | undefined {
  const workspace = place.files.text(joinPath(install.folder, 'pnpm-workspace.yaml')) ?? '';
  const variables = variablesOf(install.command, place.step, place.commands);
  const said = [...install.flags, ...npmrc.keys(), ...variables.keys(), ...workspace.split('\n')];
  return said.some((text) => LAYOUT.test(text)) ? undefined : false;
}

/** Started as `pnpm`, not by way of npx. */
function hasPnpm({ commands }: InstallPlace): boolean {
  return commands.some((c) => c.words[0]?.value === 'pnpm');
}

/** pnpm: `--prod`; `NODE_ENV=production` before version 10. */
export const pnpm: DevelopmentManager = {
  name: 'pnpm',
  partOf: (install, place) => nodePart(install, place, rules),
};
