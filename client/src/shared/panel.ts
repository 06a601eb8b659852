import { randomBytes } from 'node:crypto';
import { commands, type Disposable, env, l10n, Uri, type WebviewPanel, workspace } from 'vscode';
import type { Session } from '../session.js';
import type { FromPage, ToPage } from '../views/messages.js';
import { reportPage } from '../views/page.js';
import type { Say } from '../views/words.js';
import { openAt } from './place.js';

export const translate: Say = (text, ...values) => l10n.t(text, ...values);

/** Milliseconds to wait for more news before asking again. */
const settle = 1000;

/** What a kind of report is called. */
export interface PanelWords {
  readonly title: string;
  /** While it is worked out: `Measuring the build context…`. */
  readonly busy: string;
}

/**
 * One editor with a report about one Dockerfile: the page, what it says and is told, one piece of work after the other,
 * and asking again when something it rests on has changed. What it shows is its subclass's matter.
 */
export abstract class ReportPanel<Result> implements Disposable {
  protected readonly session: Session;
  protected readonly uri: Uri;
  protected result: Result | undefined;
  protected shownAt = 0;
  /** It asks again at the end of what it does, so news of the meantime is no news. */
  protected working = false;
  readonly #panel: WebviewPanel;
  readonly #words: PanelWords;
  readonly #subscriptions: Disposable[];
  #message: ToPage | undefined;
  #stale = false;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(session: Session, panel: WebviewPanel, uri: Uri, words: PanelWords) {
    this.session = session;
    this.uri = uri;
    this.#panel = panel;
    this.#words = words;
    this.#subscriptions = [
      panel.webview.onDidReceiveMessage((message: FromPage) => this.#received(message)),
      panel.onDidChangeViewState(() => this.#catchUp()),
      panel.onDidDispose(() => this.dispose()),
      workspace.onDidSaveTextDocument(({ uri: saved }) => this.#saved(saved)),
      // A proposed file that is accepted is created, not saved.
      workspace.onDidCreateFiles(({ files }) => {
        for (const created of files) this.#saved(created);
      }),
    ];
    this.#load();
  }

  /** Shows what the server said. */
  abstract show(result: Result): void;

  /** Asks the server; undefined where the person cancelled. */
  protected abstract ask(): Promise<Result | undefined>;

  /** What only this kind of report's page asks for. */
  protected abstract heard(message: FromPage): void;

  /** Whether the report rests on a file. */
  protected abstract restsOn(file: Uri): boolean;

  /** The file behind a path of the report. */
  protected fileOf(_shown: string): Uri {
    return this.uri;
  }

  reveal(): void {
    this.#panel.reveal();
  }

  /** Asks again, after what is under way. */
  refresh(): Promise<void> {
    return this.next(async () => {
      const result = await this.ask();
      if (result !== undefined) this.show(result);
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#panel.dispose();
  }

  /** Puts a report into the page, now and when the page is loaded again. */
  protected present(title: string, message: Omit<Extract<ToPage, { kind: 'show' }>, 'kind' | 'uri'>): void {
    this.shownAt = Date.now();
    this.#stale = false;
    clearTimeout(this.#timer);
    this.#panel.title = title;
    this.#message = { kind: 'show', uri: this.uri.toString(), ...message };
    this.#post(this.#message);
  }

  /** Disposed of with the panel. */
  protected own(...disposables: readonly Disposable[]): void {
    this.#subscriptions.push(...disposables);
  }

  /** Does one thing after the other; a failure is shown in one message and ends nothing. */
  protected next(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work
      .then(() => {
        this.working = true;
        this.#post({ kind: 'busy', text: this.#words.busy });
        return work();
      })
      .catch((error: unknown) => this.session.explain(error))
      .then(() => {
        this.working = false;
        this.#post({ kind: 'idle' });
      });
    return this.#work;
  }

  /** Runs a command about this Dockerfile and asks again. */
  protected run(command: string): void {
    const done = Promise.resolve(commands.executeCommand(command, this.uri)).then(() => this.refresh());
    done.catch((error: unknown) => this.session.explain(error));
  }

  /** Something it rests on has changed: it asks again soon, if it is seen. */
  protected outdated(): void {
    this.#stale = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#catchUp(), settle);
  }

  #load(): void {
    const { webview } = this.#panel;
    const root = this.session.context.extensionUri;
    const folders = { media: Uri.joinPath(root, 'media'), dist: Uri.joinPath(root, 'dist') };
    this.#panel.iconPath = Uri.joinPath(folders.media, 'icon.png');
    webview.options = { enableScripts: true, localResourceRoots: Object.values(folders) };
    const parts = {
      language: env.language,
      title: this.#words.title,
      waiting: this.#words.busy,
      cspSource: webview.cspSource,
      nonce: randomBytes(18).toString('base64url'),
      script: webview.asWebviewUri(Uri.joinPath(folders.dist, 'report.js')).toString(),
      style: webview.asWebviewUri(Uri.joinPath(folders.media, 'report.css')).toString(),
    };
    webview.html = reportPage(parts);
  }

  #post(message: ToPage): void {
    // A page that is not visible is not there; it says `ready` when it is loaded again.
    void this.#panel.webview.postMessage(message);
  }

  #received(message: FromPage): void {
    if (message.kind === 'ready') {
      if (this.#message !== undefined) this.#post(this.#message);
    } else if (message.kind === 'refresh') void this.refresh();
    else if (message.kind === 'choose') this.run('plimsoll.chooseBuild');
    else if (message.kind === 'open') {
      const file = message.path === undefined ? this.uri : this.fileOf(message.path);
      openAt(file, message.line, true).catch((error: unknown) => this.session.explain(error));
    } else this.heard(message);
  }

  #saved(file: Uri): void {
    if (!this.working && this.restsOn(file)) this.outdated();
  }

  #catchUp(): void {
    if (!this.#stale || !this.#panel.visible) return;
    this.#stale = false;
    void this.refresh();
  }
}
