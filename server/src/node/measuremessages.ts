import type { ContextMeasure } from '../project/measure.js';
import type { WalkProgress } from './facts.js';

/** What the worker is told. */
export type ToWorker =
  | {
      readonly kind: 'measure';
      readonly id: number;
      /** JSON of the query. */
      readonly query: string;
      readonly fresh: boolean;
      /** Turns to 1 when nobody waits any more. */
      readonly cancel: Int32Array;
    }
  | { readonly kind: 'changed'; readonly paths: readonly string[] }
  | { readonly kind: 'clear' };

/** What the worker says. */
export type FromWorker =
  | { readonly kind: 'progress'; readonly id: number; readonly progress: WalkProgress }
  | { readonly kind: 'done'; readonly id: number; readonly measure: ContextMeasure | null }
  | { readonly kind: 'cancelled'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string; readonly stack: string };
