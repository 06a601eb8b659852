import type { Build } from '../project/build.js';
import { projectRootOf } from '../project/config.js';
import type { Snapshot } from '../project/snapshot.js';
import { explanations, explanationText } from '../report/explain.js';
import { builtOf } from '../sim/context/built.js';
import { ignorePatternsOf } from '../sim/context/query.js';
import { isInside, relativePath } from '../text/paths.js';
import type { Explanation } from './protocol.js';

/** Why the file or folder at `path` is, or is not, in a local build whose context holds it; undefined where there is no Dockerfile. */
export function explanationOf(
  snapshot: Snapshot,
  build: Build,
  path: string,
): { readonly explanation: Explanation; readonly text: string } | undefined {
  const built = builtOf(snapshot, build);
  if (built === undefined) return undefined;
  const root = projectRootOf(snapshot, build.dockerfile);
  const shown = (file: string): string => (isInside(root, file) ? relativePath(root, file) : file);
  const { dockerfile, needs } = built;
  const { file, ignore } = ignorePatternsOf(snapshot, build);
  const facts = { needs, ignore: { file, parsed: ignore } };
  const [explained] = explanations({ snapshot, build, dockerfile, shown }, facts, [
    relativePath(build.context, path),
  ]);
  return explained && { explanation: explained.explanation, text: explanationText(explained) };
}
