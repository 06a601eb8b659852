import { commands, l10n, ProgressLocation, Uri, window, workspace } from 'vscode';
import type { ImpactReportResult, MeasuredResult } from '../../../server/src/lsp/protocol.js';
import { keepMeasuredBuilds } from '../measured.js';
import type { Session } from '../session.js';
import type { Reports } from '../shared/panels.js';
import { answerTo, onDisk, say } from '../shared/work.js';
import { type BuildLog, readLogs } from './logs.js';

/** Builds that were measured: got, kept in the workspace, shown in the report. */
export class Measuring {
  readonly #session: Session;
  readonly #reports: Reports<ImpactReportResult>;

  constructor(session: Session, reports: Reports<ImpactReportResult>) {
    this.#session = session;
    this.#reports = reports;
  }

  /** Runs the build with docker, after the person has seen the command and said yes. */
  async measure(target: Uri): Promise<void> {
    if (!(await isTrusted())) return;
    const uri = await this.#dockerfileOf(target);
    if (uri === undefined) return;
    const client = await this.#session.client();
    const { command, reason } = await client.ask('plimsoll/measureCommand', { uri });
    if (command === null) {
      void say(reason ?? l10n.t('This build cannot be run from here.'));
      return;
    }
    const cached = l10n.t('Build');
    const clean = l10n.t('Build Without Cache');
    const detail = l10n.t(
      '{0}\n\nThis runs docker on this machine and executes the steps of the Dockerfile; it may take minutes. Without the cache (--no-cache) every step is measured.',
      command,
    );
    const question = l10n.t('Run this build and measure it?');
    const answer = await window.showInformationMessage(question, { modal: true, detail }, cached, clean);
    if (answer === undefined) return;
    const title = l10n.t('Plimsoll: measuring a build');
    const options = { location: ProgressLocation.Notification, title, cancellable: true };
    const result = await window.withProgress(options, (progress, token) =>
      client
        .askWithProgress('plimsoll/measureBuild', { uri, noCache: answer === clean }, progress, token)
        .catch((error: unknown) => {
          if (token.isCancellationRequested) return undefined;
          throw error;
        }),
    );
    if (result !== undefined) await this.#keep(uri, result);
  }

  /** Reads build logs that the person points at, or the builder's own history. */
  async importLogs(target: Uri): Promise<void> {
    const logs = await readLogs(workspace.isTrusted);
    if (logs === undefined) return;
    const uri = await this.#dockerfileOf(target);
    if (uri === undefined) return;
    const result = await this.#read(uri, logs);
    if (result !== undefined) await this.#keep(uri, result);
  }

  #read(uri: string, logs: readonly BuildLog[] | 'history'): Promise<MeasuredResult | undefined> {
    return logs === 'history'
      ? answerTo(
          this.#session,
          'plimsoll/importHistory',
          { uri },
          l10n.t('Plimsoll: reading the builder’s history'),
        )
      : answerTo(this.#session, 'plimsoll/importLog', { uri, logs }, l10n.t('Plimsoll: reading build logs'));
  }

  /** Forgets what was measured of a Dockerfile. */
  async forget(target: Uri): Promise<void> {
    const uri = await this.#dockerfileOf(target);
    if (uri === undefined) return;
    const client = await this.#session.client();
    const { measured } = await client.ask('plimsoll/forgetMeasured', { uri });
    await keepMeasuredBuilds(this.#session.context.workspaceState, uri, measured);
    void say(l10n.t('The measured builds of this Dockerfile are forgotten.'));
    await this.#reports.refresh(uri);
  }

  /** Keeps what there is now, says what could not be used, and shows the report. */
  async #keep(uri: string, { measured, added, notes }: MeasuredResult): Promise<void> {
    await keepMeasuredBuilds(this.#session.context.workspaceState, uri, measured);
    if (notes.length > 0) void say(notes.join(' '));
    else if (added === 0) void say(l10n.t('Nothing new: these builds are known already.'));
    if (added > 0) await this.#reports.show(Uri.parse(uri, true));
  }

  /** The Dockerfile that is meant, asked for where there are several. */
  async #dockerfileOf(target: Uri): Promise<string | undefined> {
    if (!onDisk(target)) return undefined;
    const client = await this.#session.client();
    const known = await client.ask('plimsoll/builds', { uri: target.toString() });
    if (known.builds.length > 0) return target.toString();
    const result = await this.#reports.ask(target.toString());
    if (result !== undefined && result.dockerfileUri === null)
      void say(result.notes[0] ?? l10n.t('No Dockerfile is built from here.'));
    return result?.dockerfileUri ?? undefined;
  }
}

/** Docker runs what the workspace says, so only where that is trusted; says so where it is not. */
async function isTrusted(): Promise<boolean> {
  if (workspace.isTrusted) return true;
  const manage = l10n.t('Manage Workspace Trust');
  const text = l10n.t('A build runs what the Dockerfile says: that needs a trusted workspace.');
  if ((await say(text, manage)) === manage) await commands.executeCommand('workbench.trust.manage');
  return false;
}
