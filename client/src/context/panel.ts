import { randomBytes } from 'node:crypto';
import { commands, type Disposable, env, l10n, Uri, type WebviewPanel, workspace } from 'vscode';
import type { ContextReportResult, ContextStatus } from '../../../server/src/lsp/protocol.js';
import type { Session } from '../session.js';
import type { FromPage, ToPage } from '../views/messages.js';
import { stepsOf } from '../views/model.js';
import { reportPage } from '../views/page.js';
import { reportBody } from '../views/report.js';
import { changeText } from '../views/total.js';
import type { Change } from '../views/view.js';
import { bytesText, type Say } from '../views/words.js';
import { applyAndSave, isCurrent } from './edits.js';
import { labelOf, shownPath } from './labels.js';
import { openAt } from './place.js';
import { answerTo, say } from './work.js';

const translate: Say = (text, ...values) => l10n.t(text, ...values);

/** Milliseconds: what the server says of the context so soon after a measurement is news of that measurement. */
const echo = 1500;
/** Milliseconds to wait for more news before measuring again. */
const settle = 1000;

/** One editor with the report of one Dockerfile's build. */
export class ReportPanel implements Disposable {
  readonly #session: Session;
  readonly #panel: WebviewPanel;
  readonly #uri: Uri;
  readonly #subscriptions: Disposable[];
  #result: ContextReportResult | undefined;
  #message: ToPage | undefined;
  #said: string | undefined;
  #shownAt = 0;
  #stale = false;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  /** It measures at the end of what it does, so news of the meantime is no news. */
  #working = false;

  constructor(session: Session, panel: WebviewPanel, uri: Uri) {
    this.#session = session;
    this.#panel = panel;
    this.#uri = uri;
    this.#subscriptions = [
      panel.webview.onDidReceiveMessage((message: FromPage) => this.#heard(message)),
      panel.onDidChangeViewState(() => this.#catchUp()),
      panel.onDidDispose(() => this.dispose()),
      session.contextChanged.event((status) => this.#news(status)),
      workspace.onDidSaveTextDocument(({ uri }) => this.#saved(uri.toString())),
      // A proposed ignore file that is accepted is created, not saved.
      workspace.onDidCreateFiles(({ files }) => {
        for (const uri of files) this.#saved(uri.toString());
      }),
    ];
    this.#load();
  }

  /** Shows a measurement, and what an added line did where one was. */
  show(result: ContextReportResult, change: Change | null = null): void {
    this.#result = result;
    this.#shownAt = Date.now();
    this.#stale = false;
    const { picture, notes, thresholds } = result;
    const dockerfile = labelOf(this.#uri.fsPath);
    const body = reportBody({ dockerfile, picture, notes, thresholds, change, label: shownPath }, translate);
    this.#panel.title = l10n.t('Build Context: {0}', dockerfile);
    this.#message = {
      kind: 'show',
      uri: this.#uri.toString(),
      body: body.text,
      announce: change === null ? '' : changeText(change, translate),
      tree: picture?.tree ?? null,
      steps: picture === null ? { lines: [], instructions: {} } : stepsOf(picture),
      texts: l10n.bundle ?? {},
    };
    this.#post(this.#message);
  }

  reveal(): void {
    this.#panel.reveal();
  }

  /** Measures again, after what is under way. */
  refresh(): Promise<void> {
    return this.#next(async () => {
      const result = await this.#measure();
      if (result !== undefined) this.show(result);
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#panel.dispose();
  }

  #load(): void {
    const { webview } = this.#panel;
    const root = this.#session.context.extensionUri;
    const folders = { media: Uri.joinPath(root, 'media'), dist: Uri.joinPath(root, 'dist') };
    this.#panel.iconPath = Uri.joinPath(folders.media, 'icon.png');
    webview.options = { enableScripts: true, localResourceRoots: Object.values(folders) };
    const parts = {
      language: env.language,
      title: l10n.t('Build Context'),
      cspSource: webview.cspSource,
      nonce: randomBytes(18).toString('base64url'),
      script: webview.asWebviewUri(Uri.joinPath(folders.dist, 'report.js')).toString(),
      style: webview.asWebviewUri(Uri.joinPath(folders.media, 'report.css')).toString(),
    };
    webview.html = reportPage(parts, translate);
  }

  #post(message: ToPage): void {
    // A page that is not visible is not there; it says `ready` when it is loaded again.
    void this.#panel.webview.postMessage(message);
  }

  #heard(message: FromPage): void {
    if (message.kind === 'ready' && this.#message !== undefined) this.#post(this.#message);
    if (message.kind === 'refresh') void this.refresh();
    if (message.kind === 'add') void this.#next(() => this.#add(message.pattern));
    if (message.kind === 'choose') void this.#run('plimsoll.chooseBuild');
    if (message.kind === 'create') void this.#run('plimsoll.createDockerignore');
    if (message.kind === 'open') {
      openAt(this.#fileOf(message.path), message.line, true).then(undefined, (error: unknown) =>
        this.#session.explain(error),
      );
    }
  }

  /** The file behind a path of the report, which names two: the Dockerfile and the ignore file. */
  #fileOf(shown: string | undefined): Uri {
    const { picture, ignoreFileUri } = this.#result ?? {};
    const isIgnore = shown !== undefined && shown === picture?.report.build.ignoreFile;
    return isIgnore && typeof ignoreFileUri === 'string' ? Uri.parse(ignoreFileUri, true) : this.#uri;
  }

  /** Does one thing after the other; a failure is shown in one message and ends nothing. */
  #next(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work
      .then(() => {
        this.#working = true;
        this.#post({ kind: 'busy', text: l10n.t('Measuring the build context…') });
        return work();
      })
      .catch((error: unknown) => this.#session.explain(error))
      .then(() => {
        this.#working = false;
        this.#post({ kind: 'idle' });
      });
    return this.#work;
  }

  #measure(): Promise<ContextReportResult | undefined> {
    const title = l10n.t('Plimsoll: measuring the build context');
    const params = { uri: this.#uri.toString(), full: true };
    return answerTo(this.#session, 'plimsoll/contextReport', params, title);
  }

  async #run(command: string): Promise<void> {
    await commands.executeCommand(command, this.#uri);
    await this.refresh();
  }

  /** Adds a line to the ignore file, saves it and shows what that changed. */
  async #add(pattern: string): Promise<void> {
    const before = this.#sentBytes();
    const client = await this.#session.client();
    const added = await client.ask('plimsoll/addIgnoreLine', { uri: this.#uri.toString(), pattern });
    if (added.edit === null) {
      void say(added.reason ?? l10n.t('{0} could not be added.', pattern));
      return;
    }
    if (!isCurrent(added.edit)) {
      void say(l10n.t('The file has changed meanwhile; nothing was added.'));
      return;
    }
    const edit = await client.protocol2CodeConverter.asWorkspaceEdit(added.edit);
    const file = this.#result?.ignoreFileUri;
    if (!(await applyAndSave(edit, typeof file === 'string' ? [Uri.parse(file, true)] : []))) {
      void say(l10n.t('The editor refused the change; nothing was added.'));
      return;
    }
    const result = await this.#measure();
    if (result === undefined) return;
    const after = result.picture?.report.sent.bytes ?? 0;
    this.show(result, { pattern, file: added.path, before, after });
    this.#session.log().info(`${pattern} added to ${added.path}: ${bytesText(before)} → ${bytesText(after)}`);
  }

  #sentBytes(): number {
    return this.#result?.picture?.report.sent.bytes ?? 0;
  }

  /** The server has measured in the background: if that says something new, the report measures again. */
  #news(status: ContextStatus): void {
    if (status.uri !== this.#uri.toString()) return;
    const said = status.text + status.detail;
    const known =
      this.#working || this.#said === undefined || said === this.#said || Date.now() - this.#shownAt < echo;
    this.#said = said;
    if (!known) this.#outdated();
  }

  /** The Dockerfile may be closed, and the server silent: what decides the size is watched here too. */
  #saved(uri: string): void {
    const decides = uri === this.#uri.toString() || uri === this.#result?.ignoreFileUri;
    if (decides && !this.#working) this.#outdated();
  }

  #outdated(): void {
    this.#stale = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#catchUp(), settle);
  }

  #catchUp(): void {
    if (!this.#stale || !this.#panel.visible) return;
    this.#stale = false;
    void this.refresh();
  }
}
