import { describe, expect, it } from 'vitest';
import type { CodeLens, InlayHint } from 'vscode-languageserver/node';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import type { StepsOfFileResult } from '../../server/src/lsp/protocol.js';
import { type ClientOptions, fullCapabilities, type LspClient, without } from '../harness/lspClient.js';
import { memoryHistory } from '../harness/memhistory.js';
import { testShellParser } from '../harness/shell.js';
import { coreWith, payingCopy } from './rules.js';
import { starter, there, uri } from './start.js';

const startPlain = starter();
const whole = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };

const dockerfile = [
  'FROM node:20 AS build',
  'ARG MODE=dev',
  'ENV NODE_ENV=production',
  'WORKDIR /app',
  'COPY . .',
  'RUN npm ci',
  'FROM node:20',
  'COPY --from=build /app /app',
  '',
].join('\n');

const log = [
  '#5 [build 2/4] WORKDIR /app',
  '#5 DONE 0.1s',
  '#6 [build 3/4] COPY . .',
  '#6 DONE 0.5s',
  '#7 [build 4/4] RUN npm ci',
  '#7 DONE 40.0s',
  '#8 [stage-1 2/2] COPY --from=build /app /app',
  '#8 DONE 0.2s',
  '',
].join('\n');

function project(): Map<string, string | number> {
  return new Map<string, string | number>([
    ['/w/.git/HEAD', 'ref: refs/heads/main\n'],
    ['/w/Dockerfile', dockerfile],
    ['/w/.dockerignore', '*.md\n.git\nDockerfile\n.dockerignore\n'],
    ['/w/package.json', '{}'],
    ['/w/src/a.js', 'a'],
    ['/w/README.md', 'x'],
  ]);
}

/** Eight commits of which six change what is copied. */
const commits: readonly (readonly string[])[] = [
  ['/w/src/a.js'],
  ['/w/README.md'],
  ['/w/src/a.js'],
  ['/w/src/a.js', '/w/package.json'],
  ['/w/src/a.js'],
  ['/w/README.md'],
  ['/w/src/a.js'],
  ['/w/src/a.js'],
];

interface Options extends Partial<ClientOptions> {
  readonly commits?: readonly (readonly string[])[];
  readonly asked?: () => Promise<void>;
}

async function start(options: Options = {}): Promise<LspClient> {
  const { commits: played = commits, asked, files = project(), ...more } = options;
  const history = memoryHistory(files, played, asked);
  return startPlain({ core: coreWith(), files, history, shell: await testShellParser(), ...more });
}

/** Messages that come or not depending on how fast facts are there. */
function discardRefreshes(client: LspClient): void {
  for (const what of ['diagnostic', 'inlayHint', 'codeLens']) client.discard(`workspace/${what}/refresh`);
  client.discard('plimsoll/status');
  client.discard('plimsoll/contextStatus');
}

async function measured(client: LspClient): Promise<void> {
  const { added } = await client.ask('plimsoll/importLog', { uri, logs: [{ name: 'build.log', text: log }] });
  expect(added).toBe(1);
}

function hintsOf(client: LspClient): Promise<InlayHint[]> {
  return client.request('textDocument/inlayHint', { textDocument: { uri }, range: whole });
}

async function hintsWhen(
  client: LspClient,
  expected: (labels: readonly string[]) => boolean,
): Promise<InlayHint[]> {
  for (;;) {
    const hints = await hintsOf(client);
    if (expected(hints.map(({ label }) => String(label)))) return hints;
    await client.next('workspace/inlayHint/refresh');
  }
}

async function lenses(client: LspClient): Promise<CodeLens[]> {
  const all = await client.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
  const resolved: CodeLens[] = [];
  for (const lens of all) {
    const isOpen = lens.command === undefined;
    resolved.push(isOpen ? await client.request<CodeLens>('codeLens/resolve', lens) : lens);
  }
  return resolved;
}

async function hoverText(client: LspClient, line: number, character = 2): Promise<string> {
  const hover = there(await client.hover(uri, line, character));
  const { contents } = hover;
  return typeof contents === 'object' && 'value' in contents ? contents.value : '';
}

describe('inlay hints of steps', () => {
  it('say what a step takes and how often it ran again, past a threshold', async () => {
    let rebuild = {};
    const client = await start({ settings: () => ({ rebuild }) });
    await client.open(uri, dockerfile);
    await measured(client);
    const hints = await hintsWhen(client, (labels) => labels.length === 1);
    expect(hints).toMatchObject([
      { position: { line: 5, character: 10 }, label: '40 s · 6 of 8 commits', paddingLeft: true },
    ]);
    expect(JSON.stringify(hints[0]?.tooltip)).toContain('`src/a.js` (6 commits)');
    rebuild = { hintAbove: 0.4 };
    await client.notify('workspace/didChangeConfiguration', { settings: null });
    const more = await hintsWhen(client, (labels) => labels.length === 2);
    expect(more.map(({ label }) => label)).toEqual(['0.5 s · 6 of 8 commits', '40 s · 6 of 8 commits']);
    discardRefreshes(client);
  });

  it('come when git has answered, and other hints do not wait for it', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const files = project().set('/w/src/big.bin', 2_000_000);
    const client = await start({ files, asked: () => held });
    await client.open(uri, dockerfile);
    await measured(client);
    const sizes = await hintsWhen(client, (labels) => labels.length > 0);
    expect(sizes.map(({ label }) => label)).toEqual(['2 MB in 3 files']);
    release();
    expect((await hintsWhen(client, (labels) => labels.length > 1)).map(({ label }) => label)).toEqual([
      '2 MB in 3 files',
      '40 s · 6 of 8 commits',
    ]);
    discardRefreshes(client);
  });

  it('follow new commits where the client watches', async () => {
    const grown = [...commits];
    const client = await start({ commits: grown });
    await client.open(uri, dockerfile);
    await measured(client);
    await hintsWhen(client, (labels) => labels.includes('40 s · 6 of 8 commits'));
    grown.unshift(['/w/package.json']);
    await client.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: 'file:///w/.git/logs/HEAD', type: 2 }],
    });
    await hintsWhen(client, (labels) => labels.includes('40 s · 7 of 9 commits'));
    discardRefreshes(client);
  });

  it('without history say the time alone', async () => {
    const client = await start({ settings: () => ({ history: { commits: 0 } }) });
    await client.open(uri, dockerfile);
    await measured(client);
    expect((await hintsWhen(client, (labels) => labels.length > 0))[0]?.label).toBe('40 s');
    discardRefreshes(client);
  });
});

describe('a client that can do less', () => {
  it('waits for git where it cannot be told to ask again, and hears no refresh', async () => {
    const client = await start({
      asked: () => new Promise((resolve) => setTimeout(resolve, 500)),
      capabilities: without(fullCapabilities, (c) => {
        delete c.workspace?.inlayHint;
        delete c.workspace?.codeLens;
        delete c.workspace?.diagnostics;
      }),
    });
    await client.open(uri, dockerfile);
    await measured(client);
    expect((await hintsOf(client)).map(({ label }) => label)).toEqual(['40 s · 6 of 8 commits']);
    await new Promise((resolve) => setTimeout(resolve, 450));
    // The harness fails at the end of the test if a refresh came.
  });
});

describe('a Dockerfile that cannot be built', () => {
  it.each([['RUN x\n'], ['FROM\n'], ['FROM a AS b\nCOPY --from=c / /\n'], ['COPY [']])(
    'is answered as any other: %j',
    async (text) => {
      const client = await start();
      await client.open(uri, text);
      expect(Array.isArray(await hintsOf(client))).toBe(true);
      for (const { command } of await lenses(client)) expect(command?.title).toBeTruthy();
      await client.hover(uri, 0, 1);
      expect(client.log).toEqual(expect.not.arrayContaining([expect.stringContaining('error')]));
      discardRefreshes(client);
    },
  );

  it('nor is one whose target is not there', async () => {
    const compose = 'services:\n  web:\n    build: { context: ., target: gone }\n';
    const client = await start({ files: project().set('/w/compose.yaml', compose) });
    await client.open(uri, dockerfile);
    expect((await hintsOf(client)).length).toBe(0);
    const { notes } = await client.ask('plimsoll/impactReport', { uri });
    expect(notes).toEqual([expect.stringContaining('cannot be built')]);
    discardRefreshes(client);
  });
});

describe('trust', () => {
  it('git is not asked before the workspace is trusted, and then the one the settings name', async () => {
    const files = project();
    const history = memoryHistory(files, commits);
    const client = await start({
      ...{ files, history },
      initializationOptions: { trusted: false },
      settings: () => ({ git: { path: '/opt/git' } }),
    });
    await client.open(uri, dockerfile);
    await measured(client);
    expect((await hintsWhen(client, (labels) => labels.length > 0))[0]?.label).toBe('40 s');
    const { picture } = await client.ask('plimsoll/impactReport', { uri });
    expect(picture).toMatchObject({ commits: null, gap: expect.stringContaining('not asked') });
    expect(history.asked()).toBe(0);
    await client.notify('plimsoll/trust', { trusted: true });
    await hintsWhen(client, (labels) => labels.includes('40 s · 6 of 8 commits'));
    expect(history.asked()).toBeGreaterThan(0);
    expect(history.programs.at(-1)).toBe('/opt/git');
    discardRefreshes(client);
  });
});

describe('lenses of stages', () => {
  it('say how many steps re-run on a typical commit, and what that takes', async () => {
    const client = await start({ initializationOptions: { chosenBuilds: {} } });
    await client.open(uri, dockerfile);
    await measured(client);
    const all = await lenses(client);
    expect(all.map(({ range, command }) => [range.start.line, command?.title, command?.command])).toEqual([
      [0, 'Context: 102 B in 2 files', 'plimsoll.showContextSize'],
      [0, '2 of 3 steps re-run on a typical commit, 41 s', 'plimsoll.estimateImpact'],
      [6, '0 to 1 of 1 step re-runs on a typical commit', 'plimsoll.estimateImpact'],
    ]);
    expect(all[1]?.command?.arguments).toEqual([uri]);
    discardRefreshes(client);
  });

  it('name no command to other editors, and say what is known without history', async () => {
    const client = await start({ settings: () => ({ history: { commits: 0 } }) });
    await client.open(uri, dockerfile);
    await measured(client);
    expect((await lenses(client)).slice(1).map(({ command }) => command)).toEqual([
      { title: '3 steps, 41 s without cache', command: '' },
      { title: '1 step, 0.2 s without cache', command: '' },
    ]);
    const quiet = await start({ commits: [['/w/README.md'], ['/w/README.md']] });
    await quiet.open(uri, dockerfile);
    expect((await lenses(quiet))[1]?.command?.title).toBe('None of 3 steps re-runs on a typical commit');
    for (const one of [client, quiet]) discardRefreshes(one);
  });

  it('say what fixes would leave', async () => {
    const client = await start({ core: coreWith(payingCopy) });
    await client.open(uri, dockerfile);
    await measured(client);
    expect((await lenses(client))[1]?.command?.title).toBe(
      '2 of 3 steps re-run on a typical commit, 41 s; with fixes none',
    );
    // Trying fixes takes its time: what is being typed waits for none of it.
    await client.change(uri, `${dockerfile}# x\n`);
    expect((await lenses(client))[1]?.command?.title).toBe('2 of 3 steps re-run on a typical commit, 41 s');
    client.discard('workspace/codeLens/refresh');
    await client.save(uri);
    await client.next('workspace/codeLens/refresh');
    expect((await lenses(client))[1]?.command?.title).toContain('; with fixes none');
    discardRefreshes(client);
  });

  it('there are none for what is no file', async () => {
    const client = await start();
    await client.open('untitled:Untitled-1', dockerfile);
    const found = await client.request('textDocument/codeLens', {
      textDocument: { uri: 'untitled:Untitled-1' },
    });
    expect(found).toEqual([]);
    expect(await client.hover('untitled:Untitled-1', 5, 2)).toBeNull();
    discardRefreshes(client);
  });
});

describe('hover on a step', () => {
  it('says what it depends on, how often it ran again and why, and what it takes', async () => {
    const client = await start();
    await client.open(uri, dockerfile);
    await measured(client);
    expect(await hoverText(client, 4)).toBe(
      [
        '| This step | |',
        '|:--|:--|',
        '| Ran again | in 6 of the last 8 commits |',
        '| Because of | `src/a.js` (6 commits), `package.json` (1 commit) |',
        '| Takes | 0.5 s (0.4 – 0.7 s), measured: build.log |',
        '| Critical path | yes: a rebuild waits for it |',
        '| Files | `.`: 3 B in 2 files |',
        '| Built on | image `node:20` below it |',
      ].join('\n'),
    );
    expect(await hoverText(client, 5)).toContain('| Arguments | `MODE` |\n| Environment | `NODE_ENV` |');
    expect(await hoverText(client, 7)).toBe(
      [
        '| This step | |',
        '|:--|:--|',
        '| Ran again | in 0 of the last 8 commits, and perhaps in 6 more |',
        '| Because of | `src/a.js` (6 commits), `package.json` (1 commit) |',
        '| Takes | 0.2 s (0.1 – 0.3 s), measured: build.log |',
        '| Critical path | yes, in a clean build |',
        '| Built on | `build`, image `node:20` below it |',
      ].join('\n'),
    );
    // ARG and ENV are no steps.
    expect(await client.hover(uri, 2, 2)).toBeNull();
    discardRefreshes(client);
  });
});

describe('hover while git is being asked', () => {
  it('says so, with all that is known besides', async () => {
    const client = await start({ asked: () => new Promise((resolve) => setTimeout(resolve, 4000)) });
    await client.open(uri, dockerfile);
    await measured(client);
    expect(await hoverText(client, 5)).toBe(
      [
        '| This step | |',
        '|:--|:--|',
        '| Ran again | git is still being asked: look again in a moment |',
        '| Takes | 40 s (32 – 48 s), measured: build.log |',
        '| Built on | image `node:20` below it |',
        '| Arguments | `MODE` |',
        '| Environment | `NODE_ENV` |',
      ].join('\n'),
    );
    discardRefreshes(client);
  });
});

describe('the steps of a file', () => {
  const of = (client: LspClient, file: string): Promise<StepsOfFileResult> =>
    client.ask('plimsoll/stepsOfFile', { uri: `file:///w/${file}` });

  it('are those that a change of it re-runs, with the reason', async () => {
    const client = await start();
    const { builds, note } = await of(client, 'src/a.js');
    expect(note).toBeNull();
    expect(builds).toMatchObject([
      {
        dockerfileUri: uri,
        text: 'A change of src/a.js re-runs 2 steps, and perhaps 1 more, from line 5 on.',
        steps: [
          { line: 4, stage: 'build', cached: false, because: { kind: 'file', detail: 'src/a.js' } },
          { line: 5, stage: 'build', cached: false, because: { kind: 'parent', parentLine: 4 } },
          { line: 7, cached: 'maybe' },
        ],
      },
    ]);
  });

  it('are none for what is ignored, with the reason; the Dockerfile itself is told apart', async () => {
    const client = await start();
    const [ignored] = (await of(client, 'README.md')).builds;
    expect(ignored?.steps).toEqual([]);
    expect(ignored?.text).toContain(
      're-runs no step. README.md is not in the build: line 1 of .dockerignore (*.md)',
    );
    expect((await of(client, 'Dockerfile')).builds[0]?.text).toContain('An edit of the Dockerfile itself');
    expect((await of(client, '.dockerignore')).builds[0]?.text).toContain('An edit of the ignore file also');
  });

  it('are not known outside of every context, and for what is no file', async () => {
    const client = await start({ files: new Map([['/w/app/Dockerfile', 'FROM a\nCOPY . .\n']]) });
    expect(await of(client, 'x.js')).toEqual({
      builds: [],
      note: 'It lies outside the context of every build of this project, so none of them can see it.',
    });
    const { note } = await client.ask('plimsoll/stepsOfFile', { uri: 'untitled:x' });
    expect(note).toBe('This document is no file on disk.');
    const empty = await start({ files: new Map([['/w/x.js', '']]) });
    expect((await of(empty, 'x.js')).note).toBe('No build of this project is known.');
  });
});

describe('hover elsewhere', () => {
  it('marks values that change by themselves, and is plain where the client knows no Markdown', async () => {
    const workflow =
      'services:\n  web:\n    build: { context: ., args: { GIT_SHA: "${GITHUB_SHA}", "A|B": x } }\n';
    const client = await start({
      files: project().set('/w/compose.yaml', workflow),
      capabilities: without(fullCapabilities, (c) => {
        delete c.textDocument?.hover;
      }),
    });
    await client.open(uri, 'FROM a\nARG GIT_SHA\nRUN ./build\n');
    const text = await hoverText(client, 2);
    expect(text).toContain('Arguments: GIT_SHA (another value with every commit)');
    expect(text).toContain('Takes: not known: ');
    discardRefreshes(client);
  });
});

describe('the impact report', () => {
  it('is the picture and its page', async () => {
    const client = await start();
    await client.open(uri, dockerfile);
    await measured(client);
    const report = await client.ask('plimsoll/impactReport', { uri });
    expect(report).toMatchObject({ dockerfileUri: uri, candidates: [], notes: [] });
    expect(report.picture).toMatchObject({
      dockerfile: 'Dockerfile',
      commits: { replayed: 8, rebuilding: 6 },
      measured: [{ origin: 'build.log', ran: 4 }],
    });
    expect(report.html).toContain('npm ci');
    discardRefreshes(client);
  });

  it('says in one sentence why there is none', async () => {
    const client = await start();
    const of = async (asked: string): Promise<unknown> => {
      const { picture, html, notes } = await client.ask('plimsoll/impactReport', { uri: asked });
      expect([picture, html]).toEqual([null, '']);
      return notes;
    };
    expect(await of('untitled:Untitled-1')).toEqual(['This document is no file on disk.']);
    expect(await of('file:///w/src/a.js')).toEqual(['No Dockerfile is built from here.']);
    await client.open(uri, 'RUN x\n');
    expect(await of(uri)).toEqual([expect.stringContaining('cannot be built')]);
    discardRefreshes(client);
  });

  it('lists what could be meant', async () => {
    const files = project().set('/w/sub/Dockerfile', 'FROM a\n').set('/w/sub/b.Dockerfile', 'FROM a\n');
    const client = await start({ files });
    const { candidates, notes } = await client.ask('plimsoll/impactReport', { uri: 'file:///w/sub' });
    expect(candidates.map(({ label }) => label)).toEqual(['sub/Dockerfile', 'sub/b.Dockerfile']);
    expect(notes).toEqual([]);
  });

  it('ends when it is cancelled, and tells of what takes long', async () => {
    const client = await start({ asked: () => new Promise((resolve) => setTimeout(resolve, 1500)) });
    const source = new CancellationTokenSource();
    const asked = client.connection.sendRequest(
      'plimsoll/impactReport',
      { uri, workDoneToken: 'p' },
      source.token,
    );
    expect(await client.next('$/progress')).toMatchObject({ value: { kind: 'begin', cancellable: true } });
    source.cancel();
    await expect(asked).rejects.toThrow('cancelled');
    expect(await client.next('$/progress')).toMatchObject({ value: { kind: 'end' } });
    discardRefreshes(client);
  });

  it('applies a fix by its name, the safe ones, or all', async () => {
    const client = await start({ core: coreWith(payingCopy) });
    await client.open(uri, dockerfile);
    await measured(client);
    const { picture } = await client.ask('plimsoll/impactReport', { uri });
    const [fix, ...others] = there(picture).fixes;
    expect(others).toEqual([]);
    expect(fix).toMatchObject({
      rule: 'paying-copy',
      applicability: 'unsafe',
      savedPercent: expect.any(Number),
    });
    const one = await client.ask('plimsoll/applyImpactFix', { uri, fix: there(fix).id });
    const after = dockerfile.replace('COPY . .\nRUN npm ci', 'COPY package.json .\nRUN npm ci');
    expect(client.apply(one.edit).get(uri)).toBe(after);
    const all = await client.ask('plimsoll/applyImpactFix', { uri, fix: 'all' });
    expect([all.applied, client.apply(all.edit).get(uri)]).toEqual([1, after]);
    const gone = { edit: null, reason: 'This fix does not apply any more: estimate the impact again.' };
    expect(await client.ask('plimsoll/applyImpactFix', { uri, fix: 'safe' })).toMatchObject(gone);
    expect(await client.ask('plimsoll/applyImpactFix', { uri, fix: 'x' })).toMatchObject(gone);
    discardRefreshes(client);
  });
});

describe('findings', () => {
  it('say how often their steps ran again once that is known; their actions what a fix saves', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const client = await start({ core: coreWith(payingCopy), asked: () => held });
    await client.open(uri, dockerfile);
    await measured(client);
    const [before] = await client.pulled(uri, 1);
    expect(before).toMatchObject({ message: 'Too much is copied.', severity: 2 });
    release();
    let [now] = await client.pulled(uri, 1);
    while (now?.message === 'Too much is copied.') {
      await client.next('workspace/diagnostic/refresh');
      [now] = await client.pulled(uri, 1);
    }
    expect(now).toMatchObject({
      message: 'Too much is copied. Re-ran in 6 of the last 8 commits, 40 s each.',
      severity: 2,
    });
    const [action] = await client.actions(uri, there(now).range);
    expect(action?.title).toMatch(/^Copy package\.json alone \(unsafe, saves about 2\d s per commit\)$/);
    expect(await hoverText(client, 4)).toContain('Re-ran in 6 of the last 8 commits');
    discardRefreshes(client);
  });

  it('push where the client pulls nothing', async () => {
    const client = await start({
      core: coreWith(payingCopy),
      capabilities: without(fullCapabilities, (c) => {
        delete c.textDocument?.diagnostic;
      }),
    });
    await client.open(uri, dockerfile);
    for (;;) {
      const { diagnostics } = await client.published(uri);
      if (String(diagnostics[0]?.message).includes('Re-ran in 6 of the last 8 commits')) break;
    }
    discardRefreshes(client);
  });
});
