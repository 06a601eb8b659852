import { type GoModule, type GoReplace, parseGoMod, parseGoWork } from '../../syntax/manifests/go.js';
import { dirName, joinPath } from '../../text/paths.js';
import { type Closure, type ContextFiles, foldersAbove, isSent } from './model.js';

export interface GoDownload {
  /** Where the command runs. */
  readonly folder: string;
  /** The value of GOWORK: `off`, the path of a go.work, or undefined where it is searched. */
  readonly work: string | undefined;
}

/** What `go mod download` reads, and what a build would find. */
export interface GoProject {
  readonly closure: Closure;
  /** The folder of go.work, else of go.mod. */
  readonly root: string;
  /** Modules are required that are not on the disk. */
  readonly downloads: boolean;
  /** It has a folder `vendor`, which a build uses if not told otherwise. */
  readonly vendored: boolean;
}

interface Draft {
  readonly files: string[];
  readonly candidates: Set<string>;
  readonly open: string[];
  readonly required: Set<string>;
  readonly onDisk: Set<string>;
}

/** `folder` and those above it, the root of an image as `/`. */
export function upwards(folder: string): string[] {
  return [...new Set([folder, ...foldersAbove(folder).map((above) => (above === '' ? '/' : above))])];
}

function take(context: ContextFiles, draft: Draft, path: string): boolean {
  draft.candidates.add(path);
  if (!isSent(context, path)) return false;
  if (!draft.files.includes(path)) draft.files.push(path);
  return true;
}

/** Reads one go.mod; undefined where it is not there or unknown. */
function module(context: ContextFiles, draft: Draft, path: string, by: string): GoModule | undefined {
  if (!take(context, draft, path)) {
    draft.open.push(`${path}, named by ${by}, is not in the build context`);
    return undefined;
  }
  const found = parseGoMod(context.text(path) ?? '');
  if (found === undefined) draft.open.push(`${path} could not be read`);
  for (const name of found?.requires ?? []) draft.required.add(name);
  return found;
}

/** The modules that take the place of others, each read only where it is required: a folder that is not need not be there. */
function replaced(
  context: ContextFiles,
  draft: Draft,
  replaces: readonly GoReplace[],
  folder: string,
  by: string,
): void {
  const waiting = replaces.filter(({ folder: target }) => target !== undefined);
  for (const { path, folder: target = '.' } of waiting) {
    draft.onDisk.add(path);
    const manifest = joinPath(joinPath(folder, target), 'go.mod');
    if (draft.required.has(path) || isSent(context, manifest)) module(context, draft, manifest, by);
    else draft.candidates.add(manifest);
  }
}

function readWork(context: ContextFiles, draft: Draft, path: string): void {
  const root = dirName(path);
  const work = parseGoWork(context.text(path) ?? '');
  take(context, draft, path);
  take(context, draft, joinPath(root, 'go.work.sum'));
  if (work === undefined) draft.open.push(`${path} could not be read`);
  for (const use of work?.uses ?? []) {
    const folder = joinPath(root, use);
    const member = module(context, draft, joinPath(folder, 'go.mod'), path);
    take(context, draft, joinPath(folder, 'go.sum'));
    if (member?.module !== undefined) draft.onDisk.add(member.module);
    replaced(context, draft, member?.replaces ?? [], folder, joinPath(folder, 'go.mod'));
  }
  replaced(context, draft, work?.replaces ?? [], root, path);
}

/** The go.work in use: the one that is named, else the nearest. */
function workOf(context: ContextFiles, { folder, work }: GoDownload, draft: Draft): string | undefined {
  if (work === 'off') return undefined;
  if (work !== undefined && work !== '' && work !== 'auto') return joinPath(folder, work);
  for (const at of upwards(folder)) {
    const path = joinPath(at, 'go.work');
    draft.candidates.add(path);
    if (isSent(context, path)) return path;
  }
  return undefined;
}

/**
 * What `go mod download` reads of the project; undefined where it has no go.mod. Seen by strace with go 1.26: go.work in the
 * folder and above it, go.mod of the nearest of them, go.sum beside it; go.mod of the folders that take the place of
 * modules, without their go.sum; in a workspace go.work.sum and go.mod and go.sum of each member.
 */
export function goProject(context: ContextFiles, download: GoDownload): GoProject | undefined {
  const draft: Draft = {
    files: [],
    candidates: new Set(),
    open: [],
    required: new Set(),
    onDisk: new Set(),
  };
  const work = workOf(context, download, draft);
  const folders = upwards(download.folder);
  const main = folders.find((at) => isSent(context, joinPath(at, 'go.mod')));
  if (main === undefined && work === undefined) return undefined;
  for (const at of folders.slice(0, main === undefined ? undefined : folders.indexOf(main) + 1))
    draft.candidates.add(joinPath(at, 'go.mod'));
  const root = work === undefined ? (main ?? download.folder) : dirName(work);
  if (work !== undefined) readWork(context, draft, work);
  else {
    const path = joinPath(root, 'go.mod');
    const found = module(context, draft, path, 'the command');
    take(context, draft, joinPath(root, 'go.sum'));
    replaced(context, draft, found?.replaces ?? [], root, path);
  }
  const downloads = draft.open.length > 0 || [...draft.required].some((name) => !draft.onDisk.has(name));
  const summed = draft.files.some((path) => /(^|\/)go(\.work)?\.sum$/.test(path));
  return {
    closure: {
      files: draft.files,
      folders: [],
      candidates: [...draft.candidates],
      ecosystem: work === undefined ? 'go' : 'go-work',
      open: draft.open,
      doubts: downloads && !summed ? ['there is no go.sum, so nothing says which content is right'] : [],
      outputs: [],
    },
    root,
    downloads,
    vendored: context.exists(joinPath(root, 'vendor')) && !context.isIgnored(joinPath(root, 'vendor')),
  };
}
