import type { Basis, Estimate, Unknown } from '../../project/estimate.js';
import type { Triple } from './family.js';

/** Low, likely and high, in order. */
export interface Range {
  readonly low: number;
  readonly value: number;
  readonly high: number;
}

export function rangeOf([low, value, high]: Triple): Range {
  return { low, value, high };
}

export const noRange: Range = { low: 0, value: 0, high: 0 };

export function plus(a: Range, b: Range): Range {
  return { low: a.low + b.low, value: a.value + b.value, high: a.high + b.high };
}

/** Both ends of `range` times `factor`, which is not negative. */
export function times(range: Range, factor: number): Range {
  return { low: range.low * factor, value: range.value * factor, high: range.high * factor };
}

/** Both ends of a range of seconds by those of a range of shares. */
export function multiplied(range: Range, share: Range): Range {
  return { low: range.low * share.low, value: range.value * share.value, high: range.high * share.high };
}

/** What is left of `range` where between `saved.low` and `saved.high` of it falls away. */
export function without(range: Range, saved: Range): Range {
  return {
    low: range.low * (1 - saved.high),
    value: range.value * (1 - saved.value),
    high: range.high * (1 - saved.low),
  };
}

/** A number for people, in thousandths: more is noise. */
export function estimate({ low, value, high }: Range, basis: Basis, source: string): Estimate {
  const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;
  return { value: rounded(value), low: rounded(low), high: rounded(high), basis, source };
}

/** A number that nobody can tell, because of `source`. */
export function unknown(source: string): Unknown {
  return { value: null, low: null, high: null, basis: 'assumed', source };
}
