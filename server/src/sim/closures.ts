import type { Closure, ContextFiles } from '../project/closures/model.js';
import { npmClosure } from '../project/closures/npm.js';
import { requirementsClosure, uvSyncClosure } from '../project/closures/python.js';
import type { Mount } from '../syntax/dockerfile/model.js';
import { dirName, isInside, joinPath, normalizePath, relativePath } from '../text/paths.js';
import { folderOf, inFolder } from './commands.js';
import { broughtFrom, type CopyContext, type LocalCopy } from './copies.js';
import type { Install } from './installs.js';
import type { StageNode, Step } from './model.js';

/** The project's files as they lie in the image at one step; paths are absolute in the image. */
export interface ImageFiles extends ContextFiles {
  /** Where a file comes from: the copy that brought it last (undefined for a bind mount) and its path in the context. */
  sourceOf(path: string): { readonly copy: LocalCopy | undefined; readonly path: string } | undefined;
}

function mountedFrom(mount: Mount, folder: string, target: string): string | undefined {
  if (mount.type !== 'bind' || mount.from !== undefined || mount.target === undefined) return undefined;
  if (/[$]/.test(`${mount.source ?? ''}${mount.target}`)) return undefined;
  const place = inFolder(folder, mount.target);
  if (!isInside(place, target)) return undefined;
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
      if (source !== undefined && context.exists(source) && !context.isIgnored(source))
        return { copy: undefined, path: source };
    }
    for (const copy of latestFirst) {
      const source = broughtFrom(copy, path, context);
      if (source !== undefined) return { copy, path: source };
    }
    return undefined;
  };
  return {
    sourceOf,
    exists: (path) => sourceOf(path) !== undefined,
    isIgnored: () => false,
    text: (path) => {
      const source = sourceOf(path);
      return source === undefined ? undefined : context.text(source.path);
    },
  };
}

/** Variables that name files or settings an install reads beside its manifests. */
const READS_MORE =
  /^(PIP_(CONSTRAINT|REQUIREMENT|FIND_LINKS|CONFIG_FILE|TARGET|PREFIX)|UV_(CONSTRAINT|OVERRIDE|FIND_LINKS|CONFIG_FILE|PROJECT|WORKING_DIRECTORY|BUILD_CONSTRAINT)|NODE_OPTIONS|NPM_CONFIG_(PREFIX|USERCONFIG|GLOBALCONFIG|GLOBAL|WORKSPACES?))$/i;

function environmentReasons(step: Step): string[] {
  const name = [...step.environment.keys()].find((key) => READS_MORE.test(key));
  return name === undefined ? [] : [`${name} is set, which may name more files`];
}

function isOn(install: Install, step: Step, flag: string, variable: string): boolean {
  const value = step.environment.get(variable);
  return install.flags.includes(flag) || (value !== undefined && /^(1|true|yes|on|t|y)$/i.test(value));
}

/** Folders a Python install writes into that may lie inside the project: the virtual environment it works on. */
function environments(install: Install, step: Step): string[] {
  const program = install.command.words[0]?.value ?? '';
  const out: string[] = [];
  if (program.includes('/') && !/^\/(usr|opt|bin|root)\//.test(program)) {
    out.push(dirName(dirName(inFolder(install.command.folder ?? '/', program))));
  }
  for (const name of ['VIRTUAL_ENV', 'UV_PROJECT_ENVIRONMENT']) {
    const value = step.environment.get(name);
    if (value !== undefined && value !== '') out.push(inFolder(install.folder, value));
  }
  return out;
}

/**
 * The files of the project that an install reads, as paths in the image; undefined where the project's own files bring no
 * manifest for it, and for managers whose closure is not known yet.
 */
export function closureOf(install: Install, step: Step, files: ImageFiles): Closure | undefined {
  const closure = bareClosure(install, step, files);
  if (closure === undefined) return undefined;
  const open = [...closure.open, ...environmentReasons(step)];
  if (install.unsure) open.push('the command uses options whose effect is not known');
  const outputs =
    install.manager === 'npm' ? closure.outputs : [...closure.outputs, ...environments(install, step)];
  return { ...closure, open, outputs };
}

function bareClosure(install: Install, step: Step, files: ImageFiles): Closure | undefined {
  const { folder } = install;
  switch (install.what) {
    case 'npm-ci':
    case 'npm-install':
      return npmClosure(files, {
        folder,
        command: install.what === 'npm-ci' ? 'ci' : 'install',
        ignoreScripts: isOn(install, step, '--ignore-scripts', 'NPM_CONFIG_IGNORE_SCRIPTS'),
        omitsDev: install.flags.some((f) => /^(--omit=dev|--production|--only=prod(uction)?)$/.test(f)),
      });
    case 'requirements':
    case 'uv-requirements':
      return requirementsClosure(files, folder, install.files, install.what === 'uv-requirements');
    case 'uv-sync':
      return uvSyncClosure(files, {
        folder,
        withoutProject:
          install.flags.includes('--no-install-workspace') ||
          isOn(install, step, '--no-install-project', 'UV_NO_INSTALL_PROJECT'),
        frozen: isOn(install, step, '--frozen', 'UV_FROZEN'),
        locked: isOn(install, step, '--locked', 'UV_LOCKED'),
        environmentInside: !step.environment.has('UV_PROJECT_ENVIRONMENT'),
      });
    default:
      return undefined;
  }
}
