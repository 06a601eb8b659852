import type {
  AnnotatedTextEdit,
  CreateFile,
  TextDocumentEdit,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver';
import type { Snapshot } from '../project/snapshot.js';
import type { Change } from '../rules/rule.js';
import { type LineIndex, lineIndex } from '../text/lines.js';
import type { Subject } from './analysis.js';
import type { Client } from './capabilities.js';
import type { Documents } from './documents.js';

/** What is needed to write changes as the client can read them. */
export interface EditTarget {
  readonly client: Client;
  readonly documents: Documents;
  readonly uriOf: (path: string) => string;
  readonly snapshot: Snapshot;
  /** The document the changes were computed for, if any, under the path the core knows it by. */
  readonly own?: { readonly subject: Subject; readonly path: string; readonly lines: LineIndex };
}

function editsOf(change: Change & { kind: 'edit' }, target: EditTarget): TextEdit[] | undefined {
  const { own } = target;
  const lines = change.path === own?.path ? own.lines : target.snapshot.parse(change.path, lineIndex);
  return lines === undefined
    ? undefined
    : change.edits.map(({ span, newText }) => ({ range: lines.rangeOf(span), newText }));
}

function place(path: string, target: EditTarget): { uri: string; version: number | null } {
  const { own } = target;
  if (path === own?.path) return { uri: own.subject.uri, version: own.subject.version };
  return { uri: target.uriOf(path), version: target.documents.byPath(path)?.version ?? null };
}

/** Name of the one annotation an edit may have. */
const annotationId = 'plimsoll';

interface Mark {
  readonly annotationId?: string;
}

function documentChange(
  change: Change,
  target: EditTarget,
  mark: Mark,
): (CreateFile | TextDocumentEdit)[] | undefined {
  const { uri, version } = place(change.path, target);
  if (change.kind === 'create') {
    const start = { line: 0, character: 0 };
    const text: AnnotatedTextEdit | TextEdit = {
      range: { start, end: start },
      newText: change.text,
      ...mark,
    };
    return [
      { kind: 'create', uri, options: { ignoreIfExists: false, overwrite: false }, ...mark },
      { textDocument: { uri, version: null }, edits: [text] },
    ];
  }
  const edits = editsOf(change, target);
  if (edits === undefined) return undefined;
  return [{ textDocument: { uri, version }, edits: edits.map((edit) => ({ ...edit, ...mark })) }];
}

/**
 * `changes` as a workspace edit: with document versions where the client knows them, so that it refuses what has become
 * stale. With `confirm` (a title) a client that can lets the person look at it first, unless all of it is in the document
 * in front and `always` is not set. Undefined where the client cannot do it (no creation of files) or a file to edit is not there.
 */
export function workspaceEdit(
  changes: readonly Change[],
  target: EditTarget,
  confirm?: string,
  always = false,
): WorkspaceEdit | undefined {
  const { client, own } = target;
  const creates = changes.some(({ kind }) => kind === 'create');
  if (creates && !(client.createFile && client.documentChanges)) return undefined;
  const elsewhere = changes.some(({ path }) => path !== own?.path);
  const asks = confirm !== undefined && (always || elsewhere) && client.confirm && client.documentChanges;
  const written = changes.map((change) => documentChange(change, target, asks ? { annotationId } : {}));
  const documentChanges: (CreateFile | TextDocumentEdit)[] = [];
  for (const one of written) {
    if (one === undefined) return undefined;
    documentChanges.push(...one);
  }
  if (!client.documentChanges) return { changes: plainChanges(documentChanges) };
  if (!asks) return { documentChanges };
  return {
    documentChanges,
    changeAnnotations: { [annotationId]: { label: confirm, needsConfirmation: true } },
  };
}

function plainChanges(
  documentChanges: readonly (CreateFile | TextDocumentEdit)[],
): Record<string, TextEdit[]> {
  const plain: Record<string, TextEdit[]> = {};
  for (const change of documentChanges) {
    if (!('edits' in change)) continue;
    const { uri } = change.textDocument;
    const edits = change.edits.filter((edit): edit is TextEdit => 'newText' in edit);
    plain[uri] = [...(plain[uri] ?? []), ...edits];
  }
  return plain;
}
