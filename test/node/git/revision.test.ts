import { chmodSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { toCorePath } from '../../../server/src/node/fs.js';
import type { RevisionState } from '../../../server/src/sim/replay/revision.js';
import { commit, git, hasGit, newFolder, newRepository, newService, put } from './repository.js';

async function compare(
  folder: string,
  revision = 'HEAD',
  texts: readonly string[] = [],
): Promise<RevisionState> {
  const found = await newService().compare({ root: toCorePath(folder), revision, texts }, undefined);
  if (found.state === null) throw new Error(found.gap.message);
  return found.state;
}

/** Paths that differ: `+` added, `-` gone, `~` other content, `x` other mode only. */
function differences({ before, after }: RevisionState): readonly string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((name) => {
    const old = before.get(name);
    const now = after.get(name);
    if (old === undefined) return [`+${name}`];
    if (now === undefined) return [`-${name}`];
    if (old.kind !== now.kind || old.content !== now.content) return [`~${name}`];
    return old.mode === now.mode ? [] : [`x${name}`];
  });
}

describe.skipIf(!hasGit)('the working tree against a revision', () => {
  it('tells what differs, whatever the index holds', async () => {
    const folder = newRepository();
    commit(folder, { same: '1', edited: '1', gone: '1', staged: '1', 'run.sh': 'x', 'old/name': '1' });
    put(folder, {
      edited: '2',
      staged: '2',
      added: '1',
      '.gitignore': 'ignored\n',
      ignored: '1',
      'run.sh': '+x x',
    });
    git(folder, 'add', 'staged');
    git(folder, 'mv', 'old/name', 'name');
    rmSync(path.join(folder, 'gone'));
    expect(differences(await compare(folder))).toEqual(
      [...['+.gitignore', '+added', '~edited', '-gone', '+name', '-old/name', 'xrun.sh', '~staged']].sort(
        (a, b) => (a.slice(1) < b.slice(1) ? -1 : 1),
      ),
    );
  });

  it('against an older revision, named in any way', async () => {
    const folder = newRepository();
    const first = commit(folder, { a: '1', b: '1' });
    commit(folder, { b: '2' });
    expect(differences(await compare(folder, 'HEAD~1'))).toEqual(['~b']);
    expect((await compare(folder, first.slice(0, 10))).commit).toBe(first);
    expect(differences(await compare(folder))).toEqual([]);
  });

  it('is not misled by times: files are read where the index knows another time', async () => {
    const folder = newRepository();
    commit(folder, { a: 'one', b: 'two' });
    for (const name of ['a', 'b']) utimesSync(path.join(folder, name), 1, 1);
    writeFileSync(path.join(folder, 'b'), 'new');
    utimesSync(path.join(folder, 'b'), 1, 1);
    expect(differences(await compare(folder))).toEqual(['~b']);
  });

  it('line endings that a checkout changes are no difference', async () => {
    const folder = newRepository();
    git(folder, 'config', 'core.autocrlf', 'true');
    commit(folder, { a: 'x\r\ny\r\nz\r', b: 'x\r\n' });
    put(folder, { a: 'x\r\ny\r\nz\r', b: 'x\r\nnew\r\n' });
    for (const name of ['a', 'b']) utimesSync(path.join(folder, name), 1, 1);
    expect(differences(await compare(folder))).toEqual(['~b']);
  });

  it('modes that a umask explains are no difference', async () => {
    const folder = newRepository();
    commit(folder, { a: '1', b: '1' });
    chmodSync(path.join(folder, 'a'), 0o600);
    chmodSync(path.join(folder, 'b'), 0o666);
    expect(differences(await compare(folder))).toEqual(['xb']);
  });

  it('knows links by what they say', async () => {
    const folder = newRepository();
    put(folder, { a: '1' });
    symlinkSync('a', path.join(folder, 'link'));
    symlinkSync('a', path.join(folder, 'moved'));
    commit(folder);
    rmSync(path.join(folder, 'moved'));
    symlinkSync('b', path.join(folder, 'moved'));
    const state = await compare(folder);
    expect(differences(state)).toEqual(['~moved']);
    expect(state.after.get('link')?.kind).toBe('link');
  });

  it('looks below the context only, and gives texts from elsewhere too', async () => {
    const folder = newRepository();
    commit(folder, { 'app/a': '1', 'docker/Dockerfile': 'FROM a\n', b: '1' });
    symlinkSync('docker/Dockerfile', path.join(folder, 'link'));
    commit(folder);
    put(folder, { 'app/a': '2', b: '2', 'docker/Dockerfile': 'FROM b\n' });
    const texts = ['docker/Dockerfile', 'link', 'none', 'app'].map((name) =>
      toCorePath(path.join(folder, name)),
    );
    const state = await compare(path.join(folder, 'app'), 'HEAD', texts);
    expect(differences(state)).toEqual(['~a']);
    expect(texts.map((name) => state.texts.get(name))).toEqual(['FROM a\n', 'FROM a\n', null, null]);
  });

  it('compares submodules by their commit', async () => {
    const module = newRepository();
    commit(module, { x: '1' });
    const folder = newRepository();
    commit(folder, { a: '1' });
    git(folder, 'submodule', '--quiet', 'add', module, 'vendor');
    git(folder, 'submodule', '--quiet', 'add', module, 'other');
    commit(folder);
    const now = commit(path.join(folder, 'vendor'), { x: '2' });
    const state = await compare(folder);
    expect(differences(state)).toEqual(['~vendor']);
    expect(state.after.get('vendor')).toEqual({ kind: 'folder', mode: 0o755, content: now });
    expect(state.notes).toEqual(['Of 2 submodules only the commit is compared.']);
  });

  it('files that a filter changes count as unchanged, with a note', async () => {
    const folder = newRepository();
    commit(folder, { big: 'pointer', small: '1' });
    put(folder, { '.gitattributes': 'big filter=lfs\n', big: 'what the filter made', small: '2' });
    const state = await compare(folder);
    expect(differences(state)).toEqual(['+.gitattributes', '~small']);
    expect(state.notes).toEqual(['1 file that git filters could not be compared and count as unchanged.']);
  });

  it('what a sparse checkout leaves out is not gone', async () => {
    const folder = newRepository();
    commit(folder, { 'a/x': '1', 'b/x': '1', c: '1' });
    git(folder, 'sparse-checkout', 'set', 'a');
    rmSync(path.join(folder, 'a/x'));
    expect(differences(await compare(folder))).toEqual(['-a/x']);
  });

  it.each([
    ['nonsense', 'bad-revision', '"nonsense" is no revision of this repository.'],
    ['--all', 'bad-revision', '"--all" is no revision of this repository.'],
  ])('says what is wrong with %s', async (revision, kind, message) => {
    const folder = newRepository();
    commit(folder, { a: '1' });
    const found = await newService().compare({ root: toCorePath(folder), revision, texts: [] }, undefined);
    expect(found).toEqual({ state: null, gap: { kind, message } });
  });

  it('says that there is no repository', async () => {
    const found = await newService().compare(
      { root: toCorePath(newFolder()), revision: 'HEAD', texts: [] },
      undefined,
    );
    expect(found.gap).toEqual({ kind: 'no-repository', message: 'The context lies in no git repository.' });
  });
});
