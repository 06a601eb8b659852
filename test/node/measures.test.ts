import { describe, expect, it } from 'vitest';
import { createFactStore, type FactStore, type Measurer } from '../../server/src/node/facts.js';
import type { DiskFs } from '../../server/src/node/fs.js';
import type { ContextMeasure, ContextQuery } from '../../server/src/project/measure.js';
import type { Want } from '../../server/src/project/snapshot.js';

interface Asked {
  readonly root: string;
  readonly fresh: boolean;
  readonly signal: AbortSignal | undefined;
  answer(bytes: number): void;
  fail(error: Error): void;
}

/** A measurer whose answers come when the test says so. */
function slowMeasurer(): { readonly measurer: Measurer; readonly asked: Asked[]; readonly told: string[][] } {
  const asked: Asked[] = [];
  const told: string[][] = [];
  return {
    asked,
    told,
    measurer: {
      measure: ({ root }, { fresh = false, signal } = {}) =>
        new Promise((resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
          asked.push({
            ...{ root, fresh, signal, fail: reject },
            answer: (bytes) => resolve({ sent: { bytes }, paths: null } as unknown as ContextMeasure),
          });
        }),
      changed: (paths) => void told.push([...paths]),
      clear: () => {},
      close: async () => {},
    },
  };
}

function disk(): { readonly fs: DiskFs; readonly read: string[] } {
  const read: string[] = [];
  return {
    read,
    fs: {
      async readText(path) {
        read.push(path);
        return { text: path };
      },
      async list(folder) {
        read.push(folder);
        return [];
      },
    },
  };
}

function want(root: string, top = 1): Want {
  const query: ContextQuery = {
    ...{ root, ignore: [], follow: null, sources: [], probes: [], texts: {}, all: false, top },
    ...{ list: false, tree: 0 },
  };
  return { kind: 'measure', path: JSON.stringify(query) };
}

const bytesOf = (store: FactStore, { path }: Want): number | null | undefined => {
  const found = store.facts().measures?.get(path);
  return found === null || found === undefined ? found : found.sent.bytes;
};

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const app = want('/app');

describe('measurements among the facts', () => {
  it('hold up nothing else', async () => {
    const { measurer, asked } = slowMeasurer();
    const store = createFactStore({ ...disk(), measurer });
    const loading = store.load([app, { kind: 'text', path: '/app/Dockerfile' }]);
    await settled();
    expect(store.facts().texts.get('/app/Dockerfile')).toBe('/app/Dockerfile');
    asked[0]?.answer(5);
    await loading;
    expect(bytesOf(store, app)).toBe(5);
  });

  it('are shared, and given up when nobody waits any more', async () => {
    const { measurer, asked } = slowMeasurer();
    const store = createFactStore({ ...disk(), measurer });
    const [one, two] = [new AbortController(), new AbortController()];
    const first = store.load([app], one.signal);
    const second = store.load([app], two.signal);
    await settled();
    expect(asked).toHaveLength(1);
    one.abort();
    await expect(first).rejects.toThrow(/abort/i);
    expect(asked[0]?.signal?.aborted).toBe(false);
    two.abort();
    await expect(second).rejects.toThrow(/abort/i);
    // Another question makes room at once; without one it lingers a moment, for the same one may come again.
    const other = store.load([want('/other')]);
    await settled();
    expect(asked[0]?.signal?.aborted).toBe(true);
    asked[1]?.answer(1);
    await other;
    expect(bytesOf(store, app)).toBeUndefined();
  });

  it('go on for who comes at once after the last has left', async () => {
    const { measurer, asked } = slowMeasurer();
    const store = createFactStore({ ...disk(), measurer });
    const one = new AbortController();
    const first = store.load([app], one.signal);
    await settled();
    one.abort();
    await expect(first).rejects.toThrow(/abort/i);
    const second = store.load([app]);
    asked[0]?.answer(3);
    await second;
    expect(asked).toHaveLength(1);
    expect(bytesOf(store, app)).toBe(3);
  });

  it('that fail count as none, and the reason is told', async () => {
    const { measurer, asked } = slowMeasurer();
    const failed: unknown[] = [];
    const store = createFactStore({ ...disk(), measurer, failed: (error) => failed.push(error) });
    const loading = store.load([app]);
    await settled();
    asked[0]?.fail(new Error('it broke'));
    await loading;
    expect(bytesOf(store, app)).toBeNull();
    expect(failed).toEqual([new Error('it broke')]);
  });
});

describe('changes', () => {
  async function measured(
    ...wants: readonly Want[]
  ): Promise<ReturnType<typeof slowMeasurer> & { store: FactStore }> {
    const slow = slowMeasurer();
    const store = createFactStore({ ...disk(), measurer: slow.measurer });
    const loading = store.load(wants);
    await settled();
    slow.asked.forEach((one, i) => {
      one.answer(i);
    });
    await loading;
    slow.asked.length = 0;
    return { ...slow, store };
  }

  it('leave the answer as it is until it is measured again', async () => {
    const { store, asked, told } = await measured(app);
    const before = store.facts();
    expect(bytesOf(store, app)).toBe(0);
    expect(store.changed(['/app/src/x', '/app/src/y'])).toBe(false);
    expect(told).toEqual([['/app/src/x', '/app/src/y']]);
    expect(store.isStale()).toBe(true);
    expect(bytesOf(store, app)).toBe(0);
    await store.load([app]);
    expect(asked).toEqual([]);
    const again = store.remeasure();
    await settled();
    asked[0]?.answer(77);
    expect(await again).toBe(true);
    expect(bytesOf(store, app)).toBe(77);
    expect(before.measures?.get(app.path)?.sent.bytes).toBe(0);
    expect(store.isStale()).toBe(false);
  });

  it('that change no number are none', async () => {
    const { store, asked } = await measured(app);
    const answer = store.facts().measures?.get(app.path);
    store.invalidate(['/app/new']);
    const again = store.remeasure();
    await settled();
    asked[0]?.answer(0);
    expect(await again).toBe(false);
    expect(store.facts().measures?.get(app.path)).toBe(answer);
  });

  it('elsewhere are nobody’s business', async () => {
    const { store } = await measured(app);
    expect(store.changed(['/application/x', '/elsewhere'])).toBe(false);
    expect(store.isStale()).toBe(false);
    store.invalidate(['/']);
    expect(store.isStale()).toBe(true);
  });

  it('while it is measured make the answer stale from the start', async () => {
    const { store, asked } = await measured();
    const loading = store.load([app]);
    await settled();
    store.changed(['/app/x']);
    asked[0]?.answer(1);
    await loading;
    expect(bytesOf(store, app)).toBe(1);
    expect(store.isStale()).toBe(true);
  });

  it('what nobody asks for any more is not measured again', async () => {
    const [a, b] = [want('/app', 1), want('/app', 2)];
    const { store, asked } = await measured(a, b);
    bytesOf(store, a);
    store.changed(['/app/x']);
    const again = store.remeasure();
    await settled();
    expect(asked).toHaveLength(1);
    asked[0]?.answer(9);
    await again;
    expect(bytesOf(store, b)).toBeUndefined();
    // Nobody has asked since it became another one.
    store.changed(['/app/x']);
    asked.length = 0;
    expect(await store.remeasure()).toBe(false);
    expect(asked).toEqual([]);
  });

  it('a fresh walk may tell more than was known of the same context', async () => {
    const [a, b] = [want('/app', 1), want('/app', 2)];
    const { store, asked } = await measured(a, b);
    const loading = store.load([a], undefined, { fresh: true });
    await settled();
    expect(asked.map(({ fresh }) => fresh)).toEqual([true]);
    asked[0]?.answer(4);
    await loading;
    expect(bytesOf(store, a)).toBe(4);
    expect(store.isStale()).toBe(true);
  });
});

describe('what a change of files costs', () => {
  it('nothing is forgotten that does not hang on the files', async () => {
    const { fs, read } = disk();
    const store = createFactStore({ fs });
    await store.load([
      { kind: 'text', path: '/app/Dockerfile' },
      { kind: 'list', path: '/app' },
      { kind: 'index', path: '/app' },
    ]);
    read.length = 0;
    expect(store.invalidate(['/app/node_modules/x/package.json', '/app/node_modules/x'])).toBe(false);
    expect(store.invalidate(['/app/.git/objects/12/34'])).toBe(false);
    expect(store.changed(['/app/src/main.ts', '/app/package.json'])).toBe(false);
    expect(store.invalidate(['/app/src/compose.yaml'])).toBe(true);
    expect(store.facts().indexes.get('/app')).toBeUndefined();
    expect(store.invalidate(['/app/file.txt'])).toBe(true);
    expect(store.facts().folders.get('/app')).toBeUndefined();
    expect(store.changed(['/app/Dockerfile'])).toBe(true);
    expect(store.facts().texts.get('/app/Dockerfile')).toBeUndefined();
  });

  it('a folder that goes takes what was in it along', async () => {
    const store = createFactStore(disk());
    await store.load([
      { kind: 'text', path: '/app/sub/Dockerfile' },
      { kind: 'list', path: '/app/sub/deep' },
      { kind: 'text', path: '/app/subway' },
    ]);
    expect(store.invalidate(['/app/sub'])).toBe(true);
    expect(store.facts().texts.get('/app/sub/Dockerfile')).toBeUndefined();
    expect(store.facts().folders.get('/app/sub/deep')).toBeUndefined();
    expect(store.facts().texts.get('/app/subway')).toBe('/app/subway');
  });

  it('what changes while it is read is read again, other reading goes on', async () => {
    let hold = (): void => {};
    const gate = new Promise<void>((resolve) => {
      hold = resolve;
    });
    let text = 'old';
    const store = createFactStore({
      fs: {
        async readText() {
          const now = text;
          await gate;
          return { text: now };
        },
        list: async () => null,
      },
    });
    const loading = store.load(['/a/x', '/b/y'].map((path) => ({ kind: 'text' as const, path })));
    text = 'new';
    store.changed(['/a/x']);
    hold();
    await loading;
    expect(store.facts().texts.get('/a/x')).toBeUndefined();
    expect(store.facts().texts.get('/b/y')).toBe('old');
    await store.load([{ kind: 'text', path: '/a/x' }]);
    expect(store.facts().texts.get('/a/x')).toBe('new');
  });
});
