import type { Build } from '../../project/build.js';
import type { Script } from '../../project/scripts.js';
import type { Snapshot } from '../../project/snapshot.js';
import { hasWildcard, lookUp } from '../../project/tree.js';
import { baseName, dirName, joinPath, relativePath } from '../../text/paths.js';
import type { ContextNeeds } from './model.js';

/** Folders looked at for one that could be the context. */
const maxFolders = 600;
const maxDepth = 4;
const never = /^(?:node_modules|\.git|vendor|\.venv|venv|target|dist|\.hg|\.svn)$/;

/** Folders of the project that hold a first part of some path, the root's own first; at most `maxFolders` are looked at. */
function* foldersBelow(snapshot: Snapshot, root: string): Generator<string> {
  let level = [root];
  let seen = 0;
  for (let depth = 0; depth <= maxDepth && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      if (seen++ >= maxFolders) return;
      yield folder;
      for (const entry of snapshot.list(folder) ?? []) {
        if (entry.kind === 'folder' && !never.test(entry.name)) next.push(joinPath(folder, entry.name));
      }
    }
    level = next;
  }
}

/** Literal paths that a build needs, the root itself left out. */
function literals(needs: ContextNeeds): readonly string[] {
  const all = needs.uses.flatMap(({ sources }) => sources.map(({ query }) => query));
  return [
    ...new Set(all.filter((q) => q.path !== '.' && !(q.wildcards && hasWildcard(q.path))).map((q) => q.path)),
  ];
}

/** How much speaks for the context of a build that nobody defined: how many of the paths it needs by name are there. */
export function foundByName(
  snapshot: Snapshot,
  build: Build,
  needs: ContextNeeds,
): { readonly found: number; readonly of: number } {
  const wanted = literals(needs);
  return {
    found: wanted.filter((path) => lookUp(snapshot, build.context, path) !== undefined).length,
    of: wanted.length,
  };
}

/** Another folder of the project in which everything is that the build needs by name; undefined where there is none. */
export function otherContext(
  snapshot: Snapshot,
  root: string,
  build: Build,
  needs: ContextNeeds,
): string | undefined {
  const wanted = literals(needs);
  for (const folder of foldersBelow(snapshot, root)) {
    if (folder === build.context) continue;
    if (wanted.every((path) => lookUp(snapshot, folder, path) !== undefined)) return folder;
  }
  return undefined;
}

const buildCommand =
  /(?:\b(?:docker|podman|nerdctl|buildah|finch|depot|img)\b[^\n]{0,80}?\b(?:build|bud)\b|\/kaniko\/executor\b|\bdocker\.build\b)[^\n]*(?:\\\n[^\n]*)*/g;
/** Tools that lay out a context of their own, by the files that configure them. */
const ownContext = /(?:^|\/)(?:\.goreleaser.*\.ya?ml|skaffold\.ya?ml|tiltfile|earthfile)$/i;

/**
 * A script that builds this Dockerfile, as far as its text tells, in a context we can't be sure of; undefined where there
 * is none. A plain `.` in a script that lies in the context is what one would think.
 */
export function unsureScript(build: Build, scripts: readonly Script[]): Script | undefined {
  const name = baseName(build.dockerfile);
  const folder = baseName(dirName(build.dockerfile));
  return scripts.find(({ path, text }) => {
    if (ownContext.test(path)) return /docker/i.test(text);
    const mentions = (line: string): boolean =>
      /\s(?:-f|--file)[ =]/.test(line)
        ? line.includes(name)
        : line.includes(`${folder}`) || relativePath(dirName(path), dirName(build.dockerfile)) === '.';
    return [...text.matchAll(buildCommand)].some(([line]) => {
      const plain = /\s\.\/?\s*(?:["'&|;)]|$)/.test(line.replace(/\\\n/g, ' ').trimEnd());
      return mentions(line) && !(plain && dirName(path) === build.context);
    });
  });
}

/** Whether a script builds images with the folder as the context, as far as its text tells. */
export function namesFolder({ path, text }: Script, folder: string): boolean {
  const name = baseName(folder);
  return [...text.matchAll(buildCommand)].some(([command]) => {
    const line = command.replace(/\\\n/g, ' ').replace(/\s(?:-f|--file)[ =]\S+/g, ' ');
    return line.includes(name) || dirName(path) === folder;
  });
}
