import {
  type CancellationToken,
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type CodeLens,
  type CodeLensParams,
  type Command,
  type CompletionList,
  type CompletionParams,
  type Connection,
  type DiagnosticServerCancellationData,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
  DocumentDiagnosticRequest,
  ErrorCodes,
  type ExecuteCommandParams,
  type GenericRequestHandler,
  type Hover,
  type HoverParams,
  type InitializeParams,
  type InitializeResult,
  type InlayHint,
  type InlayHintParams,
  LSPErrorCodes,
  ResponseError,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { defaultThresholds } from '../project/config.js';
import { type Client, clientOf } from './capabilities.js';
import { type ActionData, applyCommand, fixAllKind } from './codeActions.js';
import type { LensData } from './codeLens.js';
import { signalOf } from './commands.js';
import type { Host } from './host.js';
import type { ClientNotifications, ExperimentalCapabilities, Requests } from './protocol.js';
import { createSession, type Session } from './session.js';

const noDiagnostics: DocumentDiagnosticReport = { kind: 'full', items: [] };

/** What the server can do for this client. */
function capabilitiesFor(client: Client): ServerCapabilities<ExperimentalCapabilities> {
  return {
    positionEncoding: 'utf-16',
    textDocumentSync: {
      openClose: true,
      change: TextDocumentSyncKind.Incremental,
      save: { includeText: false },
    },
    ...(client.pull
      ? {
          diagnosticProvider: {
            identifier: 'plimsoll',
            interFileDependencies: true,
            workspaceDiagnostics: false,
          },
        }
      : {}),
    codeActionProvider: client.actionLiterals
      ? {
          codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, fixAllKind],
          resolveProvider: client.resolve,
        }
      : true,
    hoverProvider: true,
    ...(client.hints ? { inlayHintProvider: true } : {}),
    ...(client.lenses ? { codeLensProvider: { resolveProvider: true } } : {}),
    ...(client.completion ? { completionProvider: { triggerCharacters: ['/', '!'] } } : {}),
    ...(client.actionLiterals ? {} : { executeCommandProvider: { commands: [applyCommand] } }),
    ...(client.folders
      ? { workspace: { workspaceFolders: { supported: true, changeNotifications: true } } }
      : {}),
    experimental: { plimsoll: { version: 1 } },
  };
}

/** Serves one client on `connection` until it ends. The connection is not listened to before this returns. */
export function startServer(connection: Connection, host: Host): void {
  let session: Session | undefined;
  let phase: 'new' | 'running' | 'ended' = 'new';

  /** A handler that answers once, whatever happens: empty where something fails, an error only for a wrong moment. */
  const answering =
    <P, R, E = void>(
      what: string,
      uriOf: (params: P) => string,
      empty: R,
      work: (own: Session, params: P, signal: AbortSignal) => Promise<R>,
    ) =>
    async (params: P, token: CancellationToken): Promise<R | ResponseError<E>> => {
      if (phase === 'ended') return new ResponseError(ErrorCodes.InvalidRequest, 'The server is shut down.');
      if (session === undefined) {
        return new ResponseError(ErrorCodes.ServerNotInitialized, 'The server is not initialized.');
      }
      const signal = signalOf(token);
      try {
        const result = await work(session, params, signal);
        return signal.aborted ? new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled') : result;
      } catch (error) {
        if (error instanceof ResponseError) return error;
        if (signal.aborted) return new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
        session.health.failed(what, uriOf(params), error);
        return empty;
      }
    };

  connection.onInitialize((params: InitializeParams): InitializeResult => {
    const client = clientOf(params);
    session = createSession(connection, host, client, params);
    phase = 'running';
    return {
      capabilities: capabilitiesFor(client),
      serverInfo: { name: 'plimsoll', version: host.version },
    };
  });
  connection.onInitialized(() => session?.begin());
  connection.onShutdown(() => {
    phase = 'ended';
    session?.end();
  });

  const byDocument = (params: { textDocument: { uri: string } }): string => params.textDocument.uri;
  connection.onRequest(
    DocumentDiagnosticRequest.type,
    answering<DocumentDiagnosticParams, DocumentDiagnosticReport, DiagnosticServerCancellationData>(
      'diagnostics',
      byDocument,
      noDiagnostics,
      async (own, { textDocument, previousResultId }, signal) =>
        (await own.diagnostics.answer(textDocument.uri, previousResultId, signal)) ?? noDiagnostics,
    ),
  );
  connection.onCodeAction(
    answering<CodeActionParams, (CodeAction | Command)[]>(
      'code actions',
      byDocument,
      [],
      (own, params, signal) => own.actions.list(params, signal),
    ),
  );
  connection.onCodeActionResolve((action: CodeAction, token) =>
    answering(
      'code action',
      (a: CodeAction) => (a.data as ActionData).uri,
      action,
      async (own, a, signal) => ({ ...a, edit: await own.actions.edit(a.data as ActionData, signal) }),
    )(action, token),
  );
  connection.onExecuteCommand(
    answering<ExecuteCommandParams, null>(
      'command',
      () => '',
      null,
      async (own, params, signal) => {
        if (params.command !== applyCommand) return null;
        const edit = await own.actions.edit(params.arguments?.[0] as ActionData, signal);
        await connection.workspace.applyEdit(edit);
        return null;
      },
    ),
  );
  connection.onHover(
    answering<HoverParams, Hover | null>('hover', byDocument, null, (own, params, signal) =>
      own.features.hover(params, signal),
    ),
  );
  connection.onCompletion(
    answering<CompletionParams, CompletionList | null>(
      'completion',
      byDocument,
      null,
      (own, params, signal) => own.features.completion(params, signal),
    ),
  );
  connection.languages.inlayHint.on(
    answering<InlayHintParams, InlayHint[]>('inlay hints', byDocument, [], (own, params, signal) =>
      own.features.hints(params, signal),
    ),
  );
  connection.onCodeLens(
    answering<CodeLensParams, CodeLens[]>('code lenses', byDocument, [], (own, params, signal) =>
      own.features.lenses(params, signal),
    ),
  );
  connection.onCodeLensResolve((lens: CodeLens, token) =>
    answering(
      'code lens',
      (one: CodeLens) => (one.data as LensData).uri,
      lens,
      (own, one, signal) => own.features.lens(one, signal),
    )(lens, token),
  );
  const custom = <M extends keyof Requests>(method: M, empty: Requests[M]['result']): void => {
    const handle = answering<Requests[M]['params'] | null, Requests[M]['result']>(
      method,
      (params) => (params !== null && 'uri' in params ? (params.uri ?? '') : ''),
      empty,
      (own, params, signal) => own.handlers[method](params ?? ({} as Requests[M]['params']), signal),
    );
    connection.onRequest<Requests[M]['result'], void>(
      method,
      handle as GenericRequestHandler<Requests[M]['result'], void>,
    );
  };
  custom('plimsoll/debugInfo', emptyDebugInfo(host));
  custom('plimsoll/lintWorkspace', { files: [], errors: [] });
  custom('plimsoll/applySafeFixes', { edit: null, applied: 0 });
  custom('plimsoll/builds', { builds: [], chosen: null });
  custom('plimsoll/chooseBuild', { builds: [], chosen: null });
  custom('plimsoll/contextReport', noReport);
  custom('plimsoll/addIgnoreLine', { edit: null, path: '', reason: failed });
  custom('plimsoll/whyInBuild', { explanations: [], note: failed });
  custom('plimsoll/createDockerignore', { candidates: [], generated: null, refused: failed });
  custom('plimsoll/impactReport', {
    ...{ picture: null, html: '', dockerfileUri: null, candidates: [], notes: [failed] },
  });
  custom('plimsoll/applyImpactFix', { edit: null, applied: 0, reason: failed });
  custom('plimsoll/whyRebuild', {
    ...{
      build: null,
      dockerfileUri: null,
      candidates: [],
      steps: [],
      against: '',
      markdown: '',
      note: failed,
    },
  });
  custom('plimsoll/stepsOfFile', { builds: [], note: failed });
  custom('plimsoll/measureCommand', { command: null, reason: failed });
  const nothingMeasured = { dockerfileUri: null, measured: [], added: 0, notes: [failed] };
  custom('plimsoll/importLog', nothingMeasured);
  custom('plimsoll/importHistory', nothingMeasured);
  custom('plimsoll/measureBuild', nothingMeasured);
  custom('plimsoll/forgetMeasured', nothingMeasured);
  connection.onNotification('plimsoll/trust' satisfies keyof ClientNotifications, (params: unknown) => {
    const { trusted } = (params ?? {}) as Partial<ClientNotifications['plimsoll/trust']>;
    if (typeof trusted === 'boolean') session?.trust(trusted);
  });
}

const failed = 'It could not be found out; the log says why.';

const noReport: Requests['plimsoll/contextReport']['result'] = {
  picture: null,
  dockerfileUri: null,
  ignoreFileUri: null,
  candidates: [],
  notes: [failed],
  thresholds: defaultThresholds,
};

function emptyDebugInfo(host: Host): Requests['plimsoll/debugInfo']['result'] {
  return {
    text: `Plimsoll ${host.version}, Node ${host.runtime}; the rest could not be found out, see the log.\n`,
    plimsoll: host.version,
    node: host.runtime,
    client: undefined,
    capabilities: {},
    settings: undefined,
    builds: [],
    rules: [],
    errors: [],
  };
}
