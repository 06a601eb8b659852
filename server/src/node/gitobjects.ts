import path from 'node:path';
import { decodeText } from './fs.js';
import { type Git, GitFailure, gitOutput } from './git.js';
import { nameOfBytes } from './names.js';

/** A file, link or submodule of a commit. */
export interface TreeObject {
  readonly mode: number;
  readonly id: string;
}

/** What a commit holds below `folder` (native, links resolved), by paths relative to it. */
export async function treeObjects(
  git: Git,
  folder: string,
  commit: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, TreeObject>> {
  const out = await gitOutput(git, ['ls-tree', '-r', '-z', commit], { cwd: folder, signal });
  const found = new Map<string, TreeObject>();
  for (const line of out.split('\0')) {
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const [mode = '', , id = ''] = line.slice(0, tab).split(' ');
    const name = nameOfBytes(Buffer.from(line.slice(tab + 1), 'latin1'));
    found.set(name, { mode: Number.parseInt(mode, 8), id });
  }
  return found;
}

/**
 * The text of a file (native, absolute) at a commit, links inside the repository followed; null where the commit has no such
 * file, or it is no text. Rejects with `GitFailure` where its content is missing.
 */
export async function textAt(
  git: Git,
  folder: string,
  commit: string,
  file: string,
  signal?: AbortSignal,
): Promise<string | null> {
  const relative = path.relative(folder, file).split(path.sep).join('/');
  if (relative === '' || relative.includes('\n') || path.isAbsolute(relative)) return null;
  const name = `${commit}:./${relative}`;
  const run = { cwd: folder, signal };
  const args = ['rev-parse', '--verify', '--quiet', name];
  const id = await gitOutput(git, args, { ...run, accepted: [0, 1, 128] });
  if (id === '') return null;
  const out = await gitOutput(git, ['cat-file', '--batch', '--follow-symlinks'], {
    ...run,
    input: `${name}\n`,
  });
  const told = /^[0-9a-f]{40,64} (\w+) (\d+)\n/.exec(out);
  if (told === null) {
    if (out.endsWith(' missing\n')) {
      throw new GitFailure(
        'failed',
        'Objects of the history are not in this clone, and they are not fetched.',
      );
    }
    return null;
  }
  if (told[1] !== 'blob') return null;
  const start = told[0].length;
  return decodeText(Buffer.from(out.slice(start, start + Number(told[2])), 'latin1')) ?? null;
}

/** Which of `paths` (relative to `folder`) git changes on their way to the disk, beyond line endings. */
export async function filteredPaths(
  git: Git,
  folder: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const asked = paths.filter((one) => one.isWellFormed());
  if (asked.length === 0) return new Set();
  const args = ['check-attr', '-z', '--stdin', 'filter', 'ident', 'working-tree-encoding'];
  const out = await gitOutput(git, args, { cwd: folder, signal, input: `${asked.join('\0')}\0` });
  const parts = Buffer.from(out, 'latin1').toString('utf8').split('\0');
  const found = new Set<string>();
  for (let i = 0; i + 2 < parts.length; i += 3) {
    const [name = '', , value = ''] = parts.slice(i, i + 3);
    if (value !== 'unspecified' && value !== 'unset') found.add(name);
  }
  return found;
}
