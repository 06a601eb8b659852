import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedDir } from '../shared.js';
import { type ContextVector, simulate } from './vectors.js';

function jsonLines<T>(file: string): readonly T[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

// 89 builds made for this, and 300 random ones, by BuildKit after 0.32.2; 0.33 transfers the same.
const recorded = jsonLines<ContextVector>(path.join(import.meta.dirname, 'facts/context.jsonl'));

describe('recorded transfers', () => {
  it.each(recorded.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const { needs, query, measure } = simulate(row);
    expect(needs.loaded).toBe(row.contextLoaded);
    if (!row.contextLoaded) return;
    expect(needs.follow).toEqual(row.followPaths ?? null);
    expect(query.ignore).toEqual(row.excludes ?? []);
    const { sent, paths, sources, error } = measure;
    expect(paths).toEqual(row.entries);
    expect([sent.bytes, sent.wireBytes]).toEqual([row.contentBytes, row.wireBytes]);
    if (row.sentFiles !== undefined) expect(sent.files).toBe(row.sentFiles);
    // Two sources that want the same place in the image are no matter of the context.
    const lacking = row.error !== undefined && !/cannot (replace to |copy to non-)directory/.test(row.error);
    expect(error !== null || sources.some(({ found }) => !found)).toBe(lacking);
  });
});

const shared = sharedDir();

describe.skipIf(shared === undefined)(
  'vectors beside the project (skipped where ../shared is absent)',
  () => {
    interface Row {
      readonly text: string;
      readonly patterns: readonly string[] | null;
      readonly tree: readonly string[];
      readonly sent: readonly string[];
    }
    const file = path.join(shared ?? '', 'buildkit/vectors-dockerignore-trees.jsonl');
    const rows = shared === undefined ? [] : jsonLines<Row>(file);
    it.each(rows.map((row) => [row.text, row] as const))('sends the recorded tree for %j', (_, row) => {
      const tree = Object.fromEntries(row.tree.map((name) => [name, 1]));
      const dockerfile = 'FROM scratch\nCOPY . /\n';
      const { measure } = simulate(
        { id: '', tree, dockerfile, contextLoaded: true },
        { ignore: row.patterns ?? [] },
      );
      expect(new Set(measure.paths)).toEqual(new Set(row.sent));
    });
  },
);
