import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { toCorePath } from '../../../server/src/node/fs.js';
import type { HistoryAnswer } from '../../../server/src/project/history.js';
import {
  ask,
  commit,
  everything,
  git,
  hasGit,
  newFolder,
  newRepository,
  newService,
  placesOf,
  put,
} from './repository.js';

function gapOf({ gap, commits }: HistoryAnswer): unknown {
  expect(commits).toEqual([]);
  return gap?.message;
}

describe.skipIf(!hasGit)('history of a repository', () => {
  it('is told along first parents, with modes, renames as what goes and comes', async () => {
    const folder = newRepository();
    commit(folder, { a: '1', 'src/b': '1' });
    git(folder, 'checkout', '-q', '-b', 'side');
    commit(folder, { side: '1' });
    commit(folder, { side: '2' });
    git(folder, 'checkout', '-q', 'main');
    commit(folder, { a: '2' });
    git(folder, 'merge', '-q', '--no-ff', '-m', 'merge', 'side');
    put(folder, { a: '+x 2' });
    commit(folder);
    git(folder, 'mv', 'src/b', 'c');
    const head = commit(folder);
    const answer = await ask(folder);
    expect(answer.gap).toBeNull();
    expect(answer.notes).toEqual([]);
    expect(answer.commits[0]?.id).toBe(head);
    expect(placesOf(answer)).toEqual([['c', 'src/b'], ['a'], ['side'], ['a'], ['a', 'src/b']]);
    expect(answer.commits.map(({ sources }) => sources[0]?.modesOnly)).toEqual([
      ...[false, true, false, false, false],
    ]);
  });

  it('ends after as many commits as were asked for, or at a revision', async () => {
    const folder = newRepository();
    const ids = ['1', '2', '3', '4'].map((text) => commit(folder, { a: text }));
    git(folder, 'tag', 'v2', ids[1] ?? '');
    const idsOf = async (more: Parameters<typeof ask>[1]): Promise<readonly string[]> =>
      (await ask(folder, more)).commits.map(({ id }) => id);
    expect(await idsOf({ commits: 2 })).toEqual([ids[3], ids[2]]);
    expect(await idsOf({ since: 'v2' })).toEqual([ids[3], ids[2]]);
    expect(await idsOf({ since: 'v2', commits: 1 })).toEqual([ids[3]]);
    expect(await idsOf({ since: 'HEAD' })).toEqual([]);
    expect(gapOf(await ask(folder, { since: 'v9' }))).toBe('"v9" is no revision of this repository.');
    expect(gapOf(await ask(folder, { since: '--output=x' }))).toBe(
      '"--output=x" is no revision of this repository.',
    );
  });

  it('of a subfolder holds what lies below, by names seen from there', async () => {
    const folder = newRepository();
    commit(folder, { 'apps/web/a': '1', 'apps/api/a': '1' });
    commit(folder, { 'apps/api/a': '2' });
    commit(folder, { 'apps/web/src/b': '1', 'apps/web/c': '1', README: '1' });
    const answer = await ask(path.join(folder, 'apps/web'));
    expect(placesOf(answer)).toEqual([['c', 'src/b'], [], ['a']]);
    expect(answer.commits.map(({ touches }) => touches)).toEqual([true, false, true]);
  });

  it('of a detached HEAD, a context behind a link, another hash, names of any kind', async () => {
    const folder = newRepository('--object-format=sha256');
    const strange = ['with space', 'two\nlines', 'tab\tbed', 'grün', '"quoted"', ':colon', '*'];
    commit(folder, Object.fromEntries(strange.map((name) => [name, '1'])));
    const raw = Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0x66, 0xff)]);
    writeFileSync(raw, '1');
    commit(folder);
    git(folder, 'checkout', '-q', '--detach');
    const link = path.join(newFolder(), 'link');
    symlinkSync(folder, link);
    const answer = await ask(link);
    expect(answer.gap).toBeNull();
    expect(answer.commits[0]?.id).toHaveLength(64);
    const [first = [], second = []] = placesOf(answer);
    expect(first).toEqual(['f\udcff']);
    expect([...second].sort()).toEqual([...strange].sort());
  });

  it('of a working tree beside the main one, and of one whose repository lies elsewhere', async () => {
    const folder = newRepository();
    commit(folder, { a: '1' });
    const other = path.join(newFolder(), 'other');
    git(folder, 'worktree', 'add', '-q', '-b', 'second', other);
    commit(other, { b: '1' });
    expect(placesOf(await ask(other, { ignore: [] }))).toEqual([['b'], ['a']]);
    const apart = newFolder();
    const repository = path.join(newFolder(), 'repository');
    git(apart, 'init', '-q', `--separate-git-dir=${repository}`);
    commit(apart, { a: '1' });
    expect(placesOf(await ask(apart, { ignore: [] }))).toEqual([['a']]);
  });

  it('of a submodule, and of a context that holds one', async () => {
    const module = newRepository();
    commit(module, { 'src/x': '1' });
    const folder = newRepository();
    commit(folder, { a: '1' });
    git(folder, 'submodule', '--quiet', 'add', module, 'vendor');
    commit(folder);
    commit(path.join(folder, 'vendor'), { 'src/y': '1' });
    commit(folder);
    const inside = await ask(path.join(folder, 'vendor'), { ignore: [] });
    expect(placesOf(inside)).toEqual([['src/y'], ['src/x']]);
    // `.git` of the outer one lies in the context; what the submodule commits is written there too, but not told.
    expect(placesOf(await ask(folder))).toEqual([['vendor/'], ['.gitmodules', 'vendor/'], ['a']]);
  });

  it('names the repository itself where it is copied', async () => {
    const folder = newRepository();
    commit(folder, { a: '1', 'sub/b': '1' });
    git(folder, 'commit', '-q', '--allow-empty', '-m', 'nothing');
    expect(placesOf(await ask(folder, { ignore: [] }))).toEqual([['.git/'], ['.git/', 'a', 'sub/b']]);
    expect(placesOf(await ask(folder))).toEqual([[], ['a', 'sub/b']]);
    expect(placesOf(await ask(path.join(folder, 'sub'), { ignore: [] }))).toEqual([[], ['b']]);
    const head = [{ path: '.git/HEAD', wildcards: true, parents: false, exclude: [] }];
    expect(placesOf(await ask(folder, { ignore: [], sources: head }))).toEqual([[], []]);
    git(folder, 'checkout', '-q', '--detach');
    expect(placesOf(await ask(folder, { ignore: [], sources: head }))).toEqual([['.git/'], ['.git/']]);
  });

  it('compares modes of the index with those of the disk', async () => {
    const folder = newRepository();
    commit(folder, { 'a.sh': '+x 1', 'b.sh': '1', 'sub/c': '1', ignored: '1' });
    put(folder, { 'a.sh': '1', 'sub/c': '+x 1', ignored: '+x 1' });
    const answer = await ask(folder, { modes: true, ignore: ['ignored'] });
    expect(answer.modeDrift).toEqual([
      { path: 'a.sh', tracked: 0o755, disk: 0o644, sources: [0] },
      { path: 'sub/c', tracked: 0o644, disk: 0o755, sources: [0] },
    ]);
    expect((await ask(folder)).modeDrift).toBeNull();
  });
});

describe.skipIf(!hasGit)('part of a history', () => {
  it('a shallow clone ends where it ends: what its last commit changed is not known', async () => {
    const folder = newRepository();
    const ids = ['1', '2', '3', '4'].map((text) => commit(folder, { a: text, [`f${text}`]: '' }));
    const clone = path.join(newFolder(), 'clone');
    git(folder, 'clone', '-q', '--depth=3', `file://${folder}`, clone);
    const answer = await ask(clone);
    expect(answer.commits.map(({ id }) => id)).toEqual([ids[3], ids[2]]);
    expect(placesOf(answer)).toEqual([
      ['a', 'f4'],
      ['a', 'f3'],
    ]);
    expect(answer.notes).toEqual(['The clone is shallow: its history ends after 2 commits.']);
    expect((await ask(clone, { commits: 2 })).notes).toEqual([]);
    const last = path.join(newFolder(), 'clone');
    git(folder, 'clone', '-q', '--depth=1', `file://${folder}`, last);
    expect(gapOf(await ask(last))).toBe(
      'The clone is shallow and holds one commit only: there is no history to replay.',
    );
    expect((await ask(last, { commits: 0, modes: true })).modeDrift).toEqual([]);
    const service = newService();
    await service.run(everything(clone), undefined);
    git(clone, 'fetch', '-q', '--unshallow');
    const whole = await service.run(everything(clone), undefined);
    expect(whole.commits.map(({ id }) => id)).toEqual([...ids].reverse());
    expect(whole.notes).toEqual([]);
  });

  it('a clone without contents of files is enough; one without folders is not, and nothing is fetched', async () => {
    const folder = newRepository();
    git(folder, 'config', 'uploadpack.allowFilter', 'true');
    commit(folder, { 'a/b': '1' });
    commit(folder, { 'a/b': '2' });
    const clones = newFolder();
    const cloned = (filter: string): string => {
      const clone = path.join(clones, filter.replace(':', '-'));
      git(folder, 'clone', '-q', `--filter=${filter}`, `file://${folder}`, clone);
      return clone;
    };
    expect(placesOf(await ask(cloned('blob:none')))).toEqual([['a/b'], ['a/b']]);
    const clone = cloned('tree:0');
    const before = git(clone, 'count-objects', '-v');
    expect(gapOf(await ask(clone))).toBe(
      'Objects of the history are not in this clone, and they are not fetched.',
    );
    expect(git(clone, 'count-objects', '-v')).toBe(before);
  });

  it('is no answer where objects are missing', async () => {
    const folder = newRepository();
    commit(folder, { 'a/b': '1' });
    const tree = git(folder, 'rev-parse', 'HEAD:a');
    commit(folder, { 'a/b': '2' });
    rmSync(path.join(folder, '.git/objects', tree.slice(0, 2), tree.slice(2)));
    expect(gapOf(await ask(folder))).toBe('Objects of the repository are missing or broken.');
  });
});

describe.skipIf(!hasGit)('no history', () => {
  it('without a repository, before the first commit, of a folder git does not track', async () => {
    expect(gapOf(await ask(newFolder()))).toBe('The context lies in no git repository.');
    expect(gapOf(await ask('/no/such/folder'))).toBe('There is no such context.');
    const folder = newRepository();
    expect(gapOf(await ask(folder))).toBe('The repository has no commits yet.');
    commit(folder, { a: '1' });
    put(folder, { 'new/b': '1' });
    expect(gapOf(await ask(path.join(folder, 'new')))).toBe('Git does not track the folder of the context.');
  });

  it('in a repository without a working tree, or inside the repository itself', async () => {
    const bare = newRepository('--bare');
    expect(gapOf(await ask(bare))).toBe('The context lies in no git repository.');
    const folder = newRepository();
    commit(folder, { a: '1' });
    expect(gapOf(await ask(path.join(folder, '.git')))).toBe(
      'The context lies in no working tree of a git repository.',
    );
  });

  it('where the repository is broken', async () => {
    const folder = newRepository();
    commit(folder, { a: '1' });
    writeFileSync(path.join(folder, '.git/config'), '[core\n');
    expect(gapOf(await ask(folder))).toBe("Git does not understand the repository's configuration.");
    const other = newRepository();
    commit(other, { a: '1' });
    writeFileSync(path.join(other, '.git/HEAD'), 'ref: refs/heads/gone\n');
    expect(gapOf(await ask(other))).toBe('The repository has no commits yet.');
    const moved = newRepository();
    commit(moved, { a: '1' });
    const tree = path.join(newFolder(), 'tree');
    git(moved, 'worktree', 'add', '-q', '-b', 'x', tree);
    renameSync(moved, `${moved}-away`);
    expect(gapOf(await ask(tree))).toBe('The context lies in no git repository.');
    rmSync(`${moved}-away`, { recursive: true });
  });

  it('without a git program', async () => {
    const folder = newRepository();
    commit(folder, { a: '1' });
    const run = async (env: NodeJS.ProcessEnv, program?: string): Promise<unknown> =>
      gapOf(await newService(env).run(everything(folder), program));
    expect(await run({ PATH: '' })).toBe('There is no git program.');
    expect(await run(process.env, 'no-such-git')).toBe('There is no git program "no-such-git".');
    expect(await run(process.env, './git')).toBe('There is no git program "./git".');
    expect(await run(process.env, '/no/such/git')).toBe('The git program could not be started.');
  });

  it('where it was given up', async () => {
    const folder = newRepository();
    commit(folder, { a: '1' });
    const controller = new AbortController();
    const asked = newService().run(everything(folder), undefined, controller.signal);
    controller.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    await expect(
      newService().compare(
        { root: toCorePath(folder), revision: 'HEAD', texts: [] },
        undefined,
        AbortSignal.abort(new Error('enough')),
      ),
    ).rejects.toThrow('enough');
  });
});
