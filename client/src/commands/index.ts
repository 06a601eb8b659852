import { commands, type ExtensionContext } from 'vscode';
import { explainFailure, type Session } from '../session.js';
import { applySafeFixes } from './applySafeFixes.js';
import { chooseBuild } from './chooseBuild.js';
import { copyDebugInfo } from './copyDebugInfo.js';
import { lintWorkspace } from './lintWorkspace.js';
import { restartServer } from './restartServer.js';
import { showLog } from './showLog.js';

/** Every command of the manifest; a test compares the two. */
export const commandHandlers: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  'plimsoll.applySafeFixes': applySafeFixes,
  'plimsoll.chooseBuild': chooseBuild,
  'plimsoll.copyDebugInfo': copyDebugInfo,
  'plimsoll.lintWorkspace': lintWorkspace,
  'plimsoll.restartServer': restartServer,
  'plimsoll.showLog': showLog,
};

export function registerCommands(context: ExtensionContext, session: Session): void {
  for (const [id, handler] of Object.entries(commandHandlers)) {
    const run = (): Promise<void> =>
      handler(session).catch((error: unknown) => explainFailure(session, error));
    context.subscriptions.push(commands.registerCommand(id, run));
  }
}
