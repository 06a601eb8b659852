import { describe, expect, it } from 'vitest';
import { buildSteps } from '../../server/src/sim/cache/steps.js';
import { builtOf } from '../../server/src/sim/context/built.js';
import type { Beginning, StepSeconds } from '../../server/src/sim/cost/model.js';
import { estimate, unknown } from '../../server/src/sim/cost/ranges.js';
import { type WallTimer, wallTimer } from '../../server/src/sim/cost/walltime.js';
import type { Step } from '../../server/src/sim/model.js';
import { testBuild } from '../harness/build.js';
import { memorySnapshot } from '../harness/memfs.js';

/** A timer in which `RUN sleep N` takes N seconds (± 10 %), `RUN unknown` nobody knows what, and everything else nothing. */
function timerOf(text: string, beginning?: Beginning): { timer: WallTimer; all: ReadonlySet<number> } {
  const built = builtOf(memorySnapshot({ Dockerfile: text, 'a/x': 'x' }), testBuild);
  if (built === undefined) throw new Error('no Dockerfile');
  const steps = buildSteps(built.graph, built.dockerfile);
  const seconds = new Map<Step, StepSeconds>(
    steps.map(({ step }) => {
      const { text: written } = step.instruction;
      const value = Number(/sleep ([\d.]+)/.exec(written)?.[1] ?? 0);
      const range = { low: value * 0.9, value, high: value * 1.1 };
      return [step, written.includes('unknown') ? unknown('no idea') : estimate(range, 'measured', 'a log')];
    }),
  );
  const input = { built, steps, seconds, ...(beginning === undefined ? {} : { beginning }) };
  const all = new Set(steps.keys());
  return { timer: wallTimer(input), all };
}

function wall(text: string, ran?: readonly number[]): number | null {
  const { timer, all } = timerOf(text);
  return timer.time(ran === undefined ? all : new Set(ran)).seconds.value;
}

describe('wall time is the critical path (SPEC D)', () => {
  it('adds up within a stage', () => {
    expect(wall('FROM a\nRUN sleep 1\nRUN sleep 1\nRUN sleep 1')).toBe(3);
  });

  it('independent stages run beside one another', () => {
    const stage = (name: string): string => `FROM a AS ${name}\nRUN sleep 2\nRUN echo ${name} > /out\n`;
    const copies = ['b', 'c', 'd', 'e'].map((name) => `COPY --from=${name} /out /${name}`).join('\n');
    expect(wall(`${['b', 'c', 'd', 'e'].map(stage).join('')}FROM a\n${copies}`)).toBe(2);
  });

  it('stages that are FROM one another add up', () => {
    expect(wall('FROM x AS a\nRUN sleep 1\nFROM a AS b\nRUN sleep 2\nFROM b\nRUN sleep 3')).toBe(6);
  });

  it('siblings after a shared parent are parallel', () => {
    const siblings = 'FROM a AS b\nRUN sleep 2\nFROM a AS c\nRUN sleep 2\n';
    expect(wall(`FROM x AS a\nRUN sleep 1\n${siblings}FROM b\nCOPY --from=c /x /x`)).toBe(3);
  });

  it('the final stage overlaps its builder until the first COPY --from', () => {
    const builder = 'FROM a AS build\nRUN sleep 2\n';
    expect(wall(`${builder}FROM a\nRUN sleep 2\nCOPY --from=build /x /x`)).toBe(2);
    expect(wall(`${builder}FROM a\nCOPY --from=build /x /x\nRUN sleep 2`)).toBe(4);
  });

  it('COPY --link waits for its source only, what follows for both', () => {
    const builder = 'FROM a AS build\nRUN sleep 2\n';
    expect(wall(`${builder}FROM a\nRUN sleep 2\nCOPY --link --from=build /x /x\nRUN sleep 1`)).toBe(3);
    expect(wall(`FROM a\nRUN sleep 2\nCOPY --link a /x\nRUN sleep 1`)).toBe(3);
  });

  it('with --chmod it is no link', () => {
    const builder = 'FROM a AS build\nRUN sleep 2\n';
    const copy = 'COPY --link --chmod=755 --from=build /x /x';
    expect(wall(`${builder}FROM a\nRUN sleep 1\n${copy}\nRUN sleep 1`)).toBe(3);
    expect(timerOf(`${builder}FROM a\nRUN sleep 3\n${copy}`).timer.startTimes(new Set([0, 1, 2]))).toEqual([
      0, 0, 3,
    ]);
    expect(
      timerOf(`${builder}FROM a\nRUN sleep 3\n${copy.replace(' --chmod=755', '')}`).timer.startTimes(
        new Set([0, 1, 2]),
      ),
    ).toEqual([0, 0, 2]);
  });

  it('a mount from a stage is waited for', () => {
    expect(wall('FROM a AS b\nRUN sleep 2\nFROM a\nRUN --mount=from=b,target=/b sleep 1')).toBe(3);
  });

  it('locked cache mounts serialise', () => {
    const run = 'RUN --mount=type=cache,target=/c,sharing=locked sleep 2\n';
    const both = `FROM a AS b\n${run}FROM a AS c\n${run}FROM a\nCOPY --from=b /x /b\nCOPY --from=c /x /c`;
    expect(wall(both)).toBe(4);
    expect(wall(both.replaceAll(',sharing=locked', ''))).toBe(2);
    expect(wall(both, [0])).toBe(2);
  });

  it('cached steps take no time', () => {
    const text = 'FROM a\nRUN sleep 1\nRUN sleep 2\nRUN sleep 4';
    expect(wall(text, [1, 2])).toBe(6);
    expect(wall(text, [])).toBe(0);
  });

  it('says which steps are on it, and the range along it', () => {
    const { timer, all } = timerOf(
      'FROM a AS b\nRUN sleep 1\nFROM a AS c\nRUN sleep 5\nFROM a\nCOPY --from=b /x /b\nCOPY --from=c /x /c\nRUN sleep 1',
    );
    const { seconds, critical } = timer.time(all);
    expect(critical).toEqual([1, 3, 4]);
    expect(seconds).toMatchObject({ value: 6, basis: 'measured', source: 'a log' });
    expect(seconds.low).toBeCloseTo(5.4);
    expect(seconds.high).toBeCloseTo(6.6);
    expect(timer.startTimes(all)).toEqual([0, 0, 1, 5, 5]);
  });

  it('names steps nobody knows, and counts the rest', () => {
    const { timer, all } = timerOf('FROM a\nRUN sleep 1\nRUN unknown');
    const { seconds, unknown: steps } = timer.time(all);
    expect(steps).toEqual([1]);
    expect(seconds).toMatchObject({ value: 1, source: 'a log; at least: nothing is known of 1 step of it' });
    expect(timer.time(new Set([1])).seconds).toEqual(unknown('no idea'));
  });

  it('every COPY from the context waits for its transfer, and so does what follows', () => {
    const seconds = (value: number): StepSeconds =>
      estimate({ low: value, value, high: value }, 'simulated', 'its size');
    const transfer = { first: seconds(3), again: seconds(0.5) };
    const { timer, all } = timerOf('FROM a\nRUN sleep 1\nCOPY a /a\nRUN sleep 1', {
      start: undefined,
      transfer,
    });
    // The first time all of it is sent.
    expect(timer.time(all).seconds).toMatchObject({
      value: 4,
      basis: 'simulated',
      source: 'its size; a log',
    });
    expect(timer.time(new Set([2])).seconds.value).toBe(1.5);
    expect(timer.time(new Set([0])).seconds.value).toBe(1);
    expect(timer.time(new Set()).seconds.value).toBe(0);
  });

  it('what every build begins with comes before, where something runs', () => {
    const start = estimate({ low: 1, value: 1, high: 1 }, 'measured', 'a log');
    const { timer, all } = timerOf('FROM a\nRUN sleep 1\nRUN unknown', { start, transfer: undefined });
    expect(timer.time(all).seconds.value).toBe(2);
    expect(timer.startTimes(all)).toEqual([1, 2]);
    expect(timer.time(new Set()).seconds.value).toBe(0);
    expect(timer.time(new Set([1])).seconds.value).toBeNull();
  });
});
