import { compact, type Node } from './model.js';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * One box for each weight, its area in proportion, together filling `box`: rows laid along the shorter side as long as
 * that makes their boxes squarer (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000). Weights are to come largest
 * first; those that are not above 0 get an empty box.
 */
export function squarify(weights: readonly number[], box: Box): Box[] {
  const total = weights.reduce((sum, weight) => sum + Math.max(0, weight), 0);
  const scale = total > 0 ? (box.width * box.height) / total : 0;
  const areas = weights.map((weight) => Math.max(0, weight) * scale);
  const out: Box[] = [];
  let free = box;
  let from = 0;
  while (from < areas.length) {
    const side = Math.min(free.width, free.height);
    const to = rowEnd(areas, from, side);
    const row = areas.slice(from, to);
    free = layRow(row, free, out);
    from = to;
  }
  return out;
}

/** Where the row that begins at `from` ends: before the first area that would make its worst box worse. */
function rowEnd(areas: readonly number[], from: number, side: number): number {
  let sum = 0;
  let worst = Number.POSITIVE_INFINITY;
  const largest = areas[from] ?? 0;
  for (let i = from; i < areas.length; i++) {
    const area = areas[i] ?? 0;
    const next = sum + area;
    const ratio = worstRatio(largest, area, next, side);
    if (i > from && ratio > worst) return i;
    worst = ratio;
    sum = next;
  }
  return areas.length;
}

/** How far from a square the worst box of a row is: 1 is a square. */
function worstRatio(largest: number, smallest: number, sum: number, side: number): number {
  const square = sum * sum;
  const sides = side * side;
  return smallest > 0
    ? Math.max((sides * largest) / square, square / (sides * smallest))
    : Number.POSITIVE_INFINITY;
}

/** Adds the boxes of a row and gives back what is left. */
function layRow(row: readonly number[], free: Box, out: Box[]): Box {
  const sum = row.reduce((a, b) => a + b, 0);
  const upright = free.width >= free.height;
  const side = upright ? free.height : free.width;
  const thickness = side > 0 ? Math.min(sum / side, upright ? free.width : free.height) : 0;
  let at = 0;
  for (const area of row) {
    const length = thickness > 0 ? area / thickness : 0;
    out.push(
      upright
        ? { x: free.x, y: free.y + at, width: thickness, height: length }
        : { x: free.x + at, y: free.y, width: length, height: thickness },
    );
    at += length;
  }
  return upright
    ? { ...free, x: free.x + thickness, width: free.width - thickness }
    : { ...free, y: free.y + thickness, height: free.height - thickness };
}

/** One rectangle of the picture. */
export interface Tile {
  /** Names from the folder that is shown down to the node; of the smaller entries together: to their folder. */
  readonly names: readonly string[];
  /** The last of `names`: those of the tile itself. */
  readonly own: readonly string[];
  /** Null for the smaller entries together. */
  readonly node: Node | null;
  readonly files: number;
  readonly bytes: number;
  readonly box: Box;
  /** What a folder's tile shows of what is in it. Empty where there is no room. */
  readonly inside: readonly Tile[];
}

/** Pixels: a folder's tile shows its own content from this size up, below its name, with this much around it. */
const room = { width: 70, height: 56, title: 20, around: 3 };
/** Tiles thinner than this are left out: a person could not hit them. */
const thinnest = 3;

/** The tiles of a folder, `levels` deep. */
export function tilesOf(folder: Node, box: Box, levels: number): Tile[] {
  return level(folder, [], box, levels);
}

function level(folder: Node, names: readonly string[], box: Box, levels: number): Tile[] {
  const weights = [...folder.children.map(({ bytes }) => bytes), folder.rest.bytes];
  // What is too small to be named may be more, taken together, than the smallest that is named.
  const order = weights.map((_, i) => i).sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b);
  const boxes = squarify(
    order.map((i) => weights[i] ?? 0),
    box,
  );
  return order.flatMap((index, i) => {
    const at = boxes[i];
    if (at === undefined || at.width < thinnest || at.height < thinnest) return [];
    return [tile(folder, names, folder.children[index] ?? null, at, levels)];
  });
}

function tile(folder: Node, above: readonly string[], child: Node | null, box: Box, levels: number): Tile {
  if (child === null) return { names: above, own: [], node: null, ...amount(folder.rest), box, inside: [] };
  const { names: own, node } = compact(child);
  const names = [...above, ...own];
  const shows = levels > 1 && node.folder && box.width >= room.width && box.height >= room.height;
  const inside = shows ? level(node, names, within(box), levels - 1) : [];
  return { names, own, node, ...amount(node), box, inside };
}

function amount({ files, bytes }: { readonly files: number; readonly bytes: number }) {
  return { files, bytes };
}

function within({ x, y, width, height }: Box): Box {
  const { title, around } = room;
  return {
    x: x + around,
    y: y + title,
    width: width - 2 * around,
    height: height - title - around,
  };
}

/** The box that an arrow key, Home or End leads to from another; undefined for other keys and where there is none. */
export function neighbour(boxes: readonly Box[], from: number, key: string): number | undefined {
  if (boxes.length === 0) return undefined;
  if (key === 'Home') return 0;
  if (key === 'End') return boxes.length - 1;
  const direction = directions[key];
  const start = boxes[from];
  if (direction === undefined || start === undefined) return undefined;
  const ways = boxes.map((box) => distance(start, box, direction));
  const best = Math.min(...ways);
  return Number.isFinite(best) ? ways.indexOf(best) : undefined;
}

const directions: Readonly<Record<string, { readonly x: number; readonly y: number }>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** How far a box lies in a direction, what is beside the way counting double; infinite for one that does not. */
function distance(from: Box, to: Box, direction: { readonly x: number; readonly y: number }): number {
  const gap = {
    x: Math.max(to.x - (from.x + from.width), from.x - (to.x + to.width), 0),
    y: Math.max(to.y - (from.y + from.height), from.y - (to.y + to.height), 0),
  };
  const across = { x: centre(to).x - centre(from).x, y: centre(to).y - centre(from).y };
  const ahead = across.x * direction.x + across.y * direction.y;
  const beyond =
    direction.x !== 0
      ? beyondEdge(from.x, from.width, to.x, to.width, direction.x)
      : beyondEdge(from.y, from.height, to.y, to.height, direction.y);
  if (ahead <= 0 || !beyond) return Number.POSITIVE_INFINITY;
  const side = direction.x !== 0 ? gap.y : gap.x;
  const turn = direction.x !== 0 ? Math.abs(across.y) : Math.abs(across.x);
  return ahead + 2 * side + turn / 1000;
}

/** Whether the second stretch begins where the first one ends, or later; half a pixel does not count. */
function beyondEdge(at: number, length: number, other: number, otherLength: number, sign: number): boolean {
  return sign > 0 ? other >= at + length - 0.5 : other + otherLength <= at + 0.5;
}

function centre({ x, y, width, height }: Box): { x: number; y: number } {
  return { x: x + width / 2, y: y + height / 2 };
}
