import { describe, expect, it } from 'vitest';
import type { Status } from '../../server/src/lsp/protocol.js';
import { connect, fullCapabilities, without } from '../harness/lspClient.js';
import { buildNamed, coreWith, latestTag, thrower } from './rules.js';
import { starter, there, uri } from './start.js';

const start = starter();
const page = `# latest-tag\n\n## Problem\n\nIt \`moves\`,\nall the time.\n\nMore.\n\n## Why it costs\n\nNobody knows what runs.\n\n## Fix\n\nx\n`;
const compose =
  'services:\n  web:\n    build: .\n  job:\n    build:\n      context: .\n      target: build\n';

describe('hover', () => {
  it('on a finding says the problem, why, the fix and where to read on', async () => {
    const client = await start({ rulePages: { 'latest-tag': page } });
    await client.open(uri, '# x\nFROM a\n# latest\n');
    await client.pulled(uri, 1);
    expect(await client.hover(uri, 2, 4)).toEqual({
      contents: {
        kind: 'markdown',
        value: [
          'The tag moves.',
          'It `moves`, all the time.',
          'Nobody knows what runs.',
          'Fix: Write stable; Write 1.0 (unsafe)',
          '[latest-tag](file:///plimsoll/docs/rules/latest-tag.md)',
        ].join('\n\n'),
      },
      range: { start: { line: 2, character: 2 }, end: { line: 2, character: 8 } },
    });
    expect(await client.hover(uri, 3, 0)).toBeNull();
  });

  it('leaves the message to VS Code, which shows it beside the hover', async () => {
    const client = await start({
      rulePages: { 'latest-tag': page },
      initializationOptions: { chosenBuilds: {} },
    });
    client.connection.onNotification('plimsoll/status', () => {});
    await client.open(uri, 'FROM a\n# latest\n');
    await client.pulled(uri, 1);
    expect(await client.hover(uri, 1, 3)).toMatchObject({
      contents: { value: expect.stringMatching(/^It `moves`/) },
    });
  });

  it('on FROM and on the first line says which build was chosen, why, and the others', async () => {
    const client = await start({
      core: coreWith(buildNamed),
      files: new Map([
        ['/w/compose.yaml', compose],
        ['/w/.dockerignore', ''],
      ]),
    });
    await client.open(uri, '# first\nFROM a AS build\nRUN x\n');
    await client.pulled(uri, 1);
    const first = there(await client.hover(uri, 1, 2));
    const value = typeof first.contents === 'object' && 'value' in first.contents ? first.contents.value : '';
    expect(value).toContain('Build: context ., ignore file .dockerignore (compose.yaml services.web)');
    expect(value).toContain('Also built by: compose.yaml services.job');
    expect(await client.hover(uri, 0, 6)).toEqual(first);
    expect(there(await client.hover(uri, 2, 1)).contents).toMatchObject({
      value: expect.not.stringContaining('Build:'),
    });
  });

  it('is plain where the client knows no Markdown', async () => {
    const client = await start({
      rulePages: { 'latest-tag': page },
      capabilities: without(fullCapabilities, (c) => {
        delete c.textDocument?.hover;
      }),
    });
    await client.open(uri, 'FROM a\n# latest\n');
    await client.pulled(uri, 1);
    expect(await client.hover(uri, 1, 3)).toMatchObject({
      contents: { kind: 'plaintext', value: expect.stringContaining('It moves, all the time.') },
    });
  });
});

describe('own requests', () => {
  const files = new Map([
    ['/w/compose.yaml', compose],
    ['/w/Dockerfile', 'FROM a:latest AS build\nFROM build\n'],
    ['/w/sub/Dockerfile', 'FROM b\n'],
    ['/w/sub/readme.md', 'latest'],
  ]);

  it('lints the workspace, each file once, with progress', async () => {
    const client = await start({ files, folders: ['file:///w', 'file:///w/sub'] });
    const result = await client.ask('plimsoll/lintWorkspace', { workDoneToken: 'token' });
    expect(result.files.map(({ uri: own, kind, diagnostics }) => [own, kind, diagnostics.length])).toEqual([
      ['file:///w/Dockerfile', 'dockerfile', 1],
      ['file:///w/compose.yaml', 'compose', 0],
      ['file:///w/sub/Dockerfile', 'dockerfile', 0],
    ]);
    const kinds: string[] = [];
    while (kinds.at(-1) !== 'end') {
      kinds.push((await client.next<{ value: { kind: string } }>('$/progress')).value.kind);
    }
    expect(kinds).toEqual(['begin', 'report', 'report', 'report', 'end']);
  });

  it('lints the workspace with the unsaved text of open files', async () => {
    const client = await start({ files });
    await client.open('file:///w/sub/Dockerfile', 'FROM b:latest\n');
    const result = await client.ask('plimsoll/lintWorkspace', {});
    const sub = result.files.find((file) => file.uri === 'file:///w/sub/Dockerfile');
    expect(sub?.diagnostics).toHaveLength(1);
  });

  it('lists the builds and lets another decide', async () => {
    const client = await start({ core: coreWith(buildNamed), files });
    await client.open(uri, 'FROM a AS build\nFROM build\n');
    await client.pulled(uri, 1);
    const { builds, chosen } = await client.ask('plimsoll/builds', { uri });
    expect(builds.map(({ source }) => source)).toEqual([
      'compose.yaml services.web',
      'compose.yaml services.job',
    ]);
    expect(chosen).toBeNull();
    const other = await client.ask('plimsoll/chooseBuild', { uri, source: 'compose.yaml services.job' });
    expect(other.builds[0]).toMatchObject({
      source: 'compose.yaml services.job',
      target: 'build',
      context: '/w',
    });
    expect(other.chosen).toBe('compose.yaml services.job');
    await client.next('workspace/diagnostic/refresh');
    expect(await client.items(uri)).toMatchObject([{ message: 'compose.yaml services.job in /w' }]);
    expect((await client.ask('plimsoll/chooseBuild', { uri, source: null })).chosen).toBeNull();
    await client.next('workspace/diagnostic/refresh');
    expect(await client.ask('plimsoll/builds', { uri: 'file:///w/compose.yaml' })).toEqual({
      builds: [],
      chosen: null,
    });
  });

  it('remembers the build that was chosen before', async () => {
    const client = await start({
      core: coreWith(buildNamed),
      files,
      initializationOptions: { chosenBuilds: { [uri]: 'compose.yaml services.job' } },
    });
    await client.open(uri, 'FROM a AS build\n');
    expect(await client.pulled(uri, 1)).toMatchObject([{ message: 'compose.yaml services.job in /w' }]);
    client.discard('plimsoll/status');
  });

  it('gives debug information without a word of the files', async () => {
    const client = await start({ core: coreWith(latestTag, thrower), files });
    await client.open(uri, 'FROM secret:latest\n# boom\n');
    await client.pulled(uri, 1);
    const info = await client.ask('plimsoll/debugInfo', { uri });
    expect(info.plimsoll).toBe('0.0.0-test');
    expect(info.rules.map(({ rule }) => rule).sort()).toEqual(['latest-tag', 'thrower']);
    expect(info.rules.every(({ ms, runs }) => ms >= 0 && runs > 0)).toBe(true);
    expect(info.errors).toEqual(['thrower: boom']);
    expect(info.builds[0]?.source).toBe('compose.yaml services.web');
    expect(info.text).toContain('Client can: pull, refresh');
    expect(info.text).not.toContain('secret');
  });
});

describe('status', () => {
  it('goes to our own client only, and names a broken configuration', async () => {
    const client = await start({
      files: new Map([['/w/.plimsoll.yaml', 'profile: huge\n']]),
      initializationOptions: { chosenBuilds: {} },
    });
    await client.open(uri, 'FROM a:latest\n');
    await client.pulled(uri, 1);
    let status = await client.next<Status>('plimsoll/status');
    while (status.configProblems.length === 0) status = await client.next<Status>('plimsoll/status');
    expect(status).toMatchObject({
      state: 'problem',
      uri,
      configProblems: ['/w/.plimsoll.yaml: "profile" is one of default, thorough, everything.'],
    });
    client.discard('plimsoll/status');
  });

  it('forgets a broken configuration that is gone', async () => {
    const files = new Map([['/w/.plimsoll.yaml', 'profile: huge\n']]);
    const client = await start({ files, initializationOptions: { chosenBuilds: {} } });
    await client.open(uri, 'FROM a:latest\n');
    await client.pulled(uri, 1);
    let status = await client.next<Status>('plimsoll/status');
    while (status.configProblems.length === 0) status = await client.next<Status>('plimsoll/status');
    files.delete('/w/.plimsoll.yaml');
    await client.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: 'file:///w/.plimsoll.yaml', type: 3 }],
    });
    while (status.configProblems.length > 0) status = await client.next<Status>('plimsoll/status');
    expect(status.state).toBe('ok');
    client.discard('plimsoll/status');
  });
});

describe('the client', () => {
  it('may know neither folders nor configuration nor registration', async () => {
    const client = await start({
      capabilities: {},
      folders: ['file:///w'],
      files: new Map(),
      initializationOptions: { settings: { rules: { 'latest-tag': 'hint' } } },
    });
    expect(client.initialized.capabilities).toEqual({
      positionEncoding: 'utf-16',
      textDocumentSync: { openClose: true, change: 2, save: { includeText: false } },
      codeActionProvider: true,
      hoverProvider: true,
      executeCommandProvider: { commands: ['plimsoll.server.applyAction'] },
      experimental: { plimsoll: { version: 1 } },
    });
    await client.open(uri, 'FROM a:latest\n');
    let published = await client.published(uri);
    if (published.diagnostics.length === 0) published = await client.published(uri);
    expect(published).toEqual({
      uri,
      diagnostics: [
        {
          code: 'latest-tag',
          source: 'plimsoll',
          severity: 4,
          message: 'The tag moves.',
          range: { start: { line: 0, character: 7 }, end: { line: 0, character: 13 } },
        },
      ],
    });
    expect([...client.registered]).toEqual([]);
    await client.notify('workspace/didChangeConfiguration', {
      settings: { plimsoll: { rules: { 'latest-tag': 'error' } } },
    });
    expect((await client.published(uri)).diagnostics).toMatchObject([{ severity: 1 }]);
  });

  it('gets errors for a wrong moment only', async () => {
    const client = await connect({ core: coreWith(latestTag) });
    const { connection } = client;
    await connection.sendRequest('shutdown');
    await expect(
      connection.sendRequest('textDocument/hover', { textDocument: { uri } }),
    ).rejects.toMatchObject({
      code: -32600,
    });
    connection.dispose();
  });
});
