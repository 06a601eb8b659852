import type { HistoryAnswer } from '../project/history.js';

/** What the thread that asks git is told. */
export type ToHistory =
  | {
      readonly kind: 'ask';
      readonly id: number;
      /** JSON of the query. */
      readonly query: string;
      /** Absolute path of git; undefined for the one of PATH. */
      readonly program: string | undefined;
    }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'clear' };

/** What it says. */
export type FromHistory =
  | { readonly kind: 'done'; readonly id: number; readonly answer: HistoryAnswer }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
