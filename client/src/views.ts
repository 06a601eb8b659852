import type { Uri, WebviewPanel } from 'vscode';
import { createDockerignore } from './context/create.js';
import { contextKind } from './context/panel.js';
import { Proposals } from './context/proposals.js';
import { whyInBuild } from './context/why.js';
import { Measuring } from './impact/measure.js';
import { impactKind } from './impact/panel.js';
import { stepsOfFile, whyRebuild } from './impact/why.js';
import type { Session } from './session.js';
import { Answers } from './shared/answers.js';
import { Reports } from './shared/panels.js';

/** What shows build contexts and rebuilds: a bundle of its own, loaded when one of its commands is first used. */
export interface Views {
  /** Opens the report of the build that `target` stands for: a Dockerfile, compose file, ignore file or folder. */
  showContextSize(target: Uri): Promise<void>;
  estimateImpact(target: Uri): Promise<void>;
  /** Fill a report that VS Code has opened again after a reload. */
  restoreContext(panel: WebviewPanel, state: unknown): Promise<void>;
  restoreImpact(panel: WebviewPanel, state: unknown): Promise<void>;
  createDockerignore(target: Uri): Promise<void>;
  /** Writes the file that a preview shows: the one given, else the one in front. */
  acceptProposal(proposed: Uri | undefined): Promise<void>;
  whyInBuild(target: Uri): Promise<void>;
  whyRebuild(target: Uri): Promise<void>;
  stepsOfFile(target: Uri): Promise<void>;
  measureBuild(target: Uri): Promise<void>;
  importBuildLog(target: Uri): Promise<void>;
  forgetMeasuredBuilds(target: Uri): Promise<void>;
}

export function createViews(session: Session): Views {
  const contexts = new Reports(session, contextKind());
  const impacts = new Reports(session, impactKind());
  const proposals = new Proposals(session);
  const answers = new Answers();
  const measuring = new Measuring(session, impacts);
  session.context.subscriptions.push(contexts, impacts, proposals, answers);
  return {
    showContextSize: (target) => contexts.show(target),
    estimateImpact: (target) => impacts.show(target),
    restoreContext: (panel, state) => contexts.restore(panel, state),
    restoreImpact: (panel, state) => impacts.restore(panel, state),
    createDockerignore: (target) => createDockerignore(session, proposals, target),
    acceptProposal: (proposed) => proposals.accept(proposed),
    whyInBuild: (target) => whyInBuild(session, target),
    whyRebuild: (target) => whyRebuild(session, answers, target),
    stepsOfFile: (target) => stepsOfFile(session, target),
    measureBuild: (target) => measuring.measure(target),
    importBuildLog: (target) => measuring.importLogs(target),
    forgetMeasuredBuilds: (target) => measuring.forget(target),
  };
}
