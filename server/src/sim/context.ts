import type { Build } from '../project/build.js';
import type { Entry, Snapshot } from '../project/snapshot.js';
import { createMatcher } from '../syntax/dockerignore/match.js';
import { parseIgnore } from '../syntax/dockerignore/parse.js';
import { dirName, joinPath } from '../text/paths.js';
import type { CopyContext } from './copies.js';

const OPEN = createMatcher(parseIgnore(''));
/** An ignore file wholly parsed and compiled: remembered per text by the snapshot. */
const matcherOf = (text: string) => createMatcher(parseIgnore(text));

/** The context of a build as COPY sees it; undefined for a remote one. */
export function copyContextOf(snapshot: Snapshot, build: Build): CopyContext | undefined {
  if (build.remote) return undefined;
  const matcher =
    (build.ignoreFile === null ? undefined : snapshot.parse(build.ignoreFile, matcherOf)) ?? OPEN;
  const absolute = (path: string): string => joinPath(build.context, path);
  const entryOf = (path: string): Entry | undefined => {
    const place = absolute(path);
    return snapshot.list(dirName(place))?.find((e) => place.endsWith(`/${e.name}`));
  };
  return {
    exists: (path) => path === '.' || entryOf(path) !== undefined,
    isIgnored: (path) => path !== '.' && matcher.match(path).ignored,
    text: (path) => (entryOf(path)?.kind === 'file' ? snapshot.text(absolute(path)) : undefined),
    entries: (folder) => {
      if (folder !== '.' && entryOf(folder)?.kind !== 'folder') return undefined;
      return snapshot.list(absolute(folder));
    },
  };
}
