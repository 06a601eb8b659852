import type { ContextView } from '../project/context.js';
import type { FilesView } from '../sim/stagefiles.js';
import { joinPath } from '../text/paths.js';
import type { DockerfileContext } from './rule.js';

/** What is needed to follow the files of `context` through the stages of a rule's Dockerfile. */
export function filesView(
  { graph, dockerfile, snapshot }: DockerfileContext,
  context: ContextView,
): FilesView {
  return {
    graph,
    context,
    escape: dockerfile.escape,
    parse: (path, parser) => snapshot.parse(joinPath(context.root, path), parser),
  };
}
