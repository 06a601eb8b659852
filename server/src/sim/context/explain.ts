import type { ContextView } from '../../project/context.js';
import type { SourceQuery } from '../../project/measure.js';
import { cleanSource } from '../../project/tree.js';
import { compilePattern } from '../../syntax/dockerignore/compile.js';
import type { IgnorePattern } from '../../syntax/dockerignore/model.js';
import { goMatcher, hasWildcards } from './goPath.js';
import type { ContextUse } from './model.js';

/** Why a path is in the build or not. */
export interface PathExplanation {
  /** The ignore file lets it through; whether some step needs it is in `copiedBy`. */
  readonly included: boolean;
  /** The pattern that decides, an exception too; undefined where none hits. */
  readonly by: IgnorePattern | undefined;
  /** What copies or mounts it, or a part of it. */
  readonly copiedBy: readonly ContextUse[];
}

/** Whether `path` or a folder above it satisfies `test`; the root is `.`. */
function selfOrAbove(path: string, test: (path: string) => boolean): boolean {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/'))) {
    if (test(at)) return true;
    if (!at.includes('/')) return false;
  }
}

function takes(query: SourceQuery, path: string): boolean {
  if (query.path === '.') return true;
  if (query.parents) {
    const matches = compilePattern(query.path).matches ?? (() => false);
    return selfOrAbove(path, matches);
  }
  if (query.wildcards && hasWildcards(query.path)) return selfOrAbove(path, goMatcher(query.path));
  return selfOrAbove(path, (at) => at === query.path) || query.path.startsWith(`${path}/`);
}

/** Why `path` (relative to the context) is in the build or not: the pattern that decides, the steps that take it. */
export function explainPath(view: ContextView, uses: readonly ContextUse[], path: string): PathExplanation {
  const clean = cleanSource(path);
  const included = clean === '.' || !view.isIgnored(clean);
  const copiedBy = included
    ? uses.filter(({ sources }) => sources.some(({ query }) => takes(query, clean)))
    : [];
  return { included, by: clean === '.' ? undefined : view.decidedBy(clean), copiedBy };
}
