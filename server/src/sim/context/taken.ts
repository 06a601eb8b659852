import type { ContextView } from '../../project/context.js';
import { entryPath, hasWildcard } from '../../project/tree.js';
import { takersOf } from './explain.js';
import type { ContextUse } from './model.js';

/** Folders looked into for one build, and how deep below a source: what people put there themselves lies near the top. */
const mostFolders = 1000;
const deepest = 5;
/** Folders that tools fill: what lies in them is no secret of this project. */
const foreign =
  /^(?:node_modules|bower_components|vendor|\.git|\.hg|\.svn|\.venv|venv|env|site-packages|__pycache__|target|dist|build|\.next|\.nuxt|\.cache|\.tox|\.mypy_cache|\.pytest_cache|\.gradle|\.terraform|Pods|third[-_]party)$/;

/** A file of the context that is sent and copied. */
export interface TakenFile {
  /** Relative to the context. */
  readonly path: string;
  readonly copiedBy: readonly ContextUse[];
}

/** Where to begin: what the sources stand for. */
function starts(view: ContextView, uses: readonly ContextUse[]): readonly string[] {
  const paths = uses.flatMap(({ sources }) =>
    sources.flatMap(({ query }) =>
      query.wildcards && hasWildcard(query.path) ? view.expand(query.path) : [query.path],
    ),
  );
  const all = new Set(paths);
  return all.has('.') ? ['.'] : [...all].sort();
}

/**
 * Files that some of `uses` take along, of those whose path `wanted` asks for: in the upper folders of what is copied,
 * those that tools fill left out. Links are not followed.
 */
export function takenFiles(
  view: ContextView,
  uses: readonly ContextUse[],
  wanted: (path: string) => boolean,
): readonly TakenFile[] {
  const found: string[] = [];
  let level: string[] = [];
  const look = (path: string, kind: string | undefined): void => {
    if (kind === 'folder') level.push(path);
    else if (kind === 'file' && wanted(path) && !view.isIgnored(path)) found.push(path);
  };
  for (const path of starts(view, uses)) look(path, path === '.' ? 'folder' : view.kindOf(path));
  let seen = 0;
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const now = level;
    level = [];
    for (const folder of now) {
      if (seen++ >= mostFolders) break;
      for (const { name, kind } of view.entries(folder) ?? []) {
        const path = entryPath(folder, name);
        const closed =
          kind === 'folder' && (foreign.test(name) || (view.isIgnored(path) && !view.hasExceptions));
        if (!closed) look(path, kind);
      }
    }
  }
  if (found.length === 0) return [];
  const takers = takersOf(view, uses);
  return [...new Set(found)].sort().flatMap((path) => {
    const copiedBy = takers(path);
    return copiedBy.length === 0 ? [] : [{ path, copiedBy }];
  });
}
