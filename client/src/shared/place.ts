import { Range, type Uri, ViewColumn, window } from 'vscode';

/** Opens a file at a 0-based line: where it is open already, else beside the view in front. */
export async function openAt(uri: Uri, line: number, beside: boolean): Promise<void> {
  const open = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
  const viewColumn = open?.viewColumn ?? (beside ? ViewColumn.Beside : ViewColumn.Active);
  const selection = new Range(line, 0, line, 0);
  await window.showTextDocument(uri, { viewColumn, selection, preview: true });
}
