import { CancellationTokenSource, l10n, type Progress, ProgressLocation, type Uri, window } from 'vscode';
import type { Candidate, Requests } from '../../../server/src/lsp/protocol.js';
import type { Session } from '../session.js';

type Report = Progress<{ message?: string; increment?: number }>;

/** Milliseconds after which work that the person waits for shows a notification that can cancel it. */
const patience = 1000;

/** The server's answer; undefined where the person cancelled. Rejects with what went wrong. */
export async function answerTo<M extends keyof Requests>(
  session: Session,
  method: M,
  params: Requests[M]['params'],
  title: string,
): Promise<Requests[M]['result'] | undefined> {
  const client = await session.client();
  const cancelling = new CancellationTokenSource();
  const { token } = cancelling;
  let notification: Report | undefined;
  const progress: Report = { report: (said) => notification?.report(said) };
  const job = client.askWithProgress(method, params, progress, token).catch((error: unknown) => {
    if (token.isCancellationRequested) return undefined;
    throw error;
  });
  const done = job.then(
    () => undefined,
    () => undefined,
  );
  const waiting = setTimeout(() => {
    const options = { location: ProgressLocation.Notification, title, cancellable: true };
    void window.withProgress(options, (shown, cancelled) => {
      notification = shown;
      cancelled.onCancellationRequested(() => cancelling.cancel());
      return done;
    });
  }, patience);
  try {
    return await job;
  } finally {
    clearTimeout(waiting);
    cancelling.dispose();
  }
}

/** The answer about a file or folder, after asking which Dockerfile is meant where there are several; undefined where the person turned away. */
export async function answerOfOne<R extends { readonly candidates: readonly Candidate[] }>(
  ask: (uri: string) => Promise<R | undefined>,
  uri: string,
): Promise<R | undefined> {
  const result = await ask(uri);
  if (result === undefined || result.candidates.length === 0) return result;
  const items = result.candidates.map((candidate) => ({ label: candidate.label, uri: candidate.uri }));
  const options = { title: l10n.t('Which Dockerfile?'), placeHolder: l10n.t('Several are built from here') };
  const chosen = await window.showQuickPick(items, options);
  return chosen === undefined ? undefined : ask(chosen.uri);
}

/** The one message where a command has nothing to do. */
export function say(text: string, ...buttons: string[]): Thenable<string | undefined> {
  return window.showInformationMessage(`Plimsoll: ${text}`, ...buttons);
}

/** Whether a context can be measured there; says so where it can't. */
export function onDisk(uri: Uri): boolean {
  if (uri.scheme === 'file') return true;
  void say(l10n.t('A build context can be looked at for files on disk only.'));
  return false;
}
