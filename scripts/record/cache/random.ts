import { type Dice, dice as newDice } from '../random/dice.js';
import { randomDraft } from './dockerfile.js';
import { dockerfileEdits } from './fileedits.js';
import type { CachePair } from './pair.js';
import { type Edit, type Project, stateOf } from './project.js';
import { randomContext, randomIgnoreFile } from './tree.js';
import { contextEdits } from './treeedits.js';

function edited(project: Project, dice: Dice): string {
  for (;;) {
    const edits: readonly (readonly [number, Edit])[] = dice.chance(58) ? contextEdits : dockerfileEdits;
    const done = dice.weighted(edits)(project, dice);
    if (done !== undefined) return done;
  }
}

/** The pair of number `index` of the run with `seed`: always the same. */
export function randomPair(seed: number, index: number): CachePair {
  const dice = newDice(seed, index);
  const tree = randomContext(dice);
  const draft = randomDraft(dice, tree);
  const project: Project = { draft, tree: { ...tree }, ignore: randomIgnoreFile(dice, tree), secrets: {} };
  if (dice.chance(30)) project.secrets = { token: '1' };
  const before = stateOf(project);
  const count = dice.weighted([
    [70, 1],
    [22, 2],
    [8, 3],
  ]);
  const edits = Array.from({ length: count }, () => edited(project, dice));
  return { id: `${seed}-${index}`, edits, before, after: stateOf(project) };
}
