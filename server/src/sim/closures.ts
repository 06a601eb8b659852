import { type Closure, type ContextFiles, parsedFile } from '../project/closures/model.js';
import type { Entry } from '../project/snapshot.js';
import type { Mount } from '../syntax/dockerfile/model.js';
import { baseName, isInside, joinPath, normalizePath, relativePath } from '../text/paths.js';
import { folderOf, inFolder, type StepCommand } from './commands.js';
import { broughtFrom, type CopyContext, type LocalCopy, placesOf, wouldBringFrom } from './copies.js';
import { managerOf } from './installs/managers.js';
import type { Install, Prefetch, ProjectBuild, Variables } from './installs/model.js';
import { environmentReasons, variablesOf } from './installs/variables.js';
import type { StageNode, Step } from './model.js';

/** The project's files as they lie in the image at one step; paths are absolute in the image. */
export interface ImageFiles extends ContextFiles {
  /** Where a file comes from: the copy that brought it last (undefined for a bind mount) and its path in the context. */
  sourceOf(path: string): { readonly copy: LocalCopy | undefined; readonly path: string } | undefined;
}

/** What a mount shows at `target`: a path in the context, `other` for anything else, undefined where it does not cover it. */
function mountedFrom(mount: Mount, folder: string, target: string): string | 'other' | undefined {
  if (mount.target === undefined || mount.target.includes('$')) return undefined;
  const place = inFolder(folder, mount.target);
  if (!isInside(place, target)) return undefined;
  if (mount.type !== 'bind' || mount.from !== undefined || (mount.source ?? '').includes('$')) return 'other';
  const source = normalizePath(`/${mount.source ?? ''}`).slice(1) || '.';
  return joinPath(source, relativePath(place, target));
}

/** What `step` sees of the project: its own bind mounts over what `copies` brought, the last first. */
export function imageFiles(
  node: StageNode,
  step: Step,
  copies: readonly LocalCopy[],
  context: CopyContext,
): ImageFiles {
  const mounts = step.instruction.kind === 'RUN' ? step.instruction.mounts : [];
  const folder = folderOf(node, step);
  const latestFirst = [...copies].reverse();
  const sourceOf: ImageFiles['sourceOf'] = (path) => {
    for (const mount of mounts) {
      const source = mountedFrom(mount, folder, path);
      if (source === 'other') return undefined;
      if (source !== undefined && context.exists(source) && !context.isIgnored(source))
        return { copy: undefined, path: source };
    }
    for (const copy of latestFirst) {
      const source = broughtFrom(copy, path, context);
      if (source !== undefined) return { copy, path: source };
    }
    return undefined;
  };
  const kindAt = (path: string): Entry['kind'] => {
    const source = sourceOf(path)?.path;
    return source !== undefined && context.entries(source) !== undefined ? 'folder' : 'file';
  };
  return {
    sourceOf,
    exists: (path) => sourceOf(path) !== undefined,
    isIgnored: () => false,
    text: (path) => {
      const source = sourceOf(path);
      return source === undefined ? undefined : context.text(source.path);
    },
    parse: (path, parser) => {
      const source = sourceOf(path);
      return source === undefined ? undefined : parsedFile(context, source.path, parser);
    },
    entries: (at) => {
      const found = new Map<string, Entry>();
      const shown = [
        ...mounts.flatMap((mount) => mountedFrom(mount, folder, at) ?? []),
        ...copies.flatMap((copy) => wouldBringFrom(copy, at)),
      ];
      for (const entry of shown.flatMap((path) => context.entries(path) ?? []))
        if (sourceOf(joinPath(at, entry.name)) !== undefined) found.set(entry.name, entry);
      const targets = mounts.flatMap(({ target }) => (target === undefined ? [] : inFolder(folder, target)));
      for (const place of [...targets, ...copies.flatMap(placesOf)]) {
        const [name = '.'] = isInside(at, place) ? relativePath(at, place).split('/') : [];
        if (name === '.' || found.has(name) || sourceOf(place) === undefined) continue;
        found.set(name, { name, kind: joinPath(at, name) === place ? kindAt(place) : 'folder' });
      }
      return found.size === 0 ? undefined : [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}

/**
 * The files of the project that an install reads, as paths in the image; undefined where the project's own files bring no
 * manifest for it, and for managers whose closure is not known yet. `commands`: all of its RUN; `earlier` gives those of the
 * RUNs before it.
 */
export function closureOf(
  install: Install,
  step: Step,
  files: ImageFiles,
  commands: readonly StepCommand[],
  earlier: () => readonly StepCommand[] = () => [],
): Closure | undefined {
  const variables = variablesOf(install.command, step, commands);
  const scene = { files, variables, step, commands, earlier };
  const closure = managerOf(install.manager)?.closureOf?.(install, scene);
  return closure && withSurroundings(closure, install.unsure, variables, files);
}

/** An install of the dependencies alone, to run ahead of the source. */
export interface AheadInstall {
  /** The install with `options` among its flags. */
  readonly install: Install;
  /** What the install has to be given for that. */
  readonly options: readonly string[];
  readonly closure: Closure;
}

/** What of an install could run ahead of the source, its closure as paths in the image; undefined where nothing could. */
export function aheadOf(
  install: Install,
  step: Step,
  files: ImageFiles,
  commands: readonly StepCommand[],
  earlier: () => readonly StepCommand[],
): AheadInstall | undefined {
  const variables = variablesOf(install.command, step, commands);
  const scene = { files, variables, step, commands, earlier };
  const options = managerOf(install.manager)?.aheadOf?.(install, scene);
  if (options === undefined || options.length === 0) return undefined;
  const alone = { ...install, flags: [...install.flags, ...options] };
  const closure = closureOf(alone, step, files, commands, earlier);
  return closure && { install: alone, options, closure };
}

/** What could download before a project build, its closure as paths in the image; undefined where nothing could. */
export function prefetchOf(
  build: ProjectBuild,
  step: Step,
  files: ImageFiles,
  commands: readonly StepCommand[],
): Prefetch | undefined {
  const variables = variablesOf(build.command, step, commands);
  const prefetch = managerOf(build.manager)?.prefetchOf?.(build, {
    files,
    variables,
    step,
    commands,
    earlier: () => [],
  });
  return (
    prefetch && { ...prefetch, closure: withSurroundings(prefetch.closure, build.unsure, variables, files) }
  );
}

/** Manifests that name further files, and are never empty. */
const NAMES_MORE =
  /^(package\.json|pnpm-workspace\.yaml|pyproject\.toml|Cargo\.toml|go\.(mod|work)|pom\.xml|composer\.json|Gemfile|mix\.exs|build\.sbt|(build|settings)\.gradle(\.kts)?|.*\.(cs|fs|vb)proj|.*\.slnx?)$/;

function isUnread(text: string | undefined): boolean {
  return text === undefined || /^[\s\0]*$/.test(text);
}

function withSurroundings(
  closure: Closure,
  unsure: boolean,
  variables: Variables,
  files: ImageFiles,
): Closure {
  const open = [...closure.open, ...environmentReasons(variables)];
  if (unsure) open.push('the command uses options whose effect is not known');
  const unread = closure.files.find((path) => NAMES_MORE.test(baseName(path)) && isUnread(files.text(path)));
  if (unread !== undefined) open.push(`${files.sourceOf(unread)?.path ?? unread} could not be read`);
  return { ...closure, open };
}
