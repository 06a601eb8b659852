import type { Basis, Estimate, Unknown } from '../../project/estimate.js';
import type { StepSeconds } from '../cost/model.js';

/** Three figures of one thing: how much it surely is, at least, at most. */
export interface Range {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const strength: Readonly<Record<Basis, number>> = { assumed: 0, simulated: 1, measured: 2 };

/** The weakest basis of several; `simulated` where there is none, since a replay is a simulation. */
export function weakest(bases: readonly Basis[]): Basis {
  return bases.reduce<Basis>((least, b) => (strength[b] < strength[least] ? b : least), 'simulated');
}

/** The mean of several ranges; zeros where there are none. */
export function meanOf(ranges: readonly Range[], weights: readonly number[]): Range {
  const total = weights.reduce((sum, w) => sum + w, 0);
  const over = (pick: (range: Range) => number): number =>
    total === 0 ? 0 : ranges.reduce((sum, r, i) => sum + pick(r) * (weights[i] ?? 0), 0) / total;
  return { value: over((r) => r.value), low: over((r) => r.low), high: over((r) => r.high) };
}

/** The smallest value that at least `share` of the weight does not exceed. */
function percentile(values: readonly number[], weights: readonly number[], share: number): number {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const wanted = weights.reduce((sum, w) => sum + w, 0) * share;
  let seen = 0;
  for (const i of order) {
    seen += weights[i] ?? 0;
    if (seen >= wanted) return values[i] ?? 0;
  }
  return 0;
}

/** As `percentile`, of each of the three figures by itself. */
export function percentileOf(ranges: readonly Range[], weights: readonly number[], share: number): Range {
  const of = (pick: (range: Range) => number): number => percentile(ranges.map(pick), weights, share);
  return { value: of((r) => r.value), low: of((r) => r.low), high: of((r) => r.high) };
}

/** Seconds to the millisecond: what lies below is the noise of sums. */
function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

export function estimated({ value, low, high }: Range, basis: Basis, source: string): Estimate {
  return { value: rounded(value), low: rounded(low), high: rounded(high), basis, source };
}

export function unknownSeconds(source: string): Unknown {
  return { value: null, low: null, high: null, basis: 'assumed', source };
}

/** The figures of an estimate; what nobody knows counts as nothing here, so whoever adds it up has to say so. */
export function rangeOf(seconds: StepSeconds): Range {
  return seconds.value === null
    ? { value: 0, low: 0, high: 0 }
    : { value: seconds.value, low: seconds.low, high: seconds.high };
}
