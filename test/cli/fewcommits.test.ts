import { describe, expect, test } from 'vitest';
import { commit, git, hasGit } from '../node/git/repository.js';
import { Folder } from './harness.js';

/** A small project whose source is copied before its install. */
type Project = Readonly<Record<string, string>>;

const dockerfile = (image: string, ...steps: readonly string[]): string =>
  `${[`FROM ${image}`, 'WORKDIR /app', 'COPY . .', ...steps].join('\n')}\n`;

const node: Project = {
  Dockerfile: dockerfile('node:22', 'RUN npm ci', 'CMD ["node", "src/app.js"]'),
  'package.json': '{"name":"shop","version":"1.0.0","dependencies":{"ms":"2.1.3"}}',
  'package-lock.json': JSON.stringify({
    name: 'shop',
    lockfileVersion: 3,
    packages: {
      '': { name: 'shop', dependencies: { ms: '2.1.3' } },
      'node_modules/ms': { version: '2.1.3' },
    },
  }),
  'src/app.js': '1',
};

const poetry: Project = {
  Dockerfile: dockerfile('python:3.13', 'RUN pip install poetry==2.1.3', 'RUN poetry install'),
  'pyproject.toml':
    '[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\npython = "^3.13"\nsix = "1.17.0"\n',
  'poetry.lock':
    '[[package]]\nname = "six"\nversion = "1.17.0"\nfiles = []\n\n[metadata]\nlock-version = "2.1"\npython-versions = "^3.13"\n',
  'app/main.py': 'x = 1\n',
};

const go: Project = {
  Dockerfile: dockerfile('golang:1.24', 'RUN go build -o /app/server .'),
  'go.mod': 'module example.com/shop\n\ngo 1.24\n\nrequire example.com/uuid v1.6.0\n',
  'go.sum': 'example.com/uuid v1.6.0 h1:x\n',
  'main.go': 'package main\n\nimport _ "example.com/uuid"\n\nfunc main() {}\n',
};

const cargo: Project = {
  Dockerfile: dockerfile('rust:1.88', 'RUN cargo build --release --locked'),
  'Cargo.toml':
    '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nserde = "1"\n',
  'Cargo.lock':
    'version = 4\n\n[[package]]\nname = "serde"\nversion = "1.0.0"\n\n[[package]]\nname = "shop"\nversion = "0.1.0"\ndependencies = ["serde"]\n',
  'src/main.rs': 'fn main() {}\n',
};

/** The fixes that `lint` and `impact` offer for the order of the copies. */
function offered(folder: Folder, ...more: readonly string[]): readonly string[] {
  const run = folder.run(['lint', '--format', 'json', '--rule', 'source-before-deps', ...more]);
  const { files } = JSON.parse(run.out) as {
    files: { findings: { fixes: { title: string; applicability: string }[] }[] }[];
  };
  return files.flatMap(({ findings }) =>
    findings.flatMap(({ fixes }) => fixes.map(({ title, applicability }) => `${applicability}: ${title}`)),
  );
}

/** A repository in the folder, without commits. */
function initialised(files: Project): Folder {
  const folder = new Folder({ ...files, '.dockerignore': '.git\nnode_modules\ndocs\n' });
  git(folder.path, 'init', '-q', '-b', 'main');
  return folder;
}

describe.skipIf(!hasGit)('a project with little history', () => {
  test.each([
    ['npm', node],
    ['poetry', poetry],
    ['go', go],
    ['cargo', cargo],
  ])('%s: what is offered without git is offered after one commit, and before it', (_, files) => {
    using folder = initialised(files);
    const wanted = offered(folder, '--no-git');
    expect(wanted).toHaveLength(1);
    expect(offered(folder)).toEqual(wanted);
    commit(folder.path);
    expect(offered(folder)).toEqual(wanted);
  });

  test('two commits of which the second changes everything take nothing away either', () => {
    using folder = initialised(cargo);
    const wanted = offered(folder, '--no-git');
    git(folder.path, 'commit', '-q', '--allow-empty', '-m', 'begin');
    commit(folder.path);
    expect(offered(folder)).toEqual(wanted);
    expect(folder.run(['lint', '--rule', 'source-before-deps']).out).toMatch(
      /with the fix a rebuild would have taken .+ instead of .+, but 1 rebuild is too few to tell/,
    );
  });

  test('a manifest that changed with each of the few commits takes nothing away, whatever they cost', () => {
    using folder = initialised(cargo);
    const wanted = offered(folder, '--no-git');
    const manifest = cargo['Cargo.toml'] ?? '';
    for (const version of ['1', '1.0', '1.0.0']) {
      commit(folder.path, { 'Cargo.toml': manifest.replace('serde = "1"', `serde = "${version}"`) });
    }
    expect(offered(folder)).toEqual(wanted);
  });

  test('a clone of depth 1, commits that touch other files, an untracked Dockerfile', () => {
    using folder = initialised(cargo);
    const wanted = offered(folder, '--no-git');
    commit(folder.path);
    using shallow = new Folder({});
    git(shallow.path, 'clone', '-q', '--depth=1', `file://${folder.path}`, '.');
    expect(offered(shallow)).toEqual(wanted);
    for (let i = 0; i < 8; i++) commit(folder.path, { [`docs/${i}`]: '' });
    expect(offered(folder)).toEqual(wanted);
    git(folder.path, 'rm', '-q', '--cached', 'Dockerfile');
    git(folder.path, 'commit', '-q', '-m', 'untracked');
    expect(offered(folder)).toEqual(wanted);
  });

  test('impact plays typical edits over it, not the commit that adds every file', () => {
    using folder = initialised(cargo);
    commit(folder.path);
    const document = JSON.parse(folder.run(['impact', '--format', 'json']).out);
    expect(document).toMatchObject({
      commits: null,
      rebuild: null,
      gap: 'There is one commit only, which adds every file: there is no history to replay.',
    });
    expect(document.scenarios.map(({ name }: { name: string }) => name)).toContain('a source edit');
    expect(folder.run(['lint']).out).not.toContain('re-ran in');
  });
});
