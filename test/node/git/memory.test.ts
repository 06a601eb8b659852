import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CommitMemory, commitMemory, type Remembered } from '../../../server/src/node/commitmemory.js';
import { findProgram } from '../../../server/src/node/findprogram.js';
import { type Git, gitEnvironment } from '../../../server/src/node/git.js';
import { repositoryOf } from '../../../server/src/node/gitrepo.js';
import { commit, everything, git, hasGit, newFolder, newRepository, newService } from './repository.js';

const program: Git = { program: findProgram('git', process.env) ?? '', env: gitEnvironment(process.env) };

async function read(memory: CommitMemory, folder: string, commits = 100): Promise<Remembered> {
  const repository = await repositoryOf(program, folder);
  return memory.read(program, repository, { folder, head: repository.head ?? '', commits });
}

/** What `git log` says of the same. */
function listed(folder: string, commits = 100): readonly string[] {
  return git(folder, 'rev-list', '--first-parent', `--max-count=${commits}`, 'HEAD').split('\n');
}

async function checked(memory: CommitMemory, folder: string, commits?: number): Promise<number> {
  const found = await read(memory, folder, commits);
  expect(found.commits.map(({ id }) => id)).toEqual(listed(folder, commits));
  const afresh = await read(commitMemory(), folder, commits);
  expect(found.commits).toEqual(afresh.commits);
  return found.fresh;
}

describe.skipIf(!hasGit)('what is remembered of commits', () => {
  it('spares all but the new ones', async () => {
    const folder = newRepository();
    const memory = commitMemory();
    for (const text of ['1', '2', '3', '4']) commit(folder, { a: text });
    expect(await checked(memory, folder)).toBe(4);
    expect(await checked(memory, folder)).toBe(0);
    commit(folder, { b: '1' });
    commit(folder, { b: '2' });
    expect(await checked(memory, folder)).toBe(2);
    git(folder, 'reset', '-q', '--hard', 'HEAD~3');
    expect(await checked(memory, folder)).toBe(0);
    commit(folder, { c: '1' });
    expect(await checked(memory, folder)).toBe(1);
    git(folder, 'commit', '-q', '--amend', '-m', 'amended');
    expect(await checked(memory, folder)).toBe(1);
  });

  it('starts again where history was rewritten, and where a merge puts another line first', async () => {
    const folder = newRepository();
    const memory = commitMemory();
    for (const text of ['1', '2', '3']) commit(folder, { a: text });
    await checked(memory, folder);
    git(folder, 'checkout', '-q', '-b', 'other', 'HEAD~2');
    commit(folder, { other: '1' });
    git(folder, 'merge', '-q', '--no-ff', '-m', 'merge', 'main');
    // Its first parent leads to the first commit, which is known.
    expect(await checked(memory, folder)).toBe(2);
    git(folder, 'checkout', '-q', '--orphan', 'fresh');
    git(folder, 'branch', '-q', '-D', 'main', 'other');
    git(folder, 'reflog', 'expire', '--expire=now', '--all');
    git(folder, 'gc', '-q', '--prune=now');
    commit(folder, { a: '9' });
    expect(await checked(memory, folder)).toBe(1);
  });

  it('reads older commits only when they are asked for', async () => {
    const folder = newRepository();
    const memory = commitMemory();
    for (let i = 0; i < 6; i++) commit(folder, { a: `${i}` });
    expect(await checked(memory, folder, 2)).toBe(2);
    expect(await checked(memory, folder, 5)).toBe(3);
    expect(await checked(memory, folder, 3)).toBe(0);
    expect(await checked(memory, folder, 50)).toBe(1);
    expect((await read(memory, folder, 50)).ends).toBe('begin');
  });

  it('does not grow without limit', async () => {
    const folder = newRepository();
    for (let i = 0; i < 5; i++) commit(folder, { a: `${i}`, b: `${i}` });
    const memory = commitMemory({ perContext: 5, kept: 7 });
    const found = await read(memory, folder);
    expect(found.ends).toBe('cut');
    expect(found.commits.map(({ id }) => id)).toEqual(listed(folder, 2));
    const other = newRepository();
    commit(other, { x: '1' });
    expect(await checked(memory, other)).toBe(1);
    expect((await read(memory, folder)).fresh).toBe(2);
    commit(folder, { a: 'new' });
    const grown = await read(memory, folder);
    expect([grown.fresh, grown.ends]).toEqual([1, 'cut']);
    commit(folder, { a: 'newer' });
    expect((await read(memory, folder)).commits.map(({ id }) => id)).toEqual(listed(folder, 3));
    const service = newService(process.env, { perContext: 5, kept: 8 });
    const answer = await service.run(everything(folder), undefined);
    expect(answer.notes).toEqual(['Only the last 3 commits were read: before them too many files change.']);
  });
});

describe.skipIf(!hasGit || process.platform === 'win32')('what git is asked', () => {
  it('is plumbing only, shared by those who ask at once, and as short as can be the next time', async () => {
    const folder = newRepository();
    commit(folder, { a: '1', 'src/b': '1' });
    const tools = newFolder();
    const log = path.join(tools, 'log');
    const wrapper = path.join(tools, 'git');
    writeFileSync(wrapper, `#!/bin/sh\necho "$@" >> '${log}'\nexec git "$@"\n`);
    chmodSync(wrapper, 0o755);
    const service = newService();
    const commands = (): readonly string[] => {
      const lines = readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      writeFileSync(log, '');
      for (const line of lines) expect(line).toMatch(/^--no-pager -c core\.fsmonitor=false /);
      return lines.map((line) => line.replace(/ -c \S+/g, '').split(' ')[1] ?? '').sort();
    };
    const asked = Promise.all([1, 2, 3].map(() => service.run(everything(folder), wrapper)));
    expect((await asked).map(({ commits }) => commits.length)).toEqual([1, 1, 1]);
    expect(commands().filter((name) => name !== 'rev-parse')).toEqual(['diff-tree', 'rev-list']);
    await service.run(everything(folder), wrapper);
    expect(commands()).toEqual([]);
    commit(folder, { a: '2' });
    expect((await service.run(everything(folder), wrapper)).commits).toHaveLength(2);
    expect(commands()).toEqual(['diff-tree', 'rev-list', 'rev-parse']);
    git(folder, 'pack-refs', '--all');
    await service.run(everything(folder), wrapper);
    expect(commands()).toEqual([]);
    git(folder, 'reset', '-q', '--hard', 'HEAD~1');
    expect((await service.run(everything(folder), wrapper)).commits).toHaveLength(1);
    expect(commands()).toEqual(['rev-parse']);
    const query = { root: everything(folder).root, revision: 'HEAD', texts: [] };
    await service.compare(query, wrapper);
    expect(new Set(commands())).toEqual(new Set(['ls-files', 'ls-tree', 'rev-parse']));
  });

  it('is given up where it says nothing', async () => {
    const folder = newRepository();
    commit(folder, { a: '1' });
    const wrapper = path.join(newFolder(), 'git');
    writeFileSync(wrapper, '#!/bin/sh\nexec sleep 60\n');
    chmodSync(wrapper, 0o755);
    const answer = await newService(process.env, undefined, 200).run(everything(folder), wrapper);
    expect(answer.gap).toEqual({ kind: 'failed', message: 'Git did not answer in time.' });
  });
});
