import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Measurer } from '../../server/src/node/facts.js';
import { toCorePath } from '../../server/src/node/fs.js';
import { createMeasurer } from '../../server/src/node/measurer.js';
import type { ContextQuery } from '../../server/src/project/measure.js';

const worker = path.resolve('dist/worker.js');
let folder = '';
let measurer: Measurer;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-measurer-'));
  measurer = createMeasurer({ worker });
});

afterEach(async () => {
  await measurer.close();
  rmSync(folder, { recursive: true, force: true });
});

function put(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

function query(more: Partial<ContextQuery> = {}): ContextQuery {
  return {
    root: toCorePath(folder),
    ...{ ignore: [], follow: null, sources: [], probes: [], texts: {}, all: false, top: 20 },
    ...{ list: false, tree: 0 },
    ...more,
  };
}

/** A folder with enough in it that a walk takes a while. */
function big(): string {
  const root = mkdtempSync(path.join(tmpdir(), 'plimsoll-big-'));
  for (let i = 0; i < 300; i++) {
    const inside = path.join(root, `folder-${i}`);
    mkdirSync(inside);
    for (let k = 0; k < 50; k++) writeFileSync(path.join(inside, `file-${k}`), '');
  }
  return root;
}

describe('measuring', () => {
  it('answers as the simulation does, off this thread', async () => {
    put({ 'a.txt': 'abc', 'b/c.log': 'x', 'b/d': 'dd' });
    const measure = await measurer.measure(query({ ignore: ['**/*.log'], list: true }));
    expect(measure?.sent).toMatchObject({ files: 2, bytes: 5, entries: 3, exact: true });
    expect(measure?.paths).toEqual(['a.txt', 'b/', 'b/d']);
  });

  it('null where the context is no folder', async () => {
    put({ file: '' });
    for (const name of ['file', 'missing']) {
      expect(await measurer.measure(query({ root: `${toCorePath(folder)}/${name}` }))).toBeNull();
    }
  });

  it('an edit in place is seen when it is told, or by a fresh walk', async () => {
    put({ 'a/x': '1', 'b/y': '1' });
    const bytes = async (fresh: boolean): Promise<number | undefined> =>
      (await measurer.measure(query(), { fresh }))?.sent.bytes;
    expect(await bytes(false)).toBe(2);
    put({ 'a/x': '12345' });
    measurer.changed([`${toCorePath(folder)}/a/x`]);
    expect(await bytes(false)).toBe(6);
    put({ 'b/y': '12345' });
    expect(await bytes(true)).toBe(10);
    put({ 'b/y': '1' });
    measurer.clear();
    expect(await bytes(false)).toBe(6);
  });
});

describe('giving up', () => {
  let large = '';
  beforeAll(() => {
    large = toCorePath(big());
  });
  afterAll(() => rmSync(large, { recursive: true, force: true }));

  it('ends the work when the last who waits gives up, and not before', async () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const first = measurer.measure(query({ root: large }), { signal: one.signal });
    const second = measurer.measure(query({ root: large }), { signal: two.signal });
    one.abort();
    await expect(first).rejects.toThrow(/abort/i);
    expect((await second)?.sent.files).toBe(15_000);
    const third = measurer.measure(query({ root: large }), { signal: two.signal, fresh: true });
    two.abort();
    await expect(third).rejects.toThrow(/abort/i);
    await expect(measurer.measure(query(), { signal: two.signal })).rejects.toThrow(/abort/i);
    expect((await measurer.measure(query()))?.sent.files).toBe(0);
  });

  it('who asks after a change gets a newer answer than who asked before', async () => {
    put({ x: '1' });
    const slow = measurer.measure(query({ root: large }), { fresh: true });
    const before = measurer.measure(query());
    put({ x: '123' });
    measurer.changed([`${toCorePath(folder)}/x`]);
    const after = measurer.measure(query());
    await Promise.all([slow, before]);
    expect((await after)?.sent.bytes).toBe(3);
  });

  it('does not outlive close', async () => {
    const waiting = measurer.measure(query({ root: large }), { fresh: true });
    await measurer.close();
    await expect(waiting).rejects.toThrow('closed');
    await expect(measurer.measure(query())).rejects.toThrow('closed');
  });
});

describe('trouble in the thread', () => {
  it('is told to who asked, and the next question gets a new thread', async () => {
    const broken = path.join(folder, 'broken.js');
    writeFileSync(
      broken,
      `const { parentPort } = require('node:worker_threads');
       let count = 0;
       parentPort.on('message', ({ kind, id, query }) => {
         if (kind !== 'measure') return;
         const { root } = JSON.parse(query);
         if (root === '/throw') throw new Error('it broke');
         if (root === '/fail') parentPort.postMessage({ kind: 'failed', id, message: 'it failed', stack: 'there' });
         else parentPort.postMessage({ kind: 'done', id, measure: ++count });
       });`,
    );
    const odd = createMeasurer({ worker: broken });
    try {
      expect(await odd.measure(query())).toBe(1);
      expect(await odd.measure(query())).toBe(2);
      const failing = odd.measure(query({ root: '/throw' }));
      const waiting = odd.measure(query({ root: '/other' }));
      await expect(failing).rejects.toThrow('it broke');
      expect(await waiting).toBe(1);
      await expect(odd.measure(query({ root: '/fail' }))).rejects.toThrow('it failed');
      expect(await odd.measure(query())).toBe(1);
    } finally {
      await odd.close();
    }
  });

  it('a thread that cannot start rejects', async () => {
    const missing = createMeasurer({ worker: path.join(folder, 'missing.js') });
    await expect(missing.measure(query())).rejects.toThrow(/missing\.js/);
    await missing.close();
  });
});
