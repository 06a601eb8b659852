import type { SourceQuery } from './measure.js';

/*
 * How the commits of a project touched what a build takes from its context, as a question and its answer. Both are plain
 * data: they travel to the worker that asks git, and the question's JSON is the name under which the answer is kept.
 */

/** What is to be played over which commits. */
export interface HistoryQuery {
  /** Absolute path of the context folder. */
  readonly root: string;
  /** At most so many commits, back from HEAD along first parents. */
  readonly commits: number;
  /** Only commits after this revision (as `rev..HEAD`); null for all. */
  readonly since: string | null;
  /** Patterns of the ignore file as it is now, in order. */
  readonly ignore: readonly string[];
  /** As in `ContextQuery`: null for everything that is not ignored. */
  readonly follow: readonly string[] | null;
  readonly sources: readonly SourceQuery[];
  /** Also compare the modes of the files that `sources` take with those git keeps. */
  readonly modes: boolean;
}

/** One commit against its first parent. */
export interface ReplayedCommit {
  /** Full object name. */
  readonly id: string;
  /** Committer's time, seconds since 1970. */
  readonly time: number;
  /** History begins with it: it adds all it holds, and there was nothing to build before it. */
  readonly first?: true;
  /** Something that is sent to the builder changed. */
  readonly touches: boolean;
  /** Sources of the query that take something that changed, in order. */
  readonly sources: readonly TouchedSource[];
}

export interface TouchedSource {
  /** Index into the query's `sources`. */
  readonly source: number;
  /** Folders (ending in `/`) and files in which the changes lie: indices into the answer's `places`, each once. */
  readonly places: readonly number[];
  /** Nothing but modes changed. */
  readonly modesOnly: boolean;
}

/** Why there is no history, or not all of it. */
export type HistoryGap =
  /** Not asked for (`--no-git`, no trust). */
  | 'off'
  /** The context lies in no repository, or is untracked there. */
  | 'no-repository'
  /** No git program. */
  | 'no-git'
  /** A repository without commits, or a clone with one only, whose changes are not known. */
  | 'no-commits'
  /** `since` is no revision here. */
  | 'bad-revision'
  /** Git failed: objects are missing, the repository is broken. */
  | 'failed';

export interface HistoryAnswer {
  /** The newest first; empty where `gap` says why. */
  readonly commits: readonly ReplayedCommit[];
  /** Paths relative to the context that `places` point to; folders end in `/`, the context itself is `./`. */
  readonly places: readonly string[];
  /** `message` is one sentence for people; null where history was read. */
  readonly gap: { readonly kind: HistoryGap; readonly message: string } | null;
  /** What limits the answer, one sentence each: the clone is shallow and ends after 50 commits … */
  readonly notes: readonly string[];
  /** Files that `sources` take whose mode on the disk is not the one git keeps, by path, the first 1000; null where not asked for, and where git can't be asked. */
  readonly modeDrift: readonly ModeDrift[] | null;
}

/** The answer where there is no history: `message` is one sentence for people. */
export function historyGap(kind: HistoryGap, message: string): HistoryAnswer {
  return { commits: [], places: [], gap: { kind, message }, notes: [], modeDrift: null };
}

/** What is said where nobody may ask git. */
export const gitNotAsked = 'Git is not asked.';

/** The answer there. */
export const historyOff: HistoryAnswer = historyGap('off', gitNotAsked);

/** A file whose permission bits no usual umask (002, 007, 022, 027, 077) makes of the mode that git keeps. */
export interface ModeDrift {
  /** Relative to the context. */
  readonly path: string;
  /** Permission bits that a checkout would give the file, umask aside: 0o644 or 0o755. */
  readonly tracked: number;
  /** Permission bits on the disk. */
  readonly disk: number;
  /** Index into the query's `sources`. */
  readonly sources: readonly number[];
}
