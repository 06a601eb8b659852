import type { TextDocumentEdit, TextEdit, WorkspaceEdit } from 'vscode-languageserver';
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

/**
 * `changes` as a workspace edit: with document versions where the client knows them, so that it refuses what has become
 * stale. Undefined where the client cannot do it (no creation of files) or a file to edit is not there.
 */
export function workspaceEdit(changes: readonly Change[], target: EditTarget): WorkspaceEdit | undefined {
  const creates = changes.some(({ kind }) => kind === 'create');
  if (creates && !(target.client.createFile && target.client.documentChanges)) return undefined;
  const documentChanges: NonNullable<WorkspaceEdit['documentChanges']> = [];
  const plain: Record<string, TextEdit[]> = {};
  for (const change of changes) {
    const { uri, version } = place(change.path, target);
    if (change.kind === 'create') {
      const start = { line: 0, character: 0 };
      const edits = [{ range: { start, end: start }, newText: change.text }];
      documentChanges.push({ kind: 'create', uri, options: { ignoreIfExists: false, overwrite: false } });
      documentChanges.push({ textDocument: { uri, version: null }, edits });
      continue;
    }
    const edits = editsOf(change, target);
    if (edits === undefined) return undefined;
    documentChanges.push({ textDocument: { uri, version }, edits } satisfies TextDocumentEdit);
    plain[uri] = [...(plain[uri] ?? []), ...edits];
  }
  return target.client.documentChanges ? { documentChanges } : { changes: plain };
}
