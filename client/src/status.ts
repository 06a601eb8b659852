import { type Disposable, LanguageStatusSeverity, l10n, languages } from 'vscode';
import type { Status } from '../../server/src/lsp/protocol.js';
import { selector } from './documents.js';

/** The language status item: how the server is, how long the last run took, what is broken. */
export class StatusItem implements Disposable {
  readonly #item = languages.createLanguageStatusItem('plimsoll.status', selector);

  constructor() {
    this.#item.name = 'Plimsoll';
  }

  starting(): void {
    this.#show('Plimsoll', l10n.t('Starting'), LanguageStatusSeverity.Information, true);
    this.#item.command = { command: 'plimsoll.showLog', title: l10n.t('Show Log') };
  }

  running(): void {
    this.#show('Plimsoll', l10n.t('Running'), LanguageStatusSeverity.Information, false);
    this.#item.command = { command: 'plimsoll.showLog', title: l10n.t('Show Log') };
  }

  failed(reason: string): void {
    this.#show(l10n.t('Plimsoll is not running'), reason, LanguageStatusSeverity.Error, false);
    this.#item.command = { command: 'plimsoll.restartServer', title: l10n.t('Restart Server') };
  }

  /** What the server says of itself. A broken configuration comes first: the person can mend it. */
  report(status: Status): void {
    const { lastRunMs, errors, configProblems } = status;
    const took = l10n.t('last run {0} ms', lastRunMs.toFixed(lastRunMs < 10 ? 1 : 0));
    const config = configProblems[0];
    if (config !== undefined) {
      const more = configProblems.length > 1 ? l10n.t(' (and {0} more)', configProblems.length - 1) : '';
      this.#show(
        l10n.t('Plimsoll: broken configuration'),
        config + more,
        LanguageStatusSeverity.Warning,
        false,
      );
    } else if (errors.length > 0) {
      const count = l10n.t('{0} errors since the start', errors.length);
      this.#show('Plimsoll', `${count}, ${took}`, LanguageStatusSeverity.Warning, false);
    } else {
      this.#show('Plimsoll', took, LanguageStatusSeverity.Information, false);
    }
    this.#item.command = { command: 'plimsoll.showLog', title: l10n.t('Show Log') };
  }

  #show(text: string, detail: string, severity: LanguageStatusSeverity, busy: boolean): void {
    this.#item.text = text;
    this.#item.detail = detail;
    this.#item.severity = severity;
    this.#item.busy = busy;
  }

  dispose(): void {
    this.#item.dispose();
  }
}
