import { commands, type Disposable, type TextDocumentContentProvider, Uri, window, workspace } from 'vscode';

/** Of answers that are shown as a document; they exist nowhere else. */
const scheme = 'plimsoll-answer';
/** So many are kept for editors that are still open. */
const most = 20;

/** Answers in Markdown, shown in the editor's own preview: to be read, searched and copied like any document. */
export class Answers implements Disposable, TextDocumentContentProvider {
  readonly #registration: Disposable;
  readonly #texts = new Map<string, string>();
  #count = 0;

  constructor() {
    this.#registration = workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** Opens the preview of an answer; `title` names its tab. */
  async show(title: string, markdown: string): Promise<void> {
    // A fresh one each time: VS Code keeps the text of a document it knows.
    const uri = Uri.from({ scheme, path: `/${title.replaceAll('/', '∕')}.md`, query: String(++this.#count) });
    this.#texts.set(uri.toString(), markdown);
    for (const old of [...this.#texts.keys()].slice(0, -most)) this.#texts.delete(old);
    try {
      await commands.executeCommand('markdown.showPreview', uri);
    } catch {
      // The built-in Markdown extension can be switched off.
      await window.showTextDocument(uri, { preview: true });
    }
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
