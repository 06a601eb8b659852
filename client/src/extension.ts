import { type ExtensionContext, l10n, type WebviewPanel, window, workspace } from 'vscode';
import { registerCommands } from './commands/index.js';
import { qualifies } from './documents.js';
import { contextViewType, impactViewType } from './reportView.js';
import { createSession, type Session } from './session.js';
import type { Views } from './views.js';

let session: Session | undefined;

/**
 * Registers the commands and waits for a document that concerns us; the language client is loaded only then. VS Code
 * shows nothing of an error in here, so it is shown in one message.
 */
export function activate(context: ExtensionContext): void {
  const called = performance.now();
  try {
    const current = createSession(context);
    session = current;
    registerCommands(context, current);
    const look = (document: Parameters<typeof qualifies>[0]): void => {
      if (qualifies(document)) current.wake();
    };
    const reopen = (
      type: string,
      fill: (views: Views, panel: WebviewPanel, state: unknown) => Promise<void>,
    ) =>
      window.registerWebviewPanelSerializer(type, {
        deserializeWebviewPanel: async (panel: WebviewPanel, state: unknown): Promise<void> =>
          fill(await current.views(), panel, state),
      });
    context.subscriptions.push(
      reopen(contextViewType, (views, panel, state) => views.restoreContext(panel, state)),
      reopen(impactViewType, (views, panel, state) => views.restoreImpact(panel, state)),
    );
    context.subscriptions.push(workspace.onDidOpenTextDocument(look));
    workspace.textDocuments.forEach(look);
    current.activateMs = performance.now() - called;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void window.showErrorMessage(l10n.t('Plimsoll could not start: {0}', reason));
    throw error;
  }
}

/** Resolves when the server has ended. */
export async function deactivate(): Promise<void> {
  await session?.stop();
}
