import type { Amount, MeasuredNode } from '../project/measure.js';

/** The JSON document of `context`, version 1 (docs/guide/cli.md). Paths are as the front door shows them; those below the context are relative to it. */
export interface ContextReport {
  readonly version: 1;
  readonly build: ReportedBuild;
  /** Whether any step refers to the context; if none does, `sent.wireBytes` is null. */
  readonly loaded: boolean;
  /** What makes BuildKit fail: bad patterns, missing sources. Lines are 0-based. */
  readonly errors: readonly ContextError[];
  /** Null unless asked for. */
  readonly all: Amount | null;
  readonly ignored: Amount | null;
  readonly sent: Amount & {
    readonly entries: number;
    readonly wireBytes: number | null;
    readonly exact: boolean;
    /** Only where asked for: wire order, folders end in `/`. */
    readonly paths?: readonly string[];
  };
  readonly copies: readonly ReportedCopy[];
  /** `neededBy`: 0-based lines of the instructions that take it. */
  readonly largest: readonly (Amount & { readonly path: string; readonly neededBy: readonly number[] })[];
  readonly unused: readonly (Amount & { readonly path: string })[];
  readonly suggestedIgnore: readonly (Amount & { readonly pattern: string; readonly reason: string })[];
  readonly explain: readonly Explanation[];
}

export interface ReportedBuild {
  readonly dockerfile: string;
  readonly context: string;
  readonly ignoreFile: string | null;
  readonly target: string | null;
  readonly args: Readonly<Record<string, string | null>>;
  readonly source: string;
  readonly why: string;
  /** `source` of the other builds of this Dockerfile. */
  readonly others: readonly string[];
}

export interface ContextError {
  readonly message: string;
  readonly path: string;
  readonly line: number;
}

export interface ReportedCopy {
  readonly line: number;
  readonly stage: string;
  readonly instruction: string;
  readonly sources: readonly (Amount & { readonly source: string })[];
}

/** Why a path is in or out of the build. */
export interface Explanation {
  readonly path: string;
  /** Whether something of that name is in the folder; the rest says what would hold for it if it were. */
  readonly exists: boolean;
  readonly included: boolean;
  /** The pattern that decides and where it stands; null where none hits. */
  readonly pattern: string | null;
  readonly ignoreFile: string | null;
  readonly line: number | null;
  /** 0-based lines of the instructions that copy or mount it. */
  readonly copiedBy: readonly number[];
}

/** What the editor's report shows beyond the document: the picture and the editor's own words. */
export interface ContextPicture {
  readonly report: ContextReport;
  /** What is sent, as a tree; null where nothing is. `sources` of a node index `lines`. */
  readonly tree: MeasuredNode | null;
  /** By source of the query: 0-based line of the Dockerfile. */
  readonly lines: readonly number[];
}
