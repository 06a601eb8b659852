import type { Predicted } from './model.js';
import type { CachedSteps } from './pair.js';

/** How the steps of one or more pairs were decided. */
export interface Tally {
  readonly pairs: number;
  readonly steps: number;
  /** Steps that BuildKit ran. */
  readonly ran: number;
  /** Decided otherwise than by BuildKit. */
  readonly wrong: number;
  readonly maybe: number;
  /** Steps that BuildKit says nothing about. */
  readonly unseen: number;
}

/** Counts one pair; a stage or step that only one of the two knows counts as wrong. */
export function tallyOf(real: CachedSteps, ours: Predicted): Tally {
  const tally = { pairs: 1, steps: 0, ran: 0, wrong: 0, maybe: 0, unseen: 0 };
  for (const stage of new Set([...Object.keys(real), ...Object.keys(ours)])) {
    const [a = '', b = ''] = [real[stage], ours[stage]];
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      tally.steps++;
      if (a[i] === '0') tally.ran++;
      if (a[i] === '-') tally.unseen++;
      else if (b[i] === '?' && a[i] !== undefined) tally.maybe++;
      else if (a[i] !== b[i]) tally.wrong++;
    }
  }
  return tally;
}

export function sum(tallies: readonly Tally[]): Tally {
  const of = (pick: (tally: Tally) => number): number =>
    tallies.reduce((total, tally) => total + pick(tally), 0);
  return {
    pairs: of(({ pairs }) => pairs),
    steps: of(({ steps }) => steps),
    ran: of(({ ran }) => ran),
    wrong: of(({ wrong }) => wrong),
    maybe: of(({ maybe }) => maybe),
    unseen: of(({ unseen }) => unseen),
  };
}

export function tallyText({ pairs, steps, ran, wrong, maybe, unseen }: Tally): string {
  const share = steps === 0 ? 0 : (100 * maybe) / steps;
  return `${pairs} pairs, ${steps} steps, of which ${ran} ran: ${wrong} decided wrong, ${maybe} maybe (${share.toFixed(1)} %), ${unseen} not reported`;
}
