import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createMessageConnection, type MessageConnection } from 'vscode-languageserver/node';

/** A language server as a process, driven as a plain editor would: pull where it offers it, else push. */
export interface LspPeer {
  readonly startMs: number;
  /** Opens a document and waits for its first diagnostics. */
  open(uri: string, text: string): Promise<number>;
  /** Types one character, waits for the diagnostics that follow; milliseconds, or undefined after `timeoutMs` without an answer. */
  type(uri: string, line: number, character: number, timeoutMs: number): Promise<number | undefined>;
  close(uri: string): void;
  /** Resident memory in bytes; undefined where the system does not tell. */
  memory(): number | undefined;
  stop(): Promise<void>;
}

function residentBytes(pid: number | undefined): number | undefined {
  try {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line?.[1] === undefined ? undefined : Number(line[1]) * 1024;
  } catch {
    return undefined;
  }
}

/** How documents are sent: 1 whole, 2 changes only. */
type SyncKind = 0 | 1 | 2;

interface Initialized {
  readonly capabilities: {
    readonly diagnosticProvider?: unknown;
    readonly textDocumentSync?: SyncKind | { readonly change?: SyncKind };
  };
}

interface Offer {
  readonly pulls: boolean;
  readonly wholeText: boolean;
}

async function initialize(connection: MessageConnection, root: string): Promise<Offer> {
  const capabilities = {
    textDocument: {
      synchronization: {},
      diagnostic: {},
      publishDiagnostics: { versionSupport: true },
      codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix'] } } },
    },
    workspace: { workspaceFolders: true, configuration: false, diagnostics: { refreshSupport: true } },
  };
  const folder = { uri: root, name: 'bench' };
  const answer = await connection.sendRequest<Initialized>('initialize', {
    processId: process.pid,
    rootUri: root,
    workspaceFolders: [folder],
    capabilities,
  });
  await connection.sendNotification('initialized', {});
  const { diagnosticProvider, textDocumentSync: sync } = answer.capabilities;
  const change = typeof sync === 'object' ? sync.change : sync;
  return { pulls: diagnosticProvider !== undefined, wholeText: change !== 2 };
}

function timeout(ms: number): { readonly promise: Promise<undefined>; cancel(): void } {
  let cancel = (): void => {};
  const promise = new Promise<undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    cancel = () => clearTimeout(timer);
  });
  return { promise, cancel: () => cancel() };
}

/** Starts `command` and initializes it for the folder `root` (a URI). */
export async function startPeer(command: readonly string[], root: string): Promise<LspPeer> {
  const began = performance.now();
  const [program = '', ...args] = command;
  const child: ChildProcess = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  if (child.stdout === null || child.stdin === null) throw new Error(`cannot start ${program}`);
  const connection = createMessageConnection(child.stdout, child.stdin);
  const waiting = new Map<string, () => void>();
  const versions = new Map<string, number>();
  const texts = new Map<string, string[]>();
  connection.onNotification('textDocument/publishDiagnostics', (p: { uri: string; version?: number }) => {
    if (p.version === undefined || p.version === versions.get(p.uri)) waiting.get(p.uri)?.();
  });
  connection.onRequest(() => null);
  connection.listen();
  const { pulls, wholeText } = await initialize(connection, root);
  const startMs = performance.now() - began;

  const diagnostics = async (uri: string, send: () => Promise<void>): Promise<void> => {
    if (pulls) {
      await send();
      await connection.sendRequest('textDocument/diagnostic', { textDocument: { uri } });
      return;
    }
    const published = new Promise<void>((resolve) => waiting.set(uri, resolve));
    await send();
    await published;
  };
  return {
    startMs,
    async open(uri, text) {
      const from = performance.now();
      versions.set(uri, 1);
      texts.set(uri, text.split('\n'));
      const textDocument = { uri, languageId: 'dockerfile', version: 1, text };
      await diagnostics(uri, () => connection.sendNotification('textDocument/didOpen', { textDocument }));
      return performance.now() - from;
    },
    async type(uri, line, character, timeoutMs) {
      const version = (versions.get(uri) ?? 0) + 1;
      versions.set(uri, version);
      const at = { line, character };
      const lines = texts.get(uri) ?? [];
      const typed = lines[line] ?? '';
      lines[line] = `${typed.slice(0, character)}x${typed.slice(character)}`;
      const content = wholeText ? { text: lines.join('\n') } : { range: { start: at, end: at }, text: 'x' };
      const change = { textDocument: { uri, version }, contentChanges: [content] };
      const limit = timeout(timeoutMs);
      const from = performance.now();
      const done = diagnostics(uri, () => connection.sendNotification('textDocument/didChange', change));
      const finished = await Promise.race([done.then(() => true as const), limit.promise]);
      limit.cancel();
      return finished === true ? performance.now() - from : undefined;
    },
    close(uri) {
      void connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    },
    memory: () => residentBytes(child.pid),
    async stop() {
      connection.dispose();
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGKILL');
      await ended;
    },
  };
}
