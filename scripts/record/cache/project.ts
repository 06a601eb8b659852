import type { TreeValue } from '../case.js';
import type { Dice } from '../random/dice.js';
import { type Draft, textOf } from './draft.js';
import type { State } from './pair.js';

/** A project that edits change in place. */
export interface Project {
  readonly draft: Draft;
  readonly tree: Record<string, TreeValue>;
  ignore: string | undefined;
  secrets: Record<string, string>;
}

/** An edit: does it and says what it did; undefined where there is nothing it could be done to. */
export type Edit = (project: Project, dice: Dice) => string | undefined;

/** The project as it is now. */
export function stateOf({ draft, tree, ignore, secrets }: Project): State {
  const text = textOf(draft);
  return {
    dockerfile: text,
    tree: structuredClone(tree),
    ...(ignore === undefined ? {} : { ignore }),
    ...(draft.target === undefined ? {} : { target: draft.target }),
    ...(Object.keys(draft.args).length > 0 ? { args: { ...draft.args } } : {}),
    ...(Object.keys(secrets).length > 0 ? { secrets: { ...secrets } } : {}),
  };
}
