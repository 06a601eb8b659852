import { describe, expect, it } from 'vitest';
import { bunClosure } from '../../server/src/project/closures/bun.js';
import type { ContextFiles } from '../../server/src/project/closures/model.js';
import { foldersOf } from '../../server/src/project/closures/nodeglobs.js';
import { npmClosure } from '../../server/src/project/closures/npm.js';
import { pnpmClosure } from '../../server/src/project/closures/pnpm.js';
import { yarnClosure, yarnKind } from '../../server/src/project/closures/yarn.js';
import type { Entry } from '../../server/src/project/snapshot.js';

type Files = Readonly<Record<string, string>>;

/** A context of these files alone, folders made of their paths. */
function context(files: Files, ignored: readonly string[] = []): ContextFiles {
  const names = Object.keys(files);
  const entries = (folder: string): readonly Entry[] | undefined => {
    const start = folder === '.' ? '' : `${folder}/`;
    const inside = names.filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
    if (inside.length === 0) return undefined;
    const found = new Map(
      inside.map((name) => [name.split('/')[0] ?? '', name.includes('/') ? 'folder' : 'file'] as const),
    );
    return [...found].map(([name, kind]) => ({ name, kind })).sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  return {
    exists: (path) => path === '.' || files[path] !== undefined || entries(path) !== undefined,
    isIgnored: (path) => ignored.includes(path),
    text: (path) => files[path],
    entries,
  };
}

const json = (value: unknown): string => JSON.stringify(value);

const npm = (files: Files) =>
  npmClosure(context(files), {
    folder: '.',
    command: 'ci',
    ignoreScripts: false,
    omitsDev: false,
    alone: false,
  });
const yarn = (files: Files, more: object = {}) =>
  yarnClosure(context(files), {
    folder: '.',
    focus: false,
    ignoreScripts: false,
    omitsDev: false,
    frozen: true,
    version: undefined,
    ...more,
  });
const pnpm = (files: Files, more: object = {}) =>
  pnpmClosure(context(files), {
    folder: '.',
    command: 'install',
    ignoreScripts: false,
    ignoreWorkspace: false,
    frozen: true,
    version: '10',
    ...more,
  });
const bun = (files: Files, more: object = {}) =>
  bunClosure(context(files), { folder: '.', ignoreScripts: false, frozen: true, ...more });

const lock = json({ lockfileVersion: 3, packages: { '': {} } });
const berryLock = '__metadata:\n  version: 8\n\n"a@workspace:.":\n  version: 0.0.0-use.local\n';
const pnpmLock = "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n";
const bunLock = json({ lockfileVersion: 2, packages: {} });

describe('patterns of workspaces', () => {
  const files = context({
    'packages/a/package.json': '',
    'packages/b/package.json': '',
    'packages/b/test/fixture/package.json': '',
    'packages/.hidden/package.json': '',
    'packages/a/node_modules/x/package.json': '',
    'apps/web/package.json': '',
    'apps/readme.md': '',
  });
  const cases: readonly [readonly string[], readonly string[]][] = [
    [['packages/*'], ['packages/a', 'packages/b']],
    [['./packages/*/'], ['packages/a', 'packages/b']],
    [['packages/*', '!packages/b'], ['packages/a']],
    [['packages/b'], ['packages/b']],
    [['{apps,packages}/*'], ['apps/web', 'packages/a', 'packages/b']],
    [['apps/w?b'], ['apps/web']],
    [
      ['packages/**', '!**/test/**'],
      ['packages', 'packages/a', 'packages/b'],
    ],
  ];
  for (const [patterns, folders] of cases) {
    it(patterns.join(' '), () => {
      expect(foldersOf(files, '.', patterns)).toEqual({ folders, unknown: undefined });
    });
  }
  it('are not known with what managers read differently', () => {
    for (const pattern of [
      'packages/+(a|b)',
      'packages/[ab]',
      '../x',
      '/packages/*',
      'a**',
      '{a,{b,c}}',
      '!!a',
    ])
      expect(foldersOf(files, '.', [pattern]).unknown, pattern).toBe(pattern);
  });
});

describe('npm', () => {
  const members = {
    'package.json': json({ workspaces: ['packages/*'] }),
    'package-lock.json': json({
      lockfileVersion: 3,
      packages: {
        '': {},
        'node_modules/@x/a': { resolved: 'packages/a', link: true },
        'packages/a': {},
        'packages/a/node_modules/ms': {},
      },
    }),
    'packages/a/package.json': json({ name: '@x/a' }),
    'packages/a/index.js': '',
  };
  it('reads the manifests of workspaces and writes where the lock file nests packages', () => {
    expect(npm(members)).toMatchObject({
      files: ['package.json', 'package-lock.json', 'packages/a/package.json'],
      folders: [],
      ecosystem: 'npm-workspaces',
      open: [],
      doubts: [],
      outputs: ['node_modules', 'packages/a/node_modules'],
    });
  });
  it('runs scripts of workspaces, prepare too', () => {
    const scripts = { prepare: 'tsc', preprepare: 'tsc' };
    const found = npm({ ...members, 'packages/a/package.json': json({ scripts }) });
    expect(found?.open).toEqual([
      'the script "prepare" of packages/a/package.json runs during the install and may read the source',
    ]);
  });
  it('follows folders and archives that are dependencies, and those of these', () => {
    const found = npm({
      'package.json': json({ dependencies: { a: 'file:./lib/a', t: 'file:t.tgz' } }),
      'package-lock.json': lock,
      'lib/a/package.json': json({ dependencies: { b: '../b' } }),
      'lib/a/index.js': '',
      'lib/b/package.json': json({}),
      't.tgz': '',
    });
    expect(found?.files).toEqual([
      'package.json',
      'package-lock.json',
      'lib/a/package.json',
      'lib/b/package.json',
      't.tgz',
    ]);
    expect(found?.open).toEqual([]);
  });
  it('says which one is missing', () => {
    const found = npm({ 'package.json': json({ dependencies: { a: '../a' } }), 'package-lock.json': lock });
    expect(found?.open).toEqual(['the dependency a lies in ../a, which is not in the build context']);
  });
  it('doubts programs of workspaces, which become executable', () => {
    const found = npm({
      ...members,
      'packages/a/package.json': json({ bin: { a: 'cli.js', b: 'dist/b.js' } }),
      'packages/a/cli.js': '',
    });
    expect(found?.files).toContain('packages/a/cli.js');
    expect(found?.doubts).toEqual(['the install makes packages/a/cli.js executable']);
  });
});

describe('scripts of the project', () => {
  const withScript = (postinstall: string, more: Files = {}, rest: object = {}) =>
    npm({ 'package.json': json({ scripts: { postinstall, ...rest } }), 'package-lock.json': lock, ...more });
  it('are known where they look at nothing, hooks without git too', () => {
    for (const script of [
      'husky',
      'husky install || true',
      'is-ci || husky install .config/husky',
      'npx --yes only-allow pnpm',
      'exit 0',
      'echo "all done"',
      'NODE_ENV=x simple-git-hooks',
      'npm run hooks',
      `node -e "try { require('husky').install() } catch (e) {}"`,
    ])
      expect(withScript(script, {}, { hooks: 'husky' }), script).toMatchObject({ open: [], doubts: [] });
  });
  it('are doubted where hooks are set up in git', () => {
    expect(withScript('husky', { '.git/HEAD': '' })?.doubts).toEqual([
      'husky sets up hooks in .git, which is not copied first',
    ]);
  });
  it('name what they read', () => {
    expect(withScript('patch-package', { 'patches/a.patch': '' })).toMatchObject({
      folders: ['patches'],
      open: [],
      doubts: ['"patch-package" runs during the install'],
    });
    const schema = { 'prisma/schema.prisma': 'generator client {\n  provider = "prisma-client-js"\n}\n' };
    expect(withScript('prisma generate', schema)).toMatchObject({
      files: ['package.json', 'package-lock.json', 'prisma/schema.prisma'],
      open: [],
      doubts: ['"prisma generate" runs during the install'],
    });
    expect(withScript('node scripts/x.js')?.candidates).toContain('scripts/x.js');
  });
  it('are open where they may read anything', () => {
    for (const script of [
      'tsc',
      'node scripts/x.js',
      'husky & tsc',
      'husky; tsc',
      'echo `tsc`',
      'echo $(tsc)',
      'echo a > src/a.js',
      'npm run missing',
      'npm run build',
      'prisma generate',
      'prisma generate --schema=db',
      'lefthook install',
      'cd web && npm install',
      `node -e "require('./x')"`,
      `node -e "try { require('husky').install(); require('./x') } catch (e) {}"`,
      'constructor',
    ])
      expect(withScript(script, {}, { build: 'tsc' })?.open.length, script).toBe(1);
    const schema = { 'prisma/schema.prisma': 'generator client {\n  output = "../src/generated"\n}\n' };
    expect(withScript('prisma generate', schema)?.open.length).toBe(1);
  });
});

describe('yarn', () => {
  it('is told by the release, packageManager, the lock file', () => {
    const kind = (files: Files) => yarnKind(context(files), '.');
    expect(kind({ '.yarnrc.yml': 'yarnPath: .yarn/releases/yarn-3.6.4.cjs' })).toEqual({
      kind: 'berry',
      version: '3.6.4',
    });
    expect(kind({ '.yarnrc': 'yarn-path ".yarn/releases/yarn-1.22.19.js"' })).toEqual({
      kind: 'classic',
      version: '1.22.19',
    });
    expect(kind({ '.yarnrc': 'yarn-path ".yarn/releases/yarn-berry.cjs"' })).toEqual({
      kind: 'berry',
      version: undefined,
    });
    expect(
      kind({
        'package.json': json({ packageManager: 'yarn@4.1.0+sha512.ab' }),
        'yarn.lock': '# yarn lockfile v1\n',
      }).kind,
    ).toBe('berry');
    expect(kind({ 'yarn.lock': berryLock })).toEqual({ kind: 'berry', version: undefined });
    expect(kind({ 'yarn.lock': '# yarn lockfile v1\n' }).kind).toBe('classic');
    expect(kind({}).kind).toBe('classic');
  });
  it('1 reads its settings, the manifests of workspaces and local folders whole', () => {
    const found = yarn({
      'package.json': json({
        workspaces: { packages: ['packages/*'] },
        dependencies: { l: 'file:./lib', k: 'link:./k' },
      }),
      'yarn.lock': '# yarn lockfile v1\n',
      '.yarnrc': 'yarn-path ".yarn/releases/yarn-1.22.19.js"\nyarn-offline-mirror "./mirror"\n',
      '.yarn/releases/yarn-1.22.19.js': '',
      'mirror/a.tgz': '',
      'packages/a/package.json': '{}',
      'lib/package.json': '{}',
      'lib/index.js': '',
      'k/package.json': '{}',
    });
    expect(found).toMatchObject({
      files: [
        'package.json',
        'yarn.lock',
        '.yarnrc',
        '.yarn/releases/yarn-1.22.19.js',
        'packages/a/package.json',
      ],
      folders: ['mirror', 'lib'],
      ecosystem: 'yarn-workspaces',
      open: [],
      doubts: [],
      outputs: ['node_modules', 'packages/a/node_modules'],
    });
  });
  it('1 does not say which packages run scripts', () => {
    const files = {
      'package.json': '{}',
      'yarn.lock': '# yarn lockfile v1\n\nms@2.1.3:\n  version "2.1.3"\n',
    };
    expect(yarn(files)?.doubts).toEqual([
      'the lock file does not say which packages run scripts when they are installed',
    ]);
    expect(yarn(files, { ignoreScripts: true })?.doubts).toEqual([]);
    expect(yarn({ ...files, '.yarnrc': 'ignore-scripts true' })?.doubts).toEqual([]);
  });
  it('1 leaves prepare out of production installs', () => {
    const files = { 'package.json': json({ scripts: { prepare: 'tsc' } }), 'yarn.lock': '' };
    expect(yarn(files)?.open.length).toBe(1);
    expect(yarn(files, { omitsDev: true })?.open).toEqual([]);
  });
  it('later reads release, plugins, patches and nested workspaces, and runs no prepare', () => {
    const patch = '"ms@patch:ms@npm%3A2.1.3#~/.yarn/patches/ms.patch":\n  version: 2.1.3\n';
    const found = yarn({
      'package.json': json({
        workspaces: ['packages/*'],
        scripts: { prepare: 'tsc' },
        resolutions: {
          ms: 'patch:ms@npm%3A2.1.3#~/.yarn/patches/ms.patch',
          x: 'patch:x@npm%3A1#optional!builtin<compat/x>',
        },
      }),
      'yarn.lock': berryLock + patch,
      '.yarnrc.yml':
        'yarnPath: .yarn/releases/yarn-4.18.0.cjs\nnodeLinker: node-modules\nplugins:\n  - path: .yarn/plugins/p.cjs\n    spec: p\n',
      '.yarn/releases/yarn-4.18.0.cjs': '',
      '.yarn/plugins/p.cjs': '',
      '.yarn/patches/ms.patch': '',
      'packages/a/package.json': json({ workspaces: ['sub'] }),
      'packages/a/sub/package.json': '{}',
    });
    expect(found).toMatchObject({
      files: [
        'package.json',
        'yarn.lock',
        '.yarnrc.yml',
        '.yarn/releases/yarn-4.18.0.cjs',
        '.yarn/plugins/p.cjs',
        'packages/a/package.json',
        'packages/a/sub/package.json',
        '.yarn/patches/ms.patch',
      ],
      ecosystem: 'yarn-berry-workspaces',
      open: [],
      doubts: [],
      outputs: [
        '.yarn/install-state.gz',
        'node_modules',
        'packages/a/node_modules',
        'packages/a/sub/node_modules',
      ],
    });
  });
  it('later takes a cache that lies in the project, and makes Plug’n’Play files', () => {
    const files = {
      'package.json': '{}',
      'yarn.lock': berryLock,
      '.yarnrc.yml': 'enableGlobalCache: false\n',
      '.yarn/cache/a.zip': '',
    };
    expect(yarn(files)).toMatchObject({ folders: ['.yarn/cache'] });
    expect(yarn(files)?.outputs).toContain('.pnp.cjs');
    const { '.yarn/cache/a.zip': _, ...without } = files;
    expect(yarn(without)?.outputs).toContain('.yarn/cache');
  });
  it('later is open without a patch, a plugin or with settings that name files', () => {
    const files = { 'package.json': '{}', 'yarn.lock': berryLock };
    for (const settings of ['plugins:\n  - x.cjs\n', 'caFilePath: ca.pem\n', 'yarnPath: y.cjs\n', '- a\n'])
      expect(yarn({ ...files, '.yarnrc.yml': settings })?.open.length, settings).toBe(1);
    const patch =
      '"ms@patch:ms@npm%3A2.1.3#./ms.patch::locator=a%40workspace%3Apackages%2Fa":\n  version: 2.1.3\n';
    expect(yarn({ ...files, 'yarn.lock': berryLock + patch })?.open).toEqual([
      'the patch packages/a/ms.patch is not in the build context',
    ]);
  });
  it('later runs scripts of packages as its version and settings say', () => {
    const yarnLock = `${berryLock}\n"ms@npm:2.1.3":\n  version: 2.1.3\n`;
    const doubts = (packageManager: string, settings = '', manifest: object = {}) =>
      yarn({
        'package.json': json({ packageManager, ...manifest }),
        'yarn.lock': yarnLock,
        '.yarnrc.yml': settings,
      })?.doubts.length;
    expect(doubts('yarn@4.13.0')).toBe(1);
    expect(doubts('yarn@4.14.0')).toBe(0);
    expect(doubts('yarn@5.0.0')).toBe(0);
    expect(doubts('yarn@4.14.0', 'enableScripts: true')).toBe(1);
    expect(doubts('yarn@3.0.0', 'enableScripts: false')).toBe(0);
    expect(doubts('yarn@4.14.0', '', { dependenciesMeta: { ms: { built: true } } })).toBe(1);
  });
});

describe('pnpm', () => {
  it('reads workspaces, patches, folders and settings', () => {
    const found = pnpm({
      'package.json': json({
        pnpm: { patchedDependencies: { ms: 'patches/ms.patch' } },
        dependencies: { l: 'file:lib' },
      }),
      'pnpm-lock.yaml': pnpmLock,
      'pnpm-workspace.yaml': "packages:\n  - 'packages/*'\npatchedDependencies:\n  x: patches/x.patch\n",
      '.npmrc': '',
      'patches/ms.patch': '',
      'patches/x.patch': '',
      'packages/a/package.json': '{}',
      'packages/a/.npmrc': '',
      'packages/a/index.js': '',
      'lib/package.json': '{}',
      'lib/index.js': '',
    });
    expect(found).toMatchObject({
      files: [
        'pnpm-workspace.yaml',
        'package.json',
        'pnpm-lock.yaml',
        '.npmrc',
        'patches/ms.patch',
        'patches/x.patch',
        'packages/a/package.json',
        'packages/a/.npmrc',
      ],
      folders: ['lib'],
      ecosystem: 'pnpm-workspaces',
      open: [],
      doubts: [],
      outputs: ['node_modules', 'packages/a/node_modules'],
    });
  });
  it('fetches by the lock file alone', () => {
    const files = {
      'pnpm-lock.yaml': pnpmLock,
      'pnpm-workspace.yaml': 'packages:\n  - "packages/*"\n',
      'packages/a/package.json': '{}',
    };
    expect(pnpm(files, { command: 'fetch' })).toMatchObject({
      files: ['pnpm-workspace.yaml', 'pnpm-lock.yaml'],
      open: [],
      outputs: ['node_modules'],
    });
    expect(pnpm(files)).toBeUndefined();
  });
  it('works for the whole workspace from a folder of it', () => {
    const files = {
      'package.json': '{}',
      'pnpm-lock.yaml': pnpmLock,
      'pnpm-workspace.yaml': 'packages: ["a"]\n',
      'a/package.json': '{}',
    };
    expect(pnpm(files, { folder: 'a' })?.files).toEqual([
      'pnpm-workspace.yaml',
      'package.json',
      'pnpm-lock.yaml',
      'a/package.json',
    ]);
  });
  it('runs scripts of packages as its version, its settings and older lock files say', () => {
    const packages = `${pnpmLock}\npackages:\n\n  ms@2.1.3:\n    resolution: {integrity: x}\n`;
    const older =
      "lockfileVersion: '6.0'\npackages:\n\n  /ms@2.1.3:\n    resolution: {integrity: x}\n    requiresBuild: true\n";
    const doubts = (version: string | undefined, yaml: string, manifest: object = {}) =>
      pnpm({ 'package.json': json(manifest), 'pnpm-lock.yaml': yaml }, { version })?.doubts.length;
    expect(doubts('10', packages)).toBe(0);
    expect(doubts('9', packages)).toBe(1);
    expect(doubts(undefined, packages)).toBe(1);
    expect(doubts(undefined, packages, { packageManager: 'pnpm@10.1.0' })).toBe(0);
    expect(doubts('9', packages, { pnpm: { onlyBuiltDependencies: ['esbuild'] } })).toBe(0);
    expect(doubts('10', packages, { pnpm: { onlyBuiltDependencies: ['ms'] } })).toBe(1);
    expect(doubts('8', older)).toBe(1);
    expect(doubts('8', older.replace(/.*requiresBuild.*\n/, ''))).toBe(0);
  });
  it('is open with hooks that load more, a missing patch, settings that move things', () => {
    const files = { 'package.json': '{}', 'pnpm-lock.yaml': pnpmLock };
    for (const more of [
      { '.pnpmfile.cjs': "require('./x')" },
      { 'package.json': json({ pnpm: { patchedDependencies: { ms: 'patches/ms.patch' } } }) },
      { '.npmrc': 'shared-workspace-lockfile=false' },
      { 'pnpm-workspace.yaml': 'injectWorkspacePackages: true\n' },
      { 'pnpm-workspace.yaml': 'packages: ["a"]\n', 'a/package.yaml': 'name: a\n' },
      { 'package.json': json({ scripts: { 'pnpm:devPreinstall': 'node x.js' } }) },
    ])
      expect(pnpm({ ...files, ...more })?.open.length, json(more)).toBe(1);
    const hooks = { ...files, '.pnpmfile.cjs': 'module.exports = { hooks: { readPackage: (p) => p } };\n' };
    expect(pnpm(hooks)).toMatchObject({ open: [], doubts: ['.pnpmfile.cjs runs at each install'] });
  });
});

describe('bun', () => {
  it('reads its settings, workspaces, patches and local folders', () => {
    const found = bun({
      'package.json': json({
        workspaces: ['packages/*'],
        patchedDependencies: { 'ms@2.1.3': 'patches/ms.patch' },
        dependencies: { l: 'file:./lib' },
      }),
      'bun.lock': bunLock,
      'bunfig.toml': '[install]\nexact = true\n',
      'patches/ms.patch': '',
      'packages/a/package.json': '{}',
      'packages/a/index.ts': '',
      'lib/package.json': '{}',
    });
    expect(found).toMatchObject({
      files: ['package.json', 'bun.lock', 'bunfig.toml', 'patches/ms.patch', 'packages/a/package.json'],
      folders: ['lib'],
      ecosystem: 'bun-workspaces',
      open: [],
      doubts: [],
      outputs: ['node_modules', 'packages/a/node_modules'],
    });
  });
  it('doubts packages with scripts, and a lock file that does not say', () => {
    const entry = { lockfileVersion: 2, packages: { ms: ['ms@2.1.3', '', { hasInstallScript: true }, 'x'] } };
    const doubts = (value: object) => bun({ 'package.json': '{}', 'bun.lock': json(value) })?.doubts;
    expect(doubts(entry)).toEqual(['the package ms runs a script when it is installed']);
    expect(doubts({ ...entry, lockfileVersion: 1 })?.join()).toMatch(/does not say/);
    expect(bun({ 'package.json': '{}', 'bun.lockb': '' })?.doubts[0]).toMatch(/could not be read/);
    expect(bun({ 'package.json': '{}', 'yarn.lock': '' })).toMatchObject({
      files: ['package.json', 'yarn.lock'],
    });
  });
});
