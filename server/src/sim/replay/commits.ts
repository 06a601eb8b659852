/*
 * What git tells of a project's commits, before anything is made of it. Paths are relative to the context.
 */

/** One path that differs between a commit and its first parent. */
export interface RawChange {
  readonly path: string;
  /** As git keeps it, type bits included; 0 where it is not there. */
  readonly modeBefore: number;
  readonly modeAfter: number;
  /** The object is the same on both sides: only the mode differs. */
  readonly sameContent: boolean;
}

export interface RawCommit {
  /** Full object name. */
  readonly id: string;
  /** Committer's time, seconds since 1970. */
  readonly time: number;
  /** History begins with it: it has no parent. */
  readonly first?: true;
  readonly changes: readonly RawChange[];
}

/** A tracked file, as the index has it. */
export interface TrackedMode {
  readonly path: string;
  readonly mode: number;
}

/** What was read of a repository for one context. */
export interface RawHistory {
  /** The newest first, along first parents. */
  readonly commits: readonly RawCommit[];
  /**
   * Files of the repository's own folder that every commit writes, where that folder lies in the context
   * (`.git/index`, …); none elsewhere.
   */
  readonly ownFiles: readonly string[];
  /** Null where they were not asked for. */
  readonly tracked: readonly TrackedMode[] | null;
  readonly notes: readonly string[];
}

const typeMask = 0o170000;
const link = 0o120000;
const repository = 0o160000;

function isType(mode: number, type: number): boolean {
  return (mode & typeMask) === type;
}

/** Whether one of the two sides is a symbolic link. */
export function isLink({ modeBefore, modeAfter }: RawChange): boolean {
  return isType(modeBefore, link) || isType(modeAfter, link);
}

/** Whether one of the two sides is a commit of another repository (a submodule): a folder on the disk. */
export function isRepository({ modeBefore, modeAfter }: RawChange): boolean {
  return isType(modeBefore, repository) || isType(modeAfter, repository);
}

/** What a checkout makes of a mode: of the permission bits only the owner's execute bit counts. */
function checkedOut(mode: number): number {
  return mode & (typeMask | 0o100);
}

/** Whether only the mode differs, and a checkout would show it. */
export function isModeOnly({ modeBefore, modeAfter, sameContent }: RawChange): boolean {
  return sameContent && checkedOut(modeBefore) !== checkedOut(modeAfter);
}

/** Whether a checkout would show any difference. */
export function isVisible({ modeBefore, modeAfter, sameContent }: RawChange): boolean {
  return !sameContent || checkedOut(modeBefore) !== checkedOut(modeAfter);
}
