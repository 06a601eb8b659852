import { commands, type ExtensionContext } from 'vscode';
import { explainFailure, type Session } from '../session.js';
import { acceptProposal } from './acceptProposal.js';
import { applySafeFixes } from './applySafeFixes.js';
import { chooseBuild } from './chooseBuild.js';
import { copyDebugInfo } from './copyDebugInfo.js';
import { createDockerignore } from './createDockerignore.js';
import { estimateImpact } from './estimateImpact.js';
import { forgetMeasuredBuilds } from './forgetMeasuredBuilds.js';
import { importBuildLog } from './importBuildLog.js';
import { lintWorkspace } from './lintWorkspace.js';
import { measureBuild } from './measureBuild.js';
import { restartServer } from './restartServer.js';
import { showContextSize } from './showContextSize.js';
import { showLog } from './showLog.js';
import { stepsOfFile } from './stepsOfFile.js';
import { whyInBuild } from './whyInBuild.js';
import { whyRebuild } from './whyRebuild.js';

/** A command with what a menu or a link calls it with. */
type Handler = (session: Session, argument: unknown) => Promise<void>;

/** Every command of the manifest; a test compares the two. */
export const commandHandlers: Readonly<Record<string, Handler>> = {
  'plimsoll.acceptProposal': acceptProposal,
  'plimsoll.applySafeFixes': applySafeFixes,
  'plimsoll.chooseBuild': chooseBuild,
  'plimsoll.copyDebugInfo': copyDebugInfo,
  'plimsoll.createDockerignore': createDockerignore,
  'plimsoll.estimateImpact': estimateImpact,
  'plimsoll.forgetMeasuredBuilds': forgetMeasuredBuilds,
  'plimsoll.importBuildLog': importBuildLog,
  'plimsoll.lintWorkspace': lintWorkspace,
  'plimsoll.measureBuild': measureBuild,
  'plimsoll.restartServer': restartServer,
  'plimsoll.showContextSize': showContextSize,
  'plimsoll.showLog': showLog,
  'plimsoll.stepsOfFile': stepsOfFile,
  'plimsoll.whyInBuild': whyInBuild,
  'plimsoll.whyRebuild': whyRebuild,
};

export function registerCommands(context: ExtensionContext, session: Session): void {
  for (const [id, handler] of Object.entries(commandHandlers)) {
    const run = (argument?: unknown): Promise<void> =>
      handler(session, argument).catch((error: unknown) => explainFailure(session, error));
    context.subscriptions.push(commands.registerCommand(id, run));
  }
}
