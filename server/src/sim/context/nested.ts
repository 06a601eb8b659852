import type { ContextView } from '../../project/context.js';
import { entryPath } from '../../project/tree.js';

/** How far to look: folders in all, and below the first one. */
const mostFolders = 400;
const deepest = 4;
const mostFound = 3;
/** Folders that are not entered: what lies in them belongs to a tool. */
const closed =
  /^(?:node_modules|\.git|\.hg|\.svn|\.venv|venv|vendor|target|\.next|\.gradle|\.terraform|__pycache__)$/;

/** The first few paths below `folder` of a context that satisfy `wanted`; ignored folders are not entered, nor those of tools. */
export function nestedPaths(
  view: ContextView,
  folder: string,
  wanted: (path: string) => boolean,
): readonly string[] {
  const found: string[] = [];
  let level = [folder];
  let seen = 0;
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const next: string[] = [];
    for (const at of level) {
      if (seen++ >= mostFolders || found.length >= mostFound) return found;
      for (const { name, kind } of view.entries(at) ?? []) {
        const path = entryPath(at, name);
        if (wanted(path)) found.push(path);
        else if (kind === 'folder' && !closed.test(name) && !view.isIgnored(path)) next.push(path);
      }
    }
    level = next;
  }
  return found.slice(0, mostFound);
}

/** Whether two names differ by one letter that was left out, added, changed or swapped with its neighbour. */
function oneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  const [x, y] = [a.slice(same), b.slice(same)];
  return (
    x.slice(1) === y.slice(1) ||
    x.slice(1) === y ||
    x === y.slice(1) ||
    (x[0] === y[1] && x[1] === y[0] && x.slice(2) === y.slice(2))
  );
}

/** Shorter names differ by one letter without being meant. */
const shortest = 6;

/** The path with its last name as it is in the folder, where only the case or one letter differs; undefined where none is so. */
export function nearName(view: ContextView, path: string): string | undefined {
  const at = path.lastIndexOf('/');
  const name = path.slice(at + 1);
  const entries = view.entries(at < 0 ? '.' : path.slice(0, at)) ?? [];
  const lower = name.toLowerCase();
  const near =
    entries.find((entry) => entry.name.toLowerCase() === lower) ??
    (name.length < shortest ? undefined : entries.find((entry) => oneSlip(name, entry.name)));
  return near === undefined ? undefined : path.slice(0, at + 1) + near.name;
}
