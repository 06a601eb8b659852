import { type DocumentFilter, languages, type TextDocument, window } from 'vscode';

/** The document of the active editor if the selector names it. */
export function documentInFront(selector: readonly DocumentFilter[]): TextDocument | undefined {
  const document = window.activeTextEditor?.document;
  return document !== undefined && languages.match(selector, document) > 0 ? document : undefined;
}
