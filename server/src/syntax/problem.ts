import type { Span } from '../text/span.js';

/** Something a parser could not make sense of. Parsing goes on: the model holds all that could be read. */
export interface Problem {
  readonly message: string;
  readonly span: Span;
}
