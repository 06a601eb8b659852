import type { Node, Steps } from './model.js';

/** What the editor says to the report's page. */
export type ToPage =
  | {
      readonly kind: 'show';
      /** The Dockerfile. */
      readonly uri: string;
      /** HTML for `main`. */
      readonly body: string;
      /** What was done, to be announced to a screen reader; empty for nothing. */
      readonly announce: string;
      /** What only the report of a context has. */
      readonly tree: Node | null;
      readonly steps: Steps;
      /** Translations of the texts that the page puts together itself. */
      readonly texts: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'busy'; readonly text: string }
  | { readonly kind: 'idle' };

/** What the page says to the editor. */
export type FromPage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'choose' }
  | { readonly kind: 'create' }
  | { readonly kind: 'add'; readonly pattern: string }
  /** Of an impact report: the id of a fix, `safe` or `all`. */
  | { readonly kind: 'fix'; readonly fix: string }
  | { readonly kind: 'run'; readonly command: string }
  /** Without a path: a line of the Dockerfile. Lines are 0-based. */
  | { readonly kind: 'open'; readonly path?: string; readonly line: number };

/** What the page keeps for the next time it is loaded. */
export interface PageState {
  /** The Dockerfile. */
  readonly uri: string;
  /** The folder that was shown. */
  readonly path: readonly string[];
}
