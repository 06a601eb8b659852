import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isLocalSpec,
  parseNpmrc,
  parsePackageJson,
  parsePackageLock,
} from '../../server/src/syntax/manifests/npm.js';
import { parseComposerJson } from '../../server/src/syntax/manifests/php.js';
import { parsePyproject, parseRequirements } from '../../server/src/syntax/manifests/python.js';

describe('package.json', () => {
  it('has unknown content where it is empty or broken', () => {
    for (const text of ['', ' ', '{', '[]', '3']) expect(parsePackageJson(text)).toBeUndefined();
  });
  it('reads workspaces in both forms', () => {
    expect(parsePackageJson('{"workspaces":["a"]}')?.workspaces).toBe(true);
    expect(parsePackageJson('{"workspaces":{"packages":["a"]}}')?.workspaces).toBe(true);
    expect(parsePackageJson('{"workspaces":[]}')?.workspaces).toBe(false);
  });
  it('knows versions that name the disk', () => {
    for (const spec of ['file:x', 'link:../x', '../x', './x.tgz', '/x', '~/x', 'workspace:*', 'c:/x']) {
      expect(isLocalSpec(spec), spec).toBe(true);
    }
    for (const spec of ['^1.0.0', '*', 'latest', 'github:a/b', 'git+ssh://git@x/y.git', 'npm:a@1', 'a/b']) {
      expect(isLocalSpec(spec), spec).toBe(false);
    }
  });
});

describe('package-lock.json', () => {
  it('says which packages run scripts and which are local', () => {
    const lock = parsePackageLock(
      JSON.stringify({
        lockfileVersion: 3,
        packages: {
          '': {},
          'node_modules/a': { hasInstallScript: true, dev: true },
          'node_modules/@s/b': {},
          'node_modules/c': { link: true, resolved: 'packages/c' },
          'packages/c': {},
        },
      }),
    );
    expect(lock?.detailed).toBe(true);
    expect(lock?.packages.map((p) => [p.name, p.installScript, p.dev, p.local])).toEqual([
      ['a', true, true, false],
      ['@s/b', false, false, false],
      ['c', false, false, true],
      ['packages/c', false, false, true],
    ]);
  });
  it('of version 1 says nothing about scripts', () => {
    expect(parsePackageLock('{"lockfileVersion":1,"dependencies":{}}')?.detailed).toBe(false);
  });
});

describe('.npmrc', () => {
  it('gives keys in lower case, the last value, lists and bare keys', () => {
    const settings = parseNpmrc('; c\n# c\nOmit[]=dev\r\nignore-scripts\nx = "a"\nx=b\n');
    expect([...settings]).toEqual([
      ['omit', 'dev'],
      ['ignore-scripts', 'true'],
      ['x', 'b'],
    ]);
  });
});

describe('requirements', () => {
  it('tells names, includes, constraints and places on the disk apart', () => {
    const text = [
      '# comment',
      '-r base.txt',
      '--requirement=more.txt',
      '-cpins.txt',
      'Flask_Login[x] >= 1 ; python_version > "3" # c',
      'six==1.16.0 \\',
      '    --hash=sha256:abc',
      '--index-url https://example.org/simple',
      'a @ https://example.org/a.whl',
      'b @ file:///x',
      '-e git+https://example.org/c.git#egg=c',
      '-e .',
      './d',
      'wheels/e.whl',
      '--find-links ./wheels',
      'https://example.org/f.tar.gz',
    ].join('\r\n');
    expect(parseRequirements(text)).toEqual({
      includes: ['base.txt', 'more.txt'],
      constraints: ['pins.txt'],
      names: ['flask-login', 'six', 'a', 'c'],
      locals: [
        { kind: 'package', path: '/x' },
        { kind: 'package', path: '.' },
        { kind: 'package', path: './d' },
        { kind: 'package', path: 'wheels/e.whl' },
        { kind: 'links', path: './wheels' },
      ],
    });
  });
});

describe('pyproject.toml', () => {
  it('has unknown content where it is empty or broken', () => {
    expect(parsePyproject('')).toBeUndefined();
    expect(parsePyproject('[project')).toBeUndefined();
  });
  it('resolves groups and what uv says', () => {
    const project = parsePyproject(
      [
        '[project]',
        'name = "shop"',
        'dependencies = ["Fast_API[standard]>=1"]',
        'readme = { file = "R.md" }',
        '[project.scripts]',
        'serve = "shop:main"',
        '[dependency-groups]',
        'test = ["pytest"]',
        'dev = ["ruff", { include-group = "test" }]',
        '[tool.uv]',
        'default-groups = "all"',
        '[tool.uv.sources]',
        'lib = { path = "../lib" }',
      ].join('\n'),
    );
    expect(project).toMatchObject({
      name: 'shop',
      dependencies: ['fast-api'],
      readme: 'R.md',
      scripts: ['serve'],
      buildSystem: false,
      groups: { test: ['pytest'], dev: ['ruff', 'pytest'] },
      anyDependency: ['fast-api', 'pytest', 'ruff'],
      uv: {
        defaultGroups: 'all',
        sources: [{ name: 'lib', path: '../lib', virtual: false }],
        workspace: false,
        package: undefined,
      },
    });
  });
});

describe('composer.json', () => {
  it('lists what is for development and the scripts', () => {
    const text = '{"require-dev":{"phpunit/phpunit":"^11"},"scripts":{"post-install-cmd":"x"}}';
    expect(parseComposerJson(text)).toMatchObject({
      require: {},
      requireDev: { 'phpunit/phpunit': '^11' },
      commands: { 'post-install-cmd': ['x'] },
      scripts: ['post-install-cmd'],
    });
    expect(parseComposerJson('')).toBeUndefined();
  });
});

it('manifests never throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const parse of [
        parsePackageJson,
        parsePackageLock,
        parseNpmrc,
        parseRequirements,
        parsePyproject,
        parseComposerJson,
      ]) {
        expect(() => parse(text)).not.toThrow();
      }
    }),
    { numRuns: 300 },
  );
});
