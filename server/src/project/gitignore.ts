import ignore, { type Ignore } from 'ignore';
import { dirName, isInside, joinPath, relativePath } from '../text/paths.js';
import type { Snapshot } from './snapshot.js';

function rulesOf(text: string): Ignore {
  return ignore().add(text.replace(/^\uFEFF/, ''));
}

/** Folders from `root` down to the one that holds `path`. */
function foldersAbove(root: string, path: string): readonly string[] {
  const folders: string[] = [];
  for (let at = dirName(path); isInside(root, at); at = dirName(at)) {
    folders.unshift(at);
    if (at === dirName(at)) break;
  }
  return folders;
}

/** The `.gitignore` that decides on `path` itself, and how; its folders are not looked at. */
function decidedBy(
  snapshot: Snapshot,
  folders: readonly string[],
  path: string,
  asFolder: boolean,
): { readonly file: string; readonly ignored: boolean } | undefined {
  for (const folder of [...folders].reverse()) {
    const file = joinPath(folder, '.gitignore');
    const rules = snapshot.parse(file, rulesOf);
    if (rules === undefined) continue;
    const verdict = rules.test(relativePath(folder, path) + (asFolder ? '/' : ''));
    if (verdict.ignored || verdict.unignored) return { file, ignored: verdict.ignored };
  }
  return undefined;
}

/**
 * The `.gitignore` (absolute) between `root` and `path` that keeps `path` out of the repository; undefined where none
 * does. What is not there is tried as a file and as a folder. A file that git knows all the same is not told apart.
 */
export function gitIgnoredBy(snapshot: Snapshot, root: string, path: string): string | undefined {
  if (path === root || !isInside(root, path)) return undefined;
  const folders = foldersAbove(root, path);
  const above = folders.slice(1);
  for (const folder of above) {
    const verdict = decidedBy(snapshot, foldersAbove(root, folder), folder, true);
    if (verdict?.ignored === true) return verdict.file;
  }
  for (const asFolder of [false, true]) {
    const verdict = decidedBy(snapshot, folders, path, asFolder);
    if (verdict?.ignored === true) return verdict.file;
  }
  return undefined;
}
