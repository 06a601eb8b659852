import type { HistoryGap } from '../../project/history.js';
import type { ContextEntry } from '../cache/model.js';

/** What is to be compared with the context as it is on the disk. */
export interface RevisionQuery {
  /** Absolute path of the context folder. */
  readonly root: string;
  /** As a person writes it: `HEAD`, `main~3`, an object name. */
  readonly revision: string;
  /** Absolute paths of files whose texts at the revision are wanted too, in the context or not: the Dockerfile, the ignore file. */
  readonly texts: readonly string[];
}

/**
 * A context at a revision and on the disk. Paths are relative to the context; what git ignores is on neither side, since git
 * can't tell whether it changed. An entry is the same on both sides where `kind`, `mode` and `content` are.
 */
export interface RevisionState {
  /** Full object name of the commit. */
  readonly commit: string;
  /**
   * Files and links, and submodules as folders whose `content` is their commit. `mode` is that of the disk where a checkout
   * could have made it, else 0o644 or 0o755.
   */
  readonly before: ReadonlyMap<string, ContextEntry>;
  /** `content` is undefined for files that are not tracked: they are on this side only. */
  readonly after: ReadonlyMap<string, ContextEntry>;
  /** By the paths of the query: null where the revision has no such file. */
  readonly texts: ReadonlyMap<string, string | null>;
  /** What limits the comparison, one sentence each. */
  readonly notes: readonly string[];
}

/** `gap` says why there is no state. */
export type RevisionAnswer =
  | { readonly state: RevisionState; readonly gap: null }
  | { readonly state: null; readonly gap: { readonly kind: HistoryGap; readonly message: string } };
