import type { Build } from '../project/build.js';
import { projectRootOf } from '../project/config.js';
import type { Snapshot } from '../project/snapshot.js';
import { relativePath } from '../text/paths.js';
import { namesDevelopment, runsForDevelopment } from './consumers.js';
import type { StageGraph } from './model.js';

const ENVIRONMENT = /^(NODE_ENV|APP_ENV|FLASK_ENV|PYTHON_ENV|ENVIRONMENT)$/;

/** Whether a build of this Dockerfile, or its file or target, is for development or tests rather than for running. */
export function isForDevelopment(snapshot: Snapshot, builds: readonly Build[], graph: StageGraph): boolean {
  const target = graph.target?.stage;
  if (target?.name !== undefined && namesDevelopment(target.name)) return true;
  const environment = graph.target?.steps.at(-1)?.environment ?? new Map<string, string | undefined>();
  if ([...environment].some(([name, value]) => ENVIRONMENT.test(name) && namesDevelopment(value ?? '')))
    return true;
  return builds.some((build) => {
    const path = relativePath(projectRootOf(snapshot, build.dockerfile), build.dockerfile);
    return namesDevelopment(path) || build.kind === 'devcontainer' || runsForDevelopment(snapshot, build);
  });
}
