import {
  type Disposable,
  type Event,
  type LanguageStatusItem,
  LanguageStatusSeverity,
  l10n,
  languages,
  window,
  workspace,
} from 'vscode';
import type { ContextStatus } from '../../server/src/lsp/protocol.js';

/** The language status item with the size of the build context, for the document in front. */
export class ContextItem implements Disposable {
  readonly #known = new Map<string, ContextStatus>();
  readonly #subscriptions: Disposable[];
  #item: LanguageStatusItem | undefined;

  constructor(changed: Event<ContextStatus>) {
    this.#subscriptions = [
      changed((status) => {
        this.#known.set(status.uri, status);
        this.#show();
      }),
      window.onDidChangeActiveTextEditor(() => this.#show()),
      // The server says it again when the document is opened again.
      workspace.onDidCloseTextDocument(({ uri }) => this.#known.delete(uri.toString())),
    ];
  }

  #show(): void {
    const uri = window.activeTextEditor?.document.uri;
    const status = uri === undefined ? undefined : this.#known.get(uri.toString());
    if (uri === undefined || status === undefined || status.text === '') {
      this.#item?.dispose();
      this.#item = undefined;
      return;
    }
    this.#item ??= languages.createLanguageStatusItem('plimsoll.context', []);
    const item = this.#item;
    item.name = l10n.t('Plimsoll: build context');
    item.selector = { scheme: uri.scheme, pattern: globOf(uri.path) };
    item.text = status.text;
    item.detail = status.detail;
    item.severity =
      status.level === 'warn' ? LanguageStatusSeverity.Warning : LanguageStatusSeverity.Information;
    item.command = {
      command: 'plimsoll.showContextSize',
      title: l10n.t('Show'),
      tooltip: l10n.t('Show Build Context Size'),
      arguments: [uri],
    };
  }

  dispose(): void {
    this.#item?.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

/** A glob for exactly one path: what would mean something else in it stands in brackets. */
function globOf(path: string): string {
  return path.replace(/[*?{}[\]]/g, '[$&]');
}
