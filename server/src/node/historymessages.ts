import type { HistoryAnswer, HistoryQuery } from '../project/history.js';
import type { RevisionAnswer, RevisionQuery } from '../sim/replay/revision.js';

/** A question to the thread that asks git. */
export type HistoryQuestion =
  | { readonly kind: 'history'; readonly query: HistoryQuery }
  | { readonly kind: 'compare'; readonly query: RevisionQuery };

/** What the thread is told. */
export type ToHistory =
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly question: HistoryQuestion;
      /** Absolute path of git, or its name in PATH; undefined for `git`. */
      readonly program: string | undefined;
    }
  | { readonly kind: 'cancel'; readonly id: number }
  /** Give everything up and end. */
  | { readonly kind: 'end' };

/** What it says. */
export type FromHistory =
  | { readonly kind: 'done'; readonly id: number; readonly answer: HistoryAnswer | RevisionAnswer }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
