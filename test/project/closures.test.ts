import { describe, expect, it } from 'vitest';
import type { ContextFiles } from '../../server/src/project/closures/model.js';
import { type NpmInstall, npmClosure } from '../../server/src/project/closures/npm.js';

function context(files: Readonly<Record<string, string>>, ignored: readonly string[] = []): ContextFiles {
  return {
    exists: (path) => Object.hasOwn(files, path),
    isIgnored: (path) => ignored.includes(path),
    text: (path) => files[path],
    entries: () => undefined,
  };
}

const ci: NpmInstall = { folder: '.', command: 'ci', ignoreScripts: false, omitsDev: false, alone: false };
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
  it('works for the whole project where a folder above makes it a workspace', () => {
    const files = {
      'package.json': '{"workspaces":["web"]}',
      'package-lock.json': lock,
      'web/package.json': '{}',
    };
    const own = ['package.json', 'package-lock.json', 'web/package.json'];
    expect(npmClosure(context(files), { ...ci, folder: 'web' })).toMatchObject({ files: own, open: [] });
    const alone = npmClosure(context(files), { ...ci, folder: 'web', alone: true });
    expect(alone).toMatchObject({ files: ['web/package.json'], open: ['there is no lock file'] });
  });
});
