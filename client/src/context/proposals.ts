import {
  commands,
  type Disposable,
  l10n,
  Range,
  TabInputTextDiff,
  type TextDocumentContentProvider,
  Uri,
  WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
import type { GeneratedFile } from '../../../server/src/lsp/protocol.js';
import type { Session } from '../session.js';
import { say } from '../shared/work.js';
import { difference } from './difference.js';

/** Of documents that exist as a preview only; the manifest names it too. */
const scheme = 'plimsoll-preview';

interface Proposal {
  readonly generated: GeneratedFile;
  /** What the file held when the proposal was made; undefined where there was none. */
  readonly before: string | undefined;
}

/** Files that are proposed: shown as a difference, written when the person says so. */
export class Proposals implements Disposable, TextDocumentContentProvider {
  readonly #session: Session;
  readonly #registration: Disposable;
  /** By the URI of the proposed side. */
  readonly #open = new Map<string, Proposal>();

  constructor(session: Session) {
    this.#session = session;
    this.#registration = workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.#open.get(uri.toString())?.generated.text ?? '';
  }

  /** Opens the difference and asks whether to write it; what the answer does happens in the background. */
  async propose(generated: GeneratedFile): Promise<void> {
    const target = Uri.parse(generated.uri, true);
    const before = generated.exists ? (await workspace.openTextDocument(target)).getText() : undefined;
    // A fresh one each time: VS Code keeps the text of a document it knows.
    const proposed = target.with({ scheme, query: String(Date.now()) });
    this.#open.set(proposed.toString(), { generated, before });
    const old = generated.exists ? target : target.with({ scheme, query: 'none' });
    await commands.executeCommand('vscode.diff', old, proposed, generated.title, { preview: true });
    this.#ask(proposed, generated).catch((error: unknown) => this.#session.explain(error));
  }

  /** The person turned to the buttons of the preview's editor. */
  async accept(proposed: Uri | undefined): Promise<void> {
    const uri = proposed ?? inFront();
    if (uri !== undefined) await this.#write(uri);
  }

  async #ask(proposed: Uri, { title, exists, applicability }: GeneratedFile): Promise<void> {
    const yes = exists ? l10n.t('Add the Lines') : l10n.t('Create the File');
    const care =
      applicability === 'safe'
        ? l10n.t('No step uses what it leaves out.')
        : l10n.t('Look at it first: a step may use what it leaves out.');
    if ((await say(`${title}. ${care}`, yes)) === yes) await this.#write(proposed);
  }

  async #write(proposed: Uri): Promise<void> {
    const key = proposed.toString();
    const proposal = this.#open.get(key);
    if (proposal === undefined) return;
    const target = Uri.parse(proposal.generated.uri, true);
    const edit = await editOf(target, proposal);
    if (edit === undefined || !(await workspace.applyEdit(edit))) {
      void say(l10n.t('The file has changed meanwhile; nothing was written.'));
      return;
    }
    this.#open.delete(key);
    await closePreview(key);
    const document = await workspace.openTextDocument(target);
    await document.save();
    await window.showTextDocument(document);
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

/** The edit that writes a proposal; undefined where the file is no longer what it was made for. */
async function editOf(target: Uri, { generated, before }: Proposal): Promise<WorkspaceEdit | undefined> {
  const edit = new WorkspaceEdit();
  if (before === undefined) {
    edit.createFile(target, { overwrite: false, contents: new TextEncoder().encode(generated.text) });
    return edit;
  }
  const document = await workspace.openTextDocument(target);
  if (document.getText() !== before) return undefined;
  // No more than what differs, so that the rest of the document stays as it is.
  const { start, end, text } = difference(before, generated.text);
  edit.replace(target, new Range(document.positionAt(start), document.positionAt(end)), text);
  return edit;
}

function inFront(): Uri | undefined {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof TabInputTextDiff && input.modified.scheme === scheme ? input.modified : undefined;
}

async function closePreview(proposed: string): Promise<void> {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  const shown = tabs.filter(
    ({ input }) => input instanceof TabInputTextDiff && input.modified.toString() === proposed,
  );
  await window.tabGroups.close(shown);
}
