import type { Uri, WebviewPanel } from 'vscode';
import { createDockerignore } from './context/create.js';
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
  whyInBuild(target: Uri): Promise<void>;
}

export function createViews(session: Session): Views {
  const reports = new Reports(session);
  session.context.subscriptions.push(reports);
  return {
    showContextSize: (target) => reports.show(target),
    restoreReport: (panel, state) => reports.restore(panel, state),
    createDockerignore: (target) => createDockerignore(session, target),
    whyInBuild: (target) => whyInBuild(session, target),
  };
}
