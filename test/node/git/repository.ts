import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import type { MemoryLimits } from '../../../server/src/node/commitmemory.js';
import { toCorePath } from '../../../server/src/node/fs.js';
import { createHistoryService, type HistoryService } from '../../../server/src/node/historyservice.js';
import { nodeSyncFs } from '../../../server/src/node/syncfs.js';
import type { HistoryAnswer, HistoryQuery } from '../../../server/src/project/history.js';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that is removed after the test. */
export function newFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'plimsoll-git-')));
  folders.push(folder);
  return folder;
}

/** The environment of a git that reads no configuration but the repository's. */
export const bareEnvironment: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

/** Whether there is a git program at all. */
export const hasGit = spawnSync('git', ['--version']).status === 0;

/** Runs git as a person does; standard output without the last newline. Throws where it fails. */
export function git(folder: string, ...args: readonly string[]): string {
  const options = ['-c', 'commit.gpgSign=false', '-c', 'protocol.file.allow=always'];
  const { status, stdout, stderr } = spawnSync('git', [...options, ...args], {
    cwd: folder,
    env: bareEnvironment,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.replace(/\n$/, '');
}

/** Writes files; `+x ` before a text makes the file executable. */
export function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const executable = text.startsWith('+x ');
    writeFileSync(file, executable ? text.slice(3) : text);
    chmodSync(file, executable ? 0o755 : 0o644);
  }
}

/** Commits everything; its object name. */
export function commit(folder: string, files: Readonly<Record<string, string>> = {}): string {
  put(folder, files);
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'change');
  return git(folder, 'rev-parse', 'HEAD');
}

/** A new repository whose branch is `main`. */
export function newRepository(...args: readonly string[]): string {
  const folder = newFolder();
  git(folder, 'init', '-q', '-b', 'main', ...args);
  return folder;
}

export function newService(
  env: NodeJS.ProcessEnv = process.env,
  limits?: MemoryLimits,
  patienceMs?: number,
): HistoryService {
  return createHistoryService({
    ...{ fs: nodeSyncFs(), platform: process.platform, env },
    ...(limits === undefined ? {} : { limits }),
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });
}

/** All that a build that copies everything asks. */
export function everything(folder: string, more: Partial<HistoryQuery> = {}): HistoryQuery {
  return {
    ...{ root: toCorePath(folder), commits: 200, since: null, ignore: ['.git'], follow: null, modes: false },
    sources: [{ path: '.', wildcards: true, parents: false, exclude: [] }],
    ...more,
  };
}

export function ask(folder: string, more: Partial<HistoryQuery> = {}): Promise<HistoryAnswer> {
  return newService().run(everything(folder, more), undefined);
}

/** For each commit the places of the first source. */
export function placesOf({ commits, places }: HistoryAnswer): readonly (readonly (string | undefined)[])[] {
  return commits.map(({ sources }) => (sources[0]?.places ?? []).map((i) => places[i]));
}
