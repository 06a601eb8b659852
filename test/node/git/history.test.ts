import { describe, expect, it } from 'vitest';
import { ask, commit, git, hasGit, newRepository, placesOf, put } from './repository.js';

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
      false,
      true,
      false,
      false,
      false,
    ]);
  });
});
