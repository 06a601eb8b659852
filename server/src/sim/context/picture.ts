import type { MeasuredNode } from '../../project/measure.js';
import { compareBytes } from '../../text/order.js';
import { type MutableAmount, type Sum, type SumObserver, zero } from './tally.js';

interface Node extends MutableAmount {
  readonly name: string;
  readonly folder: boolean;
  children: Node[];
  readonly rest: MutableAmount;
  sources: readonly number[];
}

function nodeOf(name: string, folder: boolean): Node {
  return { name, folder, files: 0, bytes: 0, children: [], rest: zero(), sources: [] };
}

function collect(nodes: readonly Node[], into: Node[]): Node[] {
  for (const node of nodes) {
    into.push(node);
    collect(node.children, into);
  }
  return into;
}

/** Leaves the nodes of `kept`; the others go into the rest of what holds them. */
function drop(holder: Node, kept: ReadonlySet<Node>): void {
  for (const child of holder.children) {
    if (kept.has(child)) {
      drop(child, kept);
      continue;
    }
    holder.rest.files += child.files;
    holder.rest.bytes += child.bytes;
  }
  holder.children = holder.children.filter((child) => kept.has(child));
}

/** Keeps the `most` largest nodes below `holders`: a folder is never smaller than what it holds, so it stays with it. */
function prune(holders: readonly Node[], most: number): number {
  const nodes = holders.flatMap(({ children }) => collect(children, []));
  const kept = new Set(
    nodes.sort((a, b) => b.bytes - a.bytes || b.files - a.files).slice(0, Math.max(0, most)),
  );
  for (const holder of holders) drop(holder, kept);
  return kept.size;
}

function finished({ name, folder, files, bytes, children, rest, sources }: Node): MeasuredNode {
  const sorted = children.sort(
    (a, b) => b.bytes - a.bytes || b.files - a.files || compareBytes(a.name, b.name),
  );
  return { name, folder, files, bytes, children: sorted.map(finished), rest, sources };
}

/** The tree of what is sent, of at most `most` nodes, the root (`.`) among them. */
export function treeTally(most: number): SumObserver & { tree(): MeasuredNode | null } {
  const open: Node[] = [];
  let root: Node | undefined;
  let size = 0;
  const added = (): void => {
    if (++size > 4 * most + 1000) size = prune(open, most);
  };
  return {
    enter: ({ folder }: Sum) => void open.push(nodeOf(folder.path === '' ? '.' : folder.name, true)),
    file({ name, files, bytes, sources }) {
      open.at(-1)?.children.push({ ...nodeOf(name, false), files, bytes, sources: sources.list });
      added();
    },
    leave({ files, bytes, sources }) {
      const node = open.pop();
      if (node === undefined) return;
      Object.assign(node, { files, bytes, sources: sources.list });
      const holder = open.at(-1);
      if (holder === undefined) root = node;
      else if (files > 0) {
        holder.children.push(node);
        added();
      }
    },
    tree() {
      if (root === undefined || root.files === 0 || most < 1) return null;
      prune([root], most - 1);
      return finished(root);
    },
  };
}
