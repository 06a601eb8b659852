import { describe, expect, it } from 'vitest';
import type { ContextFiles } from '../../server/src/project/closures/model.js';
import { type NpmInstall, npmClosure } from '../../server/src/project/closures/npm.js';
import { requirementsClosure, type UvSync, uvSyncClosure } from '../../server/src/project/closures/python.js';

function context(files: Readonly<Record<string, string>>, ignored: readonly string[] = []): ContextFiles {
  return {
    exists: (path) => Object.hasOwn(files, path),
    isIgnored: (path) => ignored.includes(path),
    text: (path) => files[path],
    entries: () => undefined,
  };
}

const ci: NpmInstall = { folder: '.', command: 'ci', ignoreScripts: false, omitsDev: false };
const lock = '{"lockfileVersion":3,"packages":{"":{}}}';

describe('npm', () => {
  it('takes what npm looks for, as far as it is sent', () => {
    const files = {
      'package.json': '{}',
      'package-lock.json': lock,
      '.npmrc': '',
      'yarn.lock': '',
      'src/a.js': '',
    };
    expect(npmClosure(context(files, ['.npmrc']), ci)).toMatchObject({
      files: ['package.json', 'package-lock.json', 'yarn.lock'],
      open: [],
      doubts: ['npm writes yarn.lock again'],
      outputs: ['node_modules'],
    });
  });
  it('is none without a manifest, or with an ignored one', () => {
    expect(npmClosure(context({ 'package-lock.json': lock }), ci)).toBeUndefined();
    expect(npmClosure(context({ 'package.json': '{}' }, ['package.json']), ci)).toBeUndefined();
  });
  const open: readonly [string, Readonly<Record<string, string>>, RegExp][] = [
    ['unknown content', { 'package.json': '' }, /could not be read/],
    ['a script of the project', { 'package.json': '{"scripts":{"prepare":"x"}}' }, /"prepare"/],
    ['a local dependency', { 'package.json': '{"dependencies":{"a":"file:a"}}' }, /dependency a/],
    ['workspaces by an unknown pattern', { 'package.json': '{"workspaces":["p/+(a|b)"]}' }, /workspaces/],
    ['native code', { 'package.json': '{}', 'binding.gyp': '' }, /binding\.gyp/],
    ['another prefix', { 'package.json': '{}', '.npmrc': 'prefix=/x' }, /sets prefix/],
  ];
  for (const [name, files, reason] of open) {
    it(`is open with ${name}`, () => {
      expect(npmClosure(context({ 'package-lock.json': lock, ...files }), ci)?.open.join()).toMatch(reason);
    });
  }
  it('is open for npm ci without a lock file, in doubt for npm install', () => {
    const files = { 'package.json': '{}' };
    expect(npmClosure(context(files), ci)?.open).toEqual(['there is no lock file']);
    const install = npmClosure(context(files), { ...ci, command: 'install' });
    expect(install?.open).toEqual([]);
    expect(install?.doubts.length).toBeGreaterThan(0);
  });
  it('doubts packages that run scripts, unless they stay out or scripts are off', () => {
    const packages = { 'node_modules/husky': { hasInstallScript: true, dev: true } };
    const files = {
      'package.json': '{}',
      'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages }),
    };
    expect(npmClosure(context(files), ci)?.doubts.join()).toMatch(/husky/);
    expect(npmClosure(context(files), { ...ci, omitsDev: true })?.doubts).toEqual([]);
    expect(npmClosure(context(files), { ...ci, ignoreScripts: true })?.doubts).toEqual([]);
    expect(npmClosure(context({ ...files, '.npmrc': 'ignore-scripts=true' }), ci)?.doubts).toEqual([]);
  });
  it('sees that a folder above makes it a workspace', () => {
    const files = {
      'package.json': '{"workspaces":["web"]}',
      'web/package.json': '{}',
      'web/package-lock.json': lock,
    };
    expect(npmClosure(context(files), { ...ci, folder: 'web' })?.open.join()).toMatch(/workspace/);
  });
});

describe('pip', () => {
  it('follows includes relative to the file that names them, once each', () => {
    const files = {
      'req/a.txt': '-r b.txt\nflask',
      'req/b.txt': '-c ../pins.txt\n-r a.txt',
      'pins.txt': 'flask==3',
    };
    expect(requirementsClosure(context(files), '.', ['req/a.txt'], false)).toMatchObject({
      files: ['req/a.txt', 'req/b.txt', 'pins.txt'],
      open: [],
      doubts: [],
      outputs: [],
    });
  });
  it('is open with a missing, empty or local one', () => {
    expect(requirementsClosure(context({ 'a.txt': '-r b.txt' }), '.', ['a.txt'], false)?.open.join()).toMatch(
      /b\.txt.*not in the build context/,
    );
    expect(requirementsClosure(context({ 'a.txt': '' }), '.', ['a.txt'], false)?.open.join()).toMatch(/read/);
    expect(requirementsClosure(context({ 'a.txt': '-e .' }), '.', ['a.txt'], false)?.open.join()).toMatch(
      /local path/,
    );
    expect(requirementsClosure(context({}), '.', ['a.txt'], false)).toBeUndefined();
  });
  it('reads the settings of uv for uv pip', () => {
    const files = { 'a.txt': 'flask', 'uv.toml': '', 'pyproject.toml': '' };
    expect(requirementsClosure(context(files), '.', ['a.txt'], true)?.files).toEqual([
      'a.txt',
      'pyproject.toml',
      'uv.toml',
    ]);
  });
});

describe('uv sync', () => {
  const sync: UvSync = {
    folder: '.',
    withoutProject: false,
    frozen: false,
    locked: true,
    environmentInside: true,
  };
  const virtual = '[project]\nname="a"\n';
  const built = `${virtual}[build-system]\nrequires=[]\n`;
  it('is complete for a project that is not installed', () => {
    const files = { 'pyproject.toml': virtual, 'uv.lock': '', '.python-version': '', 'a.py': '' };
    expect(uvSyncClosure(context(files), sync)).toMatchObject({
      files: ['pyproject.toml', 'uv.lock', '.python-version'],
      open: [],
      doubts: [],
      outputs: ['.venv'],
    });
  });
  it('is open where it installs the project, complete without it', () => {
    const files = { 'pyproject.toml': built, 'uv.lock': '' };
    expect(uvSyncClosure(context(files), sync)?.open).toEqual(['uv sync installs the project itself']);
    expect(uvSyncClosure(context(files), { ...sync, withoutProject: true })?.open).toEqual([]);
  });
  it('is open with workspaces, local sources and dynamic metadata', () => {
    for (const more of [
      '[tool.uv.workspace]\nmembers=["p/*"]',
      '[tool.uv.sources]\nb={path="b"}',
      'dynamic=["version"]',
    ]) {
      const files = { 'pyproject.toml': virtual + more, 'uv.lock': '' };
      expect(uvSyncClosure(context(files), sync)?.open.length, more).toBe(1);
    }
  });
  it('doubts a lock file that may change', () => {
    const files = { 'pyproject.toml': virtual, 'uv.lock': '' };
    expect(uvSyncClosure(context(files), { ...sync, locked: false })?.doubts.length).toBe(1);
    expect(uvSyncClosure(context({ 'pyproject.toml': virtual }), sync)?.doubts.length).toBe(1);
  });
});
