import { contextNeeds } from '../../sim/context/needs.js';
import type { IgnoreInput } from './model.js';

/** The input of the generator for a build, its needs worked out. */
export function inputOf({
  snapshot,
  build,
  builds,
  dockerfile,
  graph,
  shell,
}: Omit<IgnoreInput, 'needs'>): IgnoreInput {
  return { snapshot, build, builds, dockerfile, graph, shell, needs: contextNeeds(graph, dockerfile) };
}
