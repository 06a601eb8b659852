import { dirName, isInside, joinPath } from '../text/paths.js';
import type { Build } from './build.js';
import { classifyName } from './classify.js';
import { composeProjectOf } from './compose.js';
import { projectRootOf } from './config.js';
import { definedDockerfiles } from './definitions.js';
import { projectBuilds } from './discover.js';
import { localBuild } from './local.js';
import type { Snapshot } from './snapshot.js';

/** `path`, or a file in it where it is a folder: what lies in a folder may belong to another project than the folder itself. */
function fileAt(snapshot: Snapshot, path: string): string {
  return snapshot.list(path) === undefined ? path : joinPath(path, 'Dockerfile');
}

/** The Dockerfiles of the builds for which `wanted` holds, each once. */
function dockerfilesWhere(builds: readonly Build[], wanted: (build: Build) => boolean): readonly string[] {
  return [...new Set(builds.filter(wanted).map(({ dockerfile }) => dockerfile))];
}

/**
 * The builds of all projects around a file: of the one it belongs to (a submodule is one), and of those that hold that one
 * inside the same workspace folder.
 */
export function buildsAround(snapshot: Snapshot, path: string): readonly Build[] {
  const inWorkspace = (folder: string): boolean => snapshot.folders.some((top) => isInside(top, folder));
  const builds: Build[] = [];
  let root = projectRootOf(snapshot, fileAt(snapshot, path));
  for (;;) {
    builds.push(...projectBuilds(snapshot, joinPath(root, 'Dockerfile')));
    const above = dirName(root);
    if (above === root || !inWorkspace(above)) break;
    root = projectRootOf(snapshot, joinPath(above, 'Dockerfile'));
  }
  const key = ({ dockerfile, source }: Build): string => `${dockerfile}\0${source}`;
  return builds.filter((build, i) => builds.findIndex((other) => key(other) === key(build)) === i);
}

/**
 * The Dockerfiles that a file or folder stands for: a Dockerfile for itself, a compose file for those its services build,
 * an ignore file for those whose builds read it (if none does, for those beside it in the same context), a folder for
 * those whose context it is, else those below it. Empty where nothing is built from it.
 */
export function dockerfilesFor(snapshot: Snapshot, path: string): readonly string[] {
  const kind = classifyName(path);
  if (kind === 'dockerfile') return [path];
  const file = fileAt(snapshot, path);
  const root = projectRootOf(snapshot, file);
  const builds = projectBuilds(snapshot, file)
    .map((build) => localBuild(snapshot, build))
    .filter(({ remote }) => !remote);
  if (kind === 'compose') {
    const own = definedDockerfiles(snapshot, root, path);
    if (own.length > 0) return own;
    const { files } = composeProjectOf(snapshot, path);
    return [...new Set(files.flatMap((file) => definedDockerfiles(snapshot, root, file)))].sort();
  }
  if (kind === 'dockerignore') {
    const readers = dockerfilesWhere(builds, ({ ignoreFile }) => ignoreFile === path);
    return readers.length > 0
      ? readers
      : dockerfilesWhere(builds, ({ context, dockerfile }) =>
          [context, dirName(dockerfile)].includes(dirName(path)),
        );
  }
  if (snapshot.list(path) === undefined)
    return dockerfilesWhere(builds, ({ dockerfile }) => dockerfile === path);
  const own = dockerfilesWhere(builds, ({ context }) => context === path);
  return own.length > 0 ? own : dockerfilesWhere(builds, ({ dockerfile }) => isInside(path, dockerfile));
}
