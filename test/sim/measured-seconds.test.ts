import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MeasuredBuild, MeasuredStep } from '../../server/src/project/measured.js';
import { buildSteps } from '../../server/src/sim/cache/steps.js';
import { type Built, builtOf } from '../../server/src/sim/context/built.js';
import { readBuildLog } from '../../server/src/sim/cost/log.js';
import { matchBuild } from '../../server/src/sim/cost/match.js';
import { measuredSeconds } from '../../server/src/sim/cost/measured.js';
import { testBuild } from '../harness/build.js';
import { memorySnapshot } from '../harness/memfs.js';

const folder = path.join(import.meta.dirname, 'facts/logs');

function fact(name: string): string {
  return readFileSync(path.join(folder, name), 'utf8');
}

function logged(name: string): MeasuredBuild {
  const reading = readBuildLog(fact(name), 'build.log');
  if ('problem' in reading) throw new Error(reading.problem);
  return reading.builds[0] as MeasuredBuild;
}

function built(dockerfile: string): Built {
  const found = builtOf(memorySnapshot({ Dockerfile: dockerfile }), testBuild);
  if (found === undefined) throw new Error('no Dockerfile');
  return found;
}

/** Seconds by instruction; a step without any is left out. */
function secondsOf(dockerfile: string, ...builds: readonly MeasuredBuild[]): Record<string, number> {
  const all = measuredSeconds(built(dockerfile), builds);
  return Object.fromEntries([...all].map(([step, { value }]) => [step.instruction.text, value]));
}

function step(over: Partial<MeasuredStep>): MeasuredStep {
  return {
    stage: null,
    index: 2,
    of: 2,
    platform: null,
    name: 'RUN make',
    seconds: 3,
    cached: false,
    line: null,
    ...over,
  };
}

function build(steps: readonly Partial<MeasuredStep>[], over: Partial<MeasuredBuild> = {}): MeasuredBuild {
  return {
    id: '1',
    started: null,
    origin: 'build.log',
    format: 'plain',
    complete: true,
    seconds: null,
    steps: steps.map(step),
    others: [],
    contextBytes: null,
    ...over,
  };
}

describe('steps of a log are found in the Dockerfile it was built from', () => {
  it.each([
    ['multi.Dockerfile', 'multi.plain.txt'],
    ['multi.Dockerfile', 'multi.jsonl'],
    ['multi.Dockerfile', 'multi-edited.jsonl'],
    ['multi.Dockerfile', 'history.jsonl'],
    ['single.Dockerfile', 'single.plain.txt'],
    ['heredoc.Dockerfile', 'heredoc.plain.txt'],
    ['add.Dockerfile', 'add-url.plain.txt'],
    ['add.Dockerfile', 'add-url.jsonl'],
    ['platform.Dockerfile', 'platform.plain.txt'],
    ['platform.Dockerfile', 'platform.jsonl'],
    ['engine20.Dockerfile', 'engine20.plain.txt'],
    ['engine20.Dockerfile', 'engine20-edited.plain.txt'],
    ['fail.Dockerfile', 'failed.plain.txt'],
  ])('%s in %s: all', (dockerfile, log) => {
    const { found, of } = matchBuild(logged(log), built(fact(dockerfile)));
    expect(of).toBeGreaterThan(2);
    expect(found).toBe(of);
  });

  it('each by its own text', () => {
    const { steps } = matchBuild(logged('multi.plain.txt'), built(fact('multi.Dockerfile')));
    for (const [{ instruction }, ones] of steps)
      expect(ones.map(({ name }) => name)).toEqual([instruction.text]);
  });

  it('and their seconds', () => {
    expect(secondsOf(fact('multi.Dockerfile'), logged('multi.plain.txt'))).toEqual({
      'COPY src ./src': 0.4,
      'RUN sleep 2; mkdir out; cat src/a.c > out/bin': 2.3,
      'COPY package.json .': 0.4,
      'RUN for i in 1 2 3; do echo "asset $i"; sleep 0.5; done; cp package.json assets.json': 1.8,
      'WORKDIR /srv': 0.3,
      'COPY README.md .': 0.4,
      'RUN sleep 1 && echo ready': 1.2,
      'COPY --from=build /w/out /srv/out': 0.3,
      'COPY --link --from=assets /w/assets.json /srv/': 0.4,
      'RUN sleep 0.3 && ls -R /srv': 0.7,
    });
  });

  it('also in a log of several targets', () => {
    const reading = readBuildLog(fact('bake.plain.txt'), 'build.log');
    const builds = 'problem' in reading ? [] : reading.builds;
    expect(builds).toHaveLength(2);
    const seconds = secondsOf(fact('multi.Dockerfile'), ...builds);
    expect(seconds['COPY package.json .']).toBe(0.1);
    expect(seconds['RUN sleep 2; mkdir out; cat src/a.c > out/bin']).toBe(6.8);
    expect(Object.keys(seconds)).toHaveLength(9);
  });

  it('of several platforms the slowest counts', () => {
    const both = build([
      { stage: 'a', platform: 'linux/amd64', seconds: 2 },
      { stage: 'a', platform: 'linux/arm64', seconds: 20 },
    ]);
    expect(secondsOf('FROM x AS a\nRUN make', both)).toEqual({ 'RUN make': 20 });
  });
});

describe('a Dockerfile that changed since gets no wrong times', () => {
  const log = logged('multi.plain.txt');
  const text = fact('multi.Dockerfile');

  it('lines that moved keep them', () => {
    const moved = text
      .replace('COPY README.md .\n', '')
      .replace('FROM base AS build\n', 'FROM base AS build\nENV A=1\nRUN true\n');
    const seconds = secondsOf(moved, log);
    expect(seconds['RUN sleep 2; mkdir out; cat src/a.c > out/bin']).toBe(2.3);
    expect(seconds['RUN sleep 1 && echo ready']).toBe(1.2);
    expect(seconds['RUN true']).toBeUndefined();
    expect(Object.keys(seconds)).toHaveLength(9);
  });

  it('stages that were renamed, swapped or merged too', () => {
    expect(secondsOf(text.replaceAll(/\bassets\b(?!\.json)/g, 'things'), log)['COPY package.json .']).toBe(
      0.4,
    );
    const single = 'FROM debian\nRUN sleep 1 && echo ready';
    const other = build([{ stage: 'stage-1', index: 2, of: 9, name: 'RUN sleep 1 && echo ready' }]);
    expect(secondsOf(single, other)).toEqual({ 'RUN sleep 1 && echo ready': 3 });
  });

  it('a text that changed has none', () => {
    const changed = text.replace('sleep 2;', 'sleep 20;');
    expect(Object.keys(secondsOf(changed, log)).filter((name) => name.startsWith('RUN sleep 2'))).toEqual([]);
  });

  it('equal texts are told apart by stage and number, or not at all', () => {
    const twice = 'FROM x AS a\nRUN make\nFROM x AS b\nRUN make\nCOPY --from=a /x /x';
    const both = build([
      { stage: 'a', seconds: 1 },
      { stage: 'b', index: 2, of: 3, seconds: 5 },
    ]);
    const all = measuredSeconds(built(twice), [both]);
    expect([...all].map(([found, { value }]) => [found.stage, value])).toEqual([
      [0, 1],
      [1, 5],
    ]);
    const inOne = 'FROM x\nRUN make\nCOPY a b\nRUN make';
    const third = { index: 4, of: 4, seconds: 7 };
    expect(measuredSeconds(built(inOne), [build([third])]).size).toBe(1);
    // One line more: which of the two it was nobody knows.
    expect(measuredSeconds(built(`${inOne}\nRUN other`), [build([third])]).size).toBe(0);
    expect(measuredSeconds(built(`${inOne}\nRUN other`), [build([{ ...third, line: 3 }])]).size).toBe(1);
  });

  it('what two stages do alike is run once and named by one of them: it counts for both', () => {
    const stage = (name: string): string => `FROM x AS ${name}\nWORKDIR /w\nRUN make\nRUN echo ${name}\n`;
    const text = `${stage('a')}${stage('b')}FROM x\nRUN make\nCOPY --from=a /x /x\nCOPY --from=b /x /y`;
    const one = build([
      { stage: 'b', index: 3, of: 4 },
      { stage: 'a', index: 4, of: 4, name: 'RUN echo a', seconds: 1 },
      { stage: 'b', index: 4, of: 4, name: 'RUN echo b', seconds: 1 },
    ]);
    const all = measuredSeconds(built(text), [one]);
    // The third one stands upon something else.
    expect([...all.keys()].map((found) => [found.stage, found.instruction.text])).toEqual([
      [1, 'RUN make'],
      [0, 'RUN echo a'],
      [1, 'RUN echo b'],
      [0, 'RUN make'],
    ]);
  });

  it('a log of another Dockerfile tells nothing', () => {
    const other = 'FROM x\nCOPY package.json .\nRUN npm ci\nCOPY . .\nRUN npm test\nRUN npm run build';
    const alien = build([
      { index: 2, of: 5, name: 'COPY package.json .' },
      ...[1, 2, 3, 4].map((i) => ({ index: 2 + i, of: 9, name: `RUN other ${i}` })),
    ]);
    expect(secondsOf(other, alien)).toEqual({});
  });
});

describe('what BuildKit prints after expansion', () => {
  it.each([
    ['RUN curl -o a https://x/$VERSION/a', 'RUN curl -o a https://x/1.2.3/a'],
    ['RUN curl -o a https://x/${VERSION}/a', 'RUN curl -o a https://x/1.2.3/a'],
    ['run   make  "all" \\\n  # why\n  fast', 'RUN make  all   fast'],
    ['RUN ["make", "all"]', 'RUN ["make", "all"]'],
    ['RUN make ${A:-${B:-c}} all', 'RUN make c all'],
    ['COPY --chown=$USER:$USER src /app', 'COPY --chown=node:node src /app'],
    ['RUN --mount=type=cache,target=/c make', 'RUN --mount=type=cache,target=/c make'],
  ])('%j is %j', (written, printed) => {
    const dockerfile = `FROM x\n${written}`;
    expect(matchBuild(build([{ name: printed }]), built(dockerfile)).found).toBe(1);
    expect(matchBuild(build([{ name: `${printed} more` }]), built(dockerfile)).found).toBe(0);
  });

  it('a step that is nothing but a variable is not found by it', () => {
    expect(matchBuild(build([{ name: 'RUN make' }]), built('FROM x\nARG C\nRUN $C')).found).toBe(0);
  });

  it('WORKDIR / counts in the sum but has no number, a named context takes the count away', () => {
    const text = 'FROM x\nWORKDIR /\nRUN one\nRUN make';
    const { steps } = matchBuild(
      build([
        { index: 2, of: 4, name: 'RUN one' },
        { index: 3, of: 4 },
      ]),
      built(text),
    );
    expect([...steps.keys()].map(({ instruction }) => instruction.text)).toEqual(['RUN one', 'RUN make']);
    expect(matchBuild(build([{ index: 0, of: 0 }]), built(text)).found).toBe(1);
  });

  it('long texts with many variables are compared in no time', () => {
    const words = Array.from({ length: 400 }, (_, i) => `$A${i} -o x`).join(' ');
    const started = performance.now();
    const steps = [{ name: `RUN make ${'b -o x '.repeat(4000)}` }];
    expect(matchBuild(build(steps), built(`FROM x\nRUN make ${words}!`)).found).toBe(0);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('several builds', () => {
  const text = 'FROM x\nRUN make';
  const at = (day: number, over: Partial<MeasuredStep>): MeasuredBuild =>
    build([over], { started: `2026-11-${day}T10:00:00.000Z`, origin: 'build.log' });

  it('the median of the runs in which it ran, and their spread', () => {
    const runs = [
      at(20, { seconds: 4 }),
      at(19, { seconds: null, cached: true }),
      at(18, { seconds: 9 }),
      at(17, { seconds: 5 }),
    ];
    const [only] = measuredSeconds(built(text), runs).values();
    expect(only).toEqual({
      value: 5,
      low: 4,
      high: 9,
      basis: 'measured',
      source: 'build.log of 2026-11-20, 3 runs',
    });
  });

  it('one run alone has a range, which no time below zero is in', () => {
    const [only] = measuredSeconds(built(text), [at(20, { seconds: 10 })]).values();
    expect(only).toMatchObject({ value: 10, source: 'build.log of 2026-11-20' });
    expect(only?.low).toBeLessThan(10);
    expect(only?.high).toBeGreaterThan(10);
    const [short] = measuredSeconds(built(text), [at(20, { seconds: 0 })]).values();
    expect(short?.low).toBe(0);
  });

  it('a step that was always cached has no time', () => {
    expect(measuredSeconds(built(text), [at(20, { seconds: null, cached: true })]).size).toBe(0);
    expect(buildSteps(built(text).graph, built(text).dockerfile)).toHaveLength(1);
  });
});
