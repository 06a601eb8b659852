/** A number and what it rests on. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** measured: from the person's own builds; simulated: from the project's files and history; assumed: priors only. */
  readonly basis: Basis;
  /** Where it comes from, one phrase a person can check. */
  readonly source: string;
  /** A part of it is not known and not counted: `source` says which. */
  readonly atLeast?: true;
}

export type Basis = 'measured' | 'simulated' | 'assumed';

/** A number nobody can tell: `source` says why. Never counted as zero without a word. */
export interface Unknown {
  readonly value: null;
  readonly low: null;
  readonly high: null;
  readonly basis: 'assumed';
  readonly source: string;
}
