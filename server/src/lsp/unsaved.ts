import type { Build } from '../project/build.js';
import { isInside, relativePath } from '../text/paths.js';
import type { Documents } from './documents.js';

/** What the editor holds otherwise than the disk, one sentence each. `counted`: how the files of the context count then. */
export function unsavedNotes(
  documents: Documents,
  { dockerfile, ignoreFile, context }: Build,
  counted: string,
): readonly string[] {
  const unsaved = documents
    .all()
    .flatMap(({ uri, path }) => (path !== undefined && documents.unsaved(uri) ? [path] : []));
  const deciding = unsaved.filter((path) => path === dockerfile || path === ignoreFile);
  const inside = unsaved.filter((path) => isInside(context, path));
  const names = (paths: readonly string[]): string =>
    paths.map((path) => relativePath(context, path)).join(', ');
  return [
    ...(deciding.length === 0 ? [] : [`Taken as it is in the editor, not saved yet: ${names(deciding)}.`]),
    ...(inside.length === 0 ? [] : [`${counted}: ${names(inside)}.`]),
  ];
}
