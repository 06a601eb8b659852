import type { Build } from '../project/build.js';
import { projectRootOf } from '../project/config.js';
import type { Snapshot } from '../project/snapshot.js';
import { parseCompose } from '../syntax/compose/parse.js';
import { baseName, joinPath, relativePath } from '../text/paths.js';
import type { StageGraph } from './model.js';

const DEVELOPMENT =
  /(^|[^a-z])(dev|devel|development|develop|devcontainer|local|test|tests|testing|e2e|ci|lint|debug|debugger|watch|storybook|check)([^a-z]|$)/i;

/** Whether a name (of a stage, a file, a folder) says that it is for development or tests. */
export function namesDevelopment(name: string): boolean {
  return DEVELOPMENT.test(name);
}

function serviceIsForDevelopment(snapshot: Snapshot, build: Build): boolean {
  const match = /^(.*) services\.(.+)$/.exec(build.source);
  if (build.kind !== 'compose' || match === null) return false;
  const file = joinPath(projectRootOf(snapshot, build.dockerfile), match[1] ?? '');
  if (namesDevelopment(baseName(file))) return true;
  const service = snapshot.parse(file, parseCompose)?.services.find((s) => s.name === match[2]);
  if (service === undefined) return true;
  // What it starts instead of the image's CMD, or source mounted over the image: this image is not what is run elsewhere.
  if (service.values.has('command') || service.values.has('entrypoint') || service.values.has('develop'))
    return true;
  const volumes = service.values.get('volumes')?.value;
  const list: readonly unknown[] = Array.isArray(volumes) ? volumes : [];
  return list.some((volume) => {
    const short = typeof volume === 'string' ? volume : '';
    const long =
      typeof volume === 'object' && volume !== null ? (volume as { type?: unknown }).type : undefined;
    return /^\.{1,2}(\/[^:]*)?:/.test(short) || long === 'bind';
  });
}

/** Whether a build of this Dockerfile, or its file or target, is for development or tests rather than for running. */
export function isForDevelopment(snapshot: Snapshot, builds: readonly Build[], graph: StageGraph): boolean {
  const target = graph.target?.stage;
  if (target?.name !== undefined && namesDevelopment(target.name)) return true;
  return builds.some((build) => {
    const path = relativePath(projectRootOf(snapshot, build.dockerfile), build.dockerfile);
    return (
      namesDevelopment(path) || build.kind === 'devcontainer' || serviceIsForDevelopment(snapshot, build)
    );
  });
}
