import { describe, expect, it } from 'vitest';
import type { CodeLens, InlayHint } from 'vscode-languageserver/node';
import type { ContextStatus } from '../../server/src/lsp/protocol.js';
import { type ClientOptions, fullCapabilities, type LspClient, without } from '../harness/lspClient.js';
import { coreWith } from './rules.js';
import { starter, there, uri } from './start.js';

const startPlain = starter();
const whole = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
const dockerfile = [
  'FROM node AS build',
  'COPY package.json ./',
  'COPY src/*.js \\',
  '     assets /app/',
  'RUN --mount=type=bind,source=assets,target=/a --mount=type=cache,target=/c \\',
  '    ls',
  'FROM build',
  'COPY --from=build /app /app',
  '',
].join('\n');

function project(): Map<string, string | number> {
  return new Map<string, string | number>([
    ['/w/Dockerfile', dockerfile],
    ['/w/package.json', 300],
    ['/w/src/a.js', 1000],
    ['/w/src/b.js', 2500],
    ['/w/src/c.ts', 7777],
    ['/w/assets/logo.png', 2_000_000],
    ['/w/unused.bin', 5_000_000],
  ]);
}

/** Our own client understands commands and status notifications. */
const ours = { initializationOptions: { chosenBuilds: {} } };

async function start(options: Partial<ClientOptions> = {}): Promise<LspClient> {
  return startPlain({ core: coreWith(), files: project(), ...options });
}

function hintsOf(client: LspClient, asked = uri, range = whole): Promise<InlayHint[]> {
  return client.request('textDocument/inlayHint', { textDocument: { uri: asked }, range });
}

/** The hints as soon as there are some that are `expected`; a slow machine may be asked to ask again. */
async function hintsWhen(
  client: LspClient,
  expected: (hints: readonly InlayHint[]) => boolean = (hints) => hints.length > 0,
  range = whole,
): Promise<InlayHint[]> {
  for (;;) {
    const hints = await hintsOf(client, uri, range);
    if (expected(hints)) return hints;
    await client.next('workspace/inlayHint/refresh');
  }
}

function lensesOf(client: LspClient, asked = uri): Promise<CodeLens[]> {
  return client.request('textDocument/codeLens', { textDocument: { uri: asked } });
}

/** Lenses on stages say what their steps cost: rebuilds.test.ts. */
function isOfContext(lens: CodeLens): boolean {
  return (lens.data as { stage?: number }).stage === undefined;
}

/** Messages that come or not depending on how fast facts are there. */
function discardRefreshes(client: LspClient): void {
  for (const what of ['diagnostic', 'inlayHint', 'codeLens']) client.discard(`workspace/${what}/refresh`);
  client.discard('plimsoll/status');
  client.discard('plimsoll/contextStatus');
}

describe('inlay hints', () => {
  it('say what each COPY and bind mount takes, past a threshold', async () => {
    const client = await start();
    await client.open(uri, dockerfile);
    const hints = await hintsWhen(client);
    expect(hints.map(({ position, label, paddingLeft }) => [position, label, paddingLeft])).toEqual([
      [{ line: 3, character: 17 }, '2 MB in 3 files', true],
      [{ line: 4, character: 45 }, '2 MB in 1 file', true],
    ]);
    discardRefreshes(client);
  });

  it('explain themselves', async () => {
    const client = await start();
    await client.open(uri, dockerfile);
    const [copy] = await hintsWhen(client);
    expect(copy?.tooltip).toEqual({
      kind: 'markdown',
      value: [
        'From the build context (as the files suggest):',
        '- `src/*.js`: 3.5 kB in 2 files (`src/a.js`, `src/b.js`)\n- `assets`: 2 MB in 1 file',
        'There is no ignore file. Simulated from the files on disk, as BuildKit 0.33 does it.',
      ].join('\n\n'),
    });
    const plain = await start({
      capabilities: without(fullCapabilities, (c) => {
        delete c.textDocument?.hover;
      }),
    });
    await plain.open(uri, dockerfile);
    expect((await hintsWhen(plain))[0]?.tooltip).toContain('- src/*.js: 3.5 kB');
    for (const one of [client, plain]) discardRefreshes(one);
  });

  it('are those of the range asked for', async () => {
    const client = await start();
    await client.open(uri, dockerfile);
    const range = { start: { line: 4, character: 0 }, end: { line: 5, character: 0 } };
    expect((await hintsWhen(client, undefined, range)).map(({ position }) => position.line)).toEqual([4]);
    discardRefreshes(client);
  });

  it('are not there while the disk is being walked, and come with a refresh', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const client = await start({ measuring: () => held });
    await client.open(uri, dockerfile);
    expect(await hintsOf(client)).toEqual([]);
    const [lens] = await lensesOf(client);
    expect(there(lens).command).toBeUndefined();
    release();
    await client.next('workspace/inlayHint/refresh');
    expect(await hintsWhen(client)).toHaveLength(2);
    discardRefreshes(client);
  });

  it('wait for the walk where the client cannot be told to ask again', async () => {
    const client = await start({
      capabilities: without(fullCapabilities, (c) => {
        delete c.workspace?.inlayHint;
      }),
      measuring: () => new Promise((resolve) => setTimeout(resolve, 500)),
    });
    await client.open(uri, dockerfile);
    expect(await hintsOf(client)).toHaveLength(2);
    discardRefreshes(client);
  });

  it('follow other files: a changed size, an ignore file that is typed', async () => {
    const files = project();
    const client = await start({ files });
    await client.open(uri, dockerfile);
    const second = (label: string): Promise<InlayHint[]> =>
      hintsWhen(client, (hints) => hints[1]?.label === label);
    await second('2 MB in 1 file');
    files.set('/w/assets/more.png', 3_000_000);
    await client.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: 'file:///w/assets/more.png', type: 1 }],
    });
    await second('5 MB in 2 files');
    files.set('/w/.dockerignore', '');
    await client.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: 'file:///w/.dockerignore', type: 1 }],
    });
    await client.open('file:///w/.dockerignore', 'assets/logo*\n', 'ignore');
    await second('3 MB in 1 file');
    discardRefreshes(client);
  });

  it('are silent for what is no file, for other documents, and where nothing can be measured', async () => {
    const client = await start();
    for (const lone of ['untitled:Untitled-1', 'vscode-vfs://github/x/Dockerfile']) {
      await client.open(lone, dockerfile);
      expect(await hintsOf(client, lone)).toEqual([]);
      expect(await lensesOf(client, lone)).toEqual([]);
    }
    await client.open('file:///w/compose.yaml', 'services: {}\n', 'yaml');
    expect(await hintsOf(client, 'file:///w/compose.yaml')).toEqual([]);
    const blind = await start({ measuring: 'never' });
    await blind.open(uri, dockerfile);
    expect(await hintsOf(blind)).toEqual([]);
    expect((await lensesOf(blind)).filter(isOfContext)).toEqual([]);
    for (const one of [client, blind]) discardRefreshes(one);
  });
});

describe('code lenses', () => {
  const resolved = async (client: LspClient): Promise<CodeLens> => {
    const [lens, ...others] = (await lensesOf(client)).filter(isOfContext);
    expect(others).toEqual([]);
    return there(lens).command === undefined ? client.request('codeLens/resolve', lens) : there(lens);
  };

  it('one, on the first stage, says the size; our own client can show more', async () => {
    const client = await start(ours);
    await client.open(uri, dockerfile);
    expect(await resolved(client)).toMatchObject({
      range: { start: { line: 0, character: 0 } },
      command: {
        title: 'Context: 2 MB in 4 files',
        command: 'plimsoll.showContextSize',
        arguments: [uri],
      },
    });
    const other = await start();
    await other.open(uri, dockerfile);
    expect((await resolved(other)).command).toEqual({ title: 'Context: 2 MB in 4 files', command: '' });
    for (const one of [client, other]) discardRefreshes(one);
  });

  it('there is none where no step takes anything from the context, or it is elsewhere', async () => {
    const client = await start({
      files: new Map<string, string | number>([
        ...project(),
        ['/w/compose.yaml', 'services: { web: { build: "https://example.org/x.git" } }\n'],
      ]),
    });
    await client.open(uri, 'FROM a\nRUN x\n');
    expect((await lensesOf(client)).filter(isOfContext)).toEqual([]);
    discardRefreshes(client);
  });

  it('says when BuildKit refuses the ignore file', async () => {
    const client = await start({ files: project().set('/w/.dockerignore', 'a[\n') });
    await client.open(uri, dockerfile);
    expect((await resolved(client)).command?.title).toBe('Context: the ignore file is refused');
    discardRefreshes(client);
  });
});

describe('the context status', () => {
  /** The next status of a document that `fits`. */
  const statusOf = async (
    client: LspClient,
    fits: (status: ContextStatus) => boolean,
    asked = uri,
  ): Promise<ContextStatus> => {
    for (;;) {
      const status = await client.next<ContextStatus>('plimsoll/contextStatus');
      if (status.uri === asked && fits(status)) return status;
    }
  };

  it('goes to our own client for Dockerfiles and what belongs to one, with a level by the thresholds', async () => {
    let context = {};
    const client = await start({
      ...ours,
      settings: () => ({ context }),
      files: project().set('/w/.dockerignore', '*.bin\n'),
    });
    await client.open(uri, dockerfile);
    expect(await statusOf(client, ({ text }) => text !== '')).toEqual({
      uri,
      text: 'Context: 2 MB in 4 files',
      detail:
        'A first build (as the files suggest) transfers 2 MB: 2 MB in 4 files, and their names and times. Simulated from the files on disk, as BuildKit 0.33 does it.',
      level: 'ok',
    });
    context = { noteAbove: 1 };
    await client.notify('workspace/didChangeConfiguration', { settings: null });
    expect(await statusOf(client, ({ level }) => level !== 'ok')).toMatchObject({
      level: 'note',
      detail: expect.stringContaining('Above the threshold of 1 MB.'),
    });
    context = { noteAbove: 1, warnAbove: 1.5 };
    await client.notify('workspace/didChangeConfiguration', { settings: null });
    expect((await statusOf(client, ({ level }) => level === 'warn')).text).toBe('Context: 2 MB in 4 files');
    await client.open('file:///w/.dockerignore', 'assets\n', 'ignore');
    const own = await statusOf(client, () => true, 'file:///w/.dockerignore');
    expect(own).toMatchObject({ text: 'Context: 3.9 kB in 3 files', level: 'ok' });
    discardRefreshes(client);
  });

  it('empties when nothing is sent any more', async () => {
    const client = await start(ours);
    await client.open(uri, dockerfile);
    await statusOf(client, ({ text }) => text !== '');
    await client.change(uri, 'FROM a\n');
    expect(await statusOf(client, ({ text }) => text === '')).toEqual({
      ...{ uri, text: '', detail: '', level: 'ok' },
    });
    discardRefreshes(client);
  });
});

describe('a client that can do less', () => {
  it('is offered only what it can do, and hears no word of it', async () => {
    const full = await start();
    expect(full.initialized.capabilities).toMatchObject({
      inlayHintProvider: true,
      codeLensProvider: { resolveProvider: true },
    });
    const client = await start({
      capabilities: without(fullCapabilities, (c) => {
        delete c.textDocument?.inlayHint;
        delete c.textDocument?.codeLens;
        delete c.workspace?.inlayHint;
        delete c.workspace?.codeLens;
      }),
    });
    expect(client.initialized.capabilities.inlayHintProvider).toBeUndefined();
    expect(client.initialized.capabilities.codeLensProvider).toBeUndefined();
    await client.open(uri, dockerfile);
    await client.pulled(uri, 0);
    await new Promise((resolve) => setTimeout(resolve, 450));
    // The harness fails at the end of the test if a refresh came.
  });
});
