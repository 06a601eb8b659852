import { dockerfileContext } from '../../server/src/engine/contexts.js';
import type { IgnoreInput } from '../../server/src/fixes/ignorefile/model.js';
import type { TrackedSnapshot } from '../../server/src/project/snapshot.js';
import { contextNeeds } from '../../server/src/sim/context/needs.js';
import { joinPath } from '../../server/src/text/paths.js';
import { testEngine } from '../harness/engine.js';
import { memorySnapshot, root } from '../harness/memfs.js';

const engine = await testEngine();

/** The generator's input for a Dockerfile of a snapshot. */
export function inputIn(snapshot: TrackedSnapshot, dockerfile = 'Dockerfile'): IgnoreInput {
  const prepared = dockerfileContext(engine, snapshot, joinPath(root, dockerfile), {});
  if (prepared === undefined) throw new Error(`there is no ${dockerfile}`);
  const { build, builds, dockerfile: parsed, graph, shell } = prepared.context;
  return { snapshot, build, builds, dockerfile: parsed, graph, shell, needs: contextNeeds(graph, parsed) };
}

/** The same for files in memory. */
export function inputOf(
  files: Readonly<Record<string, string>>,
  tree = '',
  dockerfile = 'Dockerfile',
): IgnoreInput {
  return inputIn(memorySnapshot(files, tree), dockerfile);
}
