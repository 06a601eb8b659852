import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Box, neighbour, squarify, type Tile, tilesOf } from '../../client/src/views/treemap.js';
import { file, folder, shopTree } from './fixture.js';

const area = ({ width, height }: Box): number => width * height;
const box: Box = { x: 10, y: 20, width: 600, height: 400 };
const weights = fc
  .array(fc.integer({ min: 0, max: 1_000_000_000 }), { maxLength: 60 })
  .map((all) => all.sort((a, b) => b - a));

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}

describe('squarify', () => {
  test('the example of the paper', () => {
    const boxes = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
    expect(boxes.slice(0, 2)).toEqual([
      { x: 0, y: 0, width: 3, height: 2 },
      { x: 0, y: 2, width: 3, height: 2 },
    ]);
    expect(boxes.map((one) => Math.round(area(one)))).toEqual([6, 6, 4, 3, 2, 2, 1]);
  });

  test('areas are in proportion, fill the box and do not overlap', () => {
    fc.assert(
      fc.property(weights, (given) => {
        const boxes = squarify(given, box);
        const total = given.reduce((sum, one) => sum + one, 0);
        expect(boxes).toHaveLength(given.length);
        boxes.forEach((one, i) => {
          const wanted = total === 0 ? 0 : ((given[i] ?? 0) / total) * area(box);
          expect(Math.abs(area(one) - wanted)).toBeLessThan(0.01);
          expect(overlap(one, box)).toBeCloseTo(area(one), 2);
          for (const other of boxes.slice(i + 1)) expect(overlap(one, other)).toBeLessThan(0.01);
        });
      }),
    );
  });

  test('nothing to lay out, nowhere to lay it', () => {
    expect(squarify([], box)).toEqual([]);
    expect(squarify([0, 0], box).map(area)).toEqual([0, 0]);
    expect(squarify([5, 1], { ...box, width: 0 }).map(area)).toEqual([0, 0]);
  });
});

describe('tilesOf', () => {
  const all = (tiles: readonly Tile[]): Tile[] => tiles.flatMap((tile) => [tile, ...all(tile.inside)]);

  test('every tile lies within the one around it', () => {
    const check = (tiles: readonly Tile[], around: Box): void => {
      for (const tile of tiles) {
        expect(overlap(tile.box, around)).toBeCloseTo(area(tile.box), 4);
        check(tile.inside, tile.box);
      }
    };
    check(tilesOf(shopTree(), box, 4), box);
  });

  test('folders that hold one folder only are one tile', () => {
    const [first] = tilesOf(folder('', [folder('a', [folder('b', [folder('c', [file('d', 9)])])])]), box, 1);
    expect([first?.names, first?.node?.name]).toEqual([['a', 'b', 'c'], 'c']);
  });

  test('what is too small to be named has its place by size', () => {
    const tree = folder('', [file('a', 60), file('b', 10)], { files: 30, bytes: 30 });
    expect(tilesOf(tree, box, 1).map(({ node }) => node?.name ?? null)).toEqual(['a', null, 'b']);
  });

  test('tiles that nobody could hit are left out', () => {
    const many = Array.from({ length: 500 }, (_, i) => file(`f${i}`, 1));
    const tiles = all(tilesOf(folder('', [file('huge', 1e12), ...many]), box, 3));
    expect(tiles.map(({ node }) => node?.name)).toEqual(['huge']);
  });

  test('empty files and folders show nothing', () => {
    expect(tilesOf(folder('', [file('a', 0), folder('b', [])]), box, 3)).toEqual([]);
  });
});

describe('arrow keys', () => {
  const at = (x: number, y: number): Box => ({ x, y, width: 10, height: 10 });
  const grid = [at(0, 0), at(10, 0), at(0, 10), at(10, 10)];

  test.each([
    [0, 'ArrowRight', 1],
    [0, 'ArrowDown', 2],
    [3, 'ArrowLeft', 2],
    [3, 'ArrowUp', 1],
    [0, 'ArrowLeft', undefined],
    [2, 'Home', 0],
    [0, 'End', 3],
    [0, 'x', undefined],
  ])('from %i by %s', (from, key, to) => {
    expect(neighbour(grid, from, key)).toBe(to);
  });

  test('every tile can be reached from the first', () => {
    fc.assert(
      fc.property(weights, (given) => {
        const boxes = squarify(
          given.filter((one) => one > 0),
          box,
        ).filter(({ width, height }) => width > 3 && height > 3);
        const reached = new Set<number>(boxes.length > 0 ? [0] : []);
        for (const from of reached)
          for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']) {
            const to = neighbour(boxes, from, key);
            if (to !== undefined) reached.add(to);
          }
        expect(reached.size).toBe(boxes.length);
      }),
    );
  });
});
