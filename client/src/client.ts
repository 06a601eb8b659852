import { randomUUID } from 'node:crypto';
import { type CancellationToken, l10n, type Progress, window, workspace } from 'vscode';
import {
  CloseAction,
  type CloseHandlerResult,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  type ServerOptions,
  State,
  TransportKind,
  WorkDoneProgress,
} from 'vscode-languageclient/node';
import type {
  ClientNotifications,
  InitializationOptions,
  Notifications,
  Requests,
} from '../../server/src/lsp/protocol.js';
import { chosenBuilds } from './chosen.js';
import { synchronised } from './documents.js';
import { measuredBuilds } from './measured.js';
import type { Session } from './session.js';
import type { StatusItem } from './status.js';

/** A language client that knows the requests of protocol.ts. */
export class Client extends LanguageClient {
  /** Sends one of Plimsoll's own requests; rejects when it is cancelled or the server does not know it. */
  ask<M extends keyof Requests>(
    method: M,
    params: Requests[M]['params'],
    token?: CancellationToken,
  ): Promise<Requests[M]['result']> {
    // An undefined token would be sent as a second parameter.
    return token === undefined
      ? this.sendRequest<Requests[M]['result']>(method, params)
      : this.sendRequest<Requests[M]['result']>(method, params, token);
  }

  /** As `ask`, and passes on what the server says of its progress. */
  async askWithProgress<M extends keyof Requests>(
    method: M,
    params: Requests[M]['params'],
    progress: Progress<{ message?: string; increment?: number }>,
    token: CancellationToken,
  ): Promise<Requests[M]['result']> {
    const workDoneToken = randomUUID();
    let reached = 0;
    const listener = this.onProgress(WorkDoneProgress.type, workDoneToken, (said) => {
      const percentage = (said.kind === 'end' ? undefined : said.percentage) ?? reached;
      progress.report({ message: said.message ?? '', increment: percentage - reached });
      reached = percentage;
    });
    try {
      return await this.ask(method, { ...params, workDoneToken }, token);
    } finally {
      listener.dispose();
    }
  }
}

/** Starts the server beside this bundle; resolves when it has answered `initialize`. */
export async function startClient(session: Session, status: StatusItem): Promise<Client> {
  const { context } = session;
  const module = context.asAbsolutePath('dist/server.js');
  const server: ServerOptions = {
    run: { module, transport: TransportKind.ipc },
    debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6010'] } },
  };
  const options: LanguageClientOptions = {
    documentSelector: synchronised.map((filter) => ({ ...filter })) as NonNullable<
      LanguageClientOptions['documentSelector']
    >,
    // All three are off unless asked for.
    diagnosticPullOptions: { onChange: true, onSave: true, onFocus: true },
    // A function: after a crash the new server gets what was chosen in the meantime.
    initializationOptions: (): InitializationOptions => ({
      chosenBuilds: chosenBuilds(context.workspaceState),
      measured: measuredBuilds(context.workspaceState),
      trusted: workspace.isTrusted,
    }),
    outputChannel: session.log(),
    revealOutputChannelOn: RevealOutputChannelOn.Never,
  };
  const client = new Client('plimsoll', 'Plimsoll', server, options);
  options.errorHandler = errorHandler(client, session, status);
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Starting) status.starting();
    if (newState === State.Running) status.running();
  });
  client.onNotification(
    'plimsoll/status' satisfies keyof Notifications,
    (said: Notifications['plimsoll/status']) => status.report(said),
  );
  client.onNotification(
    'plimsoll/contextStatus' satisfies keyof Notifications,
    (said: Notifications['plimsoll/contextStatus']) => session.contextChanged.fire(said),
  );
  await client.start();
  context.subscriptions.push(
    workspace.onDidGrantWorkspaceTrust(() => {
      const said: ClientNotifications['plimsoll/trust'] = { trusted: true };
      if (client.isRunning())
        void client.sendNotification('plimsoll/trust' satisfies keyof ClientNotifications, said);
    }),
  );
  session.log().info(`activate took ${session.activateMs.toFixed(1)} ms`);
  return client;
}

/** Restarts a server that ended by itself, four times in three minutes; after that the person is asked, once. */
function errorHandler(client: Client, session: Session, status: StatusItem): ErrorHandler {
  const usual = client.createDefaultErrorHandler(4);
  return {
    error: (error, message, count) => usual.error(error, message, count),
    async closed(): Promise<CloseHandlerResult> {
      const result = await usual.closed();
      if (result.action !== CloseAction.DoNotRestart) return result;
      const text = l10n.t('The server keeps ending and was not started again.');
      status.failed(text);
      void offerRestart(session, text);
      return { ...result, handled: true };
    },
  };
}

async function offerRestart(session: Session, text: string): Promise<void> {
  const restart = l10n.t('Restart Server');
  const showLog = l10n.t('Show Log');
  const answer = await window.showErrorMessage(`Plimsoll: ${text}`, restart, showLog);
  if (answer === restart) await session.restart();
  if (answer === showLog) session.log().show();
}
