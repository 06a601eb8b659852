import { describe, expect, test } from 'vitest';
import { overlaySnapshot } from '../../server/src/engine/overlay.js';
import { generateIgnore } from '../../server/src/fixes/ignorefile/generate.js';
import { suggestionsFor } from '../../server/src/fixes/ignorefile/suggest.js';
import { joinPath } from '../../server/src/text/paths.js';
import { memorySnapshot, root } from '../harness/memfs.js';
import { inputIn, inputOf } from './ignorefile-input.js';

type Files = Readonly<Record<string, string>>;

/** Each line of the generated file but for Docker's own files, and the least applicability of all; the refusal where there is none. */
function generated(files: Files, tree = '', dockerfile = 'Dockerfile'): readonly string[] {
  const made = generateIgnore(inputOf(files, tree, dockerfile));
  if ('refused' in made) return [made.refused];
  return [...made.lines.filter((line) => !/(\.dockerignore|Dockerfile)$/.test(line)), made.applicability];
}

/** What is suggested for a build, as `pattern applicability`. */
function suggested(files: Files, tree: string): readonly string[] {
  return suggestionsFor(inputOf(files, tree)).map((s) => `${s.pattern} ${s.applicability}`);
}

const nothing = 'There is nothing in the context that the build surely does not need.';
const node = { 'package.json': '{"name":"x"}', 'package-lock.json': '{"lockfileVersion":3,"packages":{}}' };
const used = 'node_modules/ 40MB 30 files\n.git/ 2MB 5 files';
const start = 'FROM node:22\nWORKDIR /app\n';

describe('packages of node', () => {
  test('are hidden where npm ci makes them anew, before or after the copy', () => {
    const after = `${start}COPY . .\nRUN npm ci\nCMD ["node", "a.js"]\n`;
    const before = `${start}COPY package*.json ./\nRUN npm ci\nCOPY . .\nCMD ["node", "a.js"]\n`;
    for (const Dockerfile of [after, before])
      expect(generated({ ...node, Dockerfile }, used)).toEqual(['.git', '**/node_modules', 'safe']);
  });

  test('are hidden where they come from the stage that installs them', () => {
    const Dockerfile = `${start}FROM node:22 AS deps\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nFROM node:22\nWORKDIR /app\nCOPY --from=deps /app/node_modules ./node_modules\nCOPY . .\nRUN npm run build\n`;
    expect(generated({ ...node, Dockerfile }, used)).toEqual(['.git', '**/node_modules', 'safe']);
  });

  test('stay where the image has no others, or a step uses them first', () => {
    const none = `${start}COPY . .\nCMD ["node", "a.js"]\n`;
    const first = `${start}COPY . .\nRUN npm run build\nRUN npm ci --omit=dev\n`;
    for (const Dockerfile of [none, first])
      expect(generated({ ...node, Dockerfile }, used)).toEqual(['.git', 'safe']);
  });

  test('stay where the build installs a part only and something may want the rest', () => {
    const Dockerfile = `${start}COPY package*.json ./\nRUN npm ci --omit=dev\nCOPY . .\nRUN npm run build\n`;
    expect(generated({ ...node, Dockerfile }, used)).toEqual(['.git', 'safe']);
  });

  test('are a doubt where the installer may keep what it finds', () => {
    const Dockerfile = `${start}COPY . .\nRUN yarn install\n`;
    expect(generated({ ...node, Dockerfile }, used)).toEqual(['.git', '**/node_modules', 'unsafe']);
  });

  test('stay for all builds where one that shares the file needs them', () => {
    const files = {
      ...node,
      Dockerfile: `${start}COPY . .\nRUN npm ci\n`,
      'b.Dockerfile': `${start}COPY . .\nCMD ["node", "b.js"]\n`,
    };
    expect(generated(files, used)).toEqual(['.git', 'safe']);
    const apart = { ...files, 'b.Dockerfile.dockerignore': 'x\n' };
    expect(generated(apart, used)).toEqual(['.git', '**/node_modules', 'unsafe']);
  });

  test('of a folder that the build does not install stay, those it does go', () => {
    const Dockerfile = `${start}COPY . .\nRUN npm ci\n`;
    const files = { ...node, Dockerfile, 'tools/package.json': '{"name":"t"}' };
    const tree = `${used}\ntools/node_modules/ 9MB 9 files`;
    expect(generated(files, tree)).toEqual(['.git', 'node_modules', 'safe']);
    const workspace = { ...files, 'package.json': '{"name":"x","workspaces":["tools"]}' };
    expect(generated(workspace, tree)).toEqual(['.git', '**/node_modules', 'safe']);
  });

  test('are soon to be there: the line is worth it in a fresh clone', () => {
    const Dockerfile = `${start}COPY . .\nRUN npm ci\n`;
    expect(generated({ ...node, Dockerfile })).toEqual(['**/node_modules', 'safe']);
    expect(suggested({ ...node, Dockerfile }, '')).toEqual([]);
  });
});

describe('the history', () => {
  const git = '.git/ 2MB 5 files\nsrc/ 1MB 3 files';
  const from = (image: string, run: string): string => `FROM ${image}\nWORKDIR /src\nCOPY . .\nRUN ${run}\n`;

  test.each([
    ['git describe', from('alpine:3.22', 'git describe > v'), {}],
    ['git in another folder of it', from('alpine:3.22', 'cd src && git rev-parse HEAD > v'), {}],
    ['a makefile that runs git', from('alpine:3.22', 'make'), { Makefile: 'V := $(shell git describe)\n' }],
    ['a script that runs git', from('alpine:3.22', './build.sh'), { 'build.sh': 'V=`git rev-parse HEAD`\n' }],
    ['a script nobody can read', from('alpine:3.22', 'sh build.sh'), { 'build.sh': '' }],
    [
      'an npm script',
      from('node:22', 'npm run build'),
      { 'package.json': '{"scripts":{"build":"V=$(git log -1) vite build"}}' },
    ],
    [
      'settings of a bundler',
      from('node:22', 'npm run build'),
      {
        'package.json': '{"scripts":{"build":"vite build"}}',
        'vite.config.js': "execSync('git rev-parse HEAD')\n",
      },
    ],
    [
      'a plugin that names releases',
      from('node:22', 'npm run build'),
      { 'package.json': '{"scripts":{"build":"vite build"},"devDependencies":{"@sentry/vite-plugin":"2"}}' },
    ],
    [
      'setuptools-scm',
      from('python:3.13', 'pip install .'),
      { 'pyproject.toml': '[build-system]\nrequires=["setuptools_scm"]\n' },
    ],
    [
      'hatch-vcs',
      from('python:3.13', 'pip install .'),
      { 'pyproject.toml': '[build-system]\nrequires=["hatch-vcs"]\n' },
    ],
    ['go build', from('golang:1.25', 'go build .'), { 'go.mod': 'module x\n' }],
    [
      'go build with git added',
      from('golang:1.25-alpine', 'apk add git && go build .'),
      { 'go.mod': 'module x\n' },
    ],
    ['vergen', from('rust:1.90', 'cargo build'), { 'Cargo.toml': '[build-dependencies]\nvergen = "8"\n' }],
    [
      'a commit plugin of Maven',
      from('maven:3', 'mvn package'),
      { 'pom.xml': '<artifactId>git-commit-id-maven-plugin</artifactId>' },
    ],
    ['a manifest nobody can read', from('maven:3', 'mvn package'), { 'pom.xml': '' }],
    ['.NET 8', from('mcr.microsoft.com/dotnet/sdk:8.0', 'dotnet publish'), { 'a.csproj': '<Project/>' }],
    [
      'a gemspec',
      from('ruby:3.4', 'bundle install'),
      { Gemfile: 'gemspec\n', 'a.gemspec': 's.files = `git ls-files`\n' },
    ],
    ['a named source', 'FROM alpine:3.22\nCOPY . /src\nCOPY .git/HEAD /head\n', {}],
  ])('stays for %s', (_, Dockerfile, files) => {
    expect(generated({ Dockerfile, ...files } as Files, git)).not.toContain('.git');
  });

  test.each([
    [
      'a clone of something else',
      from('alpine:3.22', 'git clone https://example.org/x /x && cd /x && git checkout v1'),
      {},
    ],
    [
      'go build without stamping',
      from('golang:1.25', 'go build -buildvcs=false .'),
      { 'go.mod': 'module x\n' },
    ],
    ['go build without git', from('golang:1.25-alpine', 'go build .'), { 'go.mod': 'module x\n' }],
    ['.NET 6', from('mcr.microsoft.com/dotnet/sdk:6.0', 'dotnet publish'), { 'a.csproj': '<Project/>' }],
    [
      'pip with a list',
      from('python:3.13', 'pip install -r requirements.txt'),
      { 'requirements.txt': 'flask\n' },
    ],
    [
      'scripts that have nothing to do with it',
      from('node:22', 'npm run build'),
      { 'package.json': '{"scripts":{"build":"tsc","release":"git tag"}}' },
    ],
  ])('goes with %s', (_, Dockerfile, files) => {
    expect(generated({ Dockerfile, ...files } as Files, git)).toContain('.git');
  });
});

describe('folders that a build makes', () => {
  test.each([
    [
      'composer',
      'FROM composer\nWORKDIR /app\nCOPY . .\nRUN composer install\n',
      { 'composer.json': '{}' },
      'vendor',
    ],
    [
      'cargo',
      'FROM rust\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\n',
      { 'Cargo.toml': '[package]\n' },
      'target',
    ],
    [
      'maven',
      'FROM maven\nWORKDIR /app\nCOPY . .\nRUN mvn -B package\n',
      { 'pom.xml': '<project/>' },
      'target',
    ],
    [
      'gradle',
      'FROM gradle\nWORKDIR /app\nCOPY . .\nRUN ./gradlew bootJar\n',
      { 'build.gradle': 'x\n' },
      'build',
    ],
    [
      'mix',
      'FROM elixir\nWORKDIR /app\nCOPY . .\nRUN mix deps.get\nRUN mix compile\n',
      { 'mix.exs': 'x\n' },
      'deps',
    ],
    [
      'uv',
      'FROM python\nWORKDIR /app\nCOPY . .\nRUN uv sync\n',
      { 'pyproject.toml': '[project]\n' },
      '.venv',
    ],
    [
      'next',
      `${start}COPY . .\nRUN npm ci\nRUN npm run build\n`,
      { ...node, 'package.json': '{"scripts":{"build":"next build"}}' },
      '.next',
    ],
  ])('of %s go', (_, Dockerfile, files, line) => {
    expect(generated({ Dockerfile, ...files } as Files)).toContain(line);
  });

  test('go whatever the settings say only where those are known', () => {
    const Dockerfile = `${start}COPY . .\nRUN npm ci\nRUN npm run build\n`;
    const files = { ...node, Dockerfile, 'package.json': '{"scripts":{"build":"vite build"}}' };
    expect(generated(files)).toContain('dist');
    expect(generated({ ...files, 'vite.config.ts': "build: { outDir: 'public' }" })).not.toContain('dist');
  });

  test('stay where a source names them, a variable may, or nothing makes them', () => {
    const cargo = { 'Cargo.toml': '[package]\n' };
    const tree = 'target/ 9MB 9 files';
    const named =
      'FROM rust AS b\nWORKDIR /app\nCOPY . .\nRUN cargo build\nFROM alpine\nCOPY target/release/x /x\n';
    const asked = 'FROM rust\nARG WHAT\nWORKDIR /app\nCOPY . .\nRUN cargo build\nCOPY $WHAT /x\n';
    const none = 'FROM alpine\nCOPY . /app\n';
    for (const Dockerfile of [named, asked, none])
      expect(generated({ Dockerfile, ...cargo }, tree)).toEqual([nothing]);
  });

  test('of Go are no concern: vendor is what it builds from', () => {
    const Dockerfile = 'FROM golang:1.25-alpine\nWORKDIR /a\nCOPY . .\nRUN go build -mod=vendor .\n';
    expect(generated({ Dockerfile, 'go.mod': 'module a\n' }, 'vendor/ 9MB 9 files')).toEqual([nothing]);
  });
});

describe('what may be needed stays', () => {
  const Dockerfile = 'FROM python:3.13\nWORKDIR /a\nCOPY . .\nRUN pip install .\nRUN pytest\n';
  const files = {
    Dockerfile,
    'pyproject.toml': '[project]\nname="a"\nreadme="README.md"\nlicense={file="LICENSE"}\n',
  };
  const tree = [
    'README.md 4kB',
    'LICENSE 4kB',
    'tests/ 2MB 9 files',
    'docs/ 2MB 9 files',
    '.env 1kB',
    '.env.production 1kB',
    '.npmrc 1kB',
    'patches/ 1kB 1 file',
    '.yarn/releases/ 2MB 1 file',
    '.github/ 9kB 3 files',
    'coverage/ 1kB 2 files',
    'dist/ 2MB 9 files',
    'a/__pycache__/ 9kB 3 files',
  ].join('\n');

  test('documents, tests, settings, sources that bear the name of junk', () => {
    expect(generated(files, tree)).toEqual(['**/__pycache__', '.github', 'unsafe']);
  });

  test('what a command names, or an exception lets in', () => {
    const named = { ...files, Dockerfile: `${Dockerfile}RUN cat .vscode/settings.json\n` };
    expect(generated(named, `${tree}\n.vscode/ 1MB 1 file`)).toEqual(['**/__pycache__', '.github', 'unsafe']);
    const let_ = { ...files, '.dockerignore': '*.md\n**/*.pyc\n!a/__pycache__/keep.pyc\n' };
    expect(generated(let_, tree)).toEqual([nothing]);
  });
});

describe('the file', () => {
  const files = { ...node, Dockerfile: `${start}COPY . .\nRUN npm ci\n` };
  const tree = `${used}\n.idea/ 40kB 3 files\nsrc/ 3MB 9 files`;

  test('is grouped, hides itself, and says what it saves', () => {
    const made = generateIgnore(inputOf(files, tree));
    if ('refused' in made) throw new Error(made.refused);
    expect(made.text).toBe(
      [
        '# What this build does not need. Patterns start at the root of the build context.',
        '',
        '# Version control',
        '.git',
        '',
        '# Made anew by the build',
        '**/node_modules',
        '',
        '# Left by editors and systems',
        '.idea',
        '',
        '# Read by Docker itself',
        'Dockerfile',
        '.dockerignore',
        '',
      ].join('\n'),
    );
    expect(made.path).toBe(joinPath(root, '.dockerignore'));
    expect(made.title).toBe('Create .dockerignore (context 45 MB → 3 MB)');
    expect(made.additions).toBe(false);
    expect(made.applicability).toBe('unsafe');
    expect(made.before.files - made.after.files).toBe(39);
  });

  test('has a line for the Dockerfile: a safe one unless something may read it', () => {
    const of = (run: string, more: Files = {}): readonly string[] => {
      const Dockerfile = `${start}COPY . .\nRUN ${run}\n`;
      const made = generateIgnore(inputOf({ ...node, ...more, Dockerfile }, '.git/ 2MB 5 files'), {
        only: 'safe',
      });
      return 'refused' in made ? [made.refused] : made.lines;
    };
    const scripts = (check: string): Files => ({
      'package.json': JSON.stringify({ name: 'x', scripts: { check } }),
      'check.js': 'require("node:fs").readFileSync("Dockerfile");\n',
      'other.js': '1;\n',
    });
    expect(of('npm ci')).toContain('Dockerfile');
    expect(of('npm run check', scripts('node other.js'))).toContain('Dockerfile');
    expect(of('npm run check', scripts('node check.js'))).not.toContain('Dockerfile');
    expect(of('npm run check && cat Dockerfile', scripts('node other.js'))).not.toContain('Dockerfile');
    expect(of('chmod -R a+r .')).not.toContain('Dockerfile');
  });

  test('says in its title what a small part of a large context saves', () => {
    const small = '.git/ 41kB 5 files\nsrc/ 400MB 9 files';
    const made = generateIgnore(inputOf(files, small), { only: 'safe' });
    expect(made).toMatchObject({
      title: expect.stringMatching(/^Create \.dockerignore \(4\d kB of 400 MB less\)$/),
    });
  });

  test('is written once: with it there is nothing more to hide', () => {
    const snapshot = memorySnapshot(files, tree);
    const made = generateIgnore(inputIn(snapshot));
    if ('refused' in made) throw new Error(made.refused);
    const after = overlaySnapshot(snapshot, new Map([[made.path, made.text]]));
    expect(generateIgnore(inputIn(after))).toEqual({ refused: nothing });
    expect(suggestionsFor(inputIn(after))).toEqual([]);
  });

  test('that is there gets additions, in its own line endings', () => {
    const made = generateIgnore(inputOf({ ...files, '.dockerignore': 'docs\r\n' }, tree));
    if ('refused' in made) throw new Error(made.refused);
    expect(made.additions).toBe(true);
    expect(made.text).toMatch(/^docs\r\n/);
    expect(made.text.replaceAll('\r\n', '')).not.toContain('\n');
    expect(made.title).toBe('Add 5 lines to .dockerignore (context 45 MB → 3 MB)');
  });

  test('of the Dockerfile itself gets them where it decides', () => {
    const own = { ...files, 'Dockerfile.dockerignore': 'docs\n', '.dockerignore': '.git\n' };
    const made = generateIgnore(inputOf(own, tree));
    if ('refused' in made) throw new Error(made.refused);
    expect(made.path).toBe(joinPath(root, 'Dockerfile.dockerignore'));
  });

  test('is refused where no step takes anything, or what is there is no file', () => {
    const none = generateIgnore(inputOf({ Dockerfile: 'FROM alpine\nRUN true\n' }));
    expect(none).toEqual({ refused: 'No step of this build takes anything from its context.' });
    const folder = generateIgnore(inputOf(files, `${tree}\n.dockerignore/ 1kB 1 file`));
    expect(folder).toEqual({
      refused: 'There is nothing more in the context that could surely be left out.',
    });
  });

  test('has single lines to suggest, the largest first, with bytes', () => {
    expect(suggested(files, tree)).toEqual(['**/node_modules safe', '.git safe', '.idea unsafe']);
    expect(suggestionsFor(inputOf(files, tree))[0]).toMatchObject({ bytes: 39_999_990, files: 30 });
  });
});

describe('what nobody saw coming stays', () => {
  const from = 'FROM debian:12\nWORKDIR /src\nCOPY . .\n';
  const history = '.git/ 2MB 5 files';
  const lines = (run: string, files: Files = {}): readonly string[] =>
    generated({ ...files, Dockerfile: `${from}${run}\n` }, history);

  test('git in the words of another program, or in a file that the Dockerfile writes', () => {
    for (const run of [
      'RUN eval "git describe" > v',
      'RUN find . -name x -exec git log {} +',
      `RUN python3 -c "import subprocess; subprocess.run(['git', 'describe'])"`,
      'COPY <<EOF /b.sh\ngit describe\nEOF\nRUN sh /b.sh',
    ])
      expect(lines(run)).toEqual([nothing]);
  });

  test('git, or a build that reads the history, in what a script runs, loads or imports', () => {
    const ver = { 'scripts/ver.sh': 'git describe\n' };
    const info = 'import subprocess\nv = subprocess.check_output(["git", "describe"])\n';
    expect(lines('RUN ./build.sh', { 'build.sh': '. ./scripts/ver.sh\n', ...ver })).toEqual([nothing]);
    expect(lines('RUN make', { Makefile: 'V := $(shell ./scripts/ver.sh)\n', ...ver })).toEqual([nothing]);
    expect(lines('RUN make', { Makefile: 'all:\n\tgo build .\n', 'go.mod': 'module x\n' })).toEqual([
      nothing,
    ]);
    expect(
      lines('CMD ["python", "-m", "app"]', {
        'app/__main__.py': 'from app.info import v\n',
        'app/info.py': info,
      }),
    ).toEqual([nothing]);
    expect(lines('RUN node scripts/build', { 'scripts/build.js': "execSync('git describe')\n" })).toEqual([
      nothing,
    ]);
  });

  test('a program that nobody knows makes the line unsafe', () => {
    for (const run of [
      'RUN bazel build //...',
      'RUN nix build',
      'RUN cat .gi*/HEAD',
      'RUN echo describe | xargs git',
    ])
      expect(['.git', nothing]).toContain(lines(run)[0]);
    expect(lines('RUN bazel build //...')).toEqual(['.git', 'unsafe']);
    expect(lines('RUN cat .gi*/HEAD')).toEqual(['.git', 'unsafe']);
    expect(lines('RUN perl Makefile.PL')).toEqual(['.git', 'unsafe']);
    expect(lines('RUN ./waf configure', { waf: '#!/usr/bin/env python3\n' })).toEqual(['.git', 'unsafe']);
  });

  test('caches that a command or the image uses, and version control data of tests', () => {
    const terraform = { Dockerfile: 'FROM hashicorp/terraform:1.5\nCOPY . .\nCMD ["apply"]\n' };
    expect(generated(terraform, '.terraform/ 2MB 5 files')).toEqual([nothing]);
    const svn = { Dockerfile: `${from}RUN pytest\n`, 'tests/repo/.svn/entries': 'x' };
    expect(generated(svn)).toEqual([nothing]);
  });

  test('scripts in a folder that elsewhere holds output', () => {
    const net = {
      Dockerfile:
        'FROM mcr.microsoft.com/dotnet/sdk:6.0\nWORKDIR /src\nCOPY . .\nRUN dotnet publish -o /o && ./bin/setup.sh\n',
      'a.csproj': '<Project/>',
    };
    expect(generated({ ...net, 'bin/setup.sh': 'true\n' })).not.toContain('bin');
  });

  test('node_modules where a step asks whether they are there', () => {
    const asks = { ...node, Dockerfile: `${start}COPY . .\nRUN [ -d node_modules ] || npm ci\n` };
    expect(generated(asks, 'node_modules/ 40MB 30 files')).toEqual([nothing]);
  });

  test('node_modules may hold a generated client that no step makes: unsafe', () => {
    const prisma = {
      'package.json': '{"dependencies":{"@prisma/client":"5"}}',
      'package-lock.json': '{"lockfileVersion":3,"packages":{}}',
      Dockerfile: `${start}COPY package*.json ./\nRUN npm ci\nCOPY . .\nCMD ["node", "a.js"]\n`,
    };
    expect(generated(prisma, 'node_modules/ 40MB 30 files')).toEqual(['**/node_modules', 'unsafe']);
  });

  test('scripts in folders that usually hold what a build made', () => {
    const rules = { 'build/rules': 'V := $(shell git describe)\n' };
    expect(lines('RUN make -f build/rules', rules)).not.toContain('.git');
    expect(lines('RUN sh bin/version.sh', { 'bin/version.sh': 'git describe\n' })).not.toContain('.git');
  });
});
