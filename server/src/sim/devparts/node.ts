import { ROOT_SCRIPTS } from '../../project/closures/npm.js';
import type { LockedPackages } from '../../syntax/manifests/locks/model.js';
import {
  isLocalSpec,
  type PackageManifest,
  parseNpmrc,
  parsePackageJson,
} from '../../syntax/manifests/npm.js';
import { baseName, dirName, joinPath } from '../../text/paths.js';
import { inFolder, isLiteral } from '../commands.js';
import { npmStartNeedsDev } from '../devtools.js';
import type { Install } from '../installs/model.js';
import { nodeLoads } from '../loads.js';
import type { Choice, DevelopmentPart, InstallPlace, LaterCommand, MissingTool } from './model.js';
import { knownPackagesOf, PLAIN_LIBRARIES } from './nodebins.js';
import { mayDoAnything, type ScriptScene, type ToolUse, toolsStarted } from './nodescripts.js';
import { hasPlainBase, mayStart } from './place.js';

/** How one manager of Node packages says what belongs to development. */
export interface NodeRules {
  /** Undefined where that cannot be told. */
  choiceOf(install: Install, place: InstallPlace, npmrc: ReadonlyMap<string, string>): Choice | undefined;
  /** What leaves development dependencies out. */
  flagOf(install: Install, place: InstallPlace): string | undefined;
  /** Its lock files, the one that counts first. `roots`: names of the run-time dependencies the manifest lists. */
  readonly locks: readonly {
    readonly name: string;
    readonly parse: (text: string) => LockedPackages | undefined;
  }[];
  /** Scripts of the project that a plain install runs and that may use development dependencies. */
  readonly scripts: readonly string[];
}

/** npm, pnpm and bun run these of the project itself. */
export const ownScripts = ROOT_SCRIPTS;

interface NodeProject {
  readonly manifest: PackageManifest;
  readonly locked: LockedPackages | undefined;
  /** Names that only development needs. */
  readonly names: ReadonlySet<string>;
}

function projectOf(install: Install, place: InstallPlace, rules: NodeRules): NodeProject | undefined {
  const at = (name: string): string => joinPath(install.folder, name);
  const manifest = place.files.parsed(at('package.json'), parsePackageJson);
  if (manifest === undefined || manifest.workspaces) return undefined;
  const lock = rules.locks.find(({ name }) => place.files.exists(at(name)));
  const locked = lock && place.files.parsed(at(lock.name), lock.parse);
  const runtime = { ...manifest.optionalDependencies, ...manifest.dependencies };
  const names = Object.keys(manifest.devDependencies).filter(
    // One that a run-time dependency needs too stays whatever is left out.
    (n) => runtime[n] === undefined && locked?.runtime.has(n) !== true,
  );
  return { manifest, locked, names: new Set(names) };
}

/** The development part of an install of Node packages; undefined where there is none or that cannot be told. */
export function nodePart(
  install: Install,
  place: InstallPlace,
  rules: NodeRules,
): DevelopmentPart | undefined {
  if (!hasPlainBase(place)) return undefined;
  const project = projectOf(install, place, rules);
  if (project === undefined || project.names.size === 0) return undefined;
  const npmrc = parseNpmrc(place.files.text(joinPath(install.folder, '.npmrc')) ?? '');
  const choice = rules.choiceOf(install, place, npmrc);
  const flag = rules.flagOf(install, place);
  if (choice === undefined || flag === undefined) return undefined;
  const { manifest, names } = project;
  return {
    folder: joinPath(install.folder, 'node_modules'),
    names,
    choice,
    flag,
    variable: undefined,
    obstacle: obstacleOf(install, manifest, rules, npmrc),
    startNeedsDev: (start) =>
      mayStart(start, (words, folder = install.folder) =>
        npmStartNeedsDev(words, manifest, (files) =>
          nodeLoads(
            place.shipped,
            files.map((f) => inFolder(folder, f)),
            names,
          ),
        ),
      ),
    missingIn: (later) => missingTool(later, project),
    bringsNothing: (later) => {
      const read = readingOf(later, project);
      return read !== undefined && !mayDoAnything(read.words, read.scene);
    },
  };
}

function obstacleOf(
  install: Install,
  manifest: PackageManifest,
  rules: NodeRules,
  npmrc: ReadonlyMap<string, string>,
): string | undefined {
  const ignoresScripts = install.flags.includes('--ignore-scripts') || npmrc.get('ignore-scripts') === 'true';
  const script = ignoresScripts
    ? undefined
    : rules.scripts.find((name) => manifest.scripts[name] !== undefined);
  if (script !== undefined)
    return `the script "${script}" of package.json runs during the install and may use them`;
  return Object.values(manifest.dependencies).some(isLocalSpec)
    ? 'a dependency is a folder of the project and may use them'
    : undefined;
}

/** Whether it is sure that no run-time dependency brings `name`. */
function isMissing(name: string, { manifest, locked, names }: NodeProject): boolean {
  if (!names.has(name)) return false;
  if (locked !== undefined) return locked.all.has(name) && !locked.runtime.has(name);
  const runtime = { ...manifest.dependencies, ...manifest.optionalDependencies };
  return Object.keys(runtime).every((n) => PLAIN_LIBRARIES.has(n));
}

/** The packages that may bring what a use names. */
function packagesOf(use: ToolUse, { locked }: NodeProject): readonly string[] {
  if (use.package !== undefined) return [use.package];
  return [...new Set([...(locked?.programs.get(use.tool) ?? []), ...knownPackagesOf(use.tool), use.tool])];
}

function missingOf(use: ToolUse, project: NodeProject): string | undefined {
  const { manifest, locked } = project;
  const candidates = packagesOf(use, project);
  const stays = (name: string): boolean =>
    manifest.dependencies[name] !== undefined ||
    manifest.optionalDependencies[name] !== undefined ||
    locked?.runtime.has(name) === true;
  if (candidates.some(stays)) return undefined;
  return candidates.find((name) => isMissing(name, project));
}

/** What a later command is read by; undefined where it does not start in the folder that was installed. */
function readingOf(
  later: LaterCommand,
  project: NodeProject,
): { readonly words: readonly string[]; readonly scene: ScriptScene } | undefined {
  const { command, files, folder } = later;
  const at = command.folder;
  // Scripts of a package are those beside the folder that was installed.
  if (at === undefined || at !== dirName(folder) || baseName(folder) !== 'node_modules') return undefined;
  const manifest = files.parsed(joinPath(at, 'package.json'), parsePackageJson);
  if (manifest === undefined || manifest.name !== project.manifest.name || !isLiteral(command))
    return undefined;
  const words = command.words.map((w) => w.value);
  return {
    words,
    scene: { scripts: manifest.scripts, bare: later.path.includes(joinPath(folder, '.bin')), via: [] },
  };
}

function missingTool(later: LaterCommand, project: NodeProject): MissingTool | undefined {
  const read = readingOf(later, project);
  const uses = read === undefined ? [] : toolsStarted(read.words, read.scene);
  for (const use of uses) {
    const name = missingOf(use, project);
    if (name !== undefined) return { tool: use.tool, package: name, via: use.via, named: true };
  }
  return undefined;
}
