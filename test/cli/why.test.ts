import { spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseArguments, UsageError } from '../../server/src/cli/args.js';
import type { Io } from '../../server/src/cli/io.js';
import { why } from '../../server/src/cli/why.js';
import { toCorePath } from '../../server/src/node/fs.js';
import { allRules } from '../../server/src/rules/index.js';
import { repo } from '../harness/files.js';
import { testShellParser } from '../harness/shell.js';
import {
  type CacheVector,
  cacheVectors,
  inputsOf,
  recordedSteps,
  type VectorInput,
} from '../sim/cacheVectors.js';
import { Folder } from './harness.js';

const parser = await testShellParser();
const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A folder with what a recorded build was made from. */
function laid(input: VectorInput): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-why-'));
  made.push(folder);
  const items: VectorInput['tree'] = {
    ...input.tree,
    Dockerfile: input.dockerfile,
    ...(input.ignore === undefined ? {} : { '.dockerignore': input.ignore }),
  };
  const links: (readonly [string, string])[] = [];
  for (const [name, item] of Object.entries(items)) {
    const full = path.join(folder, name);
    mkdirSync(name.endsWith('/') ? full : path.dirname(full), { recursive: true });
    if (name.endsWith('/')) continue;
    if (typeof item === 'string') {
      writeFileSync(full, item);
      chmodSync(full, 0o644);
    } else if ('symlink' in item) symlinkSync(item.symlink, full);
    else links.push([path.join(folder, item.hardlink), full]);
  }
  for (const [from, to] of links) linkSync(from, to);
  for (const [name, mode] of Object.entries(input.modes)) chmodSync(path.join(folder, name), mode);
  return folder;
}

interface Answer {
  readonly code: number;
  readonly out: string;
}

/** Runs the command in this process. */
async function run(cwd: string, argv: readonly string[]): Promise<Answer> {
  let out = '';
  const io: Io = {
    cwd: toCorePath(cwd),
    out: (text) => {
      out += text;
    },
    complain: (line) => {
      throw new Error(line);
    },
    input: async () => '',
    colour: false,
    status: undefined,
    env: {},
    dist: path.join(repo, 'dist'),
  };
  const args = parseArguments(['why', ...argv]);
  if (typeof args === 'string') throw new Error('no command');
  const code = await why(io, args, async () => ({ rules: allRules, shellParser: parser }));
  return { code, out };
}

const rows = cacheVectors();

/** What the options cannot say: another base behind one name, secrets, other targets before, builds in between, other flags. */
function isSaid({ id, change }: CacheVector): boolean {
  const kinds = ['base', 'secret', 'url', 'urlTouch', 'opts', 'target', 'thenRevert'];
  return id !== 'cache-160' && !kinds.some((kind) => kind in change);
}

function argOptions(name: string, args: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(args).flatMap(([key, value]) => [`--${name}`, `${key}=${value}`]);
}

describe.skipIf(rows.length === 0 || process.platform === 'win32')(
  'plimsoll why --before, recorded builds',
  () => {
    it.each(rows.filter(isSaid).map((row) => [`${row.id} ${row.name}`, row] as const))(
      '%s',
      async (_, row) => {
        const [before, after] = inputsOf(row);
        const target = after.target === null ? [] : ['--target', after.target];
        const { out } = await run(laid(after), [
          ...['--format', 'json', '--context', '.', '--before', laid(before)],
          ...target,
          ...argOptions('build-arg', after.args),
          ...argOptions('before-build-arg', before.args),
        ]);
        const { steps } = JSON.parse(out) as {
          steps: readonly { cached: boolean | 'maybe'; because: unknown }[];
        };
        const recorded = recordedSteps(row.cached);
        expect(steps.length).toBe(recorded.length);
        const wrong = steps.filter(({ cached }, i) => cached !== 'maybe' && cached !== recorded[i]?.cached);
        expect(wrong).toEqual([]);
        expect(steps.every(({ cached, because }) => (because === null) === (cached === true))).toBe(true);
      },
    );

    it('can say most of them', () => {
      expect({ all: rows.length, said: rows.filter(isSaid).length }).toEqual({ all: 117, said: 104 });
    });
  },
);

const files = {
  Dockerfile: 'FROM node\nCOPY package.json .\nRUN npm ci\nCOPY src src\nRUN npm run build\n',
  'package.json': '{}',
  'src/a.js': 'a',
  'src/b.js': 'b',
  'notes.md': 'n',
};

/** `4 COPY src src: file src/a.js` for each step that is not cached. */
async function shown(folder: Folder, argv: readonly string[]): Promise<readonly string[]> {
  const { out } = await run(folder.path, ['--format', 'json', ...argv]);
  const { steps } = JSON.parse(out) as {
    steps: readonly {
      line: number;
      instruction: string;
      cached: unknown;
      because: { kind: string; detail: string };
    }[];
  };
  return steps
    .filter(({ cached }) => cached !== true)
    .map(({ line, instruction, because }) => `${line} ${instruction}: ${because.kind} ${because.detail}`);
}

describe('plimsoll why, one change', () => {
  it.each([
    [
      ['--changed', 'src/a.js'],
      ['3 COPY src src: file src/a.js', '4 RUN npm run build: parent COPY src src'],
    ],
    [
      ['--mode-changed', 'src/b.js'],
      ['3 COPY src src: mode src/b.js', '4 RUN npm run build: parent COPY src src'],
    ],
    [
      ['--added', 'src/new.js'],
      ['3 COPY src src: file src/new.js', '4 RUN npm run build: parent COPY src src'],
    ],
    [
      ['--removed', 'src/a.js'],
      ['3 COPY src src: file src/a.js', '4 RUN npm run build: parent COPY src src'],
    ],
    [['--changed', 'notes.md'], []],
    [
      ['--changed', 'src'],
      ['3 COPY src src: file src/a.js', '4 RUN npm run build: parent COPY src src'],
    ],
    [['--before-build-arg', 'X=1'], []],
  ] as const)('%j', async (argv, expected) => {
    const own = new Folder(files);
    made.push(own.path);
    expect(await shown(own, argv)).toEqual(expected);
  });

  it('an earlier Dockerfile', async () => {
    const own = new Folder({
      ...files,
      'old.Dockerfile.txt': files.Dockerfile.replace('npm ci', 'npm install'),
    });
    made.push(own.path);
    expect(await shown(own, ['--before-dockerfile', 'old.Dockerfile.txt', 'Dockerfile'])).toEqual([
      '2 RUN npm ci: instruction RUN npm ci',
      '3 COPY src src: parent RUN npm ci',
      '4 RUN npm run build: parent RUN npm ci',
    ]);
  });

  it('text', async () => {
    const own = new Folder(files);
    made.push(own.path);
    const { out, code } = await run(own.path, ['--changed', 'src/a.js']);
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'Dockerfile: 2 of 4 steps run again',
        '  context       .',
        '  build         as the files suggest',
        '  before        --changed src/a.js',
        '',
        '  stage-0',
        '     4  COPY src src',
        '          src/a.js changed',
        '     5  RUN npm run build',
        '          after line 4',
        '',
      ].join('\n'),
    );
  });
});

describe('plimsoll why --since', () => {
  const git = (cwd: string, ...args: string[]): void => {
    const done = spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      cwd,
      encoding: 'utf8',
    });
    if (done.status !== 0) throw new Error(done.stderr);
  };

  it('compares a revision with what is on the disk', async () => {
    const own = new Folder({ ...files, Dockerfile: `${files.Dockerfile}ARG V\nRUN last\n` });
    made.push(own.path);
    git(own.path, 'init', '-q');
    git(own.path, 'add', '.');
    git(own.path, 'commit', '-qm', 'one');
    expect(await shown(own, ['--since', 'HEAD'])).toEqual([]);
    expect(await shown(own, ['--since', 'HEAD', '--before-build-arg', 'V=1', '--build-arg', 'V=2'])).toEqual([
      '6 RUN last: argument V',
    ]);
    own.write('src/a.js', 'other');
    git(own.path, 'commit', '-qam', 'two');
    own.write('.dockerignore', 'src/b.js\n');
    expect((await shown(own, ['--since', 'HEAD']))[0]).toBe('3 COPY src src: ignore src/b.js');
    expect((await shown(own, ['--since', 'HEAD~1']))[0]).toBe('3 COPY src src: file src/a.js');
    await expect(run(own.path, ['--since', 'nothing'])).rejects.toThrow(
      '--since nothing: "nothing" is no revision of this repository.',
    );
  });

  it('says that there is no repository', async () => {
    const own = new Folder(files);
    made.push(own.path);
    await expect(run(own.path, ['--since', 'HEAD'])).rejects.toThrow(
      /^--since HEAD: The context lies in no git repository/,
    );
  });
});

describe('plimsoll why, bad input', () => {
  it.each([
    [[], /^why: say what it was before/],
    [['--since', 'HEAD', '--before', '.'], /^why: --since and --before do not go together$/],
    [['--changed', 'a', '--before', '.'], /do not go together/],
    [['--since', 'HEAD', '--no-git'], /--no-git forbids/],
    [['--changed', 'gone.js'], /^--changed gone.js: there is no such file in the context$/],
    [['--changed', '../x'], /is not in the context/],
    [['--before', 'empty'], /^--before empty: there is no empty\/Dockerfile to be read$/],
    [['--before-dockerfile', 'gone'], /this file cannot be read/],
    [['--before-dockerfile', 'notes.md'], /this is no Dockerfile/],
    [['--before-build-arg', '=1'], /^--before-build-arg wants NAME=VALUE, not "=1"$/],
    [['--added', 'x', '--context', 'https://example.com/a.git'], /is not on this disk/],
  ] as const)('%j', async (argv, message) => {
    const own = new Folder({ ...files, 'empty/x': '' });
    made.push(own.path);
    const failed = await run(own.path, argv).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(UsageError);
    expect(String((failed as Error).message)).toMatch(message);
  });

  it('a pattern that BuildKit refuses', async () => {
    const own = new Folder({ ...files, '.dockerignore': '[\n' });
    made.push(own.path);
    await expect(run(own.path, ['--changed', 'src/a.js'])).rejects.toThrow(
      'refuses a pattern of the ignore file',
    );
  });
});
