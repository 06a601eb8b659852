import { orderedBuilds } from '../engine/contexts.js';
import type { Build } from '../project/build.js';
import { projectRootOf } from '../project/config.js';
import { localBuild } from '../project/local.js';
import type { Snapshot } from '../project/snapshot.js';
import { dockerfilesFor } from '../project/targets.js';
import { joinPath, relativePath } from '../text/paths.js';
import type { Candidate } from './protocol.js';

/** The Dockerfiles a URI stands for where they are several, or the deciding build of the only one. */
export interface ContextTarget {
  readonly candidates: readonly Candidate[];
  readonly build: Build | undefined;
}

export interface TargetDeps {
  readonly uriOf: (path: string) => string;
  /** Path → `source` of the build the person chose. */
  readonly chosenBuilds: () => Readonly<Record<string, string>>;
}

/** What a Dockerfile, compose file, ignore file or folder stands for. */
export function targetOf(deps: TargetDeps, snapshot: Snapshot, path: string): ContextTarget {
  const [first, ...others] = dockerfilesFor(snapshot, path);
  if (first === undefined) return { candidates: [], build: undefined };
  const root = projectRootOf(snapshot, first);
  if (others.length > 0) {
    const candidates = [first, ...others].map((file) => ({
      uri: deps.uriOf(file),
      label: relativePath(root, file),
    }));
    return { candidates, build: undefined };
  }
  const [build] = orderedBuilds(snapshot, first, { chosenBuilds: deps.chosenBuilds() });
  return { candidates: [], build: localBuild(snapshot, build) };
}

/** The ignore file of a build, or where it would be; undefined where BuildKit reads none. */
export function ignorePathOf(build: Build): string | undefined {
  return build.remote ? undefined : (build.ignoreFile ?? joinPath(build.context, '.dockerignore'));
}
