import { ROOT_SCRIPTS } from '../../project/closures/npm.js';
import type { LockedPackages } from '../../syntax/manifests/locks/model.js';
import {
  isLocalSpec,
  type PackageManifest,
  parseNpmrc,
  parsePackageJson,
} from '../../syntax/manifests/npm.js';
import { baseName, dirName, joinPath, relativePath } from '../../text/paths.js';
import { inFolder, isLiteral } from '../commands.js';
import { npmStartNeedsDev } from '../devtools.js';
import type { Install } from '../installs/model.js';
import { variablesOf } from '../installs/variables.js';
import { nodeFiles, nodeLoads, sourceOfBuilt } from '../loads.js';
import type { Built, Choice, DevelopmentPart, InstallPlace, LaterCommand, MissingTool } from './model.js';
import { knownPackagesOf, PLAIN_LIBRARIES } from './nodebins.js';
import { type FileUse, mayDoAnything, type ScriptScene, type ToolUse, toolsStarted } from './nodescripts.js';
import { hasPlainBase, mayStart } from './place.js';
import { missingImport, settingsOf } from './surelyloads.js';

/** How one manager of Node packages says what belongs to development. */
export interface NodeRules {
  /** Undefined where that cannot be told. */
  choiceOf(install: Install, place: InstallPlace, project: NodeProject): Choice | undefined;
  /** What leaves development dependencies out. */
  remedyOf(install: Install, place: InstallPlace, project: NodeProject): Remedy;
  /** What its lock file says; undefined where there is none, or it can't be read. */
  lockedOf(place: InstallPlace, folder: string, manifest: PackageManifest): LockedPackages | undefined;
  /** Scripts of the project that an install without development dependencies runs and that may use them. */
  readonly scripts: readonly string[];
}

/** What can be done about development dependencies. */
export type Remedy = Pick<DevelopmentPart, 'flag' | 'instead' | 'prune' | 'prunesAnew' | 'takesOut'>;

/** npm, pnpm and bun run these of the project itself. */
export const ownScripts = ROOT_SCRIPTS;

/** What is known of the project an install belongs to. */
export interface NodeProject {
  readonly manifest: PackageManifest;
  readonly locked: LockedPackages | undefined;
  readonly npmrc: ReadonlyMap<string, string>;
  /** Names that only development needs, of the workspace's members too. */
  readonly names: ReadonlySet<string>;
  /** Folders of its members, relative to it; without those it has none. */
  readonly members: readonly string[];
}

/** Packages that commands of a build write into. */
const WRITTEN_INTO =
  /^(prisma|@prisma\/client|patch-package|electron|kysely-codegen|contentlayer2?|zenstack|@zenstackhq\/.*)$/;

/** Whether commands of the build may write into installed packages: a generated client, patches. */
export function isWrittenInto({ dependencies, devDependencies }: PackageManifest): boolean {
  return Object.keys({ ...dependencies, ...devDependencies }).some((name) => WRITTEN_INTO.test(name));
}

/** The text of the first lock file there is, read by `parse`. */
export function lockAt(
  place: InstallPlace,
  folder: string,
  names: readonly string[],
  parse: (text: string) => LockedPackages | undefined,
): LockedPackages | undefined {
  const name = names.find((n) => place.files.exists(joinPath(folder, n)));
  return name === undefined ? undefined : place.files.parsed(joinPath(folder, name), parse);
}

function projectOf(install: Install, place: InstallPlace, rules: NodeRules): NodeProject | undefined {
  const manifest = place.files.parsed(joinPath(install.folder, 'package.json'), parsePackageJson);
  if (manifest === undefined) return undefined;
  const locked = rules.lockedOf(place, install.folder, manifest);
  const members = locked?.members?.filter((m) => m.folder !== '.') ?? [];
  // Of a workspace only a lock file that lists the members says what they need.
  const isWorkspace =
    manifest.workspaces || place.files.exists(joinPath(install.folder, 'pnpm-workspace.yaml'));
  if (isWorkspace && (locked?.members === undefined || install.unsure)) return undefined;
  const runtime = new Set([
    ...Object.keys({ ...manifest.optionalDependencies, ...manifest.dependencies }),
    ...members.flatMap((m) => m.dependencies),
  ]);
  const listed = new Set([
    ...Object.keys(manifest.devDependencies),
    ...members.flatMap((m) => m.development),
  ]);
  // One that a run-time dependency needs too stays whatever is left out.
  const names = [...listed].filter((n) => !runtime.has(n) && locked?.runtime.has(n) !== true);
  const npmrc = parseNpmrc(place.files.text(joinPath(install.folder, '.npmrc')) ?? '');
  return { manifest, locked, npmrc, names: new Set(names), members: members.map((m) => m.folder) };
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
  const choice = rules.choiceOf(install, place, project);
  if (choice === undefined) return undefined;
  const { manifest, names } = project;
  return {
    folder: joinPath(install.folder, 'node_modules'),
    names,
    choice,
    ...rules.remedyOf(install, place, project),
    ...(takesOutItself(manifest) ? { prune: undefined } : {}),
    variable: undefined,
    isWrittenInto: isWrittenInto(manifest),
    obstacle: obstacleOf(install, place, rules, project),
    startNeedsDev: (start, built) =>
      mayStart(start, (words, folder = install.folder) =>
        npmStartNeedsDev(words, manifest, (files, started) =>
          filesNeed(
            place,
            files.map((f) => inFolder(folder, f)),
            names,
            started === true ? built : undefined,
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

/** Whether a script of the project may take development dependencies out, or the whole folder away. */
function takesOutItself({ scripts }: PackageManifest): boolean {
  return Object.values(scripts).some((script) =>
    /node_modules(?!\/\.bin)|\bprune\b|--omit|--prod\b|--production\b/.test(script),
  );
}

/** Whether files need what only development needs; what was built is judged by its source, and may need it where that is not found. */
function filesNeed(
  { shipped }: InstallPlace,
  files: readonly string[],
  names: ReadonlySet<string>,
  built: Built | undefined,
): boolean {
  if (nodeLoads(shipped, files, names)) return true;
  // Next and others compile their settings with it when they start.
  if (names.has('typescript') && files.some((f) => /\.config\.[cm]?ts$/.test(f) && shipped.exists(f)))
    return true;
  if (built === undefined) return false;
  return files.some((file) => {
    if (nodeFiles(file).some((path) => shipped.text(path) !== undefined)) return false;
    const source = sourceOfBuilt(
      built.files,
      built.root,
      joinPath(built.root, relativePath(built.shippedRoot, file)),
    );
    return source === undefined || nodeLoads(built.files, [source], names, built.root);
  });
}

function obstacleOf(
  install: Install,
  place: InstallPlace,
  rules: NodeRules,
  { manifest, npmrc, members }: NodeProject,
): string | undefined {
  const ignoresScripts =
    install.flags.some((f) => /^(--ignore-scripts|--mode=skip-build)$/.test(f)) ||
    npmrc.get('ignore-scripts') === 'true';
  const packages = [
    { folder: '.', manifest },
    ...members.map((folder) => ({
      folder,
      manifest: place.files.parsed(joinPath(install.folder, `${folder}/package.json`), parsePackageJson),
    })),
  ];
  for (const { folder, manifest: own } of ignoresScripts ? [] : packages) {
    const file = folder === '.' ? 'package.json' : `${folder}/package.json`;
    if (own === undefined) return `what scripts ${file} has is not known`;
    const script = rules.scripts.find((name) => own.scripts[name] !== undefined);
    if (script !== undefined)
      return `the script "${script}" of ${file} runs during the install and may use them`;
  }
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

/** A package that what a command loads imports and that was left out. */
function loadedMissing(
  { file, tool, arguments: args }: FileUse,
  { command, step, commands, files }: LaterCommand,
  project: NodeProject,
): Pick<MissingTool, 'tool' | 'package'> | undefined {
  const at = command.folder ?? '/';
  // Packages may lie there too.
  if (variablesOf(command, step, commands).has('NODE_PATH')) return undefined;
  const named = file === undefined ? undefined : inFolder(at, file);
  const first =
    named === undefined
      ? settingsOf(files, at, tool, args)
      : nodeFiles(named).find((path) => files.text(path) !== undefined);
  const found = first === undefined ? undefined : missingImport(files, first, (n) => isMissing(n, project));
  return found && { tool: relativePath(at, found.file), package: found.package };
}

function missingTool(later: LaterCommand, project: NodeProject): MissingTool | undefined {
  const read = readingOf(later, project);
  const uses = read === undefined ? [] : toolsStarted(read.words, read.scene);
  for (const use of uses) {
    if ('arguments' in use) {
      const loaded = loadedMissing(use, later, project);
      if (loaded !== undefined) return { ...loaded, via: use.via, named: false };
      continue;
    }
    const name = missingOf(use, project);
    if (name !== undefined) return { tool: use.tool, package: name, via: use.via, named: true };
  }
  return undefined;
}
