import { describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import type { MeasuredBuild, MeasuredResult } from '../../server/src/lsp/protocol.js';
import type { Docker, DockerBuild, DockerBuilt } from '../../server/src/node/docker.js';
import type { ClientOptions, LspClient } from '../harness/lspClient.js';
import { starter, uri } from './start.js';

const startPlain = starter();

const files = new Map<string, string>([
  ['/w/.git/HEAD', 'ref: refs/heads/main\n'],
  ['/w/Dockerfile', 'FROM a AS build\nCOPY . .\nRUN make\n'],
  [
    '/w/compose.yaml',
    'services:\n  web:\n    build:\n      context: .\n      target: build\n      args: { A: "it\'s", TOKEN: }\n',
  ],
]);

const log = [
  '#5 [build 2/3] COPY . .',
  '#5 DONE 0.2s',
  '',
  '#6 [build 3/3] RUN make',
  '#6 DONE 41.0s',
  '',
].join('\n');

/** A docker that answers with what a test says. */
function dockerWith(
  build: (wish: DockerBuild, signal: AbortSignal) => Promise<DockerBuilt>,
  history: Docker['history'] = async () => ({ builds: [], notes: ['There is no history.'] }),
): Docker {
  return { build, history };
}

const building = dockerWith(async ({ step }) => {
  step('[build 3/3] RUN make');
  return { outcome: 'done', log, notes: [] };
});

async function start(options: Partial<ClientOptions> = {}): Promise<LspClient> {
  return startPlain({ files: new Map(files), ...options });
}

/** The steps of each measured build, in short. */
function steps({ measured }: Pick<MeasuredResult, 'measured'>): unknown {
  return measured.map((build) => build.steps.map(({ name, seconds }) => `${name}: ${seconds}`));
}

const make = ['COPY . .: 0.2', 'RUN make: 41'];

describe('a log', () => {
  it('is kept for its Dockerfile, once, and forgotten on request', async () => {
    const client = await start();
    const logs = [{ name: 'build.log', text: log }];
    const first = await client.ask('plimsoll/importLog', { uri, logs });
    expect(first).toMatchObject({ dockerfileUri: uri, added: 1, notes: [] });
    expect(steps(first)).toEqual([make]);
    const again = await client.ask('plimsoll/importLog', { uri, logs });
    expect(again).toMatchObject({
      added: 0,
      measured: first.measured,
      notes: ['What was read is known already.'],
    });
    const newer = log.replace('41.0s', '40.0s');
    const second = await client.ask('plimsoll/importLog', { uri, logs: [{ name: 'b', text: newer }] });
    expect(steps(second)).toEqual([['COPY . .: 0.2', 'RUN make: 40'], make]);
    expect(await client.ask('plimsoll/forgetMeasured', { uri })).toMatchObject({ measured: [], added: 0 });
    expect((await client.ask('plimsoll/importLog', { uri, logs: [] })).measured).toEqual([]);
  });

  it('that is none says so, and the others count', async () => {
    const client = await start();
    const logs = [
      { name: 'notes.txt', text: 'hello\n' },
      { name: 'build.log', text: log },
    ];
    const found = await client.ask('plimsoll/importLog', { uri, logs });
    expect(found.added).toBe(1);
    expect(found.notes).toEqual([expect.stringContaining('notes.txt is no build log')]);
  });

  it('needs a Dockerfile that is a file', async () => {
    const client = await start();
    const of = async (asked: string): Promise<readonly string[]> =>
      (await client.ask('plimsoll/importLog', { uri: asked, logs: [{ name: 'l', text: log }] })).notes;
    expect(await of('untitled:Untitled-1')).toEqual(['This document is no file on disk.']);
    expect(await of('file:///w/none/Dockerfile')).toEqual(['No Dockerfile is built from here.']);
    const two = await start({
      files: new Map([...files, ['/w/sub/Dockerfile', 'FROM a\n'], ['/w/sub/b.Dockerfile', 'FROM a\n']]),
    });
    expect((await two.ask('plimsoll/importLog', { uri: 'file:///w/sub', logs: [] })).notes).toEqual([
      'Several Dockerfiles could be meant: choose one of them.',
    ]);
  });
});

describe('what a client kept', () => {
  const one = (id: string, started: string | null, seconds = 1): MeasuredBuild => ({
    ...{ id, started, origin: 'x', format: 'plain', complete: true, seconds, others: [], contextBytes: null },
    steps: [
      { stage: 'build', index: 3, of: 3, platform: null, name: id, seconds, cached: false, line: null },
    ],
  });
  const kept = async (given: unknown): Promise<readonly string[]> => {
    const client = await start({ initializationOptions: { measured: { [uri]: given } } });
    return (await client.ask('plimsoll/importLog', { uri, logs: [] })).measured.map(({ id }) => id);
  };

  it('is there again; what is no build counts as not given', async () => {
    expect(await kept([one('b', '2026-01-02T00:00:00Z'), one('a', null)])).toEqual(['b', 'a']);
    const broken = [
      { ...one('c', null), steps: [{ name: 'x' }] },
      { ...one('d', 'yesterday') },
      { ...one('e', null), contextBytes: '3' },
      'f',
      null,
    ];
    expect(await kept([...broken, one('a', null)])).toEqual(['a']);
    for (const given of [null, 'x', { 0: one('a', null) }]) expect(await kept(given)).toEqual([]);
  });

  it('stands with what comes later, the newest first, at most 20', async () => {
    const day = (n: number): string => `2026-01-${String(n).padStart(2, '0')}T00:00:00Z`;
    const many = Array.from({ length: 20 }, (_, i) => one(`k${i}`, day(25 - i)));
    const client = await start({
      initializationOptions: { measured: { [uri]: many } },
      docker: dockerWith(
        async () => ({ outcome: 'cancelled', log: '', notes: [] }),
        async () => ({
          builds: [
            { ref: 'between', log: rawLog('2026-01-20T12:00:00Z'), provenance: null },
            { ref: 'known', log: rawLog('2026-01-20T12:00:00.004Z'), provenance: null },
            { ref: 'oldest', log: rawLog('2025-01-01T00:00:00Z'), provenance: null },
          ],
          notes: [],
        }),
      ),
    });
    const found = await client.ask('plimsoll/importHistory', { uri });
    const ids = found.measured.map(({ id }) => id);
    expect(found.added).toBe(2);
    expect(ids).toHaveLength(20);
    expect(ids.slice(4, 8)).toEqual(['k4', 'known', 'k5', 'k6']);
    expect(ids.at(-1)).toBe('k18');
  });
});

/** A raw log of one step that began at `started` and took 4 s. */
function rawLog(started: string): string {
  const completed = new Date(Date.parse(started) + 4000).toISOString();
  const name = '[build 3/3] RUN make';
  return `${JSON.stringify({ vertexes: [{ digest: 'sha256:aa', name, started, completed }] })}\n`;
}

describe("the builder's history", () => {
  const locate = (line: number): string =>
    JSON.stringify({
      buildDefinition: { internalParameters: { buildConfig: { digestMapping: { 'sha256:aa': 'step1' } } } },
      runDetails: {
        metadata: {
          buildkit_metadata: {
            source: { locations: { step1: { locations: [{ ranges: [{ start: { line } }] }] } } },
          },
        },
      },
    });

  it('is asked for this Dockerfile, with progress; provenance tells the lines', async () => {
    const asked: unknown[] = [];
    const client = await start({
      docker: dockerWith(building.build, async ({ progress, ...wish }) => {
        asked.push(wish);
        progress(1, 2);
        const started = '2026-01-01T00:00:00Z';
        return {
          builds: [{ ref: 'r1', log: rawLog(started), provenance: locate(3) }],
          notes: ['One is missing.'],
        };
      }),
      settings: () => ({ docker: { path: '/opt/docker' } }),
    });
    const found = await client.ask('plimsoll/importHistory', { uri, workDoneToken: 'p' });
    expect(asked).toEqual([{ program: '/opt/docker', context: '/w', dockerfile: '/w/Dockerfile' }]);
    expect(found).toMatchObject({
      added: 1,
      notes: ['One is missing.'],
      measured: [{ id: 'r1', origin: 'docker buildx history', steps: [{ line: 2, seconds: 4 }] }],
    });
    const told = [await client.next('$/progress'), await client.next('$/progress')];
    expect(told).toMatchObject([
      { value: { kind: 'begin', message: '1 of 2 builds' } },
      { value: { kind: 'end' } },
    ]);
  });

  it('is not asked where the workspace is not trusted, nothing can be run, or the context is elsewhere', async () => {
    const notesOf = async (options: Partial<ClientOptions>): Promise<unknown> =>
      (await (await start(options)).ask('plimsoll/importHistory', { uri })).notes;
    const docker = dockerWith(async () => {
      throw new Error('run');
    });
    expect(await notesOf({ docker, initializationOptions: { trusted: false } })).toEqual([
      'Docker is not run in a workspace that is not trusted.',
    ]);
    expect(await notesOf({})).toEqual(['Programs cannot be run here.']);
    const remote = 'services:\n  web:\n    build: https://example.org/x.git\n';
    const client = await start({ docker, files: new Map([...files, ['/w/compose.yaml', remote]]) });
    expect((await client.ask('plimsoll/importHistory', { uri })).notes).toEqual(['There is no history.']);
  });
});

describe('the command that measures', () => {
  it('is shown as one would type it', async () => {
    const client = await start({ docker: building });
    expect(await client.ask('plimsoll/measureCommand', { uri })).toEqual({
      command:
        "docker build --progress=rawjson --output type=cacheonly -f Dockerfile --target build --build-arg 'A=it'\\''s' --build-arg TOKEN .",
    });
  });

  it('is none where there is nothing to run, with the reason', async () => {
    const reason = async (client: LspClient, asked = uri): Promise<string | undefined> => {
      const { command, reason: why } = await client.ask('plimsoll/measureCommand', { uri: asked });
      expect(command).toBeNull();
      return why;
    };
    expect(await reason(await start())).toBe('Programs cannot be run here.');
    const wary = await start({ docker: building, initializationOptions: { trusted: false } });
    expect(await reason(wary)).toContain('not trusted');
    await wary.notify('plimsoll/trust', { trusted: true });
    expect((await wary.ask('plimsoll/measureCommand', { uri })).command).toContain('docker build');
    const named = files
      .get('/w/compose.yaml')
      ?.replace('target: build', 'additional_contexts: { lib: ../lib }');
    const contexts = await start({
      docker: building,
      files: new Map([...files, ['/w/compose.yaml', named ?? '']]),
    });
    expect(await reason(contexts)).toContain('named contexts lib');
    expect(await reason(contexts, 'untitled:x')).toBe('This document is no file on disk.');
  });
});

describe('a measured build', () => {
  it('is run as shown, with progress, and kept', async () => {
    const wishes: DockerBuild[] = [];
    const client = await start({
      docker: dockerWith((wish, signal) => {
        wishes.push(wish);
        return building.build(wish, signal);
      }),
    });
    const found = await client.ask('plimsoll/measureBuild', { uri, noCache: true, workDoneToken: 'p' });
    expect(wishes.map(({ program, folder, args }) => [program, folder, ...args])).toEqual([
      [
        'docker',
        '/w',
        '--no-cache',
        '-f',
        'Dockerfile',
        '--target',
        'build',
        '--build-arg',
        "A=it's",
        '--build-arg',
        'TOKEN',
        '.',
      ],
    ]);
    expect(found).toMatchObject({ added: 1, notes: [], measured: [{ origin: 'Measure Build' }] });
    expect(steps(found)).toEqual([make]);
    const told: unknown[] = [];
    for (let i = 0; i < 3; i++) told.push(await client.next('$/progress'));
    expect(told).toMatchObject([
      { value: { kind: 'begin', cancellable: true, message: 'docker build' } },
      { value: { kind: 'report', message: '[build 3/3] RUN make' } },
      { value: { kind: 'end' } },
    ]);
  });

  it('that failed says where; what ran before is kept', async () => {
    const failed = `${log.slice(0, log.indexOf('#6'))}#6 [build 3/3] RUN make\n#6 ERROR: exit code: 2\n`;
    const notes = ['The build failed: [build 3/3] RUN make: No rule.'];
    const client = await start({
      docker: dockerWith(async () => ({ outcome: 'failed', log: failed, notes })),
    });
    const found = await client.ask('plimsoll/measureBuild', { uri });
    expect(found).toMatchObject({ added: 1, notes, measured: [{ complete: false }] });
  });

  it('that never began leaves only its reason', async () => {
    const notes = ['There is no program "docker" to run.'];
    const client = await start({ docker: dockerWith(async () => ({ outcome: 'failed', log: '', notes })) });
    expect(await client.ask('plimsoll/measureBuild', { uri })).toMatchObject({
      added: 0,
      notes,
      measured: [],
    });
  });

  it('ends when it is cancelled, and runs once at a time', async () => {
    let begun = (): void => undefined;
    const runs = new Promise<void>((resolve) => {
      begun = resolve;
    });
    let stopped = false;
    const client = await start({
      docker: dockerWith(async (_, signal) => {
        begun();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        stopped = true;
        return { outcome: 'cancelled', log: '', notes: [] };
      }),
    });
    const source = new CancellationTokenSource();
    const running = client.connection.sendRequest('plimsoll/measureBuild', { uri }, source.token);
    await runs;
    expect((await client.ask('plimsoll/measureBuild', { uri })).notes).toEqual([
      'This build is being measured already.',
    ]);
    source.cancel();
    await expect(running).rejects.toThrow('cancelled');
    expect(stopped).toBe(true);
    expect((await client.ask('plimsoll/importLog', { uri, logs: [] })).measured).toEqual([]);
  });

  it('is not run without trust', async () => {
    const client = await start({
      docker: dockerWith(async () => {
        throw new Error('run');
      }),
      initializationOptions: { trusted: false },
    });
    expect((await client.ask('plimsoll/measureBuild', { uri })).notes).toEqual([
      'Docker is not run in a workspace that is not trusted.',
    ]);
  });
});
