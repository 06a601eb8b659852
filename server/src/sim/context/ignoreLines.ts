import { compilePattern } from '../../syntax/dockerignore/compile.js';
import { createMatcher } from '../../syntax/dockerignore/match.js';
import type { IgnoreFile, IgnorePattern } from '../../syntax/dockerignore/model.js';
import { parseIgnore } from '../../syntax/dockerignore/parse.js';

/** The pattern without `!`. */
export function bodyOf({ text }: Pick<IgnorePattern, 'text'>): string {
  return text.replace(/^!/, '');
}

/** Whether a pattern names one path, so that its text is that path. */
export function isLiteral(pattern: Pick<IgnorePattern, 'text'>): boolean {
  return compilePattern(bodyOf(pattern)).kind === 'exact';
}

/** Whether nothing inside a context can bear the name: `.`, `/`, what begins with `..`. */
export function isOutside(pattern: Pick<IgnorePattern, 'text'>): boolean {
  return /^(?:\.{0,2}|\/|\.\.\/.*)$/.test(bodyOf(pattern));
}

/** Whether `outer` hits every path that `inner` hits by itself, as far as their texts tell. */
function hitsAll(outer: IgnorePattern, inner: IgnorePattern): boolean {
  const [a, b] = [bodyOf(outer), bodyOf(inner)];
  return a === b || a === '**' || (isLiteral(inner) && compilePattern(a).matches?.(b) === true);
}

/** Whether `outer` keeps out everything that `inner` keeps out: it hits that, or a folder on the way to it. */
function hidesAll(outer: IgnorePattern, inner: IgnorePattern): boolean {
  const [a, b] = [bodyOf(outer), bodyOf(inner)];
  if (hitsAll(outer, inner) || b.startsWith(`${a}/`)) return true;
  // `*` hits every entry of the root, and so all there is.
  if (a === '*') return !isOutside(inner);
  const name = a.slice('**/'.length);
  if (a.startsWith('**/') && !/[*?[\\]/.test(name)) {
    return b.endsWith(`/${name}`) || b.startsWith(`${name}/`) || b.includes(`/${name}/`);
  }
  return isLiteral(inner) && hides([a], b);
}

/** Whether these patterns alone, in this order, keep a path out. */
export function hides(patterns: readonly string[], path: string): boolean {
  const { ignored, error } = createMatcher(parseIgnore(patterns.join('\n'))).match(path);
  return ignored && error === undefined;
}

/**
 * The earlier line because of which the pattern with this index is never asked: it hits all that the pattern could, and
 * no line says the opposite before. Undefined where the texts do not show one.
 */
export function coveredBy({ patterns }: IgnoreFile, index: number): IgnorePattern | undefined {
  const pattern = patterns[index];
  if (pattern === undefined || compilePattern(pattern.text).matches === undefined) return undefined;
  const above = patterns.slice(0, index).filter(({ text }) => compilePattern(text).matches !== undefined);
  // A line is not asked about what is decided already, so it may be silent where an exception has let something in since.
  if (!pattern.exception) {
    return above.some((p) => p.exception) ? undefined : above.findLast((p) => hidesAll(p, pattern));
  }
  // An exception is asked where something is ignored: what it says of a folder need not hold below.
  const opposite = above.findLastIndex((p) => !p.exception);
  return above.slice(opposite + 1).findLast((p) => hitsAll(p, pattern));
}

/** The later exception that says the very opposite of a line, with nothing in between that would be left. */
export function undoneBy({ patterns }: IgnoreFile, index: number): IgnorePattern | undefined {
  const pattern = patterns[index];
  if (pattern === undefined || pattern.exception) return undefined;
  const later = patterns.slice(index + 1);
  const at = later.findIndex((p) => p.text === `!${pattern.text}`);
  return later.slice(0, at + 1).some((p) => p.text === pattern.text) ? undefined : later[at];
}

/** Exceptions that make the client look through all ignored folders (SPEC A4): those with a wildcard that is not at their end. */
export function walkingExceptions({ patterns }: IgnoreFile): readonly IgnorePattern[] {
  return patterns.filter(({ text, exception }) => {
    const body = text
      .slice(1)
      .replace(/\/\*\*$/, '')
      .replace(/\/\*$/, '');
    return exception && /[*[\]?^\\]/.test(body);
  });
}
