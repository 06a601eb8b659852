import { l10n, window } from 'vscode';
import type { Session } from '../session.js';
import { fileInFront, givenUri } from './target.js';

/** Says why a file is, or is not, in the builds around it. */
export async function whyInBuild(session: Session, argument: unknown): Promise<void> {
  const target = givenUri(argument) ?? fileInFront();
  if (target === undefined) {
    void window.showInformationMessage(`Plimsoll: ${l10n.t('Open the file you ask about first.')}`);
    return;
  }
  await (await session.views()).whyInBuild(target);
}
