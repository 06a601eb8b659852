import { describe, expect, it } from 'vitest';
import { buildsOf } from '../../server/src/project/discover.js';
import { memory } from './memory.js';

type Files = Parameters<typeof memory>[0];

function builds(files: Files, dockerfile: string, folders: readonly string[] = ['/w']) {
  return buildsOf(memory({ '/w/.git/HEAD': '', ...files }, folders), dockerfile);
}

describe('buildsOf', () => {
  it('asks configuration, compose, bake, workflow and devcontainer, in this order', () => {
    const files: Files = {
      '/w/api/Dockerfile': 'FROM a\n',
      '/w/.plimsoll.yaml': 'builds: [{ dockerfile: api/Dockerfile, context: a }]\n',
      '/w/compose.yaml':
        'services:\n  web:\n    build: { context: ./api, target: prod, args: [A=1, B], additional_contexts: { lib: ./lib } }\n',
      '/w/docker-bake.json': '{"target":{"t":{"context":"b","dockerfile":"../api/Dockerfile"}}}',
      '/w/.github/workflows/ci.yml':
        'jobs:\n  build:\n    steps:\n      - uses: actions/checkout@v4\n      - uses: docker/build-push-action@v6\n        with: { context: ., file: api/Dockerfile }\n',
      '/w/.devcontainer/devcontainer.json':
        '{ "build": { "dockerfile": "../api/Dockerfile", "context": ".." , } }',
    };
    const found = builds(files, '/w/api/Dockerfile');
    expect(found.map(({ kind, source, context }) => [kind, source, context])).toEqual([
      ['configuration', 'configuration', '/w/a'],
      ['compose', 'compose.yaml services.web', '/w/api'],
      ['bake', 'docker-bake.json target.t', '/w/b'],
      ['workflow', '.github/workflows/ci.yml jobs.build.steps[1]', '/w'],
    ]);
    expect(found[1]).toMatchObject({ target: 'prod', args: { A: '1', B: null }, namedContexts: ['lib'] });
    expect(builds({ ...files, '/w/.github/workflows/ci.yml': '' }, '/w/api/Dockerfile')[3]).toMatchObject({
      kind: 'devcontainer',
      source: '.devcontainer/devcontainer.json',
      context: '/w',
    });
  });

  it('takes the same build of a base and its override once', () => {
    const found = builds(
      {
        '/w/Dockerfile': 'FROM a\n',
        '/w/compose.yaml': 'services:\n  web: { build: . }\n  job: { build: . }\n',
        '/w/compose.override.yaml': 'services:\n  web: { ports: ["80:80"] }\n',
        '/w/compose.prod.yaml': 'services:\n  web: { build: { context: ., target: prod } }\n',
      },
      '/w/Dockerfile',
    );
    expect(found.map(({ source, target }) => [source, target])).toEqual([
      ['compose.yaml services.web', null],
      ['compose.prod.yaml services.web', 'prod'],
    ]);
  });

  it('prefers the near definition to one among examples or tests', () => {
    const compose = (context: string) =>
      `services:\n  web:\n    build: { context: ${context}, args: { C: "${context}" } }\n`;
    const found = builds(
      {
        '/w/app/Dockerfile': 'FROM a\n',
        '/w/app/examples/compose.yaml': compose('..'),
        '/w/app/docker-compose.test.yml': compose('.'),
        '/w/docker-compose.prod.yml': compose('app'),
      },
      '/w/app/Dockerfile',
    );
    expect(found.map(({ source }) => source)).toEqual([
      'docker-compose.prod.yml services.web',
      'app/examples/compose.yaml services.web',
      'app/docker-compose.test.yml services.web',
    ]);
  });

  it('reads no ignore file for a git context, and says so', () => {
    const files: Files = {
      '/w/Dockerfile': 'FROM a\n',
      '/w/.dockerignore': 'x\n',
      '/w/.github/workflows/ci.yml': 'jobs: { b: { steps: [{ uses: docker/build-push-action@v6 }] } }\n',
    };
    const [git] = builds(files, '/w/Dockerfile');
    expect(git).toMatchObject({ kind: 'workflow', ignoreFile: null, context: '/w' });
    expect(git?.why).toMatch(/only tracked files/);
  });

  it('leaves out what an expression decides', () => {
    const workflow =
      'jobs: { b: { steps: [{ uses: docker/build-push-action@v6, with: { context: "${{ matrix.dir }}" } }] } }\n';
    const files: Files = { '/w/Dockerfile': 'FROM a\n', '/w/.github/workflows/ci.yml': workflow };
    expect(builds(files, '/w/Dockerfile')[0]?.kind).toBe('heuristic');
  });
});

describe('the heuristic', () => {
  const contextOf = (files: Files, dockerfile: string) => builds(files, dockerfile)[0]?.context;

  it('takes the folder in which most sources exist', () => {
    const text =
      'ARG DIR=src\nFROM a\nARG DIR\nCOPY package*.json ./\nCOPY ${DIR} /app\nCOPY --from=x /a /b\n';
    const files: Files = { '/w/docker/web/Dockerfile': text, '/w/package.json': '{}', '/w/src/main.js': '' };
    expect(contextOf(files, '/w/docker/web/Dockerfile')).toBe('/w');
    const [build] = builds(files, '/w/docker/web/Dockerfile');
    expect(build?.why).toBe(
      'Dockerfile is named by no build definition; both paths it copies or installs from can be found in the project root, which is taken for the context.',
    );
  });

  it('asks the manifests of later commands where everything is copied', () => {
    const files: Files = {
      '/w/docker/Dockerfile': 'FROM a\nCOPY . .\nRUN npm ci\n',
      '/w/package.json': '{}',
    };
    expect(contextOf(files, '/w/docker/Dockerfile')).toBe('/w');
  });

  it('takes the own folder of a project below another, which has all of the same names and an ignore file', () => {
    const root: Files = {
      '/w/.dockerignore': 'docs',
      '/w/mix.exs': '',
      '/w/mix.lock': '',
      '/w/lib/a.ex': '',
    };
    const text = 'FROM a\nCOPY mix.exs mix.lock ./\nRUN mix deps.get\nCOPY lib lib\n';
    const site: Files = { '/w/site/Dockerfile': text, '/w/site/mix.exs': '', '/w/site/lib/a.ex': '' };
    expect(contextOf({ ...root, ...site, '/w/site/mix.lock': '' }, '/w/site/Dockerfile')).toBe('/w/site');
    expect(contextOf({ ...root, ...site }, '/w/site/Dockerfile')).toBe('/w');
  });

  it('takes the own folder where nothing speaks for another', () => {
    const files: Files = { '/w/a/Dockerfile': 'FROM a\nCOPY . .\n', '/w/.dockerignore': '' };
    expect(contextOf(files, '/w/a/Dockerfile')).toBe('/w/a');
    expect(
      contextOf({ '/w/a/Dockerfile': 'FROM a\nCOPY x y\n', '/w/a/x': '', '/w/x': '' }, '/w/a/Dockerfile'),
    ).toBe('/w/a');
  });
});

describe('which ignore file counts', () => {
  const ignoreFile = (files: Files) =>
    builds({ '/w/Dockerfile': 'FROM a\n', ...files }, '/w/Dockerfile')[0]?.ignoreFile;

  it('prefers the one of the Dockerfile, follows links inside the context, takes a folder for none', () => {
    expect(ignoreFile({})).toBeNull();
    expect(ignoreFile({ '/w/.dockerignore': 'a' })).toBe('/w/.dockerignore');
    expect(ignoreFile({ '/w/.dockerignore': 'a', '/w/Dockerfile.dockerignore': '' })).toBe(
      '/w/Dockerfile.dockerignore',
    );
    expect(ignoreFile({ '/w/.dockerignore': { link: 'ig' }, '/w/ig': 'a' })).toBe('/w/.dockerignore');
    expect(ignoreFile({ '/w/.dockerignore': { link: '../ig' }, '/ig': 'a' })).toBeNull();
    expect(ignoreFile({ '/w/.dockerignore/x': 'a' })).toBeNull();
    expect(ignoreFile({ '/w/.dockerignore': 'a', '/w/Dockerfile.dockerignore/x': 'b' })).toBe(
      '/w/.dockerignore',
    );
  });

  it('never takes one beside a Dockerfile in a folder below the context', () => {
    const files: Files = {
      '/w/docker/Dockerfile': 'FROM a\nCOPY main.js .\n',
      '/w/main.js': '',
      '/w/docker/.dockerignore': 'x',
    };
    expect(builds(files, '/w/docker/Dockerfile')[0]).toMatchObject({ context: '/w', ignoreFile: null });
  });
});
