import type { Tree } from '../case.js';

/* A build, an edit, the build after it: what decides whether BuildKit takes a step from its cache. */

/** All that a build is made of. */
export interface State {
  readonly dockerfile: string;
  readonly tree: Tree;
  /** Text of `.dockerignore` in the root of the context. */
  readonly ignore?: string;
  readonly target?: string;
  readonly args?: Readonly<Record<string, string>>;
  /** Values of secrets by id. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface CachePair {
  readonly id: string;
  /** What was done between the two builds, for people. */
  readonly edits: readonly string[];
  readonly before: State;
  readonly after: State;
}

/**
 * What the second build took from the cache: by index of the stage one letter for each of its steps, in their order.
 * `1` cached, `0` run, `-` a step that BuildKit says nothing about. Only stages of which a step is reported.
 */
export type CachedSteps = Readonly<Record<string, string>>;

export interface RecordedPair extends CachePair {
  readonly cached: CachedSteps;
}

/** Stands in names, commands and contents for a text that no other pair has, so that none hits what another left. */
const salt = /@S@/g;

/** `text` with the salt put in. */
function salted(text: string, value: string): string {
  return text.replace(salt, value);
}

function saltedRecord<T>(record: Readonly<Record<string, T>>, value: string): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record).map(([name, entry]) => [
      salted(name, value),
      JSON.parse(salted(JSON.stringify(entry), value)) as T,
    ]),
  );
}

/** A state with the salt put in everywhere. */
export function saltedState(state: State, value: string): State {
  return {
    ...state,
    dockerfile: salted(state.dockerfile, value),
    tree: saltedRecord(state.tree, value),
    ...(state.args === undefined ? {} : { args: saltedRecord(state.args, value) }),
  };
}
