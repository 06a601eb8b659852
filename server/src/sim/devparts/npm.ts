import { npmLocked } from '../../syntax/manifests/locks/npm.js';
import type { ShellWord } from '../../syntax/shell/model.js';
import type { Install, Variables } from '../installs/model.js';
import { variablesOf } from '../installs/variables.js';
import type { Choice, DevelopmentManager, InstallPlace, Omission } from './model.js';
import { lockAt, type NodeProject, type NodeRules, nodePart, ownScripts } from './node.js';
import { commandsBefore, nodeMajor } from './place.js';

/** An option that chooses, with what it says and the words it takes. */
interface Said {
  readonly leavesOut: boolean;
  readonly words: readonly ShellWord[];
}

const TRUE = /^(true|1|)$/;

/** What one option says of development dependencies; undefined where it says nothing of them. */
function meaningOf(name: string, value: string): boolean | undefined {
  if (name === 'omit') return value === 'dev' ? true : undefined;
  if (name === 'include') return value === 'dev' ? false : undefined;
  if (name === 'only') return /^prod(uction)?$/.test(value) ? true : undefined;
  if (name === 'also') return /^dev(elopment)?$/.test(value) ? false : undefined;
  if (name === 'production' || name === 'prod') return TRUE.test(value);
  if (name === 'no-production') return false;
  return name === 'dev' && TRUE.test(value) ? false : undefined;
}

/** What the words of a command say of development dependencies, in order. */
function saidIn(install: Install): readonly Said[] {
  const { words } = install.command;
  return words.flatMap((word, i): Said[] => {
    const match = /^--(omit|include|only|also|production|prod|no-production|dev)(?:=(.*))?$/.exec(word.value);
    if (match === null) return [];
    const [, name = '', given] = match;
    const next = words[i + 1];
    const takesNext = given === undefined && /^(omit|include|only|also)$/.test(name) && next !== undefined;
    const leavesOut = meaningOf(name, given ?? (takesNext ? next.value : ''));
    return leavesOut === undefined ? [] : [{ leavesOut, words: takesNext ? [word, next] : [word] }];
  });
}

/** What a setting outside of the command says: variables (in any case) before files; `unknown` where a value can't be known. */
function settingOf(variables: Variables, npmrc: ReadonlyMap<string, string>): Said | 'unknown' | undefined {
  const names = ['include', 'also', 'dev', 'omit', 'only', 'production'];
  for (const name of names) {
    const key = [...variables.keys()].find((k) => k.toLowerCase() === `npm_config_${name}`);
    const value = key === undefined ? npmrc.get(name) : variables.get(key);
    if (key !== undefined && value === undefined) return 'unknown';
    for (const one of value?.split(/[,\s]+/) ?? []) {
      const leavesOut = meaningOf(name, one);
      if (leavesOut !== undefined) return { leavesOut, words: [] };
    }
    if (value !== undefined && name === 'omit') return 'unknown';
  }
  return undefined;
}

function choiceOf(install: Install, place: InstallPlace, { npmrc }: NodeProject): Choice | undefined {
  const variables = variablesOf(install.command, place.step, place.commands);
  if (/npm\s+(config\s+)?set|\.npmrc/i.test(commandsBefore(place))) return undefined;
  const old = (nodeMajor(place.graph, place.node) ?? 99) < 15;
  const undo = { flag: old ? '--production=false' : '--include=dev' };
  const said = saidIn(install);
  // What asks for them wins wherever it stands.
  if (said.some((s) => !s.leavesOut)) return 'asked';
  const leaving = said.flatMap((s) => s.words);
  // Another --omit takes the place of what a variable says.
  const replaced = leaving.length === 0 && install.flags.some((f) => /^--omit(=|$)/.test(f));
  const around = aroundOf(variables, npmrc);
  if (around === undefined || (replaced && around !== 'default')) return undefined;
  if (leaving.length === 0) return around === 'default' || around === 'asked' ? around : { ...around, undo };
  const by = leaving.map((w) => w.value).join(' ');
  return { by, words: leaving, undo: around === 'default' ? undefined : undo };
}

/** What holds for a command without options of its own. */
function aroundOf(variables: Variables, npmrc: ReadonlyMap<string, string>): Choice | undefined {
  const setting = settingOf(variables, npmrc);
  if (setting === 'unknown') return undefined;
  const left = (by: string): Omission => ({ by, words: [], undo: undefined });
  if (setting !== undefined) return setting.leavesOut ? left('a setting of npm') : 'asked';
  if (!variables.has('NODE_ENV')) return 'default';
  const environment = variables.get('NODE_ENV');
  if (environment === undefined) return undefined;
  return environment === 'production' ? left('NODE_ENV=production') : 'default';
}

/** Options without which npm may refuse what the install took. */
const KEPT = /^--(legacy-peer-deps|force|install-strategy=.*)$/;

const rules: NodeRules = {
  choiceOf,
  remedyOf: (install, { graph, node }) => {
    // npm 6 of Node 14 and older does not know --omit.
    const old = (nodeMajor(graph, node) ?? 99) < 15;
    const flag = old ? '--only=production' : '--omit=dev';
    const kept = install.flags.filter((f) => KEPT.test(f));
    return { flag, prune: ['npm prune', old ? '--production' : '--omit=dev', ...kept].join(' ') };
  },
  lockedOf: (place, folder) => lockAt(place, folder, ['npm-shrinkwrap.json', 'package-lock.json'], npmLocked),
  scripts: ownScripts,
};

/** npm: `--omit=dev`, or `NODE_ENV=production` (measured with npm 11). */
export const npm: DevelopmentManager = {
  name: 'npm',
  partOf: (install, place) => nodePart(install, place, rules),
};
