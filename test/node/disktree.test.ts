import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDiskTree, type DiskTree, type DiskTreeOptions } from '../../server/src/node/disktree.js';
import { bytesOfName, nameOfBytes } from '../../server/src/node/names.js';
import { inByteOrder, nodeSyncFs, type SyncFs } from '../../server/src/node/syncfs.js';
import type { Tree, TreeEntry } from '../../server/src/sim/context/tree.js';

let folder = '';

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'plimsoll-tree-')));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => path.join(folder, name);

function put(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
  }
}

/** Sets the times of the folders back, so that they count as settled. */
function settle(...folders: readonly string[]): void {
  for (const name of folders) utimesSync(at(name), 1_700_000_000, 1_700_000_000);
}

/** A disk that counts what it is asked. */
function counting(): { readonly fs: SyncFs; readonly asked: { lists: number; stats: number } } {
  const real = nodeSyncFs();
  const asked = { lists: 0, stats: 0 };
  return {
    asked,
    fs: {
      ...real,
      list(at1) {
        asked.lists++;
        return real.list(at1);
      },
      lstat(at1) {
        asked.stats++;
        return real.lstat(at1);
      },
    },
  };
}

/** `later`: a clock that is so far ahead that all times on the disk are settled. */
function treeOf(options: Partial<DiskTreeOptions> = {}): DiskTree {
  return createDiskTree({
    fs: nodeSyncFs(),
    root: folder,
    platform: 'linux',
    now: () => Date.now() + 10_000,
    xattrs: 'none',
    ...options,
  });
}

const look = (tree: DiskTree): Tree => tree.look({ check: () => {} });

/** Everything in a tree: paths with kinds and sizes, folders end in `/`. */
function everything(tree: Tree): string[] {
  const found: string[] = [];
  const open = [''];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const inside = next;
    const entries = tree.entries(inside);
    if (entries === undefined) found.push(`${inside} can't be read`);
    for (const entry of entries ?? []) {
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.kind === 'folder') open.push(name);
      found.push(entry.kind === 'folder' ? `${name}/` : `${name} ${entry.kind} ${entry.stat()?.size}`);
    }
  }
  return found.sort();
}

function entry(tree: Tree, name: string): TreeEntry {
  const found = tree
    .entries(path.dirname(name) === '.' ? '' : path.dirname(name))
    ?.find((e) => e.name === path.basename(name));
  if (found === undefined) throw new Error(`${name} is not there`);
  return found;
}

describe('what a tree says', () => {
  it('entries in byte order with sizes, modes and times, links not followed', () => {
    put({ 'b.txt': 'four', 'a/x': '', 'a-b/y': 'y', '\u{1f600}': '', '\uffee': '' });
    symlinkSync('../b.txt', at('a/link'));
    chmodSync(at('b.txt'), 0o755);
    const tree = look(treeOf());
    expect(tree.entries('')?.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'a folder',
      'a-b folder',
      'b.txt file',
      '\uffee file',
      '\u{1f600} file',
    ]);
    const stat = entry(tree, 'b.txt').stat();
    expect(stat).toMatchObject({ size: 4, mode: 0o100755 });
    expect(Math.abs((stat?.mtime ?? 0) - Date.now() * 1e6)).toBeLessThan(60e9);
    expect(entry(tree, 'a/link')).toMatchObject({ kind: 'link' });
    expect(entry(tree, 'a/link').stat()).toMatchObject({ size: 8, target: '../b.txt' });
    expect(entry(tree, 'a').stat()?.mode).toBe(lstatSync(at('a')).mode);
    expect(tree.entries('b.txt')).toBeUndefined();
    expect(tree.entries('nothing/below')).toBeUndefined();
    expect(tree.entries('a/link')).toBeUndefined();
  });

  it('several names of one file share an inode', () => {
    put({ one: 'x', other: 'x' });
    linkSync(at('one'), at('two'));
    const tree = look(treeOf());
    expect(entry(tree, 'one').stat()?.inode).toBeDefined();
    expect(entry(tree, 'two').stat()?.inode).toBe(entry(tree, 'one').stat()?.inode);
    expect(entry(tree, 'other').stat()?.inode).toBeUndefined();
  });

  it('sorts what a system lists otherwise', () => {
    expect(inByteOrder(['b', '\u{1f600}', 'a', '\uffee'], [0, 1, 2, 3])).toEqual({
      names: ['a', 'b', '\uffee', '\u{1f600}'],
      kinds: [2, 0, 3, 1],
    });
  });

  it('a root that is missing, a file or a link to itself has no entries', () => {
    put({ file: '' });
    symlinkSync('loop', at('loop'));
    for (const name of ['missing', 'file', 'loop']) {
      expect(look(treeOf({ root: at(name) })).entries('')).toBeUndefined();
    }
  });
});

describe('nasty disks', () => {
  it('loops of links and links out are links', () => {
    put({ 'a/file': 'x' });
    symlinkSync('..', at('a/up'));
    symlinkSync('/', at('a/out'));
    symlinkSync('nowhere', at('a/broken'));
    expect(everything(look(treeOf()))).toEqual([
      'a/',
      'a/broken link 7',
      'a/file file 1',
      'a/out link 1',
      'a/up link 2',
    ]);
  });

  it.skipIf(process.platform === 'win32')(
    'sockets, FIFOs and devices are named and never opened',
    async () => {
      execFileSync('mkfifo', [at('fifo')]);
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
      try {
        expect(everything(look(treeOf()))).toEqual(['fifo fifo 0', 'socket socket 0']);
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
      const dev = look(treeOf({ root: '/dev' }));
      expect(entry(dev, 'null').kind).toBe('device');
      if (process.platform === 'linux')
        expect(entry(dev, 'null').stat()?.device).toEqual({ major: 1, minor: 3 });
    },
  );

  it.skipIf(process.platform !== 'linux')('names that are no text, and names with line ends', () => {
    const odd = Buffer.from([0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82]);
    const inside = Buffer.concat([Buffer.from(`${folder}/`), odd]);
    mkdirSync(inside);
    writeFileSync(Buffer.concat([inside, Buffer.from('/\xfe', 'latin1')]), 'three');
    put({ 'line\nend': 'x', 'ä\ufffd': '' });
    const tree = treeOf();
    const name = 'a\udcff\udcc3(\udce2\udc82';
    const expected = [`${name}/`, `${name}/\udcfe file 5`, 'line\nend file 1', 'ä\ufffd file 0'].sort();
    expect(everything(look(tree))).toEqual(expected);
    // Remembered, and read again.
    expect(everything(look(tree))).toEqual(expected);
    tree.changed(`${name}/\udcfe`);
    writeFileSync(Buffer.concat([inside, Buffer.from('/\xfe', 'latin1')]), 'longer');
    expect(everything(look(tree))).toContain(`${name}/\udcfe file 6`);
    expect(
      look(tree)
        .entries('')
        ?.map((e) => e.name),
    ).toEqual([name, 'line\nend', 'ä\ufffd']);
  });

  it('every run of bytes has a name, and the name gives the bytes back', () => {
    const samples = [
      [0xed, 0xb2, 0x80],
      [0xf0, 0x9f, 0x98, 0x80],
      [0xf0, 0x9f, 0x98],
      [0xc0, 0xaf],
      [0x80],
      [0x41, 0xe4, 0x42],
    ];
    for (const bytes of samples) {
      const name = nameOfBytes(Buffer.from(bytes));
      expect([...bytesOfName(name)]).toEqual(bytes);
    }
    expect(nameOfBytes(Buffer.from('\u{1f600}'))).toBe('\u{1f600}');
  });

  it('files and folders that vanish during the walk are undefined, the rest stays', () => {
    put({ 'a/x': '', 'b/y': 'y', 'c/z': '' });
    const tree = look(treeOf());
    const root = tree.entries('');
    const [x] = tree.entries('a') ?? [];
    unlinkSync(at('a/x'));
    rmSync(at('c'), { recursive: true });
    expect(x?.stat()).toBeUndefined();
    expect(root?.find(({ name }) => name === 'c')?.stat()).toBeUndefined();
    expect(tree.entries('c')).toBeUndefined();
    expect(tree.entries('b')?.[0]?.stat()?.size).toBe(1);
  });

  it('what became something else after it was listed is not what it was', () => {
    put({ 'a/x': '' });
    const [x] = look(treeOf()).entries('a') ?? [];
    unlinkSync(at('a/x'));
    mkdirSync(at('a/x'));
    expect(x?.stat()).toBeUndefined();
  });

  it('folders and files that may not be read', () => {
    put({ 'open/x': 'x', 'shut/y': 'y', 'mine.key': 'secret', 'other.key': 'secret' });
    chmodSync(at('mine.key'), 0o000);
    chmodSync(at('other.key'), 0o640);
    const real = nodeSyncFs();
    const fs: SyncFs = {
      ...real,
      list: (name) => (String(name).endsWith('shut') ? undefined : real.list(name)),
      mayRead: (name) => !String(name).endsWith('.key'),
    };
    const { uid, gid } = lstatSync(at('mine.key'));
    const owner = look(treeOf({ fs, reader: { uid: uid + 1000, groups: [gid] } }));
    expect(owner.entries('shut')).toBeUndefined();
    expect(owner.entries('open')).toHaveLength(1);
    expect(entry(owner, 'mine.key').stat()).toMatchObject({ size: 6, unreadable: true });
    expect(entry(owner, 'other.key').stat()?.unreadable).toBeUndefined();
    const stranger = look(treeOf({ fs, reader: { uid: uid + 1000, groups: [] } }));
    expect(entry(stranger, 'other.key').stat()?.unreadable).toBe(true);
    expect(entry(look(treeOf({ fs })), 'mine.key').stat()?.unreadable).toBeUndefined();
  });

  it('paths of Windows', () => {
    const asked: string[] = [];
    const folderStat = {
      ...{
        size: 0,
        mode: 0o040777,
        mtimeMs: 1,
        ctimeMs: 1,
        ino: 1,
        dev: 1,
        nlink: 1,
        rdev: 0,
        uid: 0,
        gid: 0,
      },
    };
    const fs: SyncFs = {
      ...nodeSyncFs(),
      lstat(name) {
        asked.push(String(name));
        return folderStat;
      },
      list: () => ({ names: ['Lib'], kinds: [1] }),
    };
    const tree = look(treeOf({ fs, root: 'C:\\work', platform: 'win32' }));
    expect(tree.entries('Lib/Lib')?.[0]?.stat()?.mode).toBe(0o040777);
    expect(asked).toEqual(['C:\\work', 'C:\\work\\Lib', 'C:\\work\\Lib\\Lib', 'C:\\work\\Lib\\Lib\\Lib']);
    asked.length = 0;
    look(treeOf({ fs, root: 'C:\\', platform: 'win32' })).entries('Lib');
    expect(asked).toEqual(['C:\\', 'C:\\Lib']);
  });

  it('ten thousand levels end where the system ends, without an error', () => {
    const fs: SyncFs = {
      ...nodeSyncFs(),
      lstat: () => nodeSyncFs().lstat(folder),
      list: (name) => ({ names: String(name).length > 20_000 + folder.length ? [] : ['d'], kinds: [1] }),
    };
    const tree = look(treeOf({ fs }));
    let name = '';
    let levels = 0;
    while ((tree.entries(name)?.length ?? 0) > 0) {
      name = name === '' ? 'd' : `${name}/d`;
      levels++;
    }
    expect(levels).toBeGreaterThan(9_990);
    // From the root again: nothing on the way is held any more.
    expect(tree.entries('d/'.repeat(levels - 1).slice(0, -1))).toHaveLength(1);
  });
});

describe('a second look', () => {
  it('asks once for each folder, and for nothing else', () => {
    put({ 'a/x': 'x', 'a/b/y': 'y', z: 'z' });
    const { fs, asked } = counting();
    const tree = treeOf({ fs });
    const first = everything(look(tree));
    expect(asked).toEqual({ lists: 3, stats: 6 });
    Object.assign(asked, { lists: 0, stats: 0 });
    expect(everything(look(tree))).toEqual(first);
    expect(asked).toEqual({ lists: 0, stats: 3 });
    const visited = tree.visited() ?? [];
    Object.assign(asked, { lists: 0, stats: 0 });
    expect(tree.unchanged(visited, () => {})).toBe(true);
    expect(asked).toEqual({ lists: 0, stats: 3 });
  });

  it('sees what came, went and was renamed by the times of folders', () => {
    put({ 'a/x': 'x', 'a/b/y': 'y', 'c/z': 'z' });
    settle('a', 'a/b', 'c', '.');
    const tree = treeOf();
    everything(look(tree));
    const visited = tree.visited() ?? [];
    put({ 'a/b/new': 'new' });
    unlinkSync(at('c/z'));
    expect(tree.unchanged(visited, () => {})).toBe(false);
    expect(everything(look(tree))).toEqual([
      'a/',
      'a/b/',
      'a/b/new file 3',
      'a/b/y file 1',
      'a/x file 1',
      'c/',
    ]);
  });

  it('a folder put in the place of another with the same times is read again', () => {
    put({ 'a/x': 'x', 'other/y': 'y' });
    settle('a', 'other');
    const tree = treeOf();
    everything(look(tree));
    rmSync(at('a'), { recursive: true });
    execFileSync('mv', [at('other'), at('a')]);
    settle('a');
    expect(everything(look(tree))).toEqual(['a/', 'a/y file 1']);
  });

  it('does not trust a folder that changed just before it was read', () => {
    put({ 'a/x': 'x' });
    const { fs, asked } = counting();
    const tree = treeOf({ fs, now: () => Date.now() });
    everything(look(tree));
    Object.assign(asked, { lists: 0, stats: 0 });
    everything(look(tree));
    expect(asked.lists).toBe(2);
  });

  it('an edit in place is seen once someone tells of it', () => {
    put({ 'a/x': 'x', 'b/y': 'y' });
    const { fs, asked } = counting();
    const tree = treeOf({ fs });
    everything(look(tree));
    const visited = tree.visited() ?? [];
    writeFileSync(at('a/x'), 'longer');
    expect(everything(look(tree))).toContain('a/x file 1');
    tree.changed('a/x');
    expect(tree.unchanged(visited, () => {})).toBe(false);
    Object.assign(asked, { lists: 0, stats: 0 });
    expect(everything(look(tree))).toContain('a/x file 6');
    expect(asked.lists).toBe(1);
    tree.changed('not/there/at/all');
    expect(tree.unchanged(visited, () => {})).toBe(true);
  });

  it('keeps what is known below a folder that is read again, and stays compact', () => {
    put({ 'a/b/c/x': 'x' });
    for (let i = 0; i < 200; i++) writeFileSync(at(`a/file-${i}`), '');
    const { fs, asked } = counting();
    const tree = treeOf({ fs });
    const first = everything(look(tree));
    for (let i = 0; i < 1000; i++) {
      tree.changed('a/file-1');
      asked.lists = 0;
      look(tree).entries('a/b/c');
      expect(asked.lists).toBe(1);
    }
    expect(everything(look(tree))).toEqual(first);
    expect(tree.size()).toBeLessThan(100_000);
  });
});

it('beyond its bound nothing more is remembered, and the answers stay right', () => {
  put({ 'a/x': 'x', 'a/b/y': 'yy', 'c/z': 'zzz', 'd/e/f/g': '' });
  const all = everything(look(treeOf()));
  const tree = treeOf({ mostEntries: 3 });
  expect(everything(look(tree))).toEqual(all);
  expect(tree.visited()).toBeUndefined();
  expect(everything(look(tree))).toEqual(all);
  expect(tree.size()).toBeLessThanOrEqual(3);
});

it('ends where it is told to', () => {
  put({ 'a/x': '' });
  let calls = 0;
  const tree = treeOf().look({
    check() {
      if (++calls > 1) throw new Error('enough');
    },
  });
  expect(tree.entries('')).toHaveLength(1);
  expect(() => tree.entries('a')).toThrow('enough');
});

it('a remembered file takes a few dozen bytes', () => {
  const folders = 2000;
  const names = Array.from({ length: 100 }, (_, i) => `module-${String(i).padStart(3, '0')}.js`);
  const stat = { size: 10, mtimeMs: 1, ctimeMs: 1, ino: 1, dev: 1, nlink: 1, rdev: 0, uid: 0, gid: 0 };
  const roots = Array.from({ length: folders }, (_, i) => `folder-${String(i).padStart(5, '0')}`);
  const fs: SyncFs = {
    ...nodeSyncFs(),
    lstat: (name) => ({ ...stat, mode: String(name).endsWith('.js') ? 0o100644 : 0o040755 }),
    list: (name) =>
      String(name) === folder
        ? { names: roots, kinds: roots.map(() => 1) }
        : { names, kinds: names.map(() => 0) },
  };
  const before = process.memoryUsage().arrayBuffers;
  const tree = treeOf({ fs });
  expect(everything(look(tree))).toHaveLength(folders * 101);
  const files = folders * names.length;
  expect(tree.size()).toBe(files + folders);
  expect((process.memoryUsage().arrayBuffers - before) / files).toBeLessThan(100);
});
