import { commands, l10n, ProgressLocation, window } from 'vscode';
import type { LintWorkspaceResult } from '../../../server/src/lsp/protocol.js';
import type { Session } from '../session.js';

/** Lints every file of the workspace that Plimsoll reads and lists the findings in Problems. Can be cancelled. */
export async function lintWorkspace(session: Session): Promise<void> {
  const options = {
    location: ProgressLocation.Notification,
    title: l10n.t('Plimsoll: linting the workspace'),
    cancellable: true,
  };
  const found = await window.withProgress(options, async (progress, token) => {
    try {
      const client = await session.client();
      const result = await client.askWithProgress('plimsoll/lintWorkspace', {}, progress, token);
      if (!token.isCancellationRequested) await session.findings().show(client, result);
      return token.isCancellationRequested ? undefined : result;
    } catch (error) {
      if (token.isCancellationRequested) return undefined;
      throw error;
    }
  });
  if (found === undefined) return;
  const showProblems = l10n.t('Show Problems');
  const buttons = countFindings(found) > 0 ? [showProblems] : [];
  const answer = await window.showInformationMessage(`Plimsoll: ${summary(found)}`, ...buttons);
  if (answer === showProblems) await commands.executeCommand('workbench.actions.view.problems');
}

function summary(result: LintWorkspaceResult): string {
  const { files, errors } = result;
  const findings = countFindings(result);
  const trouble = errors.length > 0 ? l10n.t(' {0} rules failed; the log names them.', errors.length) : '';
  if (files.length === 0) {
    return l10n.t(
      'This workspace has no Dockerfile, compose file, .dockerignore or workflow that builds an image.',
    );
  }
  if (findings === 0) {
    const where = files.length === 1 ? l10n.t('one file') : l10n.t('{0} files', files.length);
    return l10n.t('Nothing found in {0}.', where) + trouble;
  }
  const touched = files.filter((file) => file.diagnostics.length > 0).length;
  const found =
    files.length === 1
      ? l10n.t('Findings in the one file: {0}.', findings)
      : findings === 1
        ? l10n.t('One finding in {0} files.', files.length)
        : l10n.t('{0} findings in {1} of {2} files.', findings, touched, files.length);
  return found + trouble;
}

function countFindings({ files }: LintWorkspaceResult): number {
  return files.reduce((sum, file) => sum + file.diagnostics.length, 0);
}
