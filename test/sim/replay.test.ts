import { describe, expect, test } from 'vitest';
import type { Estimate } from '../../server/src/project/estimate.js';
import type { HistoryAnswer } from '../../server/src/project/history.js';
import type { Rerun } from '../../server/src/sim/cache/model.js';
import { buildSteps } from '../../server/src/sim/cache/steps.js';
import type { StepSeconds, WallTime } from '../../server/src/sim/cost/model.js';
import { unknownSeconds } from '../../server/src/sim/replay/amounts.js';
import type { TypicalEdits } from '../../server/src/sim/replay/edits.js';
import type { Replay } from '../../server/src/sim/replay/model.js';
import { replayed } from '../../server/src/sim/replay/numbers.js';
import { isDearer, savingOf } from '../../server/src/sim/replay/saving.js';
import { buildGraph } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';

const dockerfile = parseDockerfile(`FROM node:20
COPY package.json ./
RUN npm ci
COPY . .
RUN npm run build
`);
const graph = buildGraph(dockerfile, { target: null, args: {}, namedContexts: [] });
const steps = buildSteps(graph, dockerfile);

function seconds(value: number, basis: Estimate['basis'] = 'simulated'): Estimate {
  return { value, low: value / 2, high: value * 2, basis, source: `${value} by the test` };
}

/** Steps one after another; what is unknown counts as nothing. */
function wallOf(times: readonly StepSeconds[]): (running: ReadonlySet<number>) => WallTime {
  return (running) => {
    const ran = [...running];
    const sum = (pick: (s: StepSeconds) => number | null): number =>
      ran.reduce((all, i) => all + (pick(times[i] ?? unknownSeconds('')) ?? 0), 0);
    const unknown = ran.filter((i) => times[i]?.value === null);
    const known = ran.filter((i) => times[i]?.value !== null);
    const isAssumed = (i: number): boolean => times[i]?.basis === 'assumed' && (times[i]?.value ?? 0) > 0;
    const main = known.filter((i) => (times[i]?.value ?? 0) * 10 >= sum((s) => s.value));
    const all = { value: sum((s) => s.value), low: sum((s) => s.low), high: sum((s) => s.high) };
    return {
      seconds:
        ran.length > 0 && known.length === 0
          ? unknownSeconds('nothing known')
          : { ...all, basis: main.some(isAssumed) ? 'assumed' : 'simulated', source: 'the test' },
      critical: ran,
      unknown,
    };
  };
}

/** A miss goes down from the step that takes the source; an argument `SHA` reaches the last step, `maybe` where told. */
function play(
  times: readonly StepSeconds[],
  history: HistoryAnswer | undefined,
  more: {
    readonly volatile?: readonly string[];
    readonly maybe?: ReadonlySet<number>;
    readonly edits?: TypicalEdits;
  } = {},
): Replay {
  const starts = [0, 2];
  const wall = wallOf(times);
  return replayed({
    plan: {
      steps,
      sources: [],
      rerun({ sources, arguments: names }) {
        const roots = [
          ...[...sources].map((source) => ({
            at: starts[source] ?? 0,
            root: { kind: 'source', source } as const,
          })),
          ...[...names]
            .filter((n) => n === 'SHA')
            .map((name) => ({ at: 3, root: { kind: 'argument', name } as const })),
        ];
        return steps.flatMap((_, step): Rerun[] => {
          const own = roots.filter(({ at }) => at <= step);
          if (own.length === 0) return [];
          return [
            {
              step,
              cached: more.maybe?.has(step) === true ? 'maybe' : false,
              because: { kind: 'file', detail: '', parentLine: null },
              roots: own.map(({ root }) => root),
            },
          ];
        });
      },
    },
    seconds: times,
    wall,
    starts: () => steps.map((_, i) => i),
    volatile: (more.volatile ?? []).map((name) => ({
      name,
      changes: 'commit',
      value: '${{ github.sha }}',
      path: '/project/.github/workflows/ci.yml',
      at: { start: 0, end: 1 },
    })),
    history,
    edits: () => more.edits ?? { source: undefined, dependency: undefined },
    notes: [],
  });
}

/** Commits, the newest first: which of the two sources each touches, and where. */
function history(...commits: readonly (readonly (readonly [0 | 1, string])[])[]): HistoryAnswer {
  const places = [...new Set(commits.flat().map(([, place]) => place))];
  return {
    commits: commits.map((touched, i) => ({
      id: `c${i}`,
      time: 1000 - i,
      touches: touched.length > 0,
      sources: [0, 1].flatMap((source) => {
        const own = touched.filter(([s]) => s === source);
        const at = own.map(([, place]) => places.indexOf(place));
        return own.length === 0 ? [] : [{ source, places: at, modesOnly: false }];
      }),
    })),
    places,
    gap: null,
    notes: [],
    modeDrift: null,
  };
}

const source = [[1, 'src/']] as const;
const manifest = [
  [0, 'package.json'],
  [1, 'package.json'],
] as const;
const times = [seconds(0.1), seconds(40), seconds(0.2), seconds(8)];

describe('a replay over a history', () => {
  test('counts what each commit re-ran, with its causes', () => {
    const replay = play(times, history(source, manifest, [], source));
    expect(replay.commits).toEqual({ replayed: 4, touching: 3, rebuilding: 3, newest: 'c0', oldest: 'c3' });
    expect(replay.steps.map(({ rebuilds }) => rebuilds)).toEqual([1, 1, 3, 3]);
    expect(replay.steps[1]?.causes).toEqual([{ kind: 'file', name: 'package.json', commits: 1 }]);
    expect(replay.steps[3]?.causes).toEqual([
      { kind: 'file', name: 'src/', commits: 2 },
      { kind: 'file', name: 'package.json', commits: 1 },
    ]);
    expect(replay.scenarios).toBeNull();
    expect(replay.gap).toBeNull();
  });

  test('a commit that re-runs nothing counts as 0', () => {
    const { rebuild } = play(times, history(source, manifest, [], source));
    // 8.2 twice, 48.3 once, 0 once
    expect(rebuild?.mean.value).toBeCloseTo((8.2 * 2 + 48.3) / 4, 2);
    expect(rebuild?.mean.low).toBeCloseTo((4.1 * 2 + 24.15) / 4, 2);
    expect(rebuild?.p50.value).toBeCloseTo(8.2, 3);
    expect(rebuild?.p90.value).toBeCloseTo(48.3, 3);
    expect(rebuild?.mean.source).toBe('4 commits replayed; RUN npm ci: 40 by the test');
  });

  test('what may run again counts by itself and only in the upper end', () => {
    const replay = play(times, history(source, source), { maybe: new Set([3]) });
    expect(replay.steps.map(({ rebuilds, maybe }) => [rebuilds, maybe])).toEqual([
      [0, 0],
      [0, 0],
      [2, 0],
      [0, 2],
    ]);
    expect(replay.rebuild?.mean).toMatchObject({ value: 0.2, low: 0.1, high: 16.4 });
    expect(replay.commits?.rebuilding).toBe(2);
  });

  test('an argument that is new with each commit re-runs its steps in every one', () => {
    const replay = play(times, history([], source), { volatile: ['SHA', 'UNUSED'] });
    expect(replay.steps.map(({ rebuilds }) => rebuilds)).toEqual([0, 0, 1, 2]);
    expect(replay.steps[3]?.causes).toEqual([
      { kind: 'argument', name: 'SHA', commits: 2 },
      { kind: 'file', name: 'src/', commits: 1 },
    ]);
    expect(replay.volatile.map(({ name }) => name)).toEqual(['SHA']);
    expect(replay.commits).toMatchObject({ touching: 1, rebuilding: 2 });
  });

  test('a step of unknown length is left out of the sum, and said', () => {
    const replay = play(
      [seconds(0.1), seconds(40), seconds(0.2), unknownSeconds('a script')],
      history(source),
    );
    expect(replay.rebuild?.mean).toMatchObject({ value: 0.2 });
    expect(replay.rebuild?.mean.source).toContain('without RUN npm run build, whose time is unknown');
    expect(replay.clean.source).toContain('without RUN npm run build, whose time is unknown');
  });

  test('where nothing is known the time is unknown, not zero', () => {
    const none = unknownSeconds('a script');
    const replay = play([none, none, none, none], history(source));
    expect(replay.rebuild?.mean.value).toBeNull();
    expect(replay.clean.value).toBeNull();
    expect(replay.steps.map(({ rebuilds }) => rebuilds)).toEqual([0, 0, 1, 1]);
  });

  test('a basis counts for the mean from a tenth of it on, for a percentile where it is taken from', () => {
    const little = [seconds(0.1), seconds(40), seconds(0.01, 'assumed'), seconds(0.1, 'assumed')];
    const { rebuild } = play(little, history(source, source, manifest));
    expect([rebuild?.mean.basis, rebuild?.p50.basis, rebuild?.p90.basis]).toEqual([
      'simulated',
      'assumed',
      'simulated',
    ]);
    const often = [...Array.from({ length: 60 }, () => source), manifest];
    expect(play(little, history(...often)).rebuild?.mean.basis).toBe('assumed');
  });

  test('the weakest basis that counts is that of the whole', () => {
    const assumed = [...times.slice(0, 3), seconds(8, 'assumed')];
    expect(play(assumed, history(source)).rebuild?.mean.basis).toBe('assumed');
    expect(play(times, history(source)).rebuild?.mean.basis).toBe('simulated');
  });
});

describe('without a history', () => {
  const edits: TypicalEdits = {
    source: { path: 'src/app.ts', sources: new Set([1]) },
    dependency: { path: 'package.json', sources: new Set([0, 1]) },
  };

  test('a few edits stand in', () => {
    const gap = { kind: 'no-repository', message: 'The context is in no git repository.' } as const;
    const replay = play(times, { ...history(), gap }, { edits });
    expect(replay.gap).toEqual(gap);
    expect(replay.rebuild).toBeNull();
    expect(replay.commits).toBeNull();
    expect(replay.scenarios?.map(({ name, steps: ran, seconds: s }) => [name, ran, s.value])).toEqual([
      ['a source edit', [2, 3], 8.2],
      ['a dependency edit', [0, 1, 2, 3], 48.3],
      ['a clean build', [0, 1, 2, 3], 48.3],
    ]);
    expect(replay.scenarios?.[0]?.seconds.source).toContain('an edit of src/app.ts');
  });

  test('no commits and no question are said each in its own words', () => {
    expect(play(times, history()).gap?.kind).toBe('no-commits');
    expect(play(times, undefined).gap?.kind).toBe('off');
    expect(play(times, undefined).scenarios?.map(({ name }) => name)).toEqual(['a clean build']);
  });
});

function dearer(before: Replay, after: Replay): boolean {
  const saving = savingOf(before, after);
  return saving !== undefined && isDearer(saving);
}

describe('a saving', () => {
  test('is the replay before less the replay after', () => {
    const before = play(times, history(source, manifest));
    const after = play([seconds(0.1), seconds(10), seconds(0.2), seconds(8)], history(source, manifest));
    const saving = savingOf(before, after);
    expect(saving?.saved).toMatchObject({ value: 15, low: 7.5, high: 30 });
    expect(saving?.percent).toBe(53.1);
    expect(saving?.commits).toEqual({ affected: 1, of: 2 });
    expect(dearer(before, after)).toBe(false);
    expect(dearer(after, before)).toBe(true);
  });

  test('one more small step is not called dearer', () => {
    const before = play(times, history(source));
    const slower = (by: number): Replay =>
      play(
        [times[0], times[1], times[2], seconds(8 + by)].map((one) => one ?? seconds(0)),
        history(source),
      );
    expect(dearer(before, slower(0.4))).toBe(false);
    expect(dearer(before, slower(0.6))).toBe(true);
  });

  test('is not known where a time or the history is not', () => {
    const known = play(times, history(source));
    const none = unknownSeconds('a script');
    const unknown = savingOf(known, play([none, none, none, none], history(source)));
    expect(unknown).toMatchObject({
      saved: { value: null },
      percent: null,
      unknownRuns: { before: 0, after: 2 },
    });
    expect(savingOf(known, play(times, undefined))).toBeUndefined();
  });

  test('a fix that lets a step of unknown length run less often is not called dearer', () => {
    const none = unknownSeconds('a script');
    const before = play([seconds(0.1), seconds(1), seconds(0.2), none], history(source, source));
    const after = play([seconds(0.1), seconds(1), seconds(9), none], history(source, []));
    expect(dearer(before, after)).toBe(false);
    const saving = savingOf(before, after);
    expect(saving?.saved.source).toContain('steps whose time is unknown run 1 times instead of 2');
  });
});
