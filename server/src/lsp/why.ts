import type { Build } from '../project/build.js';
import { contextView } from '../project/context.js';
import type { Snapshot } from '../project/snapshot.js';
import { relativePath } from '../text/paths.js';
import type { Explanation } from './protocol.js';

/** Why the file at `path` is, or is not, in a local build whose context holds it. */
export function explanationOf(
  snapshot: Snapshot,
  build: Build,
  path: string,
): { readonly explanation: Explanation; readonly text: string } {
  const relative = relativePath(build.context, path);
  const view = contextView(snapshot, build);
  const by = view?.decidedBy(relative);
  const included = view?.isIgnored(relative) !== true;
  const ignoreFile = view?.ignoreFile ?? null;
  const explanation: Explanation = {
    path: relative,
    included,
    pattern: by?.text ?? null,
    ignoreFile,
    line: by?.line ?? null,
    copiedBy: [],
  };
  const shown = ignoreFile === null ? '' : relativePath(build.context, ignoreFile);
  if (by === undefined) {
    return { explanation, text: `${relative} is in the context: no line of an ignore file hits it.` };
  }
  const line = `line ${by.line + 1} of ${shown} (${by.text})`;
  return {
    explanation,
    text: included
      ? `${relative} is in the context: ${line} lets it in again.`
      : `${relative} is not in the context: ${line} hides it.`,
  };
}
