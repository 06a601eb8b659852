import { EventEmitter, type ExtensionContext, type LogOutputChannel, l10n, window } from 'vscode';
import type { ContextStatus } from '../../server/src/lsp/protocol.js';
import type { Client } from './client.js';
import { ContextItem } from './contextItem.js';
import { WorkspaceFindings } from './findings.js';
import { StatusItem } from './status.js';
import type { Views } from './views.js';

/** The one server of this window: started on first need, restarted on request, never twice at a time. */
export interface Session {
  /** The running client, started if it is not; rejects where it can't be. */
  client(): Promise<Client>;
  /** As `client`, for those who don't wait: a failure is shown in one message. */
  wake(): void;
  /** Ends the server and starts a new one. Calls that arrive meanwhile share the one restart. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  log(): LogOutputChannel;
  /** Findings of the last "Lint Workspace". */
  findings(): WorkspaceFindings;
  /** What shows build contexts; loaded on first need. */
  views(): Promise<Views>;
  /** Says in one message what went wrong and offers what helps. */
  explain(error: unknown): void;
  /** The server says how large the context of a document is. */
  readonly contextChanged: EventEmitter<ContextStatus>;
  readonly context: ExtensionContext;
  /** Milliseconds that `activate` took. */
  activateMs: number;
}

export function createSession(context: ExtensionContext): Session {
  let running: Promise<Client> | undefined;
  let restarting: Promise<void> | undefined;
  let channel: LogOutputChannel | undefined;
  let status: StatusItem | undefined;
  let findings: WorkspaceFindings | undefined;
  let views: Promise<Views> | undefined;
  let explained = false;
  const contextChanged = new EventEmitter<ContextStatus>();
  context.subscriptions.push(contextChanged, new ContextItem(contextChanged.event));

  const log = (): LogOutputChannel => {
    if (channel === undefined) {
      channel = window.createOutputChannel('Plimsoll', { log: true });
      context.subscriptions.push(channel);
    }
    return channel;
  };
  const allFindings = (): WorkspaceFindings => {
    if (findings === undefined) {
      findings = new WorkspaceFindings();
      context.subscriptions.push(findings);
    }
    return findings;
  };
  const start = async (): Promise<Client> => {
    if (status === undefined) {
      status = new StatusItem();
      context.subscriptions.push(status);
    }
    status.starting();
    try {
      // The language client is a bundle of 450 kB beside this small one: it is loaded here and not before.
      const { startClient } = await import('./client.js');
      return await startClient(session, status);
    } catch (error) {
      status.failed(reasonOf(error));
      log().error(reasonOf(error));
      throw new StartFailure(reasonOf(error));
    }
  };
  const end = async (): Promise<void> => {
    const old = running;
    running = undefined;
    // A server that never came up has nothing to stop.
    const client = await old?.catch(() => undefined);
    await client?.dispose();
  };
  const session: Session = {
    context,
    activateMs: 0,
    log,
    findings: allFindings,
    contextChanged,
    views() {
      views ??= import('./views.js').then(({ createViews }) => createViews(session));
      return views;
    },
    explain: (error) => void explainFailure(session, error),
    client() {
      if (running === undefined) {
        const attempt = start();
        running = attempt;
        attempt.catch(() => {
          if (running === attempt) running = undefined;
        });
      }
      return running;
    },
    wake() {
      // Once is enough: a server that can't start is not tried again at every document that is opened.
      if (running !== undefined || explained) return;
      session.client().catch((error: unknown) => {
        explained = true;
        void explainFailure(session, error);
      });
    },
    restart() {
      restarting ??= (async () => {
        try {
          await end();
          await session.client();
        } finally {
          restarting = undefined;
        }
      })();
      return restarting;
    },
    stop: end,
  };
  return session;
}

/** The server could not be started. */
class StartFailure extends Error {}

/** Says in one message that the server is not there, or that a command failed, and offers what helps. */
export async function explainFailure(session: Session, error: unknown): Promise<void> {
  const showLog = l10n.t('Show Log');
  const restart = l10n.t('Restart Server');
  const text =
    error instanceof StartFailure
      ? l10n.t('The Plimsoll server could not be started: {0}', error.message)
      : `Plimsoll: ${reasonOf(error)}`;
  const answer = await window.showErrorMessage(text, restart, showLog);
  if (answer === showLog) session.log().show();
  if (answer === restart) await session.restart().catch((again: unknown) => explainFailure(session, again));
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
