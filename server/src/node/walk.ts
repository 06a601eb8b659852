import ignore, { type Ignore } from 'ignore';
import { classifyName } from '../project/classify.js';
import { dirName, isInside, joinPath, relativePath } from '../text/paths.js';
import type { DiskFs } from './fs.js';

export interface WalkOptions {
  readonly fs: DiskFs;
  readonly signal?: AbortSignal;
  /** Which files are wanted, by core path; the ones Plimsoll reads when not given. */
  readonly wanted?: (path: string) => boolean;
  /** Folders read at once. */
  readonly parallel?: number;
  /** Folders entered at the most, those near the root first; no limit when not given. */
  readonly maxFolders?: number;
  /** Whether ignore patterns of git disregard case, as git does on Windows and macOS. */
  readonly ignoreCase?: boolean;
}

export interface WalkResult {
  /** Core paths, sorted. */
  readonly files: readonly string[];
  /** Folders that could not be read. */
  readonly unreadable: readonly string[];
}

/** Folders nobody keeps build definitions in, whatever .gitignore says. */
export const neverEntered = new Set(['.git', '.hg', '.svn', 'node_modules']);

/** The patterns of one .gitignore, for the paths below its folder. */
interface GitIgnore {
  readonly folder: string;
  readonly patterns: Ignore;
}

function isIgnored(chain: readonly GitIgnore[], path: string, isFolder: boolean): boolean {
  for (let i = chain.length - 1; i >= 0; i--) {
    const level = chain[i];
    if (level === undefined || level.folder === path || !isInside(level.folder, path)) continue;
    const { ignored, unignored } = level.patterns.test(
      relativePath(level.folder, path) + (isFolder ? '/' : ''),
    );
    if (ignored) return true;
    if (unignored) return false;
  }
  return false;
}

async function readIgnore(options: WalkOptions, file: string, folder: string): Promise<GitIgnore[]> {
  const read = await options.fs.readText(file);
  if (!('text' in read)) return [];
  const text = read.text.replace(/^\uFEFF/, '');
  return [{ folder, patterns: ignore({ ignorecase: options.ignoreCase ?? false }).add(text) }];
}

/** The ignore files that hold for `root` from above: those between the top of its git repository and its parent. */
async function chainAbove(options: WalkOptions, root: string): Promise<GitIgnore[]> {
  const folders: string[] = [];
  for (let at = root; ; at = dirName(at)) {
    folders.unshift(at);
    const entries = await options.fs.list(at);
    if (entries?.some((entry) => entry.name === '.git') === true) break;
    if (dirName(at) === at) return [];
  }
  const top = folders[0] ?? root;
  const chain = await readIgnore(options, joinPath(top, '.git/info/exclude'), top);
  for (const folder of folders.slice(0, -1)) {
    chain.push(...(await readIgnore(options, joinPath(folder, '.gitignore'), folder)));
  }
  // Whoever names an ignored folder wants it looked at.
  const hidden = folders.slice(1).some((folder) => isIgnored(chain, folder, true));
  return hidden ? [] : chain;
}

/**
 * The files below `root` that Plimsoll reads. Symbolic links are not followed; `.git`, `node_modules` and what
 * .gitignore files and .git/info/exclude hide is not entered (git itself is not run, its global excludes are not read).
 * Rejects only when `signal` aborts.
 */
export async function walk(root: string, options: WalkOptions): Promise<WalkResult> {
  const wanted = options.wanted ?? ((path: string) => classifyName(path) !== undefined);
  const files: string[] = [];
  const unreadable: string[] = [];
  const queue: { folder: string; chain: readonly GitIgnore[] }[] = [
    { folder: root, chain: await chainAbove(options, root) },
  ];

  const enter = async (folder: string, above: readonly GitIgnore[]): Promise<void> => {
    options.signal?.throwIfAborted();
    const entries = await options.fs.list(folder);
    if (entries === null) {
      unreadable.push(folder);
      return;
    }
    const own = entries.some((entry) => entry.name === '.gitignore' && entry.kind === 'file')
      ? await readIgnore(options, joinPath(folder, '.gitignore'), folder)
      : [];
    const chain = own.length > 0 ? [...above, ...own] : above;
    for (const entry of entries) {
      const path = joinPath(folder, entry.name);
      if (entry.kind === 'folder') {
        if (!neverEntered.has(entry.name) && !isIgnored(chain, path, true))
          queue.push({ folder: path, chain });
      } else if (entry.kind === 'file' && wanted(path) && !isIgnored(chain, path, false)) {
        files.push(path);
      }
    }
  };

  let left = options.maxFolders ?? Number.POSITIVE_INFINITY;
  while (queue.length > 0 && left > 0) {
    options.signal?.throwIfAborted();
    const batch = queue.splice(0, Math.min(left, options.parallel ?? 32));
    left -= batch.length;
    await Promise.all(batch.map(({ folder, chain }) => enter(folder, chain)));
  }
  return { files: files.sort(), unreadable: unreadable.sort() };
}
