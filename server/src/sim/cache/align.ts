import type { Vertex, Vertices } from './vertices.js';

/** How alike two steps are: 2 for the same, 1 for two that one edit may turn into each other, 0 else. */
function closeness(a: Vertex, b: Vertex): 0 | 1 | 2 {
  const x = a.step.instruction;
  const y = b.step.instruction;
  if (x.text === y.text || a.operation.key === b.operation.key) return 2;
  const copies = (kind: string): boolean => kind === 'COPY' || kind === 'ADD';
  return x.kind === y.kind || (copies(x.kind) && copies(y.kind)) ? 1 : 0;
}

const mostCompared = 1_000_000;

/** The longest common run of steps that are the same, as pairs of places. */
function anchors(
  before: readonly Vertex[],
  after: readonly Vertex[],
): readonly (readonly [number, number])[] {
  if (before.length * after.length > mostCompared) return [];
  const width = after.length + 1;
  const best = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => best[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const a = before[i];
      const b = after[j];
      const same = a !== undefined && b !== undefined && closeness(a, b) === 2;
      best[i * width + j] = same ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < before.length && j < after.length; ) {
    const a = before[i];
    const b = after[j];
    if (a !== undefined && b !== undefined && closeness(a, b) === 2) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

/** Pairs what stands between two anchors: each step with the next of its kind. */
function between(before: readonly Vertex[], after: readonly Vertex[], found: Map<number, Vertex>): void {
  let from = 0;
  for (const vertex of after) {
    const at = before.findIndex((other, i) => i >= from && closeness(other, vertex) > 0);
    const other = before[at];
    if (other === undefined) continue;
    found.set(vertex.index, other);
    from = at + 1;
  }
}

function byStage({ list }: Vertices): ReadonlyMap<string, readonly Vertex[]> {
  const found = new Map<string, Vertex[]>();
  for (const vertex of list) {
    const { label } = vertex.node.stage;
    const known = found.get(label);
    if (known === undefined) found.set(label, [vertex]);
    else known.push(vertex);
  }
  return found;
}

/** For the steps of a build the steps of the former one that they come from, by index; those that are new are left out. */
export function alignSteps(before: Vertices, after: Vertices): ReadonlyMap<number, Vertex> {
  const found = new Map<number, Vertex>();
  const old = byStage(before);
  const stages = [...byStage(after)];
  const left = new Set(old.keys());
  const partner = new Map<string, string>();
  for (const [label] of stages) if (left.delete(label)) partner.set(label, label);
  // What was renamed: the stages that are left, in order.
  for (const [label] of stages) {
    const [next] = left;
    if (partner.has(label) || next === undefined) continue;
    left.delete(next);
    partner.set(label, next);
  }
  for (const [label, now] of stages) {
    const former = old.get(partner.get(label) ?? '') ?? [];
    const pairs = anchors(former, now);
    let [i, j] = [0, 0];
    for (const [x, y] of [...pairs, [former.length, now.length] as const]) {
      between(former.slice(i, x), now.slice(j, y), found);
      const a = former[x];
      const b = now[y];
      if (a !== undefined && b !== undefined) found.set(b.index, a);
      [i, j] = [x + 1, y + 1];
    }
  }
  return found;
}
