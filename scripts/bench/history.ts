import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { toCorePath } from '../../server/src/node/fs.js';
import { createHistorian, type History } from '../../server/src/node/historian.js';
import type { HistoryQuery } from '../../server/src/project/history.js';
import { percentile, round } from './statistics.js';

const RUNS = 7;
const COMMITS = 10_000;
const REPLAYED = 1000;
const NEW = 10;
/** Like the larger of the public projects in the corpus: eight files a commit, thousands of files. */
const FOLDERS = 300;
const FILES = 25;
const CHANGES = 8;

function git(folder: string, args: readonly string[], input = ''): string {
  const done = spawnSync('git', args, { cwd: folder, input, encoding: 'utf8', maxBuffer: 1e9 });
  if (done.status !== 0) throw new Error(`git ${args.join(' ')}: ${done.stderr}`);
  return done.stdout;
}

function file(at: number): string {
  const folder = at % FOLDERS;
  return `packages/part-${folder % 12}/src/area-${Math.floor(folder / 12)}/file-${Math.floor(at / FOLDERS) % FILES}.ts`;
}

/** A stream for fast-import: `count` commits, each changing a few files; the first begins with all of them. */
function commitStream(from: number, count: number): string {
  const parts: string[] = [];
  for (let commit = from; commit < from + count; commit++) {
    const changed =
      commit === 0
        ? Array.from({ length: FOLDERS * FILES }, (_, i) => i)
        : Array.from({ length: 1 + ((commit * 7) % (2 * CHANGES)) }, (_, i) => commit * 7919 + i * 104_729);
    parts.push(
      `commit refs/heads/main\ncommitter a <a@example.com> ${1_600_000_000 + commit} +0000\ndata 1\nc\n`,
    );
    if (commit === from && from > 0) parts.push('from refs/heads/main^0\n');
    for (const at of changed) {
      const text = `${commit} ${at}`;
      parts.push(`M 100644 inline ${file(at)}\ndata ${text.length}\n${text}\n`);
    }
    parts.push('\n');
  }
  return parts.join('');
}

function query(root: string): HistoryQuery {
  const source = (name: string): HistoryQuery['sources'][number] => ({
    ...{ path: name, wildcards: true, parents: false, exclude: [] },
  });
  return {
    ...{ root: toCorePath(root), commits: REPLAYED, since: null, follow: null, modes: false },
    ignore: ['.git', '**/*.md', 'node_modules', 'packages/*/dist'],
    sources: [source('packages/*/package.json'), source('packages/part-1'), source('.')],
  };
}

async function milliseconds(work: () => unknown): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** The same plumbing with nobody who listens. */
function floor(folder: string): void {
  const list = `git rev-list --first-parent --parents --timestamp --max-count=${REPLAYED} HEAD | cut -d' ' -f2-`;
  const compare = 'git diff-tree --stdin --root --raw -z -r --no-renames --no-abbrev';
  const { status } = spawnSync('sh', ['-c', `${list} | ${compare} > /dev/null`], { cwd: folder });
  if (status !== 0) throw new Error('the floor failed');
}

/** Prints how fast history is replayed, beside the same plumbing piped to nowhere. */
export async function historySpeed(worker: string): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-history-'));
  const opened: History[] = [];
  const newHistory = (): History => {
    const history = createHistorian({ worker });
    opened.push(history);
    return history;
  };
  try {
    git(folder, ['init', '-q', '-b', 'main']);
    git(folder, ['fast-import', '--quiet'], commitStream(0, COMMITS));
    const asked = query(folder);
    const replay = async (history: History): Promise<void> => {
      const { commits, gap } = await history.ask(asked);
      if (gap !== null || commits.length !== REPLAYED) throw new Error(gap?.message ?? 'too few commits');
    };
    const times: Record<'floor' | 'thread' | 'first' | 'same' | 'more', number[]> = {
      ...{ floor: [], thread: [], first: [], same: [], more: [] },
    };
    let made = COMMITS;
    for (let run = 0; run < RUNS; run++) {
      times.floor.push(await milliseconds(() => floor(folder)));
      const history = newHistory();
      // There is nothing to be asked there: this is the start of the thread.
      times.thread.push(await milliseconds(() => history.ask(query(path.join(folder, 'none')))));
      times.first.push(await milliseconds(() => replay(history)));
      times.same.push(await milliseconds(() => replay(history)));
      git(folder, ['fast-import', '--quiet'], commitStream(made, NEW));
      made += NEW;
      times.more.push(await milliseconds(() => replay(history)));
    }
    const middle = (of: readonly number[]): number => percentile(of, 0.5);
    const [least, first] = [middle(times.floor), middle(times.first)];
    console.log(
      `history, ${REPLAYED} of ${COMMITS} commits, median of ${RUNS}: ${round(first)} ms, once ${round(middle(times.thread))} ms more for the start of its thread; the same plumbing piped to nowhere ${round(least)} ms; ratio ${round(first / least)}`,
    );
    console.log(
      `history, the same again: nothing new ${round(middle(times.same))} ms, ${NEW} new commits ${round(middle(times.more))} ms (${round(middle(times.more) / first)} of the first time)`,
    );
  } finally {
    await Promise.all(opened.map((history) => history.close()));
    rmSync(folder, { recursive: true, force: true });
  }
}
