import { l10n, window, workspace } from 'vscode';
import type { ApplySafeFixesResult } from '../../../server/src/lsp/protocol.js';
import { selector } from '../documents.js';
import type { Session } from '../session.js';
import { isCurrent } from '../shared/edits.js';
import { documentInFront } from './inFront.js';

/** Applies every safe fix of the document in front, or says why there is nothing to apply. */
export async function applySafeFixes(session: Session): Promise<void> {
  const document = documentInFront(selector);
  if (document === undefined) {
    const text = l10n.t('Open a Dockerfile, a compose file or a .dockerignore first.');
    void window.showInformationMessage(`Plimsoll: ${text}`);
    return;
  }
  const client = await session.client();
  const result = await client.ask('plimsoll/applySafeFixes', { uri: document.uri.toString() });
  void window.showInformationMessage(`Plimsoll: ${await apply(result)}`);

  async function apply({ edit, applied }: ApplySafeFixesResult): Promise<string> {
    if (edit === null) return l10n.t('There is no safe fix to apply in this file.');
    // The conversion drops the versions the edit was computed for.
    if (!isCurrent(edit)) return l10n.t('The file has changed meanwhile; nothing was applied.');
    const done = await workspace.applyEdit(await client.protocol2CodeConverter.asWorkspaceEdit(edit));
    if (!done) return l10n.t('The editor refused the change; nothing was applied.');
    return applied === 1 ? l10n.t('One safe fix applied.') : l10n.t('{0} safe fixes applied.', applied);
  }
}
