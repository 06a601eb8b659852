import { beforeAll, describe, expect, it } from 'vitest';
import { copyTouches, type Flow, flowsInto, stepsOf, textOf } from '../../server/src/sim/flows.js';
import type { StageGraph, Step } from '../../server/src/sim/model.js';
import { isPosixShell } from '../../server/src/sim/scope.js';
import { buildGraph, shellOf } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import type { ShellParser } from '../../server/src/syntax/shell/model.js';
import { loadTestShell } from '../syntax/shellParser.js';

function graph(text: string, options: Partial<Parameters<typeof buildGraph>[1]> = {}): StageGraph {
  return buildGraph(parseDockerfile(text), { target: null, args: {}, namedContexts: [], ...options });
}

/** The last step of the last stage. */
function last(text: string, options: Partial<Parameters<typeof buildGraph>[1]> = {}): Step {
  const step = graph(text, options).stages.at(-1)?.steps.at(-1);
  if (step === undefined) throw new Error('no step');
  return step;
}

describe('a stage that is FROM another', () => {
  it('begins with its ENV over its ARGs, and keeps the ARGs that no ENV hides', () => {
    const { environment } = last('FROM scratch AS s\nENV v=env\nARG v=arg\nARG w=arg\nFROM s\nRUN true');
    expect(Object.fromEntries(environment)).toEqual({ v: 'env', w: 'arg' });
  });
  it('sees within one stage what was said last', () => {
    expect(last('FROM scratch\nENV v=env\nARG v=arg\nRUN true').environment.get('v')).toBe('arg');
  });
});

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
    expect(stages[4]?.needs.map((n) => [n.stage, n.how, n.by.keyword])).toEqual([
      [0, 'from', 'FROM'],
      [1, 'copy', 'COPY'],
      [2, 'mount', 'RUN'],
    ]);
  });
  it('builds the target that is named, by name or number', () => {
    expect(graph(text, { target: 'BUILDER' }).stages.map((s) => s.reachable)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(graph(text, { target: '2' }).target?.stage.name).toBe('tools');
  });
  it('builds nothing for a target that does not exist', () => {
    const { target, stages } = graph(text, { target: 'nowhere' });
    expect([target, stages.some((s) => s.reachable)]).toEqual([undefined, false]);
    expect(graph('# nothing').target).toBeUndefined();
  });
  it('takes a COPY --from by number, and none of a later stage or of itself', () => {
    const { stages } = graph(
      'FROM a\nCOPY --from=late /x /y\nFROM b AS late\nCOPY --from=0 /x /y\nCOPY --from=1 /x /y',
    );
    expect(stages.map((s) => s.needs.map((n) => n.stage))).toEqual([[], [0]]);
  });
  it('takes the nearest stage before where a name is given twice', () => {
    const { stages } = graph('FROM a AS x\nFROM b AS x\nFROM x');
    expect(stages[2]?.base).toEqual({ kind: 'stage', index: 1 });
  });
  it('knows contexts that were named by the build', () => {
    const { stages } = graph('FROM a AS x\nFROM src\nCOPY --from=x /a /b\nCOPY --from=src /a /b', {
      namedContexts: ['src', 'X'],
    });
    expect(stages.map((s) => s.base)).toEqual([
      { kind: 'context', name: 'x' },
      { kind: 'context', name: 'src' },
    ]);
    expect(stages[1]?.needs).toEqual([]);
  });
  it('counts what ONBUILD of a base stage copies', () => {
    const { stages } = graph(
      'FROM a AS tools\nFROM b AS base\nONBUILD COPY --from=tools /x /y\nONBUILD WORKDIR /w\nFROM base\nRUN c',
    );
    expect(stages[2]?.needs.map((n) => n.stage)).toEqual([1, 0]);
    expect(stages[2]?.steps[0]?.workdir).toBe('/w');
  });
});

describe('what a build says of FROM', () => {
  it('puts global arguments in', () => {
    const text = 'ARG V=20\nARG IMAGE=node:$V\nFROM ${IMAGE}-slim';
    const base = (args: Record<string, string | null>): unknown => graph(text, { args }).stages[0]?.base;
    expect(base({})).toEqual({ kind: 'image', name: 'node:20-slim' });
    expect(base({ V: '22' })).toEqual({ kind: 'image', name: 'node:22-slim' });
    expect(base({ V: null })).toEqual({ kind: 'image', name: undefined });
    expect(base({ OTHER: 'x' })).toEqual({ kind: 'image', name: 'node:20-slim' });
  });
  it('does not know the platform', () => {
    expect(graph('FROM img-$TARGETARCH').stages[0]?.base).toEqual({ kind: 'image', name: undefined });
    expect(graph('FROM img-$TARGETARCH', { args: { TARGETARCH: 'arm64' } }).stages[0]?.base).toEqual({
      kind: 'image',
      name: 'img-arm64',
    });
  });
  it('finds stages through arguments, and scratch', () => {
    expect(graph('ARG S=a\nFROM x AS a\nFROM $S').stages[1]?.base).toEqual({ kind: 'stage', index: 0 });
    expect(graph('FROM scratch').stages[0]?.base).toEqual({ kind: 'scratch' });
  });
});

describe('what a step sees', () => {
  it('inherits environment, folder and user through FROM', () => {
    const run = last('FROM a AS x\nENV A=1\nWORKDIR /w\nUSER u\nFROM x\nWORKDIR v/../z\nRUN b');
    expect([run.environment.get('A'), run.workdir, run.user, run.posixShell]).toEqual([
      '1',
      '/w/z',
      'u',
      true,
    ]);
  });
  it('does not guess what the base image sets', () => {
    const run = last('FROM a\nENV B=$A\nWORKDIR rel\nRUN b');
    expect([run.environment.has('A'), run.environment.has('B'), run.environment.get('B')]).toEqual([
      false,
      true,
      undefined,
    ]);
    expect([run.workdir, run.user]).toEqual([undefined, undefined]);
  });
  it('knows all of scratch', () => {
    const run = last('FROM scratch\nENV B=x$A\nWORKDIR rel\nRUN b');
    expect([run.environment.get('B'), run.workdir, run.user]).toEqual(['x', '/rel', 'root']);
  });
  it('sees an argument only where it is declared again', () => {
    expect(last('ARG V=1\nFROM a\nRUN b').environment.has('V')).toBe(false);
    expect(last('ARG V=1\nFROM a\nARG V\nRUN b').environment.get('V')).toBe('1');
    expect(last('ARG V=1\nFROM a\nARG V=2\nRUN b').environment.get('V')).toBe('2');
    expect(last('ARG V=1\nFROM a\nARG V=2\nRUN b', { args: { V: '3' } }).environment.get('V')).toBe('3');
    expect(last('FROM a\nARG V\nRUN b').environment.has('V')).toBe(false);
    expect(last('FROM a\nARG V\nRUN b', { args: { V: null } }).environment.has('V')).toBe(true);
  });
  // Tried on BuildKit 0.33: `ENV X=env` then `ARG X=arg` gives arg, the other order env.
  it('lets the later of ENV and ARG win', () => {
    expect(last('FROM a\nENV X=env\nARG X=arg\nRUN b').environment.get('X')).toBe('arg');
    expect(last('FROM a\nARG X=arg\nENV X=env\nRUN b', { args: { X: 'given' } }).environment.get('X')).toBe(
      'env',
    );
  });
  it('knows that the platform is set, not what it is', () => {
    const { environment } = last('FROM a\nARG TARGETARCH\nRUN b');
    expect([environment.has('TARGETARCH'), environment.get('TARGETARCH')]).toEqual([true, undefined]);
  });
  it('reads pairs of one ENV with the values from before', () => {
    const { environment } = last('FROM a\nENV A=1\nENV A=2 B=$A\nRUN b');
    expect([environment.get('A'), environment.get('B')]).toEqual(['2', '1']);
  });
  it('shows each step only what came before it', () => {
    const steps = graph('FROM a\nRUN b\nENV A=1\nRUN c').stages[0]?.steps ?? [];
    expect(steps.map((s) => s.environment.get('A'))).toEqual([undefined, undefined, '1']);
  });
});

describe('shells', () => {
  it('takes SHELL and Windows images into account', () => {
    expect(last('FROM a\nSHELL ["powershell", "-Command"]\nRUN b').posixShell).toBe(false);
    expect(last('FROM a\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN b').posixShell).toBe(true);
    expect(last('FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN b').posixShell).toBe(false);
    expect(last('FROM mcr.microsoft.com/dotnet/sdk:8.0-nanoserver-ltsc2022\nRUN b').posixShell).toBe(false);
    expect(last('# escape=`\nARG B\nFROM $B\nRUN b').posixShell).toBe(false);
    expect(last('FROM a AS w\nSHELL ["cmd", "/S", "/C"]\nFROM w\nRUN b').posixShell).toBe(false);
  });
  it('knows the POSIX ones', () => {
    expect(
      [
        ['/bin/ash', '-eo', 'pipefail', '-c'],
        ['/usr/bin/env', 'bash', '-c'],
        ['busybox', 'sh'],
        ['dash'],
      ].map(isPosixShell),
    ).toEqual([true, true, true, true]);
    expect([['cmd', '/S'], ['pwsh'], ['python3', '-c'], [], ['busybox']].map(isPosixShell)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('shell texts of steps', () => {
  let parser: ShellParser;
  beforeAll(async () => {
    parser = await loadTestShell();
  });
  it('reads the shell form, heredocs and sh -c, and nothing else', () => {
    const text =
      'FROM a\nRUN b && c\nRUN <<EOF\nd\nEOF\nRUN bash -c "e; f"\nRUN ["g"]\nRUN <<EOF\n#!/bin/x\nEOF\nUSER h';
    const read = shellOf(parser);
    const steps = graph(text).stages[0]?.steps ?? [];
    expect(steps.map((s) => read(s)?.commands.map((c) => c.words[0]?.value))).toEqual([
      ['b', 'c'],
      ['d'],
      ['e', 'f'],
      undefined,
      undefined,
      undefined,
    ]);
  });
  it('is silent without a parser or with another shell', () => {
    expect(shellOf(undefined)(last('FROM a\nRUN b'))).toBeUndefined();
    expect(shellOf(parser)(last('FROM a\nSHELL ["cmd"]\nRUN b'))).toBeUndefined();
  });
  it('parses a step once', () => {
    let calls = 0;
    const read = shellOf((source) => {
      calls++;
      return parser(source);
    });
    const step = last('FROM a\nRUN b');
    expect(read(step)).toBe(read(step));
    expect(calls).toBe(1);
  });
});

describe('flows between stages', () => {
  const shippedFlows = (g: StageGraph): readonly Flow[] =>
    g.stages.filter(({ shipped }) => shipped).flatMap((stage) => flowsInto(g, stage));
  const text =
    'FROM a AS build\nFROM b AS other\nCOPY --from=build /x /y\nFROM c\nWORKDIR /app\nARG D=dist\nCOPY --from=build /src/$D app/*.js ./out/\nCOPY --from=img /x /y\nCOPY . .';
  it('says what is copied from where to where', () => {
    const g = graph(text);
    const flows = shippedFlows(g);
    expect(flows.map((f) => [f.from.stage.label, f.sources, f.destination])).toEqual([
      ['build', ['/src/dist', '/app/*.js'], '/app/out/'],
    ]);
    const other = g.stages[1];
    expect(other && flowsInto(g, other).map((f) => f.destination)).toEqual(['/y']);
  });
  it('says whether a path may be taken along', () => {
    const [flow] = shippedFlows(graph(text));
    const touches = ['/src/dist/a', '/src', '/src/other', '/app/a.js', '/app/node_modules', '/etc'].map(
      (p) => flow && copyTouches(flow, p),
    );
    expect(touches).toEqual([true, true, false, true, true, false]);
    const [unknown] = shippedFlows(graph('FROM a AS x\nFROM b\nCOPY --from=x $P /y'));
    expect(unknown && copyTouches(unknown, '/anything')).toBe(true);
  });
  it('lists the steps of needed stages and shows instructions on one line', () => {
    const steps = stepsOf(graph('FROM a AS unused\nRUN b\nFROM c\nRUN d \\\n   e'));
    expect(steps.map((s) => textOf(s.instruction))).toEqual(['RUN d e']);
  });
});
