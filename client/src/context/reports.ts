import { type Disposable, l10n, Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import type { ContextReportResult } from '../../../server/src/lsp/protocol.js';
import { reportViewType } from '../reportView.js';
import type { Session } from '../session.js';
import { ReportPanel } from './panel.js';
import { answerTo, chooseCandidate, onDisk, say } from './work.js';

/** The open reports of build contexts, one for each Dockerfile. */
export class Reports implements Disposable {
  readonly #session: Session;
  readonly #open = new Map<string, ReportPanel>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Measures and shows the report of `target`, in the editor that shows it already if there is one. */
  async show(target: Uri): Promise<void> {
    if (!onDisk(target)) return;
    const result = await this.#measure(target.toString());
    if (result === undefined) return;
    const uri = result.dockerfileUri;
    if (uri === null) {
      void say(result.notes[0] ?? l10n.t('No Dockerfile is built from here.'));
      return;
    }
    const report = this.#open.get(uri) ?? this.#adopt(this.#newPanel(), uri);
    report.show(result);
    report.reveal();
  }

  /** After a reload only the Dockerfile is known: the server is asked again. */
  async restore(panel: WebviewPanel, state: unknown): Promise<void> {
    const uri = uriOf(state);
    if (uri === undefined || this.#open.has(uri)) return panel.dispose();
    await this.#adopt(panel, uri).refresh();
  }

  async #measure(uri: string): Promise<ContextReportResult | undefined> {
    const title = l10n.t('Plimsoll: measuring the build context');
    const result = await answerTo(this.#session, 'plimsoll/contextReport', { uri, full: true }, title);
    if (result === undefined || result.candidates.length === 0) return result;
    const chosen = await chooseCandidate(result.candidates);
    if (chosen === undefined) return undefined;
    return answerTo(this.#session, 'plimsoll/contextReport', { uri: chosen, full: true }, title);
  }

  #newPanel(): WebviewPanel {
    const title = l10n.t('Build Context');
    return window.createWebviewPanel(reportViewType, title, ViewColumn.Active, { enableFindWidget: true });
  }

  #adopt(panel: WebviewPanel, uri: string): ReportPanel {
    const report = new ReportPanel(this.#session, panel, Uri.parse(uri, true));
    this.#open.set(uri, report);
    panel.onDidDispose(() => this.#open.delete(uri));
    return report;
  }

  dispose(): void {
    for (const report of this.#open.values()) report.dispose();
  }
}

/** The Dockerfile in what a page kept; undefined where it is not what this version writes. */
function uriOf(state: unknown): string | undefined {
  const uri = typeof state === 'object' && state !== null && 'uri' in state ? state.uri : undefined;
  return typeof uri === 'string' && uri.startsWith('file:') ? uri : undefined;
}
