import type { Build } from '../project/build.js';
import { projectRootOf } from '../project/config.js';
import type { Snapshot } from '../project/snapshot.js';
import { explanations, explanationText } from '../report/explain.js';
import { contextNeeds } from '../sim/context/needs.js';
import { ignorePatternsOf } from '../sim/context/query.js';
import { buildGraph } from '../sim/stages.js';
import { parseDockerfile } from '../syntax/dockerfile/parse.js';
import { isInside, relativePath } from '../text/paths.js';
import type { Explanation } from './protocol.js';

/** Why the file or folder at `path` is, or is not, in a local build whose context holds it; undefined where there is no Dockerfile. */
export function explanationOf(
  snapshot: Snapshot,
  build: Build,
  path: string,
): { readonly explanation: Explanation; readonly text: string } | undefined {
  const dockerfile = snapshot.parse(build.dockerfile, parseDockerfile);
  if (dockerfile === undefined) return undefined;
  const root = projectRootOf(snapshot, build.dockerfile);
  const shown = (file: string): string => (isInside(root, file) ? relativePath(root, file) : file);
  const needs = contextNeeds(buildGraph(dockerfile, build), dockerfile);
  const { file, ignore } = ignorePatternsOf(snapshot, build);
  const facts = { needs, ignore: { file, parsed: ignore } };
  const [explained] = explanations({ snapshot, build, dockerfile, shown }, facts, [
    relativePath(build.context, path),
  ]);
  return explained && { explanation: explained.explanation, text: explanationText(explained) };
}
