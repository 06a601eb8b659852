import { createMatcher, type IgnoreMatcher } from '../../syntax/dockerignore/match.js';
import { parseIgnore } from '../../syntax/dockerignore/parse.js';
import type { BuildView } from './model.js';
import { broadFolder } from './sharing.js';

/** A matcher for these patterns alone. */
export function matcherOf(patterns: readonly string[]): IgnoreMatcher {
  return createMatcher(parseIgnore(patterns.join('\n')));
}

/** Whether a pattern by itself hides a path or a folder around it. */
function hidesPath(pattern: string, path: string): boolean {
  return path !== '.' && matcherOf([pattern]).match(path).ignored;
}

/** The part of a source before its first wildcard, a whole path. */
function literalStart(source: string): string {
  const wild = source.search(/[*?[\\]/);
  return wild < 0 ? source : source.slice(0, source.lastIndexOf('/', wild)).replace(/^$/, '.');
}

/**
 * Whether one of the builds names what the pattern hides: a source that is it or lies in it, or a wildcard that names it
 * and is more than "everything in a folder".
 */
export function namedBySource(pattern: string, views: readonly BuildView[]): boolean {
  const name = pattern.slice(pattern.lastIndexOf('/') + 1);
  const own = matcherOf([pattern]);
  const hides = (path: string): boolean => path !== '.' && own.match(path).ignored;
  return views.some(({ needs, view }) =>
    needs.uses.some(({ sources }) =>
      sources.some(({ query }) => {
        if (hides(literalStart(query.path))) return true;
        if (broadFolder(query.path) !== undefined) return false;
        const last = query.path.slice(query.path.lastIndexOf('/') + 1);
        return matcherOf([last]).match(name).ignored || view.expand(query.path).some(hides);
      }),
    ),
  );
}

/** Exceptions of the ignore file that a new last line would undo. */
export function undoesException(pattern: string, exceptions: readonly string[]): boolean {
  return exceptions.some((text) => {
    const body = text.replace(/^!/, '');
    const sample = body.replace(/\*\*\/?/g, '').replace(/[*?]/g, 'x');
    return hidesPath(pattern, literalStart(body)) || (sample !== '' && hidesPath(pattern, sample));
  });
}

/** Whether a command, a variable or a COPY --from of one of the builds names the file or folder. */
export function mentioned(name: string, texts: readonly string[]): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const word = new RegExp(`(?:^|[\\s/"'=:,([{])${escaped}(?:$|[\\s/"',:;)\\]}])`);
  return texts.some((text) => word.test(text));
}
