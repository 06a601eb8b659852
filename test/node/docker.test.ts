import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createDocker, type DockerBuilt, type DockerHistory } from '../../server/src/node/docker.js';
import { toCorePath } from '../../server/src/node/fs.js';
import { runProgram } from '../../server/src/node/program.js';
import { type FakeCall, type FakeDocker, fakeDocker } from '../harness/fakeDocker.js';

const never = new AbortController().signal;
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function fake(...scenario: readonly FakeCall[]): FakeDocker {
  const docker = fakeDocker(scenario);
  cleanups.push(() => docker.remove());
  return docker;
}

function folder(): string {
  const made = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'plimsoll-build-')));
  cleanups.push(() => rmSync(made, { recursive: true, force: true }));
  return toCorePath(made);
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
const vertex = (name: string, more: object = {}): string =>
  line({ vertexes: [{ digest: `sha256:${name}`, name, started: '2026-01-01T00:00:00Z', ...more }] });
const said = (name: string, text: string): string =>
  line({ logs: [{ vertex: `sha256:${name}`, stream: 1, data: Buffer.from(text).toString('base64') }] });
const done = { completed: '2026-01-01T00:00:04Z' };

describe.skipIf(process.platform === 'win32')('a build with docker', () => {
  const run = async (
    docker: Pick<FakeDocker, 'program'>,
    signal = never,
    steps: string[] = [],
  ): Promise<DockerBuilt> =>
    createDocker().build(
      {
        program: docker.program,
        folder: folder(),
        args: ['-f', 'Dockerfile', '.'],
        step: (s) => steps.push(s),
      },
      signal,
    );

  it('gives its log, without what the steps write, and tells of each step', async () => {
    const name = '[build 3/7] RUN npm ci';
    const docker = fake({
      when: ['build', '--progress=rawjson'],
      stderr: `${vertex('[internal] load .dockerignore')}${vertex(name)}${said(name, 'added 3\n')}${vertex(name, done)}`,
    });
    const steps: string[] = [];
    const built = await run(docker, never, steps);
    expect(built).toEqual({
      outcome: 'done',
      log: `${vertex('[internal] load .dockerignore')}${vertex(name)}${vertex(name, done)}`,
      notes: [],
    });
    expect(steps).toEqual([name]);
    expect(docker.calls().map(({ args }) => args)).toEqual([
      ['build', '--progress=rawjson', '--output', 'type=cacheonly', '-f', 'Dockerfile', '.'],
    ]);
  });

  it.each([['ERROR: invalid progress mode rawjson'], ['unknown flag: --progress\nSee docker build --help.']])(
    'is tried with plain progress after: %s',
    async (complaint) => {
      const plain = '#1 [internal] load .dockerignore\n#5 [2/3] RUN make\n#5 0.1 gcc a.c\n#5 DONE 2.0s\n';
      const steps: string[] = [];
      const docker = fake(
        { when: ['--progress=rawjson'], stderr: `${complaint.split('\n')[0]}\n`, code: 125 },
        { when: ['--progress=plain'], stderr: plain },
      );
      expect(await run(docker, never, steps)).toEqual({
        outcome: 'done',
        log: '#1 [internal] load .dockerignore\n#5 [2/3] RUN make\n#5 DONE 2.0s\n',
        notes: [],
      });
      expect(steps).toEqual(['[2/3] RUN make']);
    },
  );

  it('is tried without discarding the image where that is refused, and says so', async () => {
    const docker = fake(
      {
        when: ['--output'],
        stderr: `${vertex('[internal] load .dockerignore')}ERROR: failed to solve: exporter "cacheonly" could not be found\n`,
        code: 1,
      },
      { when: ['build'], stderr: vertex('[1/1] FROM a', done) },
    );
    const built = await run(docker);
    expect(built.notes).toEqual([expect.stringContaining('it is kept without a name')]);
    expect(docker.calls().map(({ args }) => args.slice(0, 4))).toEqual([
      ['build', '--progress=rawjson', '--output', 'type=cacheonly'],
      ['build', '--progress=rawjson', '-f', 'Dockerfile'],
    ]);
  });

  it('that fails names the step and its last words; what ran before is kept', async () => {
    const name = '[build 3/4] RUN make';
    const docker = fake({
      when: ['build'],
      stderr: `${vertex('[build 2/4] COPY . .', done)}${vertex(name)}${said(name, 'cc\nmake: *** No rule.\n\n')}${vertex(name, { ...done, error: 'process "/bin/sh -c make" did not complete successfully: exit code: 2' })}ERROR: failed to build\n`,
      code: 1,
    });
    const built = await run(docker);
    expect(built.outcome).toBe('failed');
    expect(built.log).toContain('COPY . .');
    expect(built.notes).toEqual(['The build failed: [build 3/4] RUN make: make: *** No rule.']);
    expect(docker.calls()).toHaveLength(1);
  });

  it('that fails in plain progress does so too', async () => {
    const docker = fake(
      { when: ['--progress=rawjson'], stderr: 'ERROR: invalid progress mode rawjson\n', code: 1 },
      {
        when: ['build'],
        stderr:
          '#8 [3/4] RUN make\n#8 0.2 make: *** Nothing to do\n#8 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2\n------\nERROR: failed to solve\n',
        code: 1,
      },
    );
    expect((await run(docker)).notes).toEqual(['The build failed: [3/4] RUN make: make: *** Nothing to do.']);
  });

  it('says what docker said where it did not come to any step', async () => {
    const docker = fake({
      when: ['build'],
      stderr: 'ERROR: Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?\n',
      code: 1,
    });
    const built = await run(docker);
    expect(built.notes).toEqual([
      'The build failed: Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?',
    ]);
    expect(docker.calls()).toHaveLength(1);
  });

  it('says where there is no such program', async () => {
    expect(await run({ program: '/nowhere/docker' })).toEqual({
      outcome: 'failed',
      log: '',
      notes: [
        'There is no program "/nowhere/docker" to run; the setting plimsoll.docker.path says which docker is used.',
      ],
    });
  });

  it('ends with all it started when it is cancelled, though they do not listen', async () => {
    const docker = fake({ when: ['build'], stderr: vertex('[1/2] FROM a'), hangs: true });
    const controller = new AbortController();
    const running = run(docker, controller.signal);
    while (docker.pids().length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort();
    expect(await running).toEqual({ outcome: 'cancelled', log: '', notes: [] });
    const isAlive = (pid: number): boolean => {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        return false;
      }
    };
    for (let i = 0; i < 50 && docker.pids().some(isAlive); i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(docker.pids().filter(isAlive)).toEqual([]);
  }, 20_000);

  it('is not begun where it was cancelled before', async () => {
    const docker = fake({ when: ['build'] });
    expect((await run(docker, AbortSignal.abort())).outcome).toBe('cancelled');
    expect(docker.calls()).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')("the builder's history", () => {
  const listed = (ref: string, day: number, more: object = {}): string =>
    line({ ref: `b/b0/${ref}`, created_at: `2026-01-0${day}T00:00:00Z`, completed_at: 'x', ...more });
  const inspected = (ref: string, context: string, dockerfile: string): FakeCall => ({
    when: ['inspect', ref, '--format'],
    stdout: JSON.stringify({ Ref: ref, Context: context, Dockerfile: dockerfile }, null, 2),
  });
  const logsOf = (ref: string): FakeCall => ({ when: ['logs', ref], stderr: vertex(`[1/1] FROM ${ref}`) });
  const ask = (
    docker: Pick<FakeDocker, 'program'>,
    context: string,
    signal = never,
  ): Promise<DockerHistory> =>
    createDocker().history(
      {
        program: docker.program,
        context,
        dockerfile: `${context}/app/Dockerfile`,
        progress: () => undefined,
      },
      signal,
    );

  it('gives the builds of this Dockerfile in this context, the newest first, with what tells their lines', async () => {
    const context = folder();
    const docker = fake(
      {
        when: ['ls'],
        stdout: `${listed('old', 1)}${listed('new', 3)}${listed('other', 2)}${listed('remote', 2)}${listed('running', 4, { completed_at: undefined })}`,
      },
      { when: ['inspect', 'attachment', 'new'], stdout: '{"runDetails":{}}' },
      { when: ['inspect', 'attachment'], stderr: 'ERROR: not found\n', code: 1 },
      inspected('old', '.', 'app/Dockerfile'),
      inspected('new', context, 'app/Dockerfile'),
      inspected('other', '.', 'Dockerfile'),
      inspected('remote', 'https://example.org/x.git', 'app/Dockerfile'),
      logsOf('old'),
      logsOf('new'),
    );
    const found = await ask(docker, context);
    expect(found).toEqual({
      builds: [
        { ref: 'new', log: vertex('[1/1] FROM new').trim(), provenance: '{"runDetails":{}}' },
        { ref: 'old', log: vertex('[1/1] FROM old').trim(), provenance: null },
      ],
      notes: [],
    });
    expect(new Set(docker.calls().map(({ folder: made }) => toCorePath(made)))).toEqual(new Set([context]));
  });

  it('knows its Dockerfile through a symbolic link', async () => {
    const real = folder();
    const link = `${real}-link`;
    mkdirSync(`${real}/app`);
    writeFileSync(`${real}/app/Dockerfile`, 'FROM a\n');
    symlinkSync(real, link);
    cleanups.push(() => rmSync(link));
    const docker = fake(
      { when: ['ls'], stdout: listed('one', 1) },
      { when: ['attachment'], code: 1 },
      inspected('one', real, 'app/Dockerfile'),
      logsOf('one'),
    );
    expect((await ask(docker, link)).builds.map(({ ref }) => ref)).toEqual(['one']);
  });

  it.each([
    ['ERROR: unknown command: "history"\n', /docker buildx history is missing/],
    ["docker: 'buildx' is not a docker command.\n", /docker buildx history is missing/],
    [
      'ERROR: Cannot connect to the Docker daemon. Is it running?\n',
      /could not be read: Cannot connect to the/,
    ],
  ])('says in one sentence why there is none: %s', async (stderr, sentence) => {
    const { builds, notes } = await ask(fake({ when: ['ls'], stderr, code: 1 }), folder());
    expect(builds).toEqual([]);
    expect(notes).toEqual([expect.stringMatching(sentence)]);
  });

  it('says where no build was of this Dockerfile, and which log could not be read', async () => {
    const context = folder();
    const others = fake({ when: ['ls'], stdout: listed('one', 1) }, inspected('one', '..', 'Dockerfile'));
    expect(await ask(others, context)).toEqual({
      builds: [],
      notes: ['None of the last 1 builds that the builder remembers is one of this Dockerfile.'],
    });
    const gone = fake({ when: ['ls'], stdout: listed('one', 1) }, inspected('one', '.', 'app/Dockerfile'), {
      when: ['logs'],
      stderr: 'ERROR: no record found for ref one\n',
      code: 1,
    });
    expect((await ask(gone, context)).notes).toEqual([
      'The log of build one could not be read: no record found for ref one.',
    ]);
  });

  it('says nothing where it was cancelled', async () => {
    const docker = fake({ when: ['ls'], hangs: true });
    const controller = new AbortController();
    const asked = ask(docker, folder(), controller.signal);
    while (docker.pids().length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort();
    expect(await asked).toEqual({ builds: [], notes: [] });
  }, 20_000);
});

describe('the program that is run', () => {
  it('is none that a project could put in the way', async () => {
    const end = await runProgram(
      { program: './docker', args: [], folder: folder(), line: () => undefined },
      never,
    );
    expect(end).toEqual({ kind: 'missing' });
  });
});
