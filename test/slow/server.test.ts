import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type CodeAction,
  type CodeLens,
  createMessageConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type InitializeResult,
  type InlayHint,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { ContextReportResult } from '../../server/src/lsp/protocol.js';
import { repo } from '../harness/files.js';
import { fullCapabilities } from '../harness/lspClient.js';

const program = path.join(repo, 'dist', 'server.js');
const example = path.join(repo, 'examples', 'node');
const file = path.join(example, 'Dockerfile');
const uri = pathToFileURL(file).href;
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
});

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

interface Running {
  readonly child: ChildProcess;
  readonly connection: MessageConnection;
  readonly exit: Promise<number | null>;
  readonly stderr: () => string;
}

function connected(child: ChildProcess, connection: MessageConnection): Running {
  children.push(child);
  let stderr = '';
  child.stderr?.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  connection.onRequest((method, params) => {
    const { items = [] } = (params ?? {}) as unknown as { items?: unknown[] };
    return method === 'workspace/configuration' ? items.map(() => null) : null;
  });
  connection.listen();
  return { child, connection, exit: ended(child), stderr: () => stderr };
}

function overStdio(): Running {
  const child = spawn(process.execPath, [program, '--stdio'], { stdio: 'pipe' });
  const reader = new StreamMessageReader(child.stdout);
  return connected(child, createMessageConnection(reader, new StreamMessageWriter(child.stdin)));
}

async function initialize(
  { connection }: Running,
  processId: number | null = process.pid,
): Promise<InitializeResult> {
  const folder = { uri: pathToFileURL(example).href, name: 'node' };
  const answer = await connection.sendRequest<InitializeResult>('initialize', {
    processId,
    rootUri: folder.uri,
    workspaceFolders: [folder],
    capabilities: fullCapabilities,
  });
  await connection.sendNotification('initialized', {});
  return answer;
}

/** Diagnostics as soon as there are any; the refreshes in between are waited for. */
async function findings({ connection }: Running): Promise<Diagnostic[]> {
  const text = readFileSync(file, 'utf8');
  await connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'dockerfile', version: 1, text },
  });
  for (let i = 0; i < 100; i++) {
    const report = await connection.sendRequest<DocumentDiagnosticReport>('textDocument/diagnostic', {
      textDocument: { uri },
    });
    if (report.kind === 'full' && report.items.length > 0) return report.items;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [];
}

describe.skipIf(!existsSync(program))('dist/server.js', () => {
  it('over stdio: initialize, diagnostics, code action, exit', async () => {
    const server = overStdio();
    const { capabilities, serverInfo } = await initialize(server);
    const { version } = JSON.parse(readFileSync(path.join(repo, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(serverInfo).toEqual({ name: 'plimsoll', version });
    expect(capabilities.positionEncoding).toBe('utf-16');
    const items = await findings(server);
    const finding = items.find(({ code }) => code === 'source-before-deps');
    expect(finding?.codeDescription?.href).toBe(
      pathToFileURL(path.join(repo, 'docs', 'rules', 'source-before-deps.md')).href,
    );
    const actions = await server.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: finding?.range,
      context: { diagnostics: items },
    });
    expect(actions.at(-1)?.title).toMatch(/^Ignore /);
    expect(actions[0]).toMatchObject({
      kind: 'quickfix',
      edit: { documentChanges: [{ textDocument: { uri } }] },
    });
    expect(await server.connection.sendRequest('shutdown')).toBeNull();
    await server.connection.sendNotification('exit');
    expect(await server.exit).toBe(0);
    expect(server.stderr()).toBe('');
  });

  it('measures the context in a thread of its own: hints, lens, report', async () => {
    const server = overStdio();
    await initialize(server);
    await findings(server);
    const ask = <R>(method: string, params: object): Promise<R> =>
      server.connection.sendRequest(method, { textDocument: { uri }, ...params });
    const [lens] = await ask<CodeLens[]>('textDocument/codeLens', {});
    const { command } = await server.connection.sendRequest<CodeLens>('codeLens/resolve', lens);
    expect(command?.title).toMatch(/^Context: [\d.]+ [kM]?B in \d+ files$/);
    const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    const hints = await ask<InlayHint[]>('textDocument/inlayHint', { range });
    expect(hints.map(({ label }) => label)).toContainEqual(
      expect.stringMatching(/^[\d.]+ [kM]?B in \d+ files?$/),
    );
    const { picture } = await server.connection.sendRequest<ContextReportResult>('plimsoll/contextReport', {
      uri,
    });
    expect(picture?.report).toMatchObject({ loaded: true, errors: [], sent: { exact: true } });
    expect(await server.connection.sendRequest('shutdown')).toBeNull();
    await server.connection.sendNotification('exit');
    expect(await server.exit).toBe(0);
    expect(server.stderr()).toBe('');
  });

  it('over IPC, as VS Code starts it, and ends with the channel', async () => {
    const child = fork(program, ['--node-ipc'], { silent: true, execArgv: [] });
    const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
    const server = connected(child, connection);
    await initialize(server);
    expect((await findings(server)).map(({ source }) => source)).toContain('plimsoll');
    child.disconnect();
    expect(await server.exit).toBe(1);
  });

  it('says by its exit code that nobody asked it to shut down', async () => {
    const server = overStdio();
    await initialize(server);
    await server.connection.sendNotification('exit');
    expect(await server.exit).toBe(1);
  });

  it('ends when its input ends', async () => {
    const server = overStdio();
    await initialize(server, null);
    server.child.stdin?.end();
    expect(await server.exit).toBe(1);
  });

  it('ends when the process that started it is gone', async () => {
    const gone = spawnSync(process.execPath, ['-e', '0']).pid;
    const server = overStdio();
    await initialize(server, gone);
    expect(await server.exit).toBe(1);
  });

  it('answers requests after shutdown with InvalidRequest', async () => {
    const server = overStdio();
    await initialize(server);
    await server.connection.sendRequest('shutdown');
    const late = server.connection.sendRequest('textDocument/hover', { textDocument: { uri } });
    await expect(late).rejects.toMatchObject({ code: -32600 });
    await server.connection.sendNotification('exit');
    expect(await server.exit).toBe(0);
  });

  it('started by hand says who starts it', () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      'plimsoll: the language server is started by an editor, with --stdio or --node-ipc\n',
    );
  });
});
