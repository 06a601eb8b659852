import type { Build } from '../../project/build.js';
import { remembered, type Snapshot } from '../../project/snapshot.js';
import type { Dockerfile } from '../../syntax/dockerfile/model.js';
import { parseDockerfile } from '../../syntax/dockerfile/parse.js';
import type { StageGraph } from '../model.js';
import { buildGraph } from '../stages.js';
import type { ContextNeeds } from './model.js';
import { contextNeeds } from './needs.js';

/** What a build makes of its Dockerfile, whatever lies in its context. */
export interface Built {
  readonly dockerfile: Dockerfile;
  readonly graph: StageGraph;
  readonly needs: ContextNeeds;
}

/** Of one parsed Dockerfile: the same builds are asked about by many rules and files. */
function newBuilt(): WeakMap<Build, Built> {
  return new WeakMap();
}

/** The Dockerfile of a build, its stages and what they need of the context; undefined where its text is not there. */
export function builtOf(snapshot: Snapshot, build: Build): Built | undefined {
  const dockerfile = snapshot.parse(build.dockerfile, parseDockerfile);
  if (dockerfile === undefined) return undefined;
  const all = remembered(snapshot, dockerfile, newBuilt);
  const known = all.get(build);
  if (known !== undefined) return known;
  const graph = buildGraph(dockerfile, build);
  const built = { dockerfile, graph, needs: contextNeeds(graph, dockerfile) };
  all.set(build, built);
  return built;
}
