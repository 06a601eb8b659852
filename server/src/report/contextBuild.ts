import type { Build } from '../project/build.js';
import type { ReportedBuild } from './contextModel.js';

/** A build as the JSON documents name it. `others` are further builds of the same Dockerfile, itself left out. */
export function reportedBuild(
  build: Build,
  others: readonly Build[],
  shown: (path: string) => string,
): ReportedBuild {
  return {
    dockerfile: shown(build.dockerfile),
    context: build.remote ? build.context : shown(build.context),
    ignoreFile: build.ignoreFile === null ? null : shown(build.ignoreFile),
    target: build.target,
    args: build.args,
    source: build.source,
    why: build.why,
    others: others.filter((other) => other !== build).map((other) => other.source),
  };
}
