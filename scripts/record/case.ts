import { readFileSync } from 'node:fs';

/*
 * A build as the facts describe it: what lies on the disk and what is built of it. Names and contents that are no valid
 * UTF-8 have U+DC80…U+DCFF in place of the bytes that are not.
 */

/** Of one entry of a tree. A number is the size of a file, a text its content, `"dir"` under a name ending in `/` a folder. */
export type TreeValue = number | string | OddEntry;

export interface OddEntry {
  /** Target of a symbolic link. */
  readonly symlink?: string;
  /** Path in the tree whose file this is another name of. */
  readonly hardlink?: string;
  readonly fifo?: true;
  readonly socket?: true;
  /** Kind and numbers of a device as mknod takes them: `c 1 3`. */
  readonly device?: string;
  /** Size of a file; with `sparse` without a single block on the disk. */
  readonly size?: number;
  readonly sparse?: true;
  readonly content?: string;
  /** Permission bits with set-uid, set-gid and sticky, as an octal text: `"4755"`. */
  readonly mode?: string;
  /** Seconds since 1970. */
  readonly mtime?: number;
  readonly xattrs?: Readonly<Record<string, string>>;
}

export type Tree = Readonly<Record<string, TreeValue>>;

export interface BuildCase {
  readonly id?: string;
  readonly tree: Tree;
  readonly dockerfile: string;
  /** Relative to the context, `Dockerfile` where not given; `../x` lies beside the context. */
  readonly dockerfileName?: string;
  /** Text of `.dockerignore` in the root of the context. */
  readonly ignore?: string;
  readonly target?: string;
  /** Built by someone whom permissions hold back; root passes over them. */
  readonly bound?: true;
  readonly args?: Readonly<Record<string, string>>;
}

/** What a BuildKit did with a case. */
export interface Outcome {
  readonly contextLoaded: boolean;
  /** The bytes of the transfer; null where there was none, or where it was broken off. */
  readonly wireBytes: number | null;
  /** First line of what the engine said, where the build failed. */
  readonly error?: string;
}

export type Recorded = BuildCase & Outcome;

/** Recorded cases of a file of JSON lines. Throws with the line's number on what is none. */
export function readRecorded(file: string): readonly Recorded[] {
  return readCases(file).map((one, i) => {
    if (!('contextLoaded' in one) || !('wireBytes' in one)) throw new Error(`${file}:${i + 1}: not recorded`);
    return one as Recorded;
  });
}

/** Cases of a file of JSON lines. Throws with the line's number on what is no case. */
export function readCases(file: string): readonly BuildCase[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, i) => {
      if (line.trim() === '') return [];
      const value: unknown = JSON.parse(line);
      if (!isCase(value)) throw new Error(`${file}:${i + 1}: a case needs at least a tree and a dockerfile`);
      return [value];
    });
}

function isCase(value: unknown): value is BuildCase {
  return (
    typeof value === 'object' &&
    value !== null &&
    'tree' in value &&
    typeof value.tree === 'object' &&
    'dockerfile' in value &&
    typeof value.dockerfile === 'string'
  );
}

/** A case as one line of JSON; lone surrogates are escaped, so that the file stays valid UTF-8. */
export function caseLine(value: BuildCase): string {
  return JSON.stringify(value);
}
