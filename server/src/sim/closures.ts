import type { Closure, ContextFiles } from '../project/closures/model.js';
import { npmClosure } from '../project/closures/npm.js';
import { requirementsClosure, uvSyncClosure } from '../project/closures/python.js';
import type { Mount } from '../syntax/dockerfile/model.js';
import { dirName, isInside, joinPath, normalizePath, relativePath } from '../text/paths.js';
import { folderOf, inFolder, programOf, type StepCommand } from './commands.js';
import { broughtFrom, type CopyContext, type LocalCopy } from './copies.js';
import type { Install } from './installs.js';
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
  /^(PIP_(CONSTRAINT|REQUIREMENT|FIND_LINKS|CONFIG_FILE|TARGET|PREFIX)|UV_(CONSTRAINT|OVERRIDE|EXCLUDE|FIND_LINKS|CONFIG_FILE|PROJECT|WORKING_DIRECTORY|BUILD_CONSTRAINT)|NPM_CONFIG_(PREFIX|USERCONFIG|GLOBALCONFIG|GLOBAL|WORKSPACES?|NODE_OPTIONS|SCRIPT_SHELL))$/i;

/** Variables as an install sees them: those of the step, over them what its RUN sets or exports before. */
function variablesOf(
  install: Install,
  step: Step,
  commands: readonly StepCommand[],
): ReadonlyMap<string, string | undefined> {
  const found = new Map(step.environment);
  for (const command of commands) {
    const exported = programOf(command) === 'export' ? command.words.slice(1) : [];
    for (const word of exported) {
      const [name = '', ...value] = word.value.split('=');
      found.set(name, word.literal ? value.join('=') : undefined);
    }
    if (command !== install.command && command.words.length > 0) continue;
    for (const { name, value } of command.assignments)
      found.set(name, value?.literal === false ? undefined : (value?.value ?? ''));
  }
  return found;
}

function readsMore([name, value]: readonly [string, string | undefined]): boolean {
  // Most often it raises the limit of the heap; it is a file where it loads one.
  if (name === 'NODE_OPTIONS')
    return value === undefined || /(^|\s)-(r\b|-(require|import|loader|experimental-loader)\b)/.test(value);
  return READS_MORE.test(name);
}

function environmentReasons(variables: ReadonlyMap<string, string | undefined>): string[] {
  const found = [...variables].find(readsMore);
  return found === undefined ? [] : [`${found[0]} is set, which may name more files`];
}

type Variables = ReadonlyMap<string, string | undefined>;

function isOn(install: Install, variables: Variables, flag: string, variable: string): boolean {
  // npm reads its variables in any case.
  const name = [...variables.keys()].find((key) =>
    variable.startsWith('NPM_') ? key.toUpperCase() === variable : key === variable,
  );
  const value = name === undefined ? undefined : variables.get(name);
  return install.flags.includes(flag) || (value !== undefined && /^(1|true|yes|on|t|y)$/i.test(value));
}

/** Folders a Python install writes into that may lie inside the project: the virtual environment it works on. */
function environments(install: Install, variables: Variables): string[] {
  const program = install.command.words[0]?.value ?? '';
  const out: string[] = [];
  if (program.includes('/') && !/^\/(usr|opt|bin|root)\//.test(program)) {
    out.push(dirName(dirName(inFolder(install.command.folder ?? '/', program))));
  }
  for (const name of ['VIRTUAL_ENV', 'UV_PROJECT_ENVIRONMENT']) {
    const value = variables.get(name);
    if (value !== undefined && value !== '') out.push(inFolder(install.folder, value));
  }
  return out;
}

/**
 * The files of the project that an install reads, as paths in the image; undefined where the project's own files bring no
 * manifest for it, and for managers whose closure is not known yet. `commands`: all of its RUN.
 */
export function closureOf(
  install: Install,
  step: Step,
  files: ImageFiles,
  commands: readonly StepCommand[],
): Closure | undefined {
  const variables = variablesOf(install, step, commands);
  const closure = bareClosure(install, variables, files);
  if (closure === undefined) return undefined;
  const open = [...closure.open, ...environmentReasons(variables)];
  if (install.unsure) open.push('the command uses options whose effect is not known');
  const outputs =
    install.manager === 'npm' ? closure.outputs : [...closure.outputs, ...environments(install, variables)];
  return { ...closure, open, outputs };
}

function bareClosure(install: Install, variables: Variables, files: ImageFiles): Closure | undefined {
  const { folder } = install;
  switch (install.what) {
    case 'npm-ci':
    case 'npm-install':
      return npmClosure(files, {
        folder,
        command: install.what === 'npm-ci' ? 'ci' : 'install',
        ignoreScripts: isOn(install, variables, '--ignore-scripts', 'NPM_CONFIG_IGNORE_SCRIPTS'),
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
          isOn(install, variables, '--no-install-project', 'UV_NO_INSTALL_PROJECT'),
        frozen: isOn(install, variables, '--frozen', 'UV_FROZEN'),
        locked: isOn(install, variables, '--locked', 'UV_LOCKED'),
        environmentInside: !variables.has('UV_PROJECT_ENVIRONMENT'),
      });
    default:
      return undefined;
  }
}
