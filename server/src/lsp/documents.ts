import type { Connection } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';

/** An open document as it was at one moment. A change makes a new value, so this may be kept across an `await`. */
export interface OpenDocument {
  readonly uri: string;
  readonly version: number;
  readonly languageId: string;
  readonly text: string;
  /** Absolute path of a `file` document; undefined for all other schemes. */
  readonly path: string | undefined;
}

export interface Documents {
  get(uri: string): OpenDocument | undefined;
  byPath(path: string): OpenDocument | undefined;
  /** Whether it was changed since it was opened or saved. */
  unsaved(uri: string): boolean;
  /** In the order they were opened. */
  all(): readonly OpenDocument[];
}

export interface DocumentEvents {
  readonly opened: (document: OpenDocument) => void;
  readonly changed: (document: OpenDocument) => void;
  readonly saved: (document: OpenDocument) => void;
  readonly closed: (document: OpenDocument) => void;
}

/** Follows the client's open documents. The library's TextDocument, which changes in place, never leaves this function. */
export function followDocuments(
  connection: Connection,
  pathOf: (uri: string) => string | undefined,
  events: DocumentEvents,
): Documents {
  const live = new Map<string, TextDocument>();
  const captured = new Map<string, OpenDocument>();
  const uriByPath = new Map<string, string>();
  const unsaved = new Set<string>();
  const capture = (document: TextDocument): OpenDocument => {
    const { uri, version, languageId } = document;
    const now = { uri, version, languageId, text: document.getText(), path: pathOf(uri) };
    captured.set(uri, now);
    return now;
  };
  connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
    const document = TextDocument.create(uri, languageId, version, text);
    live.set(uri, document);
    const now = capture(document);
    if (now.path !== undefined) uriByPath.set(now.path, uri);
    events.opened(now);
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
    const document = live.get(uri);
    if (document === undefined || contentChanges.length === 0) return;
    live.set(uri, TextDocument.update(document, contentChanges, version));
    unsaved.add(uri);
    events.changed(capture(document));
  });
  connection.onDidSaveTextDocument(({ textDocument: { uri } }) => {
    const document = captured.get(uri);
    unsaved.delete(uri);
    if (document !== undefined) events.saved(document);
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    const document = captured.get(uri);
    live.delete(uri);
    unsaved.delete(uri);
    captured.delete(uri);
    if (document === undefined) return;
    if (document.path !== undefined && uriByPath.get(document.path) === uri) uriByPath.delete(document.path);
    events.closed(document);
  });
  return {
    get: (uri) => captured.get(uri),
    byPath: (path) => captured.get(uriByPath.get(path) ?? ''),
    unsaved: (uri) => unsaved.has(uri),
    all: () => [...captured.values()],
  };
}
