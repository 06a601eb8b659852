/*
 * What a build reads and sends of its context, as a question and its answer. Both are plain data: they travel to the
 * worker that walks the disk, and the question's JSON is the name under which the answer is kept.
 */

/** A number of regular files and the bytes they hold. */
export interface Amount {
  readonly files: number;
  readonly bytes: number;
}

/** The sum of several amounts. */
export function sumOf(amounts: readonly Amount[]): Amount {
  return amounts.reduce((sum, { files, bytes }) => ({ files: sum.files + files, bytes: sum.bytes + bytes }), {
    files: 0,
    bytes: 0,
  });
}

/** One source of a COPY, ADD or bind mount, as it selects paths of the context. */
export interface SourceQuery {
  /** Cleaned as BuildKit does it: no `./`, no leading or trailing `/`, `..` above the root dropped; `.` for the root. */
  readonly path: string;
  /** COPY and ADD expand wildcards, a bind mount does not. */
  readonly wildcards: boolean;
  /** With --parents `**` crosses folders. */
  readonly parents: boolean;
  /** With --parents: the folder before `/./`, cleaned, and the pattern that is looked for in it; left out for the root and `path`. */
  readonly pivot?: { readonly folder: string; readonly pattern: string };
  /** --exclude: what is sent all the same, but not copied. */
  readonly exclude: readonly string[];
}

/** What is to be measured in one context. */
export interface ContextQuery {
  /** Absolute path of the context folder. */
  readonly root: string;
  /** Patterns of the ignore file in order, as `IgnorePattern.text` has them. */
  readonly ignore: readonly string[];
  /** The paths the build needs, sorted (SPEC B1.3); null for everything that is not ignored. Never empty: such a build loads no context. */
  readonly follow: readonly string[] | null;
  readonly sources: readonly SourceQuery[];
  /** Ignore patterns without `!`, each tried by itself on what is sent: how much would it hide? */
  readonly probes: readonly string[];
  /** Bytes of files that are not (or not so) on the disk, by path relative to the root: what a fix is about to write. */
  readonly texts: Readonly<Record<string, number>>;
  /** Count what is ignored too, and what each pattern of `ignore` does. Walks ignored folders as well. */
  readonly all: boolean;
  /** How many of the largest paths to name. */
  readonly top: number;
  /** Name every path that is sent. */
  readonly list: boolean;
  /** At most so many nodes of the tree of what is sent; 0: no tree. */
  readonly tree: number;
}

export interface SourceMeasure extends Amount {
  /** Paths the source stands for among what is sent, wildcards expanded, folders as they are; the first 100. */
  readonly matches: readonly string[];
  /** Whether the build goes on: false where BuildKit fails because nothing of that name is sent. */
  readonly found: boolean;
}

export interface PathMeasure extends Amount {
  /** Relative to the context. */
  readonly path: string;
  /** Which sources of the query take it, or a part of it. */
  readonly sources: readonly number[];
}

export interface ProbeMeasure extends Amount {
  /** Folders and files of what is sent that the pattern hits itself, the largest first; the first 10. */
  readonly matches: readonly PathMeasure[];
  /** By source of the query: how much of what it takes would be hidden. */
  readonly bySource: readonly Amount[];
}

/** What one pattern of the ignore file does (only where the query asks for `all`). */
export interface PatternMeasure {
  /** Files at or below what the pattern hits when it is looked at by itself, whatever the other lines say. */
  readonly matched: Amount;
  /** Files for which it is the line that decides, an exception too. */
  readonly decides: Amount;
  /** Files it hits, but for which a later line (index into the query's `ignore`) decides. */
  readonly overruled: readonly { readonly by: number; readonly files: number }[];
  /** Files it would hit, but an earlier line had decided already, so it was not asked. */
  readonly shadowed: readonly { readonly by: number; readonly files: number }[];
  /** Paths it hits itself, folders ending in `/`; the first 5 in walking order. */
  readonly examples: readonly string[];
}

/** A folder or file of what is sent, with what lies below. */
export interface MeasuredNode extends Amount {
  readonly name: string;
  readonly folder: boolean;
  /** Largest first. What is too small to be named is in `rest`. */
  readonly children: readonly MeasuredNode[];
  readonly rest: Amount;
  /** Which sources of the query take it, or a part of it. */
  readonly sources: readonly number[];
}

/** A folder or file of a context that could not be read. */
export interface UnreadPath {
  /** Relative to the root. */
  readonly path: string;
  /**
   * What BuildKit's client makes of it: it gives up (a folder it has to look into), it sends the file without its
   * content, or it never looks there.
   */
  readonly effect: 'fails' | 'empty' | 'unseen';
}

export interface ContextMeasure {
  /** The pattern (index into the query's `ignore`) at which BuildKit's client gives up. The numbers are then those without an ignore file. */
  readonly error: { readonly pattern: number; readonly message: string } | null;
  /** What BuildKit transfers on a first build. */
  readonly sent: Amount & {
    /** Everything on the wire: folders and links too. */
    readonly entries: number;
    /** What BuildKit prints as `transferring context`, bytes (SPEC B3). */
    readonly wireBytes: number;
    /** False where something that counts could not be read: extended attributes, unreadable folders. */
    readonly exact: boolean;
  };
  /** In wire order, folders ending in `/`; null where not asked for. */
  readonly paths: readonly string[] | null;
  /** One for each source of the query. */
  readonly sources: readonly SourceMeasure[];
  /** Largest first: every entry of the root, and deeper ones that stand out. */
  readonly largest: readonly PathMeasure[];
  /** Sent, but taken by no source: whole folders where possible, largest first, the first 100. */
  readonly unused: readonly (Amount & { readonly path: string })[];
  /** One for each probe of the query. */
  readonly probes: readonly ProbeMeasure[];
  /** Regular files below the root, whatever happens to them, and those the ignore file hides; null where not asked for. */
  readonly all: Amount | null;
  readonly ignored: Amount | null;
  /** One for each pattern of `ignore`; null where not asked for. */
  readonly patterns: readonly PatternMeasure[] | null;
  readonly tree: MeasuredNode | null;
  /** What could not be read; the first 100. */
  readonly unreadable: readonly UnreadPath[];
}
