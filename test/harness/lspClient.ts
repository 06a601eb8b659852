import { PassThrough } from 'node:stream';
import {
  type ClientCapabilities,
  type CodeAction,
  type CodeActionParams,
  type Command,
  createConnection,
  createMessageConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type Hover,
  type InitializeParams,
  type InitializeResult,
  type MessageConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Core, Host } from '../../server/src/lsp/host.js';
import type { Requests } from '../../server/src/lsp/protocol.js';
import { startServer } from '../../server/src/lsp/server.js';
import type { Docker } from '../../server/src/node/docker.js';
import { createFactStore } from '../../server/src/node/facts.js';
import type { DiskFs } from '../../server/src/node/fs.js';
import type { History } from '../../server/src/node/historian.js';
import type { ShellParser } from '../../server/src/syntax/shell/model.js';
import { type BeforeMeasure, memoryDisk, memoryMeasurer } from './memdisk.js';

/** What VS Code says it can do, as far as the server looks at it. */
export const fullCapabilities: ClientCapabilities = {
  workspace: {
    workspaceFolders: true,
    configuration: true,
    applyEdit: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
    diagnostics: { refreshSupport: true },
    workspaceEdit: {
      documentChanges: true,
      resourceOperations: ['create', 'rename', 'delete'],
      changeAnnotationSupport: { groupsOnLabel: true },
    },
    inlayHint: { refreshSupport: true },
    codeLens: { refreshSupport: true },
  },
  textDocument: {
    diagnostic: { relatedInformation: true, codeDescriptionSupport: true, tagSupport: { valueSet: [1, 2] } },
    inlayHint: { dynamicRegistration: true },
    codeLens: { dynamicRegistration: true },
    completion: { completionItem: { documentationFormat: ['markdown', 'plaintext'] } },
    publishDiagnostics: {
      versionSupport: true,
      relatedInformation: true,
      codeDescriptionSupport: true,
      tagSupport: { valueSet: [1, 2] },
    },
    hover: { contentFormat: ['markdown', 'plaintext'] },
    codeAction: {
      isPreferredSupport: true,
      dataSupport: true,
      resolveSupport: { properties: ['edit'] },
      codeActionLiteralSupport: { codeActionKind: { valueSet: ['', 'quickfix', 'source'] } },
    },
  },
};

/** `fullCapabilities` with diagnostics pushed instead of pulled. */
export const pushCapabilities: ClientCapabilities = without(fullCapabilities, (c) => {
  delete c.textDocument?.diagnostic;
});

/** A copy of `capabilities` after `change` took something out of it. */
export function without(
  capabilities: ClientCapabilities,
  change: (copy: ClientCapabilities) => void,
): ClientCapabilities {
  const copy = structuredClone(capabilities);
  change(copy);
  return copy;
}

export interface ClientOptions {
  readonly core: Core;
  /** Core path → text, or bytes. */
  readonly files?: Map<string, string | number>;
  /** Called before a context is measured; may delay it. `never`: contexts are not measured at all. */
  readonly measuring?: BeforeMeasure | 'never';
  /** What git would tell; without it nobody is asked. */
  readonly history?: History;
  readonly docker?: Docker;
  readonly capabilities?: ClientCapabilities;
  /** URIs of the workspace folders. */
  readonly folders?: readonly string[];
  /** What `workspace/configuration` answers for a URI. */
  readonly settings?: (uri: string) => unknown;
  readonly initializationOptions?: unknown;
  readonly rulePages?: Readonly<Record<string, string>>;
  readonly windows?: boolean;
  /** `missing`: loading it fails. */
  readonly shell?: ShellParser | 'missing';
  /** Called before a text or folder is read; may delay it. */
  readonly beforeRead?: (path: string) => Promise<void>;
}

interface Received {
  readonly method: string;
  readonly params: unknown;
}

/** A client that speaks to a server in this process over two streams. */
export interface LspClient {
  readonly initialized: InitializeResult;
  readonly log: string[];
  /** Registrations the server asked for, by method. */
  readonly registered: Map<string, unknown>;
  open(uri: string, text: string, languageId?: string): Promise<void>;
  /** Replaces the whole text. */
  change(uri: string, text: string): Promise<void>;
  /** Replaces ranges one after the other. */
  edit(uri: string, changes: readonly TextEdit[]): Promise<void>;
  save(uri: string): Promise<void>;
  close(uri: string): Promise<void>;
  text(uri: string): string;
  notify(method: string, params: unknown): Promise<void>;
  request<R>(method: string, params: unknown): Promise<R>;
  ask<M extends keyof Requests>(method: M, params: Requests[M]['params']): Promise<Requests[M]['result']>;
  /** The connection, for what has no word here. */
  readonly connection: MessageConnection;
  pull(uri: string, previousResultId?: string): Promise<DocumentDiagnosticReport>;
  items(uri: string): Promise<Diagnostic[]>;
  /** Pulls until the answer holds `count` items: for findings whose facts arrive later. Takes the refreshes in between. */
  pulled(uri: string, count: number): Promise<Diagnostic[]>;
  actions(
    uri: string,
    at: Diagnostic['range'],
    context?: Partial<CodeActionParams['context']>,
  ): Promise<CodeAction[]>;
  commands(uri: string, at: Diagnostic['range']): Promise<Command[]>;
  hover(uri: string, line: number, character: number): Promise<Hover | null>;
  /** The next message of `method` the server sent or will send; it counts as consumed. */
  next<T>(method: string): Promise<T>;
  published(uri: string): Promise<PublishDiagnosticsParams>;
  /** Applies an edit as a client does: refuses other versions than the one open. */
  apply(edit: WorkspaceEdit | undefined | null): Map<string, string>;
  /** Forgets what the server sent so far of this method. */
  discard(method: string): void;
  /** Shuts down and fails where a message of the server was not consumed. */
  stop(): Promise<void>;
}

const answered = new Set([
  'client/registerCapability',
  'client/unregisterCapability',
  'workspace/configuration',
]);

function hostOf(options: ClientOptions, files: Map<string, string | number>, log: string[]): Host {
  const disk = memoryDisk(files);
  const fs: DiskFs = {
    async readText(path) {
      await options.beforeRead?.(path);
      return disk.readText(path);
    },
    async list(folder) {
      await options.beforeRead?.(folder);
      return disk.list(folder);
    },
  };
  return {
    core: options.core,
    createFacts: (overlays) =>
      createFactStore({
        fs,
        overlays,
        ...(options.history === undefined ? {} : { history: options.history, gitTrusted: false }),
        ...(options.measuring === 'never' ? {} : { measurer: memoryMeasurer(files, options.measuring) }),
      }),
    ...(options.docker === undefined ? {} : { docker: options.docker }),
    loadShell: async () => {
      if (options.shell === 'missing') throw new Error('no such file');
      return options.shell ?? (() => ({ commands: [], incomplete: true }));
    },
    rulePage: async (id) => options.rulePages?.[id],
    rulePageUri: (id) => `file:///plimsoll/docs/rules/${id}.md`,
    now: () => performance.now(),
    log: (level, message) => void log.push(`${level}: ${message}`),
    version: '0.0.0-test',
    runtime: '20.0.0',
    windows: options.windows ?? false,
  };
}

function initializeParams(options: ClientOptions): InitializeParams {
  const folders = options.folders ?? ['file:///w'];
  return {
    processId: null,
    rootUri: folders[0] ?? null,
    capabilities: options.capabilities ?? fullCapabilities,
    workspaceFolders: folders.map((uri) => ({ uri, name: uri })),
    initializationOptions: options.initializationOptions,
    clientInfo: { name: 'test', version: '1' },
  };
}

/** Starts a server and connects to it. */
export async function connect(options: ClientOptions): Promise<LspClient> {
  const files = options.files ?? new Map<string, string | number>();
  const log: string[] = [];
  const [up, down] = [new PassThrough(), new PassThrough()];
  const server = createConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
  startServer(server, hostOf(options, files, log));
  server.listen();
  const connection = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));

  const received: Received[] = [];
  const waiting: { method: string; found: (params: unknown) => void }[] = [];
  const registered = new Map<string, unknown>();
  const arrived = (method: string, params: unknown): void => {
    if (answered.has(method)) return;
    const index = waiting.findIndex((w) => w.method === method);
    const [waiter] = index < 0 ? [] : waiting.splice(index, 1);
    if (waiter === undefined) received.push({ method, params });
    else waiter.found(params);
  };
  connection.onNotification((method, params) => arrived(method, params));
  connection.onUnhandledProgress((params) => arrived('$/progress', params));
  connection.onRequest((method, params) => {
    arrived(method, params);
    if (method === 'workspace/configuration') {
      const { items } = params as unknown as { items: { scopeUri?: string }[] };
      return items.map(({ scopeUri }) => options.settings?.(scopeUri ?? '') ?? null);
    }
    if (method === 'client/registerCapability') {
      const { registrations } = params as unknown as {
        registrations: { method: string; registerOptions?: unknown }[];
      };
      for (const { method: name, registerOptions } of registrations) registered.set(name, registerOptions);
    }
    return method === 'workspace/applyEdit' ? { applied: true } : null;
  });
  connection.listen();
  const initialized = await connection.sendRequest<InitializeResult>('initialize', initializeParams(options));
  await connection.sendNotification('initialized', {});

  const documents = new Map<string, TextDocument>();
  const current = (uri: string): TextDocument => {
    const document = documents.get(uri);
    if (document === undefined) throw new Error(`${uri} is not open`);
    return document;
  };
  const next = <T>(method: string): Promise<T> => {
    const index = received.findIndex((r) => r.method === method);
    const [found] = index < 0 ? [] : received.splice(index, 1);
    if (found !== undefined) return Promise.resolve(found.params as T);
    return new Promise((resolve) => waiting.push({ method, found: (params) => resolve(params as T) }));
  };
  const client: LspClient = {
    initialized,
    log,
    registered,
    connection,
    async open(uri, text, languageId = 'dockerfile') {
      documents.set(uri, TextDocument.create(uri, languageId, 1, text));
      const textDocument = { uri, languageId, version: 1, text };
      await connection.sendNotification('textDocument/didOpen', { textDocument });
    },
    async change(uri, text) {
      const document = current(uri);
      const version = document.version + 1;
      documents.set(uri, TextDocument.create(uri, document.languageId, version, text));
      await connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ text }],
      });
    },
    async edit(uri, changes) {
      const document = current(uri);
      const version = document.version + 1;
      const contentChanges = changes.map(({ range, newText }) => ({ range, text: newText }));
      documents.set(uri, TextDocument.update(document, contentChanges, version));
      await connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges,
      });
    },
    async save(uri) {
      await connection.sendNotification('textDocument/didSave', { textDocument: { uri } });
    },
    async close(uri) {
      documents.delete(uri);
      await connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    },
    text: (uri) => current(uri).getText(),
    notify: (method, params) => connection.sendNotification(method, params),
    request: <R>(method: string, params: unknown) => connection.sendRequest<R>(method, params),
    ask: (method, params) => connection.sendRequest(method, params),
    pull: (uri, previousResultId) =>
      connection.sendRequest('textDocument/diagnostic', {
        textDocument: { uri },
        identifier: 'plimsoll',
        ...(previousResultId === undefined ? {} : { previousResultId }),
      }),
    async items(uri) {
      const report = await client.pull(uri);
      return report.kind === 'full' ? report.items : [];
    },
    async pulled(uri, count) {
      for (;;) {
        const items = await client.items(uri);
        if (items.length === count) return items;
        await next('workspace/diagnostic/refresh');
      }
    },
    actions: (uri, range, context = {}) =>
      connection.sendRequest('textDocument/codeAction', {
        textDocument: { uri },
        range,
        context: { diagnostics: [], ...context },
      }),
    commands: (uri, range) =>
      connection.sendRequest('textDocument/codeAction', {
        textDocument: { uri },
        range,
        context: { diagnostics: [] },
      }),
    hover: (uri, line, character) =>
      connection.sendRequest('textDocument/hover', { textDocument: { uri }, position: { line, character } }),
    next,
    async published(uri) {
      const params = await next<PublishDiagnosticsParams>('textDocument/publishDiagnostics');
      if (params.uri !== uri) throw new Error(`published for ${params.uri}, expected ${uri}`);
      return params;
    },
    apply: (edit) => applied(edit, documents, files),
    discard(method) {
      for (let i = received.length - 1; i >= 0; i--)
        if (received[i]?.method === method) received.splice(i, 1);
    },
    async stop() {
      await connection.sendRequest('shutdown');
      await new Promise((resolve) => setImmediate(resolve));
      connection.dispose();
      server.dispose();
      const left = received.filter((r) => r.method !== 'window/logMessage');
      if (left.length > 0) throw new Error(`not consumed: ${JSON.stringify(left)}`);
    },
  };
  return client;
}

function applied(
  edit: WorkspaceEdit | undefined | null,
  open: ReadonlyMap<string, TextDocument>,
  files: ReadonlyMap<string, string | number>,
): Map<string, string> {
  if (edit === undefined || edit === null) throw new Error('there is no edit');
  const texts = new Map<string, string>();
  const one = (uri: string, version: number | null, edits: readonly TextEdit[]): void => {
    const document = open.get(uri);
    if (document !== undefined && version !== null && document.version !== version) {
      throw new Error(`stale edit: version ${version}, open is ${document.version}`);
    }
    const text = texts.get(uri) ?? document?.getText() ?? String(files.get(new URL(uri).pathname) ?? '');
    texts.set(uri, TextDocument.applyEdits(TextDocument.create(uri, '', 1, text), [...edits]));
  };
  for (const [uri, edits] of Object.entries(edit.changes ?? {})) one(uri, null, edits);
  for (const change of edit.documentChanges ?? []) {
    if ('edits' in change) {
      one(
        change.textDocument.uri,
        change.textDocument.version,
        change.edits.filter((e) => 'newText' in e),
      );
    } else if (change.kind === 'create') {
      texts.set(change.uri, '');
    }
  }
  return texts;
}
