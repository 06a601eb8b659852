import { describe, expect, it } from 'vitest';
import { createFactStore, type FactStore } from '../../server/src/node/facts.js';
import type { DiskFs } from '../../server/src/node/fs.js';
import type { History } from '../../server/src/node/historian.js';
import type { HistoryAnswer, HistoryQuery } from '../../server/src/project/history.js';
import { parseCache, trackedSnapshot } from '../../server/src/project/snapshot.js';

const disk: DiskFs = { readText: async () => ({ unread: 'missing' }), list: async () => null };

/** A git that counts how often it is asked; HEAD is `head`. */
function counting(): { readonly history: History; readonly asked: string[]; head: string; fails: boolean } {
  const state = { asked: [] as string[], head: 'c1', fails: false };
  const history: History = {
    async ask({ root }, signal) {
      state.asked.push(root);
      signal?.throwIfAborted();
      if (state.fails) throw new Error('broken');
      const commits: HistoryAnswer['commits'] = [{ id: state.head, time: 1, touches: false, sources: [] }];
      return { commits, places: [], gap: null, notes: [], modeDrift: null };
    },
    compare: async () => ({ state: null, gap: { kind: 'no-commits', message: '' } }),
    useProgram: (program) => void state.asked.push(`use ${program}`),
    close: async () => {},
  };
  return Object.assign(state, { history });
}

function query(root: string, modes = false): HistoryQuery {
  return { root, commits: 9, since: null, ignore: [], follow: null, sources: [], modes };
}

/** The newest commit as a snapshot tells it, the gap, or `lacking`. */
function told(store: FactStore, asked: HistoryQuery): string {
  const snapshot = trackedSnapshot(store.facts(), [], parseCache());
  const answer = snapshot.history(asked);
  if (answer === undefined) return snapshot.misses() > 0 ? 'lacking' : 'nothing';
  return answer.gap?.kind ?? answer.commits[0]?.id ?? 'none';
}

function want(asked: HistoryQuery): Parameters<FactStore['load']>[0] {
  return [{ kind: 'history', path: JSON.stringify(asked) }];
}

const app = query('/repo/app');

describe('history among the facts', () => {
  it('is off where nobody asks git, and known at once', () => {
    expect(told(createFactStore({ fs: disk }), app)).toBe('off');
  });

  it('is asked once, and kept', async () => {
    const { history, asked } = counting();
    const store = createFactStore({ fs: disk, history });
    expect(told(store, app)).toBe('lacking');
    await Promise.all([store.load(want(app)), store.load(want(app))]);
    await store.load(want(app));
    expect(told(store, app)).toBe('c1');
    expect(asked).toEqual(['/repo/app']);
  });

  it('waits for trust, and is forgotten when it goes', async () => {
    const { history, asked } = counting();
    const store = createFactStore({ fs: disk, history, gitTrusted: false });
    await store.load(want(app));
    expect([told(store, app), asked]).toEqual(['off', []]);
    expect((await store.compare({ root: '/repo', revision: 'HEAD', texts: [] })).gap?.kind).toBe('off');
    store.trustGit(true, '/bin/git');
    expect(told(store, app)).toBe('lacking');
    await store.load(want(app));
    expect([told(store, app), asked]).toEqual(['c1', ['use /bin/git', '/repo/app']]);
    expect((await store.compare({ root: '/repo', revision: 'HEAD', texts: [] })).gap?.kind).toBe(
      'no-commits',
    );
    store.trustGit(false);
    expect(told(store, app)).toBe('off');
  });

  it.each([
    ['/repo/.git/HEAD', true],
    ['/repo/.git/refs/heads/main', true],
    ['/repo/.git/logs/HEAD', true],
    ['/repo/.git/packed-refs', true],
    ['/repo/.git/worktrees/x/HEAD', true],
    ['/repo/app/sub/.git/HEAD', true],
    ['/repo/.git/index', false],
    ['/repo/.git/objects/ab/cdef', false],
    ['/other/.git/HEAD', false],
    ['/repo/app/src/a.ts', false],
  ])('is asked again after a change of %s: %s', async (path, isHit) => {
    const git = counting();
    const store = createFactStore({ fs: disk, history: git.history });
    await store.load(want(app));
    expect(told(store, app)).toBe('c1');
    git.head = 'c2';
    store.invalidate([path]);
    expect(store.isStale()).toBe(isHit);
    expect(told(store, app)).toBe('c1');
    expect(await store.remeasure()).toBe(isHit);
    expect(told(store, app)).toBe(isHit ? 'c2' : 'c1');
  });

  it('hangs on the files of the context only where their modes are asked for', async () => {
    const store = createFactStore({ fs: disk, history: counting().history });
    await store.load(want(query('/repo/app', true)));
    store.changed(['/repo/other/run.sh']);
    expect(store.isStale()).toBe(false);
    store.changed(['/repo/app/run.sh']);
    expect(store.isStale()).toBe(true);
  });

  it('is asked again at every use where nobody watches', async () => {
    const git = counting();
    const store = createFactStore({ fs: disk, history: git.history });
    await store.load(want(app));
    expect(told(store, app)).toBe('c1');
    store.doubt('measured');
    expect(await store.remeasure()).toBe(false);
    git.head = 'c2';
    store.doubt('measured');
    expect(await store.remeasure()).toBe(true);
    expect(told(store, app)).toBe('c2');
  });

  it('counts as none where it fails, which is told', async () => {
    const git = counting();
    const errors: unknown[] = [];
    const store = createFactStore({ fs: disk, history: git.history, failed: (error) => errors.push(error) });
    git.fails = true;
    await store.load(want(app));
    expect(told(store, app)).toBe('failed');
    expect(errors).toEqual([new Error('broken')]);
  });
});
