import { baseName, dirName, isInside, joinPath } from '../text/paths.js';
import { type Entry, entryNamed, type Snapshot } from './snapshot.js';

/** Links followed for one path before it counts as a loop. */
const maxLinks = 16;

/** The entry called `path` in its folder; undefined where there is none. */
export function entryOf(snapshot: Snapshot, path: string): Entry | undefined {
  return entryNamed(snapshot.list(dirName(path)), baseName(path));
}

/**
 * Where `path` leads when symbolic links are followed as long as they stay inside `root`; undefined where nothing is
 * there, a link leaves the root, its target is unknown, or links go round.
 */
export function followLinks(
  snapshot: Snapshot,
  root: string,
  path: string,
): { readonly path: string; readonly entry: Entry } | undefined {
  let at = path;
  for (let i = 0; i < maxLinks; i++) {
    const entry = entryOf(snapshot, at);
    if (entry === undefined) return undefined;
    if (entry.kind !== 'link') return { path: at, entry };
    if (entry.target === undefined) return undefined;
    at = joinPath(dirName(at), entry.target.replaceAll('\\', '/'));
    if (!isInside(root, at)) return undefined;
  }
  return undefined;
}

/**
 * The ignore file BuildKit reads for a Dockerfile and a local context (SPEC A1): `<name>.dockerignore` beside the
 * Dockerfile alone, even when it is empty, else `.dockerignore` in the root of the context. Null where there is none.
 * A folder of that name, or a link that leads out, counts as none (tried with BuildKit 0.33).
 */
export function ignoreFileOf(snapshot: Snapshot, dockerfile: string, context: string): string | null {
  const candidates = [
    { path: `${dockerfile}.dockerignore`, root: dirName(dockerfile) },
    { path: joinPath(context, '.dockerignore'), root: context },
  ];
  for (const { path, root } of candidates) {
    if (followLinks(snapshot, root, path)?.entry.kind === 'file') return path;
  }
  return null;
}
