import { l10n, Range, ThemeIcon, Uri, WorkspaceEdit, window, workspace } from 'vscode';
import type { CreateDockerignoreResult, GeneratedFile } from '../../../server/src/lsp/protocol.js';
import type { Session } from '../session.js';
import { difference } from './difference.js';
import { answerTo, chooseCandidate, onDisk, say } from './work.js';

/** Proposes an ignore file, or lines for the one there is, as a preview; writes it when the person accepts. */
export async function createDockerignore(session: Session, target: Uri): Promise<void> {
  if (!onDisk(target)) return;
  const result = await proposed(session, target.toString());
  if (result === undefined) return;
  const { generated } = result;
  if (generated === null) {
    void say(result.refused ?? l10n.t('There is nothing to write.'));
    return;
  }
  const uri = Uri.parse(generated.uri, true);
  const edit = generated.exists ? await additions(uri, generated) : creation(uri, generated);
  // The preview of VS Code: nothing is written before its "Apply".
  if (!(await workspace.applyEdit(edit, { isRefactoring: true }))) return;
  const document = await workspace.openTextDocument(uri);
  await document.save();
  await window.showTextDocument(document);
}

async function proposed(session: Session, uri: string): Promise<CreateDockerignoreResult | undefined> {
  const title = l10n.t('Plimsoll: working out a .dockerignore');
  const result = await answerTo(session, 'plimsoll/createDockerignore', { uri }, title);
  if (result === undefined || result.candidates.length === 0) return result;
  const chosen = await chooseCandidate(result.candidates);
  if (chosen === undefined) return undefined;
  return answerTo(session, 'plimsoll/createDockerignore', { uri: chosen }, title);
}

function metadata({ title, applicability }: GeneratedFile) {
  return {
    needsConfirmation: true,
    label: title,
    description:
      applicability === 'safe'
        ? l10n.t('no step uses what it hides; simulated from the files on disk')
        : l10n.t('look at it first: a step may use what it hides'),
    iconPath: new ThemeIcon('file-add'),
  };
}

function creation(uri: Uri, generated: GeneratedFile): WorkspaceEdit {
  const edit = new WorkspaceEdit();
  const contents = new TextEncoder().encode(generated.text);
  edit.createFile(uri, { overwrite: false, contents }, metadata(generated));
  return edit;
}

/** Replaces no more than what differs, so that the rest of the document stays as it is. */
async function additions(uri: Uri, generated: GeneratedFile): Promise<WorkspaceEdit> {
  const document = await workspace.openTextDocument(uri);
  const { start, end, text } = difference(document.getText(), generated.text);
  const edit = new WorkspaceEdit();
  const range = new Range(document.positionAt(start), document.positionAt(end));
  edit.replace(uri, range, text, metadata(generated));
  return edit;
}
