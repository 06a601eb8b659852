import {
  type Disposable,
  languages,
  type Tab,
  TabInputText,
  TabInputTextDiff,
  type Uri,
  window,
  workspace,
} from 'vscode';
import type { LintWorkspaceResult } from '../../server/src/lsp/protocol.js';
import type { Client } from './client.js';

/**
 * What "Lint Workspace" found in files that are not open. An open document's findings come from the server as it is
 * typed in, so a file leaves this list as soon as it is opened, changed or removed: nothing is shown twice or stale.
 */
export class WorkspaceFindings implements Disposable {
  readonly #collection = languages.createDiagnosticCollection('plimsoll.workspace');
  readonly #subscriptions: Disposable[];

  constructor() {
    const watcher = workspace.createFileSystemWatcher('**/*', true);
    const forget = (uri: Uri): void => this.#collection.delete(uri);
    this.#subscriptions = [
      this.#collection,
      watcher,
      watcher.onDidChange(forget),
      watcher.onDidDelete(forget),
      window.tabGroups.onDidChangeTabs(({ opened }) => opened.flatMap(urisOf).forEach(forget)),
    ];
  }

  async show(client: Client, { files }: LintWorkspaceResult): Promise<void> {
    this.#collection.clear();
    const open = openUris();
    for (const { uri, diagnostics } of files) {
      const place = client.protocol2CodeConverter.asUri(uri);
      if (diagnostics.length === 0 || open.has(place.toString())) continue;
      this.#collection.set(place, await client.protocol2CodeConverter.asDiagnostics(diagnostics));
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

/** What the tabs show: a document may outlive its tab, and then the server's own findings are no longer shown. */
function openUris(): Set<string> {
  return new Set(window.tabGroups.all.flatMap(({ tabs }) => tabs.flatMap(urisOf)).map(String));
}

function urisOf({ input }: Tab): Uri[] {
  if (input instanceof TabInputText) return [input.uri];
  return input instanceof TabInputTextDiff ? [input.original, input.modified] : [];
}
