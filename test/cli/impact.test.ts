import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { commit, git, hasGit } from '../node/git/repository.js';
import { Folder, type Run } from './harness.js';

interface Step {
  readonly line: number;
  readonly instruction: string;
  readonly rebuilds: number;
  readonly maybe: number;
  readonly causes: readonly { readonly path: string; readonly commits: number }[];
  readonly onCriticalPath: boolean;
}

interface Seconds {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly basis: string;
  readonly source: string;
}

interface Document {
  readonly commits: Readonly<Record<string, unknown>> | null;
  readonly gap: string | null;
  readonly scenarios: readonly { readonly name: string; readonly steps: readonly number[] }[] | null;
  readonly steps: readonly Step[];
  readonly clean: { readonly seconds: Seconds };
  readonly rebuild: { readonly meanSeconds: Seconds; readonly p50Seconds: Seconds } | null;
  readonly fixes: readonly {
    readonly rule: string;
    readonly title: string;
    readonly rebuild: { readonly meanSeconds: Seconds } | null;
    readonly savedPercent: number | null;
  }[];
  readonly allFixes: {
    readonly rebuild: { readonly meanSeconds: Seconds };
    readonly savedPercent: number;
  } | null;
}

const packages = Object.fromEntries(
  Array.from({ length: 300 }, (_, i) => [`node_modules/p${i}`, { version: '1.0.0' }]),
);
const shop = {
  Dockerfile: [
    'FROM node:22',
    'WORKDIR /app',
    'COPY . .',
    'RUN npm ci',
    'CMD ["node", "src/app.js"]',
    '',
  ].join('\n'),
  '.dockerignore': '.git\nnode_modules\nREADME.md\nDockerfile\n.dockerignore\n',
  'package.json': '{"name":"shop","version":"1.0.0"}',
  'package-lock.json': JSON.stringify({
    name: 'shop',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: { '': { name: 'shop', version: '1.0.0' }, ...packages },
  }),
  'src/app.js': '1',
  'README.md': 'Shop\n',
};

/** The first commit and four more: two of the source, one of the manifest, one of what is ignored. */
function shopWithHistory(): Folder {
  const folder = new Folder(shop);
  git(folder.path, 'init', '-q', '-b', 'main');
  commit(folder.path);
  commit(folder.path, { 'src/app.js': '2' });
  commit(folder.path, { 'README.md': 'A shop\n' });
  commit(folder.path, { 'package.json': '{"name":"shop","version":"1.0.1"}' });
  commit(folder.path, { 'src/app.js': '3', 'src/cart.js': '1' });
  return folder;
}

function read(run: Run): Document {
  return JSON.parse(run.out) as Document;
}

const json = ['impact', '--format', 'json'];
const sinceFirst = ['--commits', '4'];

describe.skipIf(!hasGit)('with a history', () => {
  test('the document has the fields of version 1 in their order', () => {
    using folder = shopWithHistory();
    const run = folder.run(json);
    expect([run.code, run.err]).toEqual([0, '']);
    const keys = (value: unknown): readonly string[] => Object.keys(value as object);
    const document = read(run);
    expect(keys(document)).toEqual([
      'version',
      'build',
      'commits',
      'gap',
      'scenarios',
      'steps',
      'clean',
      'rebuild',
      'volatileArguments',
      'fixes',
      'allFixes',
      'safeFixes',
      'notes',
    ]);
    expect(keys(document.steps[0])).toEqual([
      'line',
      'stage',
      'instruction',
      'rebuilds',
      'maybe',
      'seconds',
      'causes',
      'onCriticalPath',
    ]);
    expect(keys(document.rebuild)).toEqual(['meanSeconds', 'p50Seconds', 'p90Seconds']);
    expect(keys(document.clean.seconds)).toEqual(['value', 'low', 'high', 'basis', 'source']);
    expect(document.scenarios).toBeNull();
  });

  test('counts each commit against the ignore file of now', () => {
    using folder = shopWithHistory();
    const { commits, steps } = read(folder.run([...json, ...sinceFirst]));
    expect(commits).toMatchObject({ replayed: 4, touchingContext: 3, rebuilding: 3 });
    expect(steps.map(({ line, rebuilds }) => [line, rebuilds])).toEqual([
      [1, 0],
      [2, 3],
      [3, 3],
    ]);
    expect(steps[2]?.causes.map(({ path: at, commits: n }) => [at, n])).toEqual([
      ['src/', 2],
      ['package.json', 1],
    ]);
  });

  test('a fix saves the difference of two replays', () => {
    using folder = shopWithHistory();
    const { rebuild, fixes, allFixes } = read(folder.run([...json, ...sinceFirst]));
    const before = rebuild?.meanSeconds.value ?? 0;
    const [fix] = fixes;
    expect(fix?.rule).toBe('source-before-deps');
    // The install ran again in 3 of 4 commits, with the fix in the one that changed the manifest.
    expect((fix?.rebuild?.meanSeconds.value ?? 0) / before).toBeCloseTo(1 / 3, 1);
    expect(fix?.savedPercent).toBeGreaterThan(60);
    expect(allFixes?.savedPercent).toBeGreaterThanOrEqual(fix?.savedPercent ?? 0);
    const applied = folder.run(['lint', '--fix=unsafe', '--rule', 'source-before-deps']);
    expect(applied.code).toBe(0);
    const after = read(folder.run([...json, ...sinceFirst]));
    expect(after.rebuild?.meanSeconds.value).toBe(fix?.rebuild?.meanSeconds.value);
  });

  test('findings of lint carry it, and none without git', () => {
    using folder = shopWithHistory();
    const impactOf = (...args: readonly string[]): unknown => {
      const document = JSON.parse(folder.run(['lint', '--format', 'json', ...args]).out) as {
        files: { findings: { rule: string; impact: unknown }[] }[];
      };
      const findings = document.files.flatMap((file) => file.findings);
      return findings.find(({ rule }) => rule === 'source-before-deps')?.impact;
    };
    expect(impactOf()).toMatchObject({
      rebuildSecondsSaved: {
        value: expect.any(Number),
        source: expect.stringContaining('5 commits replayed'),
      },
      commits: { affected: 4, of: 5 },
    });
    expect(impactOf('--no-git')).toBeNull();
    expect(folder.run(['lint']).out).toMatch(
      / {2}re-ran in 4 of the last 5 commits, about .* each time \(\w+\); with the fix a rebuild takes .* on average instead of /,
    );
  });

  test('for people: the headline, the steps with their causes, the fixes', () => {
    using folder = shopWithHistory();
    const { out } = folder.run(['impact', ...sinceFirst]);
    expect(out).toMatch(
      /^A typical commit re-runs 2 of 3 steps; averaged over the last 4 commits, a\s+rebuild takes about .*with\s+all\s+fixes \S+ s\.\n/s,
    );
    expect(out).toContain('↳ src/ 2, package.json 1');
    expect(out).toMatch(/\* +4 +3 +\S+ s {2}RUN npm ci\n/);
    expect(out).toContain('Dockerfile:3: source-before-deps, safe fix');
    expect(out).toMatch(/less to do after 2\s+of 4 commits/);
    expect(folder.run(['impact', ...sinceFirst, '--without-fixes']).out).not.toContain('Fixes');
  });

  test('--since replays what came after a revision', () => {
    using folder = shopWithHistory();
    expect(read(folder.run([...json, '--since', 'HEAD~2'])).commits).toMatchObject({ replayed: 2 });
    const run = folder.run([...json, '--since', 'HEAD']);
    expect([run.code, read(run).commits]).toEqual([0, null]);
  });

  test('a detached HEAD has a history like any other', () => {
    using folder = shopWithHistory();
    git(folder.path, 'checkout', '-q', '--detach', 'HEAD~1');
    expect(read(folder.run(json)).commits).toMatchObject({ replayed: 4 });
  });

  test('with a log its times count', () => {
    using folder = shopWithHistory();
    const log = [
      '#5 [1/4] FROM docker.io/library/node:22',
      '#5 CACHED',
      '#6 [2/4] WORKDIR /app',
      '#6 DONE 0.1s',
      '#7 [3/4] COPY . .',
      '#7 DONE 0.1s',
      '#8 [4/4] RUN npm ci',
      '#8 DONE 77.0s',
      '#9 exporting to image',
      '#9 DONE 0.4s',
      '',
    ].join('\n');
    folder.write('build.log', log);
    const document = read(folder.run([...json, ...sinceFirst, '--log', 'build.log']));
    expect(document.clean.seconds).toMatchObject({ basis: 'measured' });
    expect(document.clean.seconds.value).toBeCloseTo(77.2, 1);
    expect(document.rebuild?.p50Seconds.value).toBeCloseTo(77.1, 1);
  });
});

describe('without a history', () => {
  test('a few edits stand in, and the rest is said as ever', () => {
    using folder = new Folder(shop);
    const run = folder.run(json);
    const document = read(run);
    expect([run.code, run.err, document.commits, document.rebuild]).toEqual([0, '', null, null]);
    expect(document.gap).toMatch(/^The context lies in no git repository/);
    expect(document.scenarios?.map(({ name, steps }) => [name, steps])).toEqual([
      ['a source edit', [1, 2]],
      ['a dependency edit', [1, 2]],
      ['a clean build', [0, 1, 2]],
    ]);
    expect(document.fixes[0]).toMatchObject({
      rule: 'source-before-deps',
      rebuild: null,
      savedPercent: null,
    });
    expect(folder.run(['impact']).out).toMatch(
      /without a\s+history nobody can tell what rebuilds (?:it saves|they save)/,
    );
  });

  test.skipIf(!hasGit)('--no-git does not ask for one', () => {
    using folder = shopWithHistory();
    const document = read(folder.run([...json, '--no-git']));
    expect([document.commits, document.gap]).toEqual([null, 'Git is not asked.']);
  });
});

describe('bad input', () => {
  test.skipIf(!hasGit)('a revision that is none, missing objects: one sentence, the rest is shown', () => {
    using folder = shopWithHistory();
    const bad = folder.run([...json, '--since', 'nope']);
    expect([bad.code, bad.err]).toEqual([2, 'plimsoll: "nope" is no revision of this repository.\n']);
    expect(read(bad).scenarios?.length).toBe(3);
    const tree = git(folder.path, 'rev-parse', 'HEAD~2^{tree}');
    const file = path.join(folder.path, '.git/objects', tree.slice(0, 2), tree.slice(2));
    expect(existsSync(file)).toBe(true);
    rmSync(file);
    const broken = folder.run(json);
    expect([broken.code, broken.err]).toEqual([
      2,
      'plimsoll: Objects of the repository are missing or broken.\n',
    ]);
    expect(read(broken).clean.seconds.value).toBeGreaterThan(0);
  });

  test('a Dockerfile that BuildKit refuses: one sentence, the rest is shown', () => {
    using folder = new Folder({
      'README.md': 'Shop\n',
      Dockerfile: 'FROM alpine\nRUNN foo\nCOPY a\nRUN apk add git\n',
    });
    const err =
      'plimsoll: Dockerfile:2: RUNN is no instruction of a Dockerfile. Did you mean "RUN"? BuildKit refuses this file (and 1 more problem); what is told is of the rest of it.\n';
    const run = folder.run([...json, '--no-git']);
    expect([run.code, run.err]).toEqual([2, err]);
    expect(read(run).steps.map(({ line }) => line)).toContain(3);
    expect(folder.run(['why', '--changed', 'README.md'])).toMatchObject({ code: 2, err });
  });

  test.skipIf(!hasGit)('what git does not track has no history, which is said', () => {
    const untracked = 'No commit changed anything that the steps take.';
    using folder = new Folder({
      Dockerfile: 'FROM alpine\nCOPY dist /srv\n',
      '.gitignore': 'dist\n',
      'dist/a': '1',
    });
    git(folder.path, 'init', '-q', '-b', 'main');
    commit(folder.path);
    commit(folder.path, { 'README.md': '1' });
    expect(folder.run(['impact']).out.replace(/\s+/g, ' ')).toContain(untracked);
    using other = shopWithHistory();
    expect(other.run(['impact']).out.replace(/\s+/g, ' ')).not.toContain(untracked);
  });

  test.skipIf(!hasGit)('a repository without commits is none to replay', () => {
    using folder = new Folder(shop);
    git(folder.path, 'init', '-q');
    const run = folder.run(json);
    expect([run.code, run.err, read(run).gap]).toEqual([0, '', 'The repository has no commits yet.']);
  });

  test('foreign, truncated and missing logs are named, and the rest is shown', () => {
    using folder = new Folder({
      ...shop,
      'notes.txt': 'hello\n',
      'cut.log': '#6 [2/4] WORKDIR /app\n#6 DONE 0.1s\n#7 [3/4] COPY . .\n#7 0.1 so',
    });
    const args = ['--log', 'notes.txt', '--log', 'none.log', '--log', 'cut.log'];
    const run = folder.run([...json, ...args]);
    expect(run.code).toBe(2);
    const lines = run.err.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^plimsoll: notes\.txt is no build log: /);
    expect(lines[1]).toBe('plimsoll: none.log: this log cannot be read: there is no such file');
    expect(lines[2]).toMatch(/^plimsoll: cut\.log/);
    expect(lines.length).toBe(3);
    // What the cut log tells for sure still counts: 0.1 s for the first step.
    const [clean, without] = [run, folder.run(json)].map((one) => read(one).clean.seconds.value ?? 0);
    expect((clean ?? 0) - (without ?? 0)).toBeCloseTo(0.1, 0);
  });

  test('numbers that are none, and a Dockerfile that is none', () => {
    using folder = new Folder({ Dockerfile: 'hello\n' });
    for (const commits of ['0', '-1', 'many', '1.5', '1e9', '1000000000']) {
      expect(folder.run(['impact', '--commits', commits])).toMatchObject({
        code: 2,
        err: `plimsoll: --commits is a number from 1 to 999999999, not "${commits}"\n`,
      });
    }
    expect(folder.run(['impact', '--since', ''])).toMatchObject({
      code: 2,
      err: 'plimsoll: --since wants a revision\n',
    });
    expect(folder.run(['impact', 'Dockerfile']).err).toBe(
      'plimsoll: Dockerfile: this is no Dockerfile: it has no FROM\n',
    );
  });
});
