import { parseMixConfig, parseMixExs } from '../../syntax/manifests/elixir.js';
import { dirName, joinPath } from '../../text/paths.js';
import { type Closure, type ContextFiles, isSent } from './model.js';

export interface MixDeps {
  readonly folder: string;
  /** Dependencies are compiled, not only fetched. */
  readonly compiles: boolean;
  /** The value of MIX_ENV; undefined where it is not known. */
  readonly environment: string | undefined;
}

interface Draft {
  readonly context: ContextFiles;
  readonly files: string[];
  readonly candidates: Set<string>;
  readonly open: string[];
  /** Configurations read. */
  readonly seen: Set<string>;
  /** Folders of dependencies that belong to the project. */
  readonly locals: string[];
}

function take(draft: Draft, path: string): boolean {
  draft.candidates.add(path);
  if (!isSent(draft.context, path)) return false;
  if (!draft.files.includes(path)) draft.files.push(path);
  return true;
}

function takeNamed(draft: Draft, path: string, by: string): void {
  if (!take(draft, path)) draft.open.push(`${path}, named by ${by}, is not in the build context`);
}

/** Reads a mix.exs and those of the folders it names; the project it describes. */
function project(draft: Draft, folder: string, by: string): ReturnType<typeof parseMixExs> {
  const path = joinPath(folder, 'mix.exs');
  if (draft.files.includes(path)) return undefined;
  takeNamed(draft, path, by);
  const found = parseMixExs(draft.context.text(path) ?? '');
  if (found === undefined) {
    draft.open.push(`${path} could not be read`);
    return undefined;
  }
  for (const name of found.reads) takeNamed(draft, joinPath(folder, name), path);
  if (found.unknown !== undefined) draft.open.push(`${path} runs ${found.unknown}, which may read more`);
  for (const name of found.paths) {
    draft.locals.push(name);
    project(draft, joinPath(folder, name), path);
  }
  const apps = found.appsPath === undefined ? undefined : joinPath(folder, found.appsPath);
  for (const { name } of (apps !== undefined && draft.context.entries(apps)) || []) {
    const app = joinPath(apps ?? folder, name);
    if (isSent(draft.context, joinPath(app, 'mix.exs'))) project(draft, app, path);
  }
  return found;
}

/** Takes a configuration with those beside it, which are copied together by custom; alone where mix.exs is beside it. */
function takeConfig(draft: Draft, path: string): boolean {
  const folder = dirName(path);
  if (!take(draft, path)) return false;
  if (!draft.files.includes(joinPath(folder, 'mix.exs')))
    for (const { name } of draft.context.entries(folder) ?? [])
      if (name.endsWith('.exs') && isSent(draft.context, joinPath(folder, name)))
        take(draft, joinPath(folder, name));
  return true;
}

/** Reads a configuration and what it imports. */
function config(draft: Draft, path: string, environment: string | undefined): void {
  if (draft.seen.has(path) || !takeConfig(draft, path)) return;
  draft.seen.add(path);
  const found = parseMixConfig(draft.context.text(path) ?? '');
  if (found === undefined) {
    draft.open.push(`${path} could not be read`);
    return;
  }
  const folder = dirName(path);
  for (const name of found.reads) takeNamed(draft, name, path);
  if (found.unknown !== undefined) draft.open.push(`${path} runs ${found.unknown}, which may read more`);
  for (const name of found.imports) {
    if (!name.includes('*') || environment !== undefined)
      config(draft, joinPath(folder, name.replace('*', environment ?? '')), environment);
    else draft.open.push(`${path} imports a file named after MIX_ENV, which is not known`);
  }
}

/** Whether a configuration says anything of Mix or Hex themselves, which `deps.get` would heed. */
function configuresTools(context: ContextFiles, path: string): boolean {
  return isSent(context, path) && /^\s*config\s*\(?\s*:(mix|hex)\b/m.test(context.text(path) ?? '');
}

/**
 * What `mix deps.get` and `mix deps.compile` read; undefined where the context holds no mix.exs for them. Seen by strace with
 * Elixir 1.14: mix.exs, which is run, mix.lock, mix.exs of dependencies in folders, and config/config.exs with its imports,
 * which `deps.get` evaluates too but needs for nothing.
 */
export function mixClosure(context: ContextFiles, deps: MixDeps): Closure | undefined {
  const { folder, compiles, environment } = deps;
  if (!isSent(context, joinPath(folder, 'mix.exs'))) return undefined;
  const draft: Draft = { context, files: [], candidates: new Set(), open: [], seen: new Set(), locals: [] };
  const found = project(draft, folder, 'the command');
  const locked = take(draft, joinPath(folder, found?.lockfile ?? 'mix.lock'));
  const settings = joinPath(folder, found?.configPath ?? 'config/config.exs');
  const doubts = locked ? [] : ['there is no mix.lock, so versions are chosen at each install'];
  if (compiles) {
    config(draft, settings, environment);
    if (draft.locals.length > 0)
      draft.open.push(`${draft.locals[0]}, a dependency in a folder, is compiled too`);
    if (found?.appsPath !== undefined) draft.open.push('the apps of an umbrella may be compiled too');
  } else if (configuresTools(context, settings)) {
    draft.open.push(`${settings} configures Mix or Hex`);
  }
  const made = [found?.depsPath ?? 'deps', ...(compiles ? ['_build'] : [])];
  return {
    files: draft.files,
    folders: [],
    candidates: [...draft.candidates],
    ecosystem: 'mix',
    open: draft.open,
    doubts,
    outputs: made.map((name) => joinPath(folder, name)),
  };
}
