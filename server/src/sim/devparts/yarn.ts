import type { Member } from '../../syntax/manifests/locks/model.js';
import { type YarnGraph, yarnGraph, yarnLocked } from '../../syntax/manifests/locks/yarn.js';
import { type PackageManifest, parsePackageJson } from '../../syntax/manifests/npm.js';
import { parseYarnSettings } from '../../syntax/manifests/yarn.js';
import { joinPath } from '../../text/paths.js';
import type { Install } from '../installs/model.js';
import { variablesOf } from '../installs/variables.js';
import type { Choice, DevelopmentManager, InstallPlace } from './model.js';
import {
  isWrittenInto,
  type NodeProject,
  type NodeRules,
  nodePart,
  ownScripts,
  type Remedy,
} from './node.js';
import { commandsBefore, writtenText } from './place.js';

function graphOf(place: InstallPlace, folder: string): YarnGraph | undefined {
  return place.files.parsed(joinPath(folder, 'yarn.lock'), yarnGraph);
}

/** Which yarn installs: by its lock file, else by package.json; undefined where neither says. */
function kindOf(
  install: Install,
  place: InstallPlace,
  project: NodeProject,
): 'classic' | 'berry' | undefined {
  const graph = graphOf(place, install.folder);
  if (graph !== undefined) return graph.kind;
  const major = /^yarn@(\d+)/.exec(project.manifest.packageManager ?? '')?.[1];
  return major === undefined ? undefined : Number(major) >= 2 ? 'berry' : 'classic';
}

function classicChoice(install: Install, place: InstallPlace): Choice | undefined {
  if (install.what !== 'yarn-install') return undefined;
  const variables = variablesOf(install.command, place.step, place.commands);
  if ([...variables.keys()].some((k) => /^(npm_config|yarn)_production$/i.test(k))) return undefined;
  if (/(npm|yarn)\s+(config\s+)?set|\.(npm|yarn)rc/i.test(commandsBefore(place))) return undefined;
  if (/production/.test(place.files.text(joinPath(install.folder, '.yarnrc')) ?? '')) return undefined;
  const production = variables.get('NODE_ENV') === 'production';
  const undo = { flag: '--production=false' };
  if (install.flags.some((f) => /^--prod(uction)?=false$/.test(f))) return 'asked';
  const words = install.command.words.filter((w) => /^--prod(uction)?(=true)?$/.test(w.value));
  const by = words.map((w) => w.value).join(' ');
  if (words.length > 0) return { by, words, undo: production ? undo : undefined };
  if (!variables.has('NODE_ENV')) return 'default';
  if (variables.get('NODE_ENV') === undefined) return undefined;
  return production ? { by: 'NODE_ENV=production', words: [], undo } : 'default';
}

/** Later yarns do not heed NODE_ENV; only `workspaces focus` leaves anything out (measured with yarn 4). */
function berryChoice(install: Install, place: InstallPlace): Choice | undefined {
  const settings = place.files.parsed(joinPath(install.folder, '.yarnrc.yml'), parseYarnSettings);
  const linker = place.files.text(joinPath(install.folder, '.yarnrc.yml')) ?? '';
  // With Plug'n'Play there is no folder to follow.
  if (settings === undefined || !/^nodeLinker:\s*["']?node-modules\b/m.test(linker)) return undefined;
  if (install.what === 'yarn-install') return 'default';
  const words = install.command.words.filter((w) => w.value === '--production');
  return words.length > 0 ? { by: 'yarn workspaces focus --production', words, undo: undefined } : undefined;
}

function choiceOf(install: Install, place: InstallPlace, project: NodeProject): Choice | undefined {
  if (install.unsure) return undefined;
  const kind = kindOf(install, place, project);
  if (kind === undefined) return undefined;
  return kind === 'classic' ? classicChoice(install, place) : berryChoice(install, place);
}

/** Options of `yarn install` that mean nothing once it is told to focus. */
const DROPPED = /^(--immutable|--immutable-cache|--inline-builds|--check-cache|--frozen-lockfile)$/;

function berryRemedy(install: Install, place: InstallPlace, project: NodeProject): Remedy {
  // Part of yarn since version 4, a plugin before.
  const major = /^yarn@(\d+)/.exec(project.manifest.packageManager ?? '')?.[1];
  const known = Number(major ?? /\byarn@(\d+)/.exec(writtenText(place.graph))?.[1] ?? 0) >= 4;
  const words = install.command.words.slice(install.command.words.indexOf(install.verb));
  const plain = install.verb.value === 'install' && install.flags.every((f) => DROPPED.test(f));
  // Without --all it takes what the members need at run time away too.
  const focus = `workspaces focus ${project.members.length > 0 ? '--all ' : ''}--production`;
  return {
    flag: undefined,
    instead: known && plain && !install.command.exec ? { words, by: focus } : undefined,
    prune: known && !hasScripts(project) ? `yarn ${focus}` : undefined,
  };
}

function hasScripts({ manifest }: NodeProject): boolean {
  return ownScripts.some((name) => manifest.scripts[name] !== undefined);
}

/** The members of a workspace, which no lock file of yarn lists with what is for development; undefined where one can't be read. */
function membersOf(
  place: InstallPlace,
  folder: string,
  { workspacePatterns }: PackageManifest,
): readonly { readonly member: Member; readonly manifest: PackageManifest }[] | undefined {
  const read = place.members(folder, workspacePatterns)?.map((at) => {
    const manifest = place.files.parsed(joinPath(folder, `${at}/package.json`), parsePackageJson);
    if (manifest === undefined) return undefined;
    const { dependencies, optionalDependencies, devDependencies } = manifest;
    const member: Member = {
      folder: at,
      dependencies: Object.keys({ ...dependencies, ...optionalDependencies }),
      development: Object.keys(devDependencies),
    };
    return { member, manifest };
  });
  const known = read?.filter((m) => m !== undefined);
  return known === undefined || known.length !== read?.length ? undefined : known;
}

const rules: NodeRules = {
  choiceOf,
  remedyOf: (install, place, project) => {
    if (kindOf(install, place, project) === 'berry') return berryRemedy(install, place, project);
    const frozen = install.flags.filter((f) => f === '--frozen-lockfile');
    const prune = ['yarn install --production --ignore-scripts --prefer-offline', ...frozen].join(' ');
    // Patches and generated files in packages would be gone after it.
    const changes = isWrittenInto(project.manifest) || hasScripts(project);
    return { flag: '--production', prune: changes ? undefined : prune, prunesAnew: true };
  },
  lockedOf: (place, folder, manifest) => {
    const graph = graphOf(place, folder);
    const members = manifest.workspaces ? membersOf(place, folder, manifest) : [];
    if (graph === undefined) return undefined;
    const roots = [manifest, ...(members ?? []).map((m) => m.manifest)].flatMap((own) =>
      Object.entries({ ...own.dependencies, ...own.optionalDependencies }),
    );
    const locked = yarnLocked(
      graph,
      roots.map(([name, range]) => `${name}@${range}`),
    );
    return members === undefined ? locked : { ...locked, members: members.map((m) => m.member) };
  },
  // It leaves `prepare` out where it leaves development dependencies out (measured with yarn 1.22).
  scripts: ['preinstall', 'install', 'postinstall'],
};

/** yarn 1: `--production` or `NODE_ENV=production`; later ones: `workspaces focus --production`. */
export const yarn: DevelopmentManager = {
  name: 'yarn',
  partOf: (install, place) => nodePart(install, place, rules),
};
