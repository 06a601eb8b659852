import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Scanned } from '../../server/src/node/disktree.js';
import { createMeasureService, type ServiceOptions } from '../../server/src/node/measureservice.js';
import { type Ahead, type Batch, scanBackwards } from '../../server/src/node/scan.js';
import { nodeSyncFs, type SyncFs } from '../../server/src/node/syncfs.js';
import type { ContextMeasure, ContextQuery } from '../../server/src/project/measure.js';
import { measureContext } from '../../server/src/sim/context/measure.js';

let folder = '';

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'plimsoll-ahead-')));
});

afterEach(() => {
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
    ...{ root: folder, ignore: [], follow: null, sources: [], probes: [], texts: {}, all: false, top: 20 },
    ...{ list: true, tree: 0 },
    ...more,
  };
}

/** A disk that notes which folders are listed. */
function listing(): { readonly fs: SyncFs; readonly listed: string[] } {
  const fs = nodeSyncFs();
  const listed: string[] = [];
  return {
    listed,
    fs: {
      ...fs,
      list(name) {
        listed.push(path.relative(folder, String(name)));
        return fs.list(name);
      },
    },
  };
}

const source = (fs: SyncFs = nodeSyncFs()) => ({ fs, platform: process.platform });

function scanned(more: Partial<Ahead> = {}, fs?: SyncFs, enough = () => false): readonly Batch[] {
  const batches: Batch[] = [];
  const ahead: Ahead = { root: folder, ignore: [], follow: null, all: false, ...more };
  // As it arrives from another thread.
  scanBackwards(ahead, source(fs), (batch) => batches.push(structuredClone(batch)), enough);
  return batches;
}

function measured(asked: ContextQuery, more: Partial<ServiceOptions> = {}): ContextMeasure | null {
  const service = createMeasureService({
    ...source(),
    ...{ now: () => Date.now(), xattrs: 'none', measure: measureContext },
    ...more,
  });
  return service.run(asked, { fresh: false, check: () => {} });
}

/** A second reader that has read all it is going to before the walk begins. */
function allAhead(fs?: SyncFs): NonNullable<ServiceOptions['readAhead']> {
  return (root, asked) => {
    const found = new Map<string, Scanned>();
    for (const { paths, memory } of scanned({ ...asked, root }, fs))
      for (const [i, name] of paths.entries()) found.set(name, { memory, at: i + 1 });
    return { take: (name) => found.get(name), stop: () => {} };
  };
}

function odd(): void {
  put({
    'a/x': '12345',
    'a/b/c/y': 'y',
    'node_modules/m/index.js': 'm',
    'z/last': '',
    top: 'top',
    'ä/ö': 'ü',
  });
  linkSync(path.join(folder, 'top'), path.join(folder, 'z/second'));
  symlinkSync('../a', path.join(folder, 'z/link'));
  mkdirSync(path.join(folder, 'empty'));
  if (process.platform !== 'linux') return;
  const raw = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x66, 0xff])]);
  mkdirSync(raw);
  writeFileSync(Buffer.concat([raw, Buffer.from([0x2f, 0xfe])]), 'raw');
}

describe('reading ahead', () => {
  it.each<[string, Partial<ContextQuery>]>([
    ['everything', {}],
    ['an ignore file', { ignore: ['**/node_modules', 'a', '!a/b'] }],
    ['all that is ignored too', { ignore: ['a'], all: true }],
    ['needed paths', { follow: ['z', 'a/*'] }],
    ['a pattern that cannot be used', { ignore: ['a', '[z-a]'] }],
  ])('changes no number: %s', (_, more) => {
    odd();
    const asked = query(more);
    expect(measured(asked, { readAhead: allAhead() })).toEqual(measured(asked));
  });

  it('reads each folder of the walk once, whoever does', () => {
    odd();
    const { fs, listed } = listing();
    const own = listing();
    measured(query(), { fs: own.fs, readAhead: allAhead(fs) });
    expect(own.listed).toEqual([]);
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('begins at the end, and leaves alone what the walk will', () => {
    put({ 'a/x': '', 'b/c/y': '', 'b/d/y': '', 'node_modules/m/i.js': '' });
    const { fs, listed } = listing();
    scanned({ ignore: ['node_modules'] }, fs);
    expect(listed).toEqual(['', 'b', 'b/d', 'b/c', 'a']);
    listed.length = 0;
    scanned({ follow: ['b/c/y', 'nothing/*.js'] }, fs);
    expect(listed).toEqual(['', 'b', 'b/c']);
    listed.length = 0;
    scanned({ ignore: ['node_modules'], all: true }, fs);
    expect(listed).toContain('node_modules/m');
  });

  it('ends when it is told to', () => {
    put({ 'a/x': '', 'b/x': '', 'c/x': '' });
    const { fs, listed } = listing();
    expect(scanned({}, fs, () => listed.length >= 2)).toEqual([]);
    expect(listed).toEqual(['', 'c']);
  });

  it('leaves out what has vanished or may not be read', () => {
    put({ 'a/x': '', 'b/x': '' });
    const real = nodeSyncFs();
    const fs: SyncFs = {
      ...real,
      list: (name) => (String(name).endsWith('/b') ? undefined : real.list(name)),
    };
    expect(scanned({}, fs).flatMap(({ paths }) => paths)).toEqual(['', 'a']);
  });
});
