import { l10n, Uri, type WebviewPanel } from 'vscode';
import type { ContextReportResult, ContextStatus } from '../../../server/src/lsp/protocol.js';
import { contextViewType } from '../reportView.js';
import type { Session } from '../session.js';
import { applyAndSave, isCurrent } from '../shared/edits.js';
import { labelOf, shownPath } from '../shared/labels.js';
import { ReportPanel, translate } from '../shared/panel.js';
import type { Kind } from '../shared/panels.js';
import { answerTo, say } from '../shared/work.js';
import type { FromPage } from '../views/messages.js';
import { stepsOf } from '../views/model.js';
import { reportBody } from '../views/report.js';
import { changeText } from '../views/total.js';
import type { Change } from '../views/view.js';
import { bytesText } from '../views/words.js';

/** Milliseconds: what the server says of the context so soon after a measurement is news of that measurement. */
const echo = 1500;

/** The report of a build context. */
export function contextKind(): Kind<ContextReportResult> {
  return {
    viewType: contextViewType,
    title: l10n.t('Build Context'),
    ask: measured,
    create: (session, panel, uri) => new ContextPanel(session, panel, uri),
  };
}

function measured(session: Session, uri: string): Promise<ContextReportResult | undefined> {
  const title = l10n.t('Plimsoll: measuring the build context');
  return answerTo(session, 'plimsoll/contextReport', { uri, full: true }, title);
}

class ContextPanel extends ReportPanel<ContextReportResult> {
  #said: string | undefined;

  constructor(session: Session, panel: WebviewPanel, uri: Uri) {
    super(session, panel, uri, {
      title: l10n.t('Build Context'),
      busy: l10n.t('Measuring the build context…'),
    });
    this.own(session.contextChanged.event((status) => this.#news(status)));
  }

  /** Shows a measurement, and what an added line did where one was. */
  override show(result: ContextReportResult, change: Change | null = null): void {
    this.result = result;
    const { picture, notes, thresholds } = result;
    const dockerfile = labelOf(this.uri.fsPath);
    const view = { dockerfile, picture, notes, thresholds, change, label: shownPath };
    this.present(l10n.t('Build Context: {0}', dockerfile), {
      body: reportBody(view, translate).text,
      announce: change === null ? '' : changeText(change, translate),
      tree: picture?.tree ?? null,
      steps: picture === null ? { lines: [], instructions: {} } : stepsOf(picture),
      texts: l10n.bundle ?? {},
    });
  }

  protected override ask(): Promise<ContextReportResult | undefined> {
    return measured(this.session, this.uri.toString());
  }

  protected override heard(message: FromPage): void {
    if (message.kind === 'add') void this.next(() => this.#add(message.pattern));
    if (message.kind === 'create') this.run('plimsoll.createDockerignore');
  }

  /** The Dockerfile may be closed, and the server silent: what decides the size is watched here too. */
  protected override restsOn(file: Uri): boolean {
    const uri = file.toString();
    return uri === this.uri.toString() || uri === this.result?.ignoreFileUri;
  }

  /** The report names two files: the Dockerfile and the ignore file. */
  protected override fileOf(shown: string): Uri {
    const { picture, ignoreFileUri } = this.result ?? {};
    const isIgnore = shown === picture?.report.build.ignoreFile;
    return isIgnore && typeof ignoreFileUri === 'string' ? Uri.parse(ignoreFileUri, true) : this.uri;
  }

  /** Adds a line to the ignore file, saves it and shows what that changed. */
  async #add(pattern: string): Promise<void> {
    const before = this.#sentBytes();
    const client = await this.session.client();
    const added = await client.ask('plimsoll/addIgnoreLine', { uri: this.uri.toString(), pattern });
    if (added.edit === null) {
      void say(added.reason ?? l10n.t('{0} could not be added.', pattern));
      return;
    }
    if (!isCurrent(added.edit)) {
      void say(l10n.t('The file has changed meanwhile; nothing was added.'));
      return;
    }
    const edit = await client.protocol2CodeConverter.asWorkspaceEdit(added.edit);
    const file = this.result?.ignoreFileUri;
    if (!(await applyAndSave(edit, typeof file === 'string' ? [Uri.parse(file, true)] : []))) {
      void say(l10n.t('The editor refused the change; nothing was added.'));
      return;
    }
    const result = await this.ask();
    if (result === undefined) return;
    const after = result.picture?.report.sent.bytes ?? 0;
    this.show(result, { pattern, file: added.path, before, after });
    this.session.log().info(`${pattern} added to ${added.path}: ${bytesText(before)} → ${bytesText(after)}`);
  }

  #sentBytes(): number {
    return this.result?.picture?.report.sent.bytes ?? 0;
  }

  /** The server has measured in the background: if that says something new, the report measures again. */
  #news(status: ContextStatus): void {
    if (status.uri !== this.uri.toString()) return;
    const said = status.text + status.detail;
    const known =
      this.working || this.#said === undefined || said === this.#said || Date.now() - this.shownAt < echo;
    this.#said = said;
    if (!known) this.outdated();
  }
}
