import { type TextDocument, type Uri, type WorkspaceEdit, workspace } from 'vscode';
import type { AddIgnoreLineResult } from '../../../server/src/lsp/protocol.js';

type ServerEdit = NonNullable<AddIgnoreLineResult['edit']>;

/** Whether the documents still have the text that an edit was computed for. */
export function isCurrent(edit: ServerEdit): boolean {
  const open = new Map(workspace.textDocuments.map((d: TextDocument) => [d.uri.toString(), d.version]));
  return (edit.documentChanges ?? []).every((change) => {
    if (!('textDocument' in change) || change.textDocument.version === null) return true;
    // A URI may be written in two ways; an open document that is not found by name is not taken for changed.
    const version = open.get(change.textDocument.uri);
    return version === undefined || version === change.textDocument.version;
  });
}

/** Applies an edit and saves what it touched; false where the editor refused. */
export async function applyAndSave(edit: WorkspaceEdit, created: readonly Uri[] = []): Promise<boolean> {
  if (!(await workspace.applyEdit(edit))) return false;
  const touched = new Map(
    [...edit.entries().map(([uri]) => uri), ...created].map((uri) => [String(uri), uri]),
  );
  for (const uri of touched.values()) await (await workspace.openTextDocument(uri)).save();
  return true;
}
