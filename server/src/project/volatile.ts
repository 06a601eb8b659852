import type { Span } from '../text/span.js';

/** A build argument whose value changes by itself. */
export interface VolatileArgument {
  readonly name: string;
  /** `commit`: another value with every commit; `build`: with every build (a date, a run number). */
  readonly changes: 'commit' | 'build';
  /** The value as written: `${{ github.sha }}`, `$(git rev-parse HEAD)`. */
  readonly value: string;
  /** Absolute path of the file that passes it, and where. */
  readonly path: string;
  readonly at: Span;
}
