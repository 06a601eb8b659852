import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFactStore, resolveWith } from '../../server/src/node/facts.js';
import { decodeText, fromCorePath, nodeFs, toCorePath } from '../../server/src/node/fs.js';
import { walk } from '../../server/src/node/walk.js';
import { configOf } from '../../server/src/project/config.js';
import { parseCache } from '../../server/src/project/snapshot.js';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function put(files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return toCorePath(folder);
}

describe('paths of the platforms', () => {
  it.each([
    ['C:\\Work\\App\\Dockerfile', 'c:/Work/App/Dockerfile', 'C:\\Work\\App\\Dockerfile'],
    ['c:/work/./a/../b', 'c:/work/b', 'C:\\work\\b'],
    ['D:\\', 'd:/', 'D:\\'],
    ['D:', 'd:/', 'D:\\'],
    ['\\\\Server\\Share\\x', '/Server/Share/x', '\\\\Server\\Share\\x'],
    ['\\\\?\\C:\\Long\\x', 'c:/Long/x', 'C:\\Long\\x'],
    ['\\\\?\\UNC\\srv\\share\\x', '/srv/share/x', '\\\\srv\\share\\x'],
  ])('Windows: %s', (native, core, back) => {
    expect(toCorePath(native, 'win32')).toBe(core);
    expect(fromCorePath(core, 'win32')).toBe(back);
    expect(toCorePath(back, 'win32')).toBe(core);
  });

  it('elsewhere a backslash is part of a name, and case is kept', () => {
    expect(toCorePath('/Users/Me/a\\b/', 'darwin')).toBe('/Users/Me/a\\b');
    expect(fromCorePath('/Users/Me/x', 'linux')).toBe('/Users/Me/x');
  });
});

describe('decodeText', () => {
  it('keeps a BOM, tolerates broken UTF-8, refuses binary data', () => {
    expect(decodeText(Buffer.from('\uFEFFFROM x'))).toBe('\uFEFFFROM x');
    expect(decodeText(Uint8Array.of(0x46, 0xff, 0x52))).toBe('F\uFFFDR');
    expect(decodeText(Uint8Array.of(0x46, 0x00, 0x52))).toBeUndefined();
  });
});

describe('walk', () => {
  it('finds our files and honours nested .gitignore files', async () => {
    const root = put({
      '.git/info/exclude': 'private/\n',
      '.gitignore': 'build/\n*.old.yml\n/only-here\n',
      Dockerfile: '',
      'a/compose.yaml': '',
      'a/compose.old.yml': '',
      'a/.gitignore': '!compose.old.yml\n',
      'a/only-here/Dockerfile': '',
      'b/compose.old.yml': '',
      'build/Dockerfile': '',
      'only-here/Dockerfile': '',
      'private/Dockerfile': '',
      'node_modules/x/Dockerfile': '',
      'src/main.ts': '',
    });
    symlinkSync('Dockerfile', path.join(folder, 'Dockerfile.link'));
    symlinkSync('a', path.join(folder, 'linked'));
    const found = await walk(root, { fs: nodeFs() });
    expect(found.files.map((file) => file.slice(root.length + 1))).toEqual([
      'Dockerfile',
      'a/compose.old.yml',
      'a/compose.yaml',
      'a/only-here/Dockerfile',
    ]);
    expect(found.unreadable).toEqual([]);
    const below = await walk(`${root}/b`, { fs: nodeFs() });
    expect(below.files).toEqual([]);
    const named = await walk(`${root}/build`, { fs: nodeFs() });
    expect(named.files).toEqual([`${root}/build/Dockerfile`]);
  });

  it('enters folders near the root first and no more than it may', async () => {
    const root = put({ Dockerfile: '', 'near/er/Dockerfile': '' });
    const found = await walk(root, { fs: nodeFs(), maxFolders: 2 });
    expect(found.files).toEqual([`${root}/Dockerfile`]);
    expect((await walk(root, { fs: nodeFs(), maxFolders: 3 })).files).toHaveLength(2);
  });

  it('reports folders it cannot read, and stops when asked', async () => {
    const root = put({ 'a/Dockerfile': '' });
    const fs = nodeFs();
    const broken = { ...fs, list: async (at: string) => (at.endsWith('/a') ? null : fs.list(at)) };
    expect((await walk(root, { fs: broken })).unreadable).toEqual([`${root}/a`]);
    await expect(walk(root, { fs, signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});

describe('createFactStore', () => {
  it('loads what a pure function asks for, and unsaved text wins', async () => {
    const root = put({ '.plimsoll.yaml': 'profile: thorough\n', 'a/Dockerfile': 'FROM x\n' });
    const overlays = new Map<string, string>();
    const store = createFactStore({ fs: nodeFs(), overlays });
    const profile = (): Promise<string | undefined> =>
      resolveWith(
        store,
        [root],
        parseCache(),
        (snapshot) => configOf(snapshot, `${root}/a/Dockerfile`).profile,
      );
    expect(await profile()).toBe('thorough');
    overlays.set(`${root}/.plimsoll.yaml`, 'profile: everything\n');
    expect(await profile()).toBe('everything');
    overlays.clear();
    writeFileSync(path.join(folder, '.plimsoll.yaml'), 'profile: default\n');
    expect(await profile()).toBe('thorough');
    const before = store.facts();
    store.invalidate([`${root}/.plimsoll.yaml`]);
    expect(await profile()).toBe('default');
    expect(before.texts.get(`${root}/.plimsoll.yaml`)).toBe('profile: thorough\n');
  });

  it('lists new files after an invalidation, and open ones that are not saved yet', async () => {
    const root = put({ Dockerfile: '' });
    const overlays = new Map([[`${root}/compose.yaml`, 'services: {}\n']]);
    const store = createFactStore({ fs: nodeFs(), overlays });
    await store.load([{ kind: 'index', path: root }]);
    expect(store.facts().indexes.get(root)).toEqual([`${root}/Dockerfile`, `${root}/compose.yaml`]);
    put({ 'x/Dockerfile': '' });
    store.invalidate([`${root}/x/Dockerfile`]);
    await store.load([{ kind: 'index', path: root }]);
    expect(store.facts().indexes.get(root)).toContain(`${root}/x/Dockerfile`);
  });

  it('says why a text is not there', async () => {
    const root = put({ Dockerfile: 'x'.repeat(2 * 1024 * 1024 + 1), 'binary.Dockerfile': 'a\0b' });
    const store = createFactStore({ fs: nodeFs() });
    const paths = ['Dockerfile', 'binary.Dockerfile', 'nothing'].map((name) => `${root}/${name}`);
    await store.load(paths.map((path) => ({ kind: 'text', path })));
    expect(paths.map((path) => store.unread(path))).toEqual(['too-large', 'unreadable', 'missing']);
  });
});
