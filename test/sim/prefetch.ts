import { contextView } from '../../server/src/project/context.js';
import { buildsOf } from '../../server/src/project/discover.js';
import { imageFiles, prefetchOf } from '../../server/src/sim/closures.js';
import { commandsOf } from '../../server/src/sim/commands.js';
import { localCopyOf } from '../../server/src/sim/copies.js';
import type { Prefetch } from '../../server/src/sim/installs/model.js';
import { buildOf } from '../../server/src/sim/installs.js';
import { buildGraph, shellOf } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import type { ShellParser } from '../../server/src/syntax/shell/model.js';
import { memorySnapshot, root } from '../harness/memfs.js';

/** What could download before the last build of `RUN run`, with the project copied whole to /src. */
export function prefetchIn(
  parser: ShellParser,
  files: Readonly<Record<string, string>>,
  run: string,
): Prefetch | undefined {
  const text = `FROM base\nWORKDIR /src\nCOPY . .\nRUN ${run}\n`;
  const snapshot = memorySnapshot({ ...files, Dockerfile: text });
  const [build] = buildsOf(snapshot, `${root}/Dockerfile`);
  const context = contextView(snapshot, build);
  const dockerfile = parseDockerfile(text);
  const graph = buildGraph(dockerfile, { target: null, args: {}, namedContexts: [] });
  const node = graph.stages[0];
  const step = node?.steps.at(-1);
  if (context === undefined || node === undefined || step === undefined) throw new Error('no stage');
  const commands = commandsOf(node, step, shellOf(parser)) ?? [];
  const copies = node.steps.flatMap((s) => localCopyOf(node, s, context, dockerfile.escape) ?? []);
  const image = imageFiles(node, step, copies, context);
  const found = commands.flatMap((command) => {
    const built = buildOf(command);
    return (built && prefetchOf(built, step, image, commands)) ?? [];
  });
  return found.at(-1);
}
