import { type Disposable, l10n, Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import type { Candidate } from '../../../server/src/lsp/protocol.js';
import type { Session } from '../session.js';
import type { ReportPanel } from './panel.js';
import { answerOfOne, onDisk, say } from './work.js';

/** What the server says of a report, whatever it is about. */
interface Answer {
  readonly dockerfileUri: string | null;
  readonly candidates: readonly Candidate[];
  readonly notes: readonly string[];
}

/** A kind of report. */
export interface Kind<Result extends Answer> {
  readonly viewType: string;
  readonly title: string;
  /** Asks the server about a file or folder; undefined where the person cancelled. */
  ask(session: Session, uri: string): Promise<Result | undefined>;
  create(session: Session, panel: WebviewPanel, uri: Uri): ReportPanel<Result>;
}

/** The open reports of one kind, one for each Dockerfile. */
export class Reports<Result extends Answer> implements Disposable {
  readonly #session: Session;
  readonly #kind: Kind<Result>;
  readonly #open = new Map<string, ReportPanel<Result>>();

  constructor(session: Session, kind: Kind<Result>) {
    this.#session = session;
    this.#kind = kind;
  }

  /** Shows the report of `target`, in the editor that shows it already if there is one. */
  async show(target: Uri): Promise<void> {
    if (!onDisk(target)) return;
    const result = await this.ask(target.toString());
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

  /** The server's answer about a file or folder, after asking which of several Dockerfiles is meant. */
  ask(uri: string): Promise<Result | undefined> {
    return answerOfOne((one) => this.#kind.ask(this.#session, one), uri);
  }

  /** Asks again for a report that is open. */
  async refresh(uri: string): Promise<void> {
    await this.#open.get(uri)?.refresh();
  }

  /** After a reload only the Dockerfile is known: the server is asked again. */
  async restore(panel: WebviewPanel, state: unknown): Promise<void> {
    const uri = uriOf(state);
    if (uri === undefined || this.#open.has(uri)) return panel.dispose();
    await this.#adopt(panel, uri).refresh();
  }

  #newPanel(): WebviewPanel {
    const { viewType, title } = this.#kind;
    return window.createWebviewPanel(viewType, title, ViewColumn.Active, { enableFindWidget: true });
  }

  #adopt(panel: WebviewPanel, uri: string): ReportPanel<Result> {
    const report = this.#kind.create(this.#session, panel, Uri.parse(uri, true));
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
