import { describe, expect, it } from 'vitest';
import type { StageGraph } from '../../server/src/sim/model.js';
import { buildGraph } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';

function graph(text: string, options: Partial<Parameters<typeof buildGraph>[1]> = {}): StageGraph {
  return buildGraph(parseDockerfile(text), { target: null, args: {}, namedContexts: [], ...options });
}

describe('reachability', () => {
  const text = [
    'FROM a AS base',
    'FROM base AS Builder',
    'FROM x AS tools',
    'FROM y AS unused',
    'FROM base',
    'COPY --from=builder /a /b',
    'RUN --mount=from=tools,target=/t true',
  ].join('\n');
  it('follows FROM, COPY --from and mounts from the target', () => {
    const { stages } = graph(text);
    expect(stages.map((s) => s.reachable)).toEqual([true, true, true, false, true]);
    expect(stages.map((s) => s.shipped)).toEqual([true, false, false, false, true]);
  });
  it('builds the target that is named', () => {
    const { stages, target } = graph(text, { target: 'builder' });
    expect(target?.stage.index).toBe(1);
    expect(stages.map((s) => s.reachable)).toEqual([true, true, false, false, false]);
  });
});

describe('what a step sees', () => {
  it('expands global arguments in FROM', () => {
    const text = 'ARG V=20\nFROM node:${V}-slim';
    expect(graph(text).stages[0]?.base).toEqual({ kind: 'image', name: 'node:20-slim' });
    expect(graph(text, { args: { V: '22' } }).stages[0]?.base).toEqual({
      kind: 'image',
      name: 'node:22-slim',
    });
    expect(graph(text, { args: { V: null } }).stages[0]?.base).toEqual({ kind: 'image', name: undefined });
  });
  it('inherits environment, folder and user through FROM', () => {
    const { stages } = graph('FROM a AS x\nENV A=1\nWORKDIR /w\nUSER u\nFROM x\nWORKDIR v\nRUN b');
    const run = stages[1]?.steps[1];
    expect([run?.environment.get('A'), run?.workdir, run?.user, run?.posixShell]).toEqual([
      '1',
      '/w/v',
      'u',
      true,
    ]);
  });
});
