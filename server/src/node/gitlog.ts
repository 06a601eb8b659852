import { PassThrough } from 'node:stream';
import type { RawChange, RawCommit } from '../sim/replay/commits.js';
import { type Git, runGit } from './git.js';
import { nameOfBytes } from './names.js';

/** A commit, and the one it is compared with: the next of the chain. */
export interface ChainedCommit extends RawCommit {
  /** Undefined where history begins, or where the clone ends. */
  readonly parent: string | undefined;
}

/** What is to be read. */
export interface LogWish {
  /** Folder of the context, native, links resolved: only changes below are told, and relative to it. */
  readonly folder: string;
  /** Object name of the newest commit. */
  readonly from: string;
  readonly commits: number;
  /** Not this commit and what it descends from; undefined for all. */
  readonly without?: string | undefined;
  /** After so many changes no further commit is read. */
  readonly mostChanges: number;
  /** Hears of each change while git goes on. */
  readonly heard?: ((change: RawChange) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ReadLog {
  /** The newest first. */
  readonly commits: readonly ChainedCommit[];
  /** Ended by `mostChanges`. */
  readonly cut: boolean;
}

const notAscii = /[^\0-\x7F]/;

/** Paths as texts, each once: the same few files change again and again. */
function pathReader(): (latin1: string) => string {
  const known = new Map<string, string>();
  return (latin1) => {
    const found = known.get(latin1);
    if (found !== undefined) return found;
    const bytes = Buffer.from(latin1, 'latin1');
    // Read anew, or the whole piece of output that it is cut from would be kept.
    const path = notAscii.test(latin1) ? nameOfBytes(bytes) : bytes.toString('latin1');
    known.set(bytes.toString('latin1'), path);
    return path;
  };
}

/** What ends with a separator of a text that arrives in pieces. */
function pieces(separator: string, hear: (parts: readonly string[]) => void): (piece: Buffer) => void {
  let rest = '';
  return (piece) => {
    const parts = (rest + piece.toString('latin1')).split(separator);
    rest = parts.pop() ?? '';
    hear(parts);
  };
}

/** The first of `commits` that have at most so many changes together. */
export function withinLimit(
  commits: readonly ChainedCommit[],
  mostChanges: number,
): readonly ChainedCommit[] {
  let sum = 0;
  const end = commits.findIndex(({ changes }) => {
    sum += changes.length;
    return sum > mostChanges;
  });
  return end < 0 ? commits : commits.slice(0, end);
}

/** `:100644 100755 <id> <id> M` */
function rawChange(line: string, path: string): RawChange {
  const [before = '', after = '', from, to] = line.slice(1).split(' ');
  return {
    path,
    modeBefore: Number.parseInt(before, 8),
    modeAfter: Number.parseInt(after, 8),
    sameContent: from === to,
  };
}

/**
 * Commits along first parents, each with what it changes against the next: by mode and object, renames as what goes and what
 * comes. Rejects with `GitFailure`.
 */
export async function readLog(git: Git, wish: LogWish): Promise<ReadLog> {
  const { folder, from, signal, mostChanges, heard } = wish;
  const commits: (ChainedCommit & { readonly changes: RawChange[] })[] = [];
  const byId = new Map<string, RawChange[]>();
  const toCompare = new PassThrough();
  const list = [
    ...['rev-list', '--first-parent', '--parents', '--timestamp', `--max-count=${wish.commits}`, from],
    ...(wish.without === undefined ? [] : [`^${wish.without}`]),
  ];
  const listed = pieces('\n', (lines) => {
    let ids = '';
    for (const line of lines) {
      const [time = '', id = '', parent] = line.split(' ');
      const changes: RawChange[] = [];
      commits.push({ id, parent, time: Number(time), changes });
      byId.set(id, changes);
      // The parent is named, or a merge would be compared with all it has.
      ids += `${parent === undefined ? id : `${id} ${parent}`}\n`;
    }
    toCompare.write(ids);
  });
  const readPath = pathReader();
  let changes = 0;
  let current: RawChange[] = [];
  let pending: string | undefined;
  const compared = pieces('\0', (parts) => {
    for (const part of parts) {
      if (pending !== undefined) {
        const change = rawChange(pending, readPath(part));
        current.push(change);
        heard?.(change);
        changes++;
        pending = undefined;
      } else if (part.startsWith(':')) pending = part;
      else current = byId.get(part) ?? [];
    }
  });
  const heardBy =
    (reader: (piece: Buffer) => void) =>
    (piece: Buffer): boolean => {
      reader(piece);
      return changes <= mostChanges;
    };
  const compare = [
    ...['diff-tree', '--stdin', '--root', '--raw', '-z', '-r', '--no-renames', '--no-abbrev'],
    ...['--ignore-submodules=none', '--no-ext-diff', '--no-textconv', '--relative', '--', '.'],
  ];
  await Promise.all([
    runGit(git, list, {
      cwd: folder,
      signal,
      hear: heardBy(listed),
    }).finally(() => toCompare.end()),
    runGit(git, compare, {
      ...{ cwd: folder, signal, input: toCompare },
      hear: heardBy(compared),
    }),
  ]);
  if (changes <= mostChanges) return { commits, cut: false };
  // Those beyond the limit may not be whole.
  return { commits: withinLimit(commits, mostChanges), cut: true };
}
