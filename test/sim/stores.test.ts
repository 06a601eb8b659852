import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StoreFact } from '../../scripts/record/stores.js';
import { mountFlag } from '../../server/src/fixes/storemounts.js';
import { contextView } from '../../server/src/project/context.js';
import { buildsOf } from '../../server/src/project/discover.js';
import { buildGraph, shellOf } from '../../server/src/sim/stages.js';
import { storeStepOf } from '../../server/src/sim/stores.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { joinPath } from '../../server/src/text/paths.js';
import { memorySnapshot, root } from '../harness/memfs.js';
import { testShellParser } from '../harness/shell.js';

const facts = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'facts/stores.json'), 'utf8'),
) as readonly StoreFact[];
const parser = await testShellParser();

/** The flags that the last RUN of a recorded Dockerfile is said to need. */
function saidOf({ files, dockerfile: lines, tool }: StoreFact): readonly string[] {
  const text = `${lines.join('\n')}\n`;
  const dockerfile = parseDockerfile(text);
  const snapshot = memorySnapshot({ ...files, Dockerfile: text });
  const [build] = buildsOf(snapshot, joinPath(root, 'Dockerfile'));
  const graph = buildGraph(dockerfile, { target: null, args: {}, namedContexts: [] });
  const node = graph.stages[0];
  const step = node?.steps.at(-1);
  if (node === undefined || step === undefined) throw new Error('it has no step');
  const view = { dockerfile, graph, shell: shellOf(parser), context: contextView(snapshot, build) };
  const found = storeStepOf(view, node, step);
  const use = found?.uses.find((one) => one.tool === tool);
  return found === undefined ? [] : (use?.stores ?? []).map((store) => mountFlag(store, found));
}

describe('where package managers keep their downloads', () => {
  test.each(facts.map((fact) => [fact.name, fact] as const))(
    '%s: the mounts are those that were tried',
    (_, fact) => {
      expect(saidOf(fact)).toEqual(fact.mounts);
    },
  );

  test.each(facts.map((fact) => [fact.name, fact] as const))(
    '%s: installed again from the mounts alone',
    (_, fact) => {
      expect(fact.version).not.toBe('');
      expect([fact.withMounts, fact.without]).toEqual([true, false]);
      expect(Object.values(fact.stored).every((count) => count > 0)).toBe(true);
    },
  );

  test('most managers have been tried', () => {
    expect([...new Set(facts.map(({ tool }) => tool))].sort()).toEqual(
      'apt bun composer go maven npm pip pipenv pnpm uv yarn'.split(' '),
    );
  });
});
