import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContextMeasure, ContextQuery, MeasuredNode } from '../../server/src/project/measure.js';
import { measureContext } from '../../server/src/sim/context/measure.js';
import type { TreeItem } from '../harness/tree.js';
import { treeOf } from '../harness/tree.js';
import { itemsOf, simulate } from './vectors.js';

const name = fc.constantFrom('a', 'b', 'ab', 'a.js', 'b.md', 'd-e', '.env', 'x y');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
const target = fc.oneof(
  path,
  path.map((to) => `../${to}`),
  path.map((to) => `/${to}`),
  fc.constantFrom('.', '/', '..'),
);
const item: fc.Arbitrary<TreeItem> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 100_000 }) },
  { weight: 1, arbitrary: target.map((symlink) => ({ symlink })) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'fifo' as const }, { kind: 'socket' as const }) },
);

/** Trees in which no file has anything below it. */
const tree = fc.dictionary(path, item, { maxKeys: 14 }).map((all) => {
  const paths = Object.keys(all);
  return Object.fromEntries(
    Object.entries(all).filter(([one]) => !paths.some((other) => other.startsWith(`${one}/`))),
  );
});

const piece = fc.constantFrom(
  'a',
  'b',
  '*',
  '**',
  '?',
  '.js',
  '.md',
  '[ab]',
  '[^a]',
  '/',
  '/',
  '.env',
  'd-e',
  '..',
);
const wild = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));
const source = fc.oneof(path, wild, fc.constantFrom('.', '/', '../a'));
const flags = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constant('--parents ') },
  { weight: 1, arbitrary: wild.map((pattern) => `--exclude=${pattern} `) },
);
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(flags, source).map(([flag, from]) => `COPY ${flag}${JSON.stringify([from, '/x/'])}`),
  },
  { weight: 1, arbitrary: path.map((from) => `RUN --mount=source="${from}",target=/m true`) },
  { weight: 1, arbitrary: fc.constantFrom('FROM b', 'COPY --from=0 /a /b', 'ADD https://example.com/a /b') },
);
const dockerfile = fc
  .array(step, { minLength: 1, maxLength: 4 })
  .map((steps) => ['FROM a', ...steps, ''].join('\n'));
const whole = fc.oneof(dockerfile, fc.constant('FROM a\nCOPY . /x/\n'));
const odd = fc.oneof(
  wild,
  wild.map((text) => `!${text}`),
  fc.constantFrom('[', '!', '[z-a]', 'a\\'),
);
/** A line about something in the tree: one of its paths, or the first names of one, with or without `!`. */
const apt = fc.record({
  pick: fc.nat({ max: 2 }),
  names: fc.integer({ min: 1, max: 4 }),
  form: fc.constantFrom('x', 'x', '!x', '!x', 'x/**', '!x/**', '**/x'),
});

function lineAbout(
  items: Readonly<Record<string, TreeItem>>,
  { pick, names, form }: { pick: number; names: number; form: string },
): string {
  const paths = Object.keys(items);
  const found = (paths[pick % Math.max(1, paths.length)] ?? 'a').split('/');
  return form.replace('x', found.slice(0, names).join('/'));
}

/** A tree, an ignore file about it, and one more line. */
const scene = fc
  .record({
    items: tree,
    lines: fc.array(fc.oneof({ weight: 1, arbitrary: odd }, { weight: 6, arbitrary: apt }), { maxLength: 6 }),
    one: fc.oneof(wild, apt),
  })
  .map(({ items, lines, one }) => {
    const text = (line: typeof one): string => (typeof line === 'string' ? line : lineAbout(items, line));
    return { items, patterns: lines.map(text), more: text(one).replace(/^!/, '') };
  });

const wishes: Partial<ContextQuery> = {
  all: true,
  list: true,
  tree: 8,
  probes: ['a', '**/b.md', '!a', '['],
};

function run(
  items: Readonly<Record<string, TreeItem>>,
  text: string,
  patterns: readonly string[],
  wish: Partial<ContextQuery> = wishes,
): { readonly measure: ContextMeasure; readonly query: ContextQuery } {
  const row = { id: '', tree: items, dockerfile: text, contextLoaded: true };
  const query = { ...simulate(row).query, ignore: patterns, ...wish };
  return { query, measure: measureContext(query, treeOf(itemsOf(row))) };
}

function sum(node: MeasuredNode): readonly [number, number] {
  return node.children.reduce<readonly [number, number]>(
    ([files, bytes], child) => {
      expect(sum(child)).toEqual([child.files, child.bytes]);
      return [files + child.files, bytes + child.bytes];
    },
    node.folder ? [node.rest.files, node.rest.bytes] : [node.files, node.bytes],
  );
}

function nodes(node: MeasuredNode): number {
  return node.children.reduce((count, child) => count + nodes(child), 1);
}

describe('measureContext, whatever is asked', () => {
  it('answers, and its parts add up', () => {
    fc.assert(
      fc.property(scene, whole, ({ items, patterns }, text) => {
        const { measure, query } = run(items, text, patterns);
        const { sent, paths, sources, all, ignored, unused, probes, tree: picture } = measure;
        expect(paths?.length).toBe(sent.entries);
        expect(new Set(paths).size).toBe(sent.entries);
        expect(sent.wireBytes).toBeGreaterThanOrEqual(sent.bytes + 2);
        expect(sources).toHaveLength(query.sources.length);
        for (const amount of [...sources, ...unused, ...probes]) {
          expect(amount.bytes).toBeLessThanOrEqual(sent.bytes);
          expect(amount.files).toBeLessThanOrEqual(sent.files);
        }
        if (picture === null) expect(sent.files).toBe(0);
        else {
          expect(sum(picture)).toEqual([sent.files, sent.bytes]);
          expect(nodes(picture)).toBeLessThanOrEqual(8);
        }
        expect((all?.files ?? 0) - (ignored?.files ?? 0)).toBeGreaterThanOrEqual(sent.files);
        for (const { bySource, files } of probes) {
          for (const amount of bySource) expect(amount.files).toBeLessThanOrEqual(files);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('what is asked besides changes nothing of what is sent', () => {
    fc.assert(
      fc.property(scene, whole, ({ items, patterns }, text) => {
        const rich = run(items, text, patterns).measure;
        const plain = run(items, text, patterns, { list: true }).measure;
        expect([plain.sent, plain.paths, plain.sources, plain.error]).toEqual([
          rich.sent,
          rich.paths,
          rich.sources,
          rich.error,
        ]);
      }),
      { numRuns: 300 },
    );
  });

  it('one more line without ! never sends more, and hides what the probe said', () => {
    fc.assert(
      fc.property(scene, whole, ({ items, patterns, more }, text) => {
        const before = run(items, text, patterns, { probes: [more], list: true }).measure;
        const after = run(items, text, [...patterns, more], { list: true }).measure;
        fc.pre(before.error === null && after.error === null);
        const [probe] = before.probes;
        expect(after.sent.files).toBe(before.sent.files - (probe?.files ?? 0));
        const kept = new Set(before.paths);
        expect(after.paths?.filter((one) => !kept.has(one))).toEqual([]);
        expect(after.sent.wireBytes).toBeLessThanOrEqual(before.sent.wireBytes);
      }),
      { numRuns: 600 },
    );
  });

  it('patterns: each file that is ignored is decided by one line', () => {
    fc.assert(
      fc.property(scene, whole, ({ items, patterns }, text) => {
        const { measure } = run(items, text, patterns);
        fc.pre(measure.error === null);
        const deciding = (measure.patterns ?? []).filter((_, i) => patterns[i]?.startsWith('!') === false);
        expect(deciding.reduce((files, { decides }) => files + decides.files, 0)).toBe(
          measure.ignored?.files,
        );
        for (const { matched, decides } of measure.patterns ?? []) {
          expect(decides.files).toBeLessThanOrEqual(matched.files);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a tree of thousands of folders in each other', () => {
    const deep = `${'d/'.repeat(20_000)}f`;
    const entry = (kind: 'file' | 'folder', named: string) => ({
      name: named,
      kind,
      stat: () => ({ size: 7, mode: 0o644, mtime: 1 }),
    });
    const { query } = simulate({ id: '', tree: {}, dockerfile: 'FROM a\nCOPY . /\n', contextLoaded: true });
    const measure = measureContext(query, {
      entries: (folder) => [folder === deep.slice(0, -2) ? entry('file', 'f') : entry('folder', 'd')],
    });
    expect([measure.sent.entries, measure.sent.bytes]).toEqual([20_001, 7]);
  });
});
