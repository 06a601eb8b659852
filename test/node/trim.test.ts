import { describe, expect, it } from 'vitest';
import { createFactStore, resolveWith } from '../../server/src/node/facts.js';
import type { DiskFs } from '../../server/src/node/fs.js';
import { parseCache, type Snapshot } from '../../server/src/project/snapshot.js';

/** A disk whose texts are the last parts of their paths; notes what is read. */
function countingDisk(): { readonly fs: DiskFs; readonly read: string[] } {
  const read: string[] = [];
  return {
    read,
    fs: {
      async readText(path) {
        read.push(path);
        return { text: path.slice(1).repeat(10) };
      },
      async list(folder) {
        read.push(folder);
        return [{ name: `in${folder.slice(1)}`, kind: 'file' }];
      },
    },
  };
}

describe('trim', () => {
  const all = ['/a', '/b', '/c', '/d', '/e'];
  const texts = (paths: readonly string[]) => (snapshot: Snapshot) =>
    paths.map((path) => `${snapshot.text(path)} ${snapshot.list(path)?.[0]?.name}`);

  it('forgets what was not asked for, and changes no answer', async () => {
    const { fs, read } = countingDisk();
    const store = createFactStore({ fs, keep: { characters: 20, facts: 100 } });
    const ask = (paths: readonly string[]): Promise<string[]> =>
      resolveWith(store, [], parseCache(), texts(paths));
    const first = await ask(all);
    const held = store.facts();
    store.trim();
    read.length = 0;
    expect(await ask(['/a', '/b'])).toEqual(first.slice(0, 2));
    expect(read).toEqual([]);
    store.trim();
    expect(store.facts().texts.get('/c')).toBeUndefined();
    expect(store.facts().texts.get('/a')).toBe('a'.repeat(10));
    // A snapshot taken before keeps its answers.
    expect(all.map((path) => held.texts.get(path))).toEqual(all.map((path) => path.slice(1).repeat(10)));
    expect(await ask(all)).toEqual(first);
    expect(read).toEqual(['/c', '/c', '/d', '/d', '/e', '/e']);
  });

  it.each([
    { characters: 50, facts: 10 },
    { characters: 1000, facts: 1000 },
  ])('forgets nothing within %o', async (keep) => {
    const { fs, read } = countingDisk();
    const store = createFactStore({ fs, keep });
    await resolveWith(store, [], parseCache(), texts(all));
    store.trim();
    store.trim();
    store.trim();
    read.length = 0;
    await resolveWith(store, [], parseCache(), texts(all));
    expect(read).toEqual([]);
  });

  it('counts facts as well as characters', async () => {
    const { fs } = countingDisk();
    const store = createFactStore({ fs, keep: { characters: 1000, facts: 9 } });
    await resolveWith(store, [], parseCache(), texts(all));
    store.trim();
    store.trim();
    expect(store.facts().folders.get('/a')).toBeUndefined();
  });
});
