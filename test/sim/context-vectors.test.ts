import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedDir } from '../shared.js';
import { type ContextVector, simulate } from './vectors.js';

const shared = sharedDir();

function rows(name: string): readonly ContextVector[] {
  return readFileSync(path.join(shared ?? '', 'buildkit', name), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ContextVector);
}

describe.skipIf(shared === undefined)(
  'recorded transfers beside the project (skipped where ../shared is absent)',
  () => {
    for (const name of ['vectors-context.jsonl', 'vectors-fuzz.jsonl']) {
      it(`all rows of ${name}`, () => {
        for (const row of rows(name)) {
          const { needs, query, measure } = simulate(row);
          expect([row.id, needs.loaded]).toEqual([row.id, row.contextLoaded]);
          if (!row.contextLoaded) continue;
          expect([row.id, needs.follow]).toEqual([row.id, row.followPaths ?? null]);
          expect([row.id, query.ignore]).toEqual([row.id, row.excludes ?? []]);
          const { sent, paths, sources, error } = measure;
          expect([row.id, paths]).toEqual([row.id, row.entries]);
          expect([row.id, sent.bytes, sent.wireBytes]).toEqual([row.id, row.contentBytes, row.wireBytes]);
          if (row.sentFiles !== undefined)
            expect([row.id, sent.files]).toEqual([row.id, row.sentFiles.length]);
          const fails = error !== null || sources.some(({ found }) => !found);
          // Two sources that want the same place in the image are no matter of the context.
          const lacking =
            row.error !== undefined && !/cannot (replace to |copy to non-)directory/.test(row.error);
          expect([row.id, fails]).toEqual([row.id, lacking]);
        }
      });
    }
  },
);
