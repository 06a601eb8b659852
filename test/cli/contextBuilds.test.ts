import { describe, expect, test } from 'vitest';
import type { ContextReport } from '../../server/src/report/contextModel.js';
import { Folder } from './harness.js';

function json(folder: Folder, ...args: string[]): ContextReport {
  const run = folder.run(['context', '--format', 'json', ...args]);
  expect(run.err).toBe('');
  return JSON.parse(run.out) as ContextReport;
}

describe('which build', () => {
  const compose =
    'services:\n  web:\n    build:\n      context: web\n      target: run\n      args:\n        SOURCE: src\n';
  const project = {
    'compose.yaml': compose,
    'web/Dockerfile': 'FROM alpine AS run\nARG SOURCE=other\nCOPY $SOURCE /src\nFROM run\nCOPY more /more\n',
    'web/src/a': 'a',
    'web/other/b': 'bb',
    'web/more/c': 'ccc',
  };

  test('is the one the project defines', () => {
    using folder = new Folder(project);
    const { build, sent } = json(folder);
    expect(build).toEqual({
      dockerfile: 'web/Dockerfile',
      context: 'web',
      ignoreFile: null,
      target: 'run',
      args: { SOURCE: 'src' },
      source: 'compose.yaml services.web',
      why: expect.stringContaining('compose.yaml builds it for the service web'),
      others: [],
    });
    expect(sent.bytes).toBe(1);
  });

  test('--target and --build-arg change a defined build', () => {
    using folder = new Folder(project);
    const { build, sent } = json(folder, '--target', '1', '--build-arg', 'SOURCE=other');
    expect(build).toMatchObject({
      context: 'web',
      target: '1',
      args: { SOURCE: 'other' },
      source: 'option',
      others: ['compose.yaml services.web'],
    });
    expect(build.why).toContain('--target 1, --build-arg SOURCE=other');
    expect(sent.bytes).toBe(5);
  });

  test('--context means what docker build would do', () => {
    using folder = new Folder(project);
    const { build, sent } = json(folder, 'web/Dockerfile', '--context', 'web');
    expect(build).toMatchObject({ context: 'web', target: null, args: {}, source: 'option' });
    expect(build.why).toContain('docker build -f web/Dockerfile web');
    expect(sent.bytes).toBe(5);
  });

  test('reads the ignore file of the Dockerfile, else that of the context', () => {
    using folder = new Folder({
      'docker/app.Dockerfile': 'FROM alpine\nCOPY . /x\n',
      'docker/.dockerignore': 'never-read\n',
      'app/.dockerignore': 'a\n',
      'app/a': '1',
      'app/b': '22',
    });
    const asked = ['docker/app.Dockerfile', '--context', 'app'];
    expect(json(folder, ...asked).build.ignoreFile).toBe('app/.dockerignore');
    expect(json(folder, ...asked).sent.files).toBe(2);
    folder.write('docker/app.Dockerfile.dockerignore', '');
    expect(json(folder, ...asked).build.ignoreFile).toBe('docker/app.Dockerfile.dockerignore');
    expect(json(folder, ...asked).sent.files).toBe(3);
  });

  test('--platform decides the automatic arguments', () => {
    using folder = new Folder({
      Dockerfile: 'FROM alpine\nARG TARGETARCH\nCOPY bin/$TARGETARCH /bin/\n',
      'bin/arm64/x': 'aaa',
      'bin/amd64/x': 'b',
    });
    expect(json(folder, '--platform', 'linux/arm64').sent.bytes).toBe(3);
    expect(json(folder, '--platform', 'linux/amd64').sent.bytes).toBe(1);
    const unknown = folder.run(['context', '--format', 'json']);
    expect((JSON.parse(unknown.out) as ContextReport).sent.exact).toBe(false);
    expect(folder.run(['context']).out).toContain('depends on a value that is not known');
  });

  test('has to be chosen where there are several Dockerfiles', () => {
    using folder = new Folder({
      'web/Dockerfile': 'FROM alpine\n',
      'api/Dockerfile': 'FROM alpine\n',
      'Dockerfile.j2': 'FROM {{ base }}\n',
      '.gitignore': 'vendor\n',
      'vendor/Dockerfile': 'FROM alpine\n',
    });
    expect(folder.run(['context'])).toEqual({
      code: 2,
      out: '',
      err: 'plimsoll: there are several Dockerfiles; name one, as in: plimsoll context api/Dockerfile\n  api/Dockerfile\n  web/Dockerfile\n',
    });
    expect(folder.run(['context', 'web/Dockerfile']).code).toBe(0);
  });

  test('of a git workflow is measured as a local build', () => {
    using folder = new Folder({
      '.github/workflows/ci.yml':
        'on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          push: true\n',
      Dockerfile: 'FROM alpine\nCOPY . /x\n',
      '.dockerignore': '.github\n',
      a: '',
    });
    const { build, sent } = json(folder);
    expect(build.source).toContain('ci.yml');
    expect(build.ignoreFile).toBe('.dockerignore');
    expect(build.why).toContain('The numbers are those of the same build from this folder.');
    expect(sent.files).toBe(3);
  });

  test('sends nothing local where the context is fetched', () => {
    using folder = new Folder({
      'compose.yaml': 'services:\n  web:\n    build: https://github.com/example/web.git\n',
      'other/Dockerfile': 'FROM alpine\nCOPY . /x\n',
    });
    const run = folder.run([
      'context',
      'other/Dockerfile',
      '--context',
      'https://github.com/example/web.git',
    ]);
    expect(run.code).toBe(0);
    expect(run.out).toContain('BuildKit fetches it itself:\nnothing local is sent.\n');
    using bare = new Folder({
      'compose.yaml': 'services:\n  web:\n    build: https://github.com/example/web.git\n',
    });
    const none = bare.run(['context']);
    expect(none.code).toBe(2);
    expect(none.err).toBe(
      'plimsoll: there is no Dockerfile below this folder\n  compose.yaml: the service web is built from https://github.com/example/web.git: BuildKit fetches that itself, and nothing local is sent\n',
    );
  });
});

describe('a wrong use', () => {
  const files = {
    Dockerfile: 'FROM alpine AS base\nFROM base AS run\nCOPY a /a\n',
    a: '',
    'notes.txt': 'COPY is a word\n',
    'binary.dat': Buffer.from([0, 1, 2]),
    empty: '',
  };

  test.each([
    [['--target', 'prod'], 'Dockerfile: there is no stage "prod"; there are base, run'],
    [['missing/Dockerfile'], 'missing/Dockerfile: there is no such file'],
    [['.'], '.: this is a folder; name a Dockerfile, and the folder with --context'],
    [['notes.txt'], 'notes.txt: this is no Dockerfile: it has no FROM'],
    [['binary.dat'], 'binary.dat: this file cannot be read as text'],
    [['empty'], 'empty: this file is empty'],
    [['--context', 'a'], 'a: the context is no folder'],
    [['--context', 'nowhere'], 'nowhere: the context is no folder'],
    [['--top', 'many'], '--top is a number, not "many"'],
    [['--platform', 'arm'], '--platform is one OS/ARCH such as linux/arm64, not "arm"'],
    [['--config', 'nowhere.yaml'], 'nowhere.yaml: this configuration cannot be read'],
    [['--fix'], 'context: the option --fix does not exist; see plimsoll --help'],
    [['--format', 'sarif'], '--format is one of text, json, not "sarif"'],
    [['Dockerfile', 'a'], 'usage: plimsoll context [DOCKERFILE]'],
  ])('%j is one clear line', (args, line) => {
    using folder = new Folder(files);
    expect(folder.run(['context', ...args])).toEqual({ code: 2, out: '', err: `plimsoll: ${line}\n` });
  });

  test('a definition whose context is not there is told of', () => {
    using folder = new Folder({
      'compose.yaml': 'services:\n  web:\n    build:\n      context: api\n      dockerfile: ../Dockerfile\n',
      Dockerfile: 'FROM alpine\n',
    });
    expect(folder.run(['context'])).toEqual({
      code: 2,
      out: '',
      err: 'plimsoll: api: there is no such folder, but compose.yaml services.web names it as the context; --context DIR names another\n',
    });
  });

  test('no Dockerfile at all is told of', () => {
    using folder = new Folder({ 'a.txt': '' });
    expect(folder.run(['context'])).toEqual({
      code: 2,
      out: '',
      err: 'plimsoll: there is no Dockerfile below this folder\n',
    });
  });
});
