import { dirName } from '../text/paths.js';
import type { Build } from './build.js';
import type { Entry, Facts } from './snapshot.js';

/** Where a text without a place on disk (untitled, a virtual file system) stands in its snapshot. No such folder is ever read. */
export const loneFolder = '/(no folder)';

/**
 * Facts of a world that holds one text and nothing else. The build context of such a Dockerfile is another matter: it is
 * not here (see `loneBuild`), so nothing is concluded from its emptiness.
 */
export function loneFacts(name: string, text: string): Facts {
  const path = `${loneFolder}/${name}`;
  const own: readonly Entry[] = [{ name, kind: 'file' }];
  return {
    texts: { get: (asked) => (asked === path ? text : null) },
    folders: { get: (folder) => (folder === loneFolder ? own : null) },
    indexes: { get: () => [path] },
  };
}

/** The build of a Dockerfile that stands alone; undefined for one that has a place on disk. */
export function loneBuild(dockerfile: string): Build | undefined {
  if (dirName(dockerfile) !== loneFolder) return undefined;
  return {
    dockerfile,
    context: 'unknown',
    remote: true,
    ignoreFile: null,
    target: null,
    args: {},
    namedContexts: [],
    source: 'heuristic',
    kind: 'heuristic',
    why: 'This text has no place on disk, so nothing is known of its build context.',
  };
}
