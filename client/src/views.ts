import type { Uri, WebviewPanel } from 'vscode';
import { createDockerignore } from './context/create.js';
import { Proposals } from './context/proposals.js';
import { Reports } from './context/reports.js';
import { whyInBuild } from './context/why.js';
import type { Session } from './session.js';

/** What shows build contexts: a bundle of its own, loaded when one of its commands is first used. */
export interface Views {
  /** Opens the report of the build that `target` stands for: a Dockerfile, compose file, ignore file or folder. */
  showContextSize(target: Uri): Promise<void>;
  /** Fills a report that VS Code has opened again after a reload. */
  restoreReport(panel: WebviewPanel, state: unknown): Promise<void>;
  createDockerignore(target: Uri): Promise<void>;
  /** Writes the file that a preview shows: the one given, else the one in front. */
  acceptProposal(proposed: Uri | undefined): Promise<void>;
  whyInBuild(target: Uri): Promise<void>;
}

export function createViews(session: Session): Views {
  const reports = new Reports(session);
  const proposals = new Proposals(session);
  session.context.subscriptions.push(reports, proposals);
  return {
    showContextSize: (target) => reports.show(target),
    restoreReport: (panel, state) => reports.restore(panel, state),
    createDockerignore: (target) => createDockerignore(session, proposals, target),
    acceptProposal: (proposed) => proposals.accept(proposed),
    whyInBuild: (target) => whyInBuild(session, target),
  };
}
