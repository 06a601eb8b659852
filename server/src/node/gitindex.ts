import type { TrackedMode } from '../sim/replay/commits.js';
import { type Git, gitOutput } from './git.js';
import { nameOfBytes } from './names.js';

/** What the index remembers of a file since git last looked at it. */
export interface IndexStat {
  /** `seconds:nanoseconds`; nanoseconds are 0 where git does not keep them. */
  readonly ctime: string;
  readonly mtime: string;
  readonly inode: number;
  /** Bytes, the lowest 32 bits. */
  readonly size: number;
}

/** A file of the index. */
export interface IndexEntry extends TrackedMode {
  /** Object name. */
  readonly id: string;
  /** 0 but for a merge that is not done. */
  readonly stage: number;
  /** Not meant to be on the disk (sparse checkout). */
  readonly skipped: boolean;
  /** Undefined where this version of git does not tell it as expected. */
  readonly stat: IndexStat | undefined;
}

const head = /([A-Za-z?]) (\d{6}) ([0-9a-f]+) ([0-3])\t([^\0]+)\0/y;
const detail =
  / {2}ctime: (\d+:\d+)\n {2}mtime: (\d+:\d+)\n {2}dev: \d+\tino: (\d+)\n {2}uid: \d+\tgid: \d+\n {2}size: (\d+)\tflags: [0-9a-f]+\n/y;

/** `ls-files -t --stage -z`, with `--debug` or without; undefined where it is not understood. */
function parsedIndex(out: string, detailed: boolean): readonly IndexEntry[] | undefined {
  const entries: IndexEntry[] = [];
  for (let at = 0; at < out.length; ) {
    head.lastIndex = at;
    const found = head.exec(out);
    if (found === null) return undefined;
    at = head.lastIndex;
    const [, tag, mode = '', id = '', stage, name = ''] = found;
    let stat: IndexStat | undefined;
    if (detailed) {
      detail.lastIndex = at;
      const told = detail.exec(out);
      if (told === null) return undefined;
      at = detail.lastIndex;
      const [, ctime = '', mtime = '', inode, size] = told;
      stat = { ctime, mtime, inode: Number(inode), size: Number(size) };
    }
    const path = nameOfBytes(Buffer.from(name, 'latin1'));
    const skipped = tag?.toUpperCase() === 'S';
    entries.push({ path, mode: Number.parseInt(mode, 8), id, stage: Number(stage), skipped, stat });
  }
  return entries;
}

/** The files of the index below `folder` (native, links resolved), by paths relative to it; with `stat` only where asked for. */
export async function indexEntries(
  git: Git,
  folder: string,
  what: 'modes' | 'stat',
  signal?: AbortSignal,
): Promise<readonly IndexEntry[]> {
  const ask = (more: readonly string[]): Promise<string> =>
    gitOutput(git, ['ls-files', '-t', '--stage', ...more, '-z', '--', '.'], { cwd: folder, signal });
  // `--debug` is not promised to stay as it is.
  const detailed = what === 'stat' ? parsedIndex(await ask(['--debug']), true) : undefined;
  return detailed ?? parsedIndex(await ask([]), false) ?? [];
}

/** Names below `folder` that git neither tracks nor ignores. */
export async function untrackedFiles(
  git: Git,
  folder: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const args = ['ls-files', '--others', '--exclude-standard', '-z', '--', '.'];
  const out = await gitOutput(git, args, { cwd: folder, signal });
  return out
    .split('\0')
    .filter((name) => name !== '')
    .map((name) => nameOfBytes(Buffer.from(name, 'latin1')));
}
