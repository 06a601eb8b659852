import { type TextDocument, type Uri, type WorkspaceEdit, workspace } from 'vscode';
import type { AddIgnoreLineResult } from '../../../server/src/lsp/protocol.js';

/** An edit as the server sends it. */
export type ServerEdit = NonNullable<AddIgnoreLineResult['edit']>;

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

/** The same edit, which VS Code shows and asks about before it applies it. */
export function asking(edit: ServerEdit, label: string): ServerEdit {
  const mark = { annotationId: 'plimsoll' };
  const documentChanges = (edit.documentChanges ?? []).map((change) =>
    'textDocument' in change
      ? { ...change, edits: change.edits.map((one) => ({ ...one, ...mark })) }
      : { ...change, ...mark },
  );
  const changeAnnotations = { [mark.annotationId]: { label, needsConfirmation: true } };
  return { ...edit, documentChanges, changeAnnotations };
}

/** Applies an edit and saves what it touched, unless that had unsaved changes before; false where the editor refused. */
export async function applyAndSave(edit: WorkspaceEdit, created: readonly Uri[] = []): Promise<boolean> {
  const unsaved = new Set(
    workspace.textDocuments.flatMap(({ isDirty, uri }) => (isDirty ? [String(uri)] : [])),
  );
  if (!(await workspace.applyEdit(edit))) return false;
  const touched = new Map(
    [...edit.entries().map(([uri]) => uri), ...created].map((uri) => [String(uri), uri]),
  );
  for (const [name, uri] of touched)
    if (!unsaved.has(name)) await (await workspace.openTextDocument(uri)).save();
  return true;
}
