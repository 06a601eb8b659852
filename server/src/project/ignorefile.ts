import { baseName, dirName, joinPath, normalizePath } from '../text/paths.js';
import { type Entry, entryNamed, type Snapshot } from './snapshot.js';

/** Links followed for one path before it counts as a loop, as in BuildKit. */
const maxLinks = 255;

/** The entry called `path` in its folder; undefined where there is none. */
export function entryOf(snapshot: Snapshot, path: string): Entry | undefined {
  return entryNamed(snapshot.list(dirName(path)), baseName(path));
}

/** The parts of a link's target, and whether it begins at the root. */
function targetOf(
  entry: Entry,
): { readonly parts: readonly string[]; readonly absolute: boolean } | undefined {
  const target = entry.target?.replaceAll('\\', '/').replace(/^[A-Za-z]:(?=\/)/, '');
  if (target === undefined) return undefined;
  // BuildKit's client drops `x/..` before it looks whether there is an `x`.
  return { parts: normalizePath(target).split('/'), absolute: target.startsWith('/') };
}

/**
 * Where `path`, whose folder is no link, leads when symbolic links are followed as BuildKit does it in what was sent: an
 * absolute target begins at `root`, and `..` leads nowhere above it. Undefined where nothing is there, a target is
 * unknown, or links go round.
 */
export function followLinks(
  snapshot: Snapshot,
  root: string,
  path: string,
): { readonly path: string; readonly entry: Entry } | undefined {
  let at = dirName(path);
  let entry: Entry = { name: baseName(root), kind: 'folder' };
  const todo = [baseName(path)];
  let links = 0;
  for (let part = todo.shift(); part !== undefined; part = todo.shift()) {
    if (part === '' || part === '.') continue;
    if (entry.kind !== 'folder') return undefined;
    if (part === '..') {
      at = at === root ? root : dirName(at);
      continue;
    }
    const found = entryNamed(snapshot.list(at), part);
    if (found === undefined) return undefined;
    if (found.kind !== 'link') {
      at = joinPath(at, part);
      entry = found;
      continue;
    }
    const target = targetOf(found);
    if (target === undefined || ++links > maxLinks) return undefined;
    if (target.absolute) at = root;
    todo.unshift(...target.parts);
  }
  return { path: at, entry };
}

/**
 * The ignore file BuildKit reads for a Dockerfile and a local context (SPEC A1): `<name>.dockerignore` beside the
 * Dockerfile alone, even when it is empty, else `.dockerignore` in the root of the context. Null where there is none.
 * A folder of that name, or a link that leads nowhere inside, counts as none (tried with BuildKit 0.33).
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
