import { baseName, dirName, relativePath } from '../text/paths.js';
import type { Build } from './build.js';
import { configOf, projectRootOf } from './config.js';
import { ignoreFileOf } from './ignorefile.js';
import type { Snapshot } from './snapshot.js';

function configured(snapshot: Snapshot, dockerfile: string): Build[] {
  const config = configOf(snapshot, dockerfile);
  return config.builds
    .filter((build) => build.dockerfile === dockerfile)
    .map((build) => ({
      dockerfile,
      context: build.context,
      remote: false,
      ignoreFile: build.ignoreFile ?? ignoreFileOf(snapshot, dockerfile, build.context),
      target: build.target,
      args: build.args,
      namedContexts: [],
      source: 'configuration',
      kind: 'configuration',
      why: `.plimsoll.yaml lists ${relativePath(config.root, dockerfile)} with the context ${relativePath(config.root, build.context)}.`,
    }));
}

function heuristic(snapshot: Snapshot, dockerfile: string): Build {
  const root = projectRootOf(snapshot, dockerfile);
  const context = dirName(dockerfile);
  return {
    dockerfile,
    context,
    remote: false,
    ignoreFile: ignoreFileOf(snapshot, dockerfile, context),
    target: null,
    args: {},
    namedContexts: [],
    source: 'heuristic',
    kind: 'heuristic',
    why: `No definition of a build names ${baseName(dockerfile)}; its own folder (${relativePath(root, context)}) is taken for the context.`,
  };
}

/** All builds of a Dockerfile that the project defines, the deciding one first (order of CLI.md); never empty. */
export function buildsOf(snapshot: Snapshot, dockerfile: string): readonly Build[] {
  const known = configured(snapshot, dockerfile);
  return known.length > 0 ? known : [heuristic(snapshot, dockerfile)];
}
