import { compilePattern } from '../syntax/dockerignore/compile.js';
import { joinPath } from '../text/paths.js';
import { followLinks } from './ignorefile.js';
import type { Entry, Snapshot } from './snapshot.js';

/** `path` relative to a context as BuildKit cleans a source: no `./`, no leading `/`, `..` above the root dropped; `.` for the root. */
export function cleanSource(source: string): string {
  const parts: string[] = [];
  for (const part of source.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/') || '.';
}

/** The path of an entry of a folder, both relative to a context; `.` for the context itself. */
export function entryPath(folder: string, name: string): string {
  return folder === '.' ? name : `${folder}/${name}`;
}

/** What lies at a relative path below `root`: links followed as long as they stay inside; undefined where nothing does. */
export function lookUp(
  snapshot: Snapshot,
  root: string,
  relative: string,
): { readonly path: string; readonly kind: Entry['kind'] } | undefined {
  let at: { path: string; kind: Entry['kind'] } = { path: root, kind: 'folder' };
  const clean = cleanSource(relative);
  for (const part of clean === '.' ? [] : clean.split('/')) {
    if (at.kind !== 'folder') return undefined;
    const found = followLinks(snapshot, root, joinPath(at.path, part));
    if (found === undefined) return undefined;
    at = { path: found.path, kind: found.entry.kind };
  }
  return at.path === root && snapshot.list(root) === undefined ? undefined : at;
}

/** Whether a COPY source holds wildcards. */
export function hasWildcard(source: string): boolean {
  return /[*?[\\]/.test(source);
}

/**
 * The paths below `root` that a COPY source names, relative to it, wildcards expanded name by name as Go's path.Match
 * does (`**` is `*`). Empty where nothing matches or the pattern is malformed.
 */
export function expandSource(snapshot: Snapshot, root: string, source: string): readonly string[] {
  const clean = cleanSource(source);
  if (!hasWildcard(clean)) return lookUp(snapshot, root, clean) === undefined ? [] : [clean];
  let found = [''];
  for (const part of clean.split('/')) {
    const matches = compilePattern(part.replace(/\*+/g, '*')).matches;
    if (matches === undefined) return [];
    found = found.flatMap((folder) => {
      if (!hasWildcard(part)) {
        const path = folder + part;
        return lookUp(snapshot, root, path) === undefined ? [] : [`${path}/`];
      }
      const at = lookUp(snapshot, root, folder);
      const names = at?.kind === 'folder' ? (snapshot.list(at.path) ?? []) : [];
      return names.filter(({ name }) => matches(name)).map(({ name }) => `${folder}${name}/`);
    });
  }
  return found.map((path) => path.slice(0, -1));
}
