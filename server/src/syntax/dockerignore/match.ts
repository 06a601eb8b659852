import { type CompiledPattern, compilePattern } from './compile.js';
import type { IgnoreFile, IgnorePattern } from './model.js';

export interface IgnoreVerdict {
  readonly ignored: boolean;
  /** The pattern that decided last, also an exception that let the path in again; undefined where none hit. */
  readonly by: IgnorePattern | undefined;
  /** Evaluating this pattern makes the build fail: `ignored` says nothing then. */
  readonly error: string | undefined;
}

export interface IgnoreMatcher {
  /** Why no build with this file can work, whatever the paths; undefined where it can. */
  readonly error: string | undefined;
  /** Some pattern starts with `!`. */
  readonly hasExceptions: boolean;
  /** What BuildKit's client decides on its walk for a path from the context root, with `/` (SPEC A4). */
  match(path: string): IgnoreVerdict;
}

/** Which patterns hit a path: what its children inherit. */
interface State {
  readonly hits: readonly boolean[];
  readonly verdict: IgnoreVerdict;
}

function stateOf(
  path: string,
  parent: readonly boolean[] | undefined,
  compiled: readonly CompiledPattern[],
  patterns: readonly IgnorePattern[],
): State {
  let ignored = false;
  let by: IgnorePattern | undefined;
  let error: string | undefined;
  const hits = compiled.map((pattern, i) => {
    let hit = parent?.[i] ?? false;
    if (!hit) {
      // Exceptions are looked at only where something is ignored, other patterns only where nothing is.
      if (error !== undefined || pattern.exception !== ignored) return false;
      if (pattern.matches === undefined) {
        error = pattern.error;
        return false;
      }
      hit = pattern.matches(path);
    }
    if (hit) {
      ignored = !pattern.exception;
      by = patterns[i];
    }
    return hit;
  });
  return { hits, verdict: { ignored, by, error } };
}

/** Decides for every path whether an ignore file keeps it out of the context. Never throws. */
export function createMatcher(ignore: IgnoreFile): IgnoreMatcher {
  const compiled = ignore.patterns.map(({ text }) => compilePattern(text));
  const folders = new Map<string, State>();
  const folderState = (path: string): State => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const at = path.lastIndexOf('/');
    const parent = at < 0 ? undefined : folderState(path.slice(0, at));
    const state = stateOf(path, parent?.hits, compiled, ignore.patterns);
    folders.set(path, state);
    return state;
  };
  return {
    error: fatal(ignore, compiled),
    hasExceptions: compiled.some(({ exception }) => exception),
    match(path) {
      const at = path.lastIndexOf('/');
      const parent = at < 0 ? undefined : folderState(path.slice(0, at));
      const { verdict } = stateOf(path, parent?.hits, compiled, ignore.patterns);
      return parent?.verdict.error === undefined ? verdict : { ...verdict, error: parent.verdict.error };
    },
  };
}

/** The first problem that does not wait for a path. */
function fatal(ignore: IgnoreFile, compiled: readonly CompiledPattern[]): string | undefined {
  const lazy = new Set(
    compiled.flatMap(({ lazy, error }, i) => (lazy && error ? [ignore.patterns[i]?.span] : [])),
  );
  return ignore.problems.find(({ span }) => !lazy.has(span))?.message;
}
