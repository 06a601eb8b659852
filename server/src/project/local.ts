import type { Build } from './build.js';
import { ignoreFileOf } from './ignorefile.js';
import type { Snapshot } from './snapshot.js';

/**
 * A build as it is done from the folder on the disk. One from a git context sends nothing local: what a person wants to
 * know of it is the same build with `docker build` in a checkout. All others are returned as they are.
 */
export function localBuild(snapshot: Snapshot, build: Build): Build {
  if (build.git !== true) return build;
  const { git: _, ...rest } = build;
  return {
    ...rest,
    ignoreFile: ignoreFileOf(snapshot, build.dockerfile, build.context),
    why: `${build.why} The numbers are those of the same build from this folder.`,
  };
}
