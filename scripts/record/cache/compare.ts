import type { BuildStep } from '../../../server/src/sim/cache/model.js';
import type { Predicted } from './model.js';
import type { CachedSteps } from './pair.js';
import { byStage } from './steps.js';

/** How the steps of one or more pairs were decided. */
export interface Tally {
  readonly pairs: number;
  readonly steps: number;
  /** Steps that BuildKit ran. */
  readonly ran: number;
  /** Decided otherwise than by BuildKit. */
  readonly wrong: number;
  readonly maybe: number;
  /** Of those the ones not at or below a step that takes files from a stage of which a step ran again or was taken away. */
  readonly baseless: number;
  /** Steps that BuildKit says nothing about. */
  readonly unseen: number;
}

function stagesOf(real: CachedSteps, ours: Predicted): readonly string[] {
  return [...new Set([...Object.keys(real), ...Object.keys(ours)])];
}

/** What differs, one line for each stage. */
export function compareSteps(real: CachedSteps, ours: Predicted): readonly string[] {
  return stagesOf(real, ours)
    .filter((stage) => real[stage] !== ours[stage])
    .map((stage) => `stage ${stage}: BuildKit ${real[stage] ?? 'none'}, ours ${ours[stage] ?? 'none'}`);
}

/** The steps of both builds of a pair. */
export interface PairSteps {
  readonly before: readonly BuildStep[];
  readonly after: readonly BuildStep[];
}

/** Whether a step of a stage was taken away, so that it ends as another although nothing in it runs again. */
function isShortened(own: readonly BuildStep[], before: readonly BuildStep[]): boolean {
  const label = own[0]?.node.stage.label;
  const kept = new Set(own.map(({ step }) => step.instruction.text));
  return before.some(({ node, step }) => node.stage.label === label && !kept.has(step.instruction.text));
}

/** Stages of which a step ran again or was taken away, or that are FROM or take from such a stage. */
function rerunStages(real: CachedSteps, { before, after }: PairSteps): ReadonlySet<number> {
  const rerun = new Set<number>();
  const stages = [...byStage(after)].sort(([a], [b]) => a - b);
  for (const [index, own] of stages) {
    const needs = own[0]?.node.needs ?? [];
    const changed = real[index]?.includes('0') || isShortened(own, before);
    if (changed || needs.some(({ stage }) => rerun.has(stage))) rerun.add(index);
  }
  return rerun;
}

/** Steps, by stage and place, at or below one that takes files from such a stage. */
function reasoned(real: CachedSteps, steps: PairSteps): ReadonlySet<string> {
  const rerun = rerunStages(real, steps);
  const found = new Set<string>();
  const open = new Set<number>();
  for (const [index, own] of [...byStage(steps.after)].sort(([a], [b]) => a - b)) {
    const { base, needs } = own[0]?.node ?? { base: undefined, needs: [] };
    let below = base?.kind === 'stage' && open.has(base.index);
    for (const [i, { step }] of own.entries()) {
      below ||= needs.some(
        ({ by, how, stage }) => how !== 'from' && by === step.instruction && rerun.has(stage),
      );
      if (below) found.add(`${index} ${i}`);
    }
    if (below) open.add(index);
  }
  return found;
}

/** Counts one pair; a stage or step that only one of the two knows counts as wrong. */
export function tallyOf(
  real: CachedSteps,
  ours: Predicted,
  steps: PairSteps = { before: [], after: [] },
): Tally {
  const tally = { pairs: 1, steps: 0, ran: 0, wrong: 0, maybe: 0, baseless: 0, unseen: 0 };
  const places = reasoned(real, steps);
  for (const stage of stagesOf(real, ours)) {
    const [a = '', b = ''] = [real[stage], ours[stage]];
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      tally.steps++;
      if (a[i] === '0') tally.ran++;
      if (a[i] === '-') tally.unseen++;
      else if (b[i] !== '?' || a[i] === undefined) tally.wrong += a[i] === b[i] ? 0 : 1;
      else {
        tally.maybe++;
        if (!places.has(`${stage} ${i}`)) tally.baseless++;
      }
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
    baseless: of(({ baseless }) => baseless),
    unseen: of(({ unseen }) => unseen),
  };
}

export function tallyText({ pairs, steps, ran, wrong, maybe, baseless, unseen }: Tally): string {
  const share = steps === 0 ? 0 : (100 * maybe) / steps;
  return `${pairs} pairs, ${steps} steps, of which ${ran} ran: ${wrong} decided wrong, ${maybe} maybe (${share.toFixed(1)} %), of them ${baseless} not at or below what takes from a stage that ran again or lost a step, ${unseen} not reported`;
}
