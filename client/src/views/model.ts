import type { ContextPicture } from '../../../server/src/lsp/protocol.js';

/** What the server sends, under the names the views use. */
export type Picture = ContextPicture;
export type Report = Picture['report'];
export type Node = NonNullable<Picture['tree']>;
export type Amount = Pick<Node, 'files' | 'bytes'>;
export type Copy = Report['copies'][number];
export interface Thresholds {
  readonly noteAbove: number;
  readonly warnAbove: number;
}

/** The steps that take something, as the table names them: line (0-based) and instruction. */
export interface Steps {
  /** By source of the measurement: 0-based line. */
  readonly lines: readonly number[];
  /** Line → instruction, its first line. */
  readonly instructions: Readonly<Record<number, string>>;
}

/** The steps of a picture. */
export function stepsOf({ report, lines }: Picture): Steps {
  return { lines, instructions: Object.fromEntries(report.copies.map((c) => [c.line, c.instruction])) };
}

/** 0-based lines of the steps that take a node, each once, in order. */
export function linesOf(sources: readonly number[], { lines }: Steps): number[] {
  return [...new Set(sources.flatMap((source) => lines[source] ?? []))].sort((a, b) => a - b);
}

/** The folder that `path` leads to, as far as it can be followed, and the part of the path that could be. */
export function folderAt(root: Node, path: readonly string[]): { folder: Node; path: readonly string[] } {
  let folder = root;
  const reached: string[] = [];
  for (const name of path) {
    const next = folder.children.find((child) => child.name === name && child.folder);
    if (next === undefined) break;
    folder = next;
    reached.push(name);
  }
  return { folder, path: reached };
}

/** Whether there is something to see inside a node. */
export function canEnter(node: Node): boolean {
  return node.folder && (node.children.length > 0 || node.rest.files > 0);
}

/** A folder whose only content is one folder is shown as one, as the Explorer does: the names to go through and the last. */
export function compact(node: Node): { names: readonly string[]; node: Node } {
  const names = [node.name];
  let last = node;
  for (;;) {
    const [only, second] = last.children;
    if (only === undefined || second !== undefined || !only.folder || last.rest.files > 0) break;
    names.push(only.name);
    last = only;
  }
  return { names, node: last };
}
