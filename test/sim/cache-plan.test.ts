import { describe, expect, it } from 'vitest';
import type { CachePlan } from '../../server/src/sim/cache/model.js';
import { cachePlan } from '../../server/src/sim/cache/plan.js';
import { contextNeeds } from '../../server/src/sim/context/needs.js';
import { buildGraph, shellOf } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';

function planOf(text: string, args: Readonly<Record<string, string>> = {}): CachePlan {
  const dockerfile = parseDockerfile(text);
  const graph = buildGraph(dockerfile, { target: null, args, namedContexts: [] });
  return cachePlan({ dockerfile, graph, needs: contextNeeds(graph, dockerfile) }, shellOf(undefined));
}

/** What re-runs when the sources written so, and the arguments, change: `RUN make: maybe (parent 3) <- source src`. */
function rerun(plan: CachePlan, written: readonly string[], args: readonly string[] = []): readonly string[] {
  const sources = [...plan.sources.keys()].filter((i) => written.includes(plan.sources[i]?.written ?? ''));
  const found = plan.rerun({ sources: new Set(sources), arguments: new Set(args) });
  return found.map(({ step, cached, because, roots }) => {
    const from = because.parentLine === null ? because.detail : because.parentLine;
    const goesBack = roots.map((r) => (r.kind === 'source' ? plan.sources[r.source]?.written : `$${r.name}`));
    const maybe = cached === 'maybe' ? 'maybe ' : '';
    return `${plan.steps[step]?.step.instruction.text}: ${maybe}${because.kind} ${from} <- ${goesBack.join(', ')}`;
  });
}

describe('cachePlan', () => {
  it('lists steps by stage and line, and what they take of the context', () => {
    const plan = planOf(
      'FROM a AS dead\nRUN x\nFROM b\nWORKDIR /\nWORKDIR /w\nCOPY a b ./\nENV A=1\nRUN y\n',
    );
    expect(plan.steps.map(({ step }) => step.instruction.text)).toEqual([
      'WORKDIR /w',
      'COPY a b ./',
      'RUN y',
    ]);
    expect(plan.sources.map(({ written }) => written)).toEqual(['a', 'b']);
  });

  it('runs again what takes a source, and all below it', () => {
    const plan = planOf('FROM a\nCOPY package.json /\nRUN ci\nCOPY src /src\nRUN build\n');
    expect(rerun(plan, [])).toEqual([]);
    expect(rerun(plan, ['src'])).toEqual(['COPY src /src: file src <- src', 'RUN build: parent 3 <- src']);
    expect(rerun(plan, ['src', 'package.json'])).toEqual([
      'COPY package.json /: file package.json <- package.json',
      'RUN ci: parent 1 <- package.json',
      'COPY src /src: file src <- src, package.json',
      'RUN build: parent 3 <- src, package.json',
    ]);
  });

  it('an argument counts from the first RUN after it, and for a COPY only where the COPY uses it', () => {
    const plan = planOf('FROM a\nRUN one\nARG SHA\nCOPY b /\nRUN two\nCOPY $SHA.txt /\nLABEL v=$SHA\n');
    expect(rerun(plan, [], ['SHA'])).toEqual([
      'RUN two: argument SHA <- $SHA',
      'COPY $SHA.txt /: argument SHA <- $SHA',
    ]);
    expect(rerun(plan, [], ['OTHER'])).toEqual([]);
  });

  it('an argument in FROM changes the whole stage, but not what --link brings', () => {
    const plan = planOf('ARG TAG\nFROM node:$TAG\nCOPY --link a /a\nCOPY b /b\n');
    expect(rerun(plan, [], ['TAG'])).toEqual(['COPY b /b: argument TAG <- $TAG']);
  });

  it('what a stage that ran again hands on may be the same', () => {
    const plan = planOf(
      'FROM a AS b\nCOPY src /src\nRUN build\nFROM c\nCOPY --from=b /out /out\nRUN final\n',
    );
    expect(rerun(plan, ['src']).slice(2)).toEqual([
      'COPY --from=b /out /out: maybe parent 1 <- src',
      'RUN final: maybe parent 4 <- src',
    ]);
  });

  it('what no step that ran again can have written is the same', () => {
    const plan = planOf(
      'FROM a AS b\nRUN tool\nCOPY conf /conf\nCOPY src /src\nFROM c\nCOPY --from=b /conf /conf\nRUN final\n',
    );
    expect(rerun(plan, ['src'])).toEqual(['COPY src /src: file src <- src']);
  });
});
