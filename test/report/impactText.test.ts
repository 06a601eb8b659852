import { describe, expect, test } from 'vitest';
import { impactHtml } from '../../server/src/report/impactHtml.js';
import type { ImpactPicture } from '../../server/src/report/impactModel.js';
import { impactText } from '../../server/src/report/impactText.js';
import { about, rebuilds, shopImpact, unknown, withoutHistory } from './impactFixture.js';

const all = {
  replayed: 200,
  touchingContext: 170,
  rebuilding: 160,
  newest: '1'.repeat(40),
  oldest: '2'.repeat(40),
};

/** The report in one line of words. */
function words(picture: ImpactPicture): string {
  return impactText(picture, true).replace(/\s+/g, ' ');
}

function withSteps(of: Partial<ImpactPicture['stages'][number]['steps'][number]>): ImpactPicture['stages'] {
  const { stages } = shopImpact();
  return stages.map((stage) => ({ ...stage, steps: stage.steps.map((step) => ({ ...step, ...of })) }));
}

const none = rebuilds(0);

describe('the first sentence', () => {
  test('says over how many commits the time is averaged', () => {
    expect(words(shopImpact({ commits: all }))).toMatch(
      /^A typical commit re-runs \d+ of \d+ steps; averaged over the last 200 commits, a rebuild takes /,
    );
  });

  test('does not tell a rare rebuild by steps that a typical commit does not re-run', () => {
    const stages = withSteps({ rebuilds: 10, maybe: 0, seconds: about(3) });
    expect(words(shopImpact({ commits: { ...all, rebuilding: 10 }, stages, allFixes: null }))).toMatch(
      /^10 of the last 200 commits ran a step again, a typical one none; averaged over all of them, a rebuild takes about /,
    );
  });

  test('says at least where a part of a step is not known', () => {
    const seconds = {
      value: 30,
      low: 20,
      high: 40,
      basis: 'assumed',
      source: 'model',
      atLeast: true,
    } as const;
    const whole = withSteps({ rebuilds: 150, maybe: 0, seconds: about(30) });
    const part = whole.map((stage) => ({ ...stage, steps: stage.steps.map((one) => ({ ...one, seconds })) }));
    expect(words(shopImpact({ stages: whole }))).toMatch(/a rebuild takes about /);
    expect(words(shopImpact({ stages: part }))).toMatch(/a rebuild takes at least /);
    expect(impactHtml(shopImpact({ stages: part }), { trusted: true })).toContain('more than ');
  });

  test('names the stage that is built', () => {
    expect(words(shopImpact())).toContain('target the last stage');
    expect(words(shopImpact({ target: 'api' }))).toContain('target api');
    expect(impactHtml(shopImpact({ target: 'api' }), { trusted: true })).toContain(
      '<dt>Target</dt><dd>api</dd>',
    );
  });

  test('a typical commit re-runs something where most do, each of them other steps', () => {
    const stages = withSteps({ rebuilds: 900, maybe: 0, seconds: about(3) });
    const commits = { ...all, replayed: 2000, rebuilding: 1500 };
    expect(words(shopImpact({ commits, stages, allFixes: null }))).toMatch(
      /^1,500 of the last 2,000 commits ran a step again; averaged over all of them, a rebuild takes about /,
    );
  });

  test('calls next to nothing less than 0.1 s', () => {
    const stages = withSteps({ rebuilds: 1, maybe: 0, seconds: about(3) });
    const rebuild = {
      ...none,
      meanSeconds: { value: 0.04, low: 0, high: 0.1, basis: 'simulated' as const, source: 'model' },
    };
    const text = words(shopImpact({ commits: { ...all, rebuilding: 1 }, stages, rebuild, allFixes: null }));
    expect(text).toContain('a rebuild takes less than 0.1 s (0 – 0.1 s, simulated)');
  });

  test.each([
    [0, 200, 'No step ran again after any of the last 200 commits.'],
    [3, 200, 'No step surely ran again after any of the last 200 commits.'],
    [0, 1, 'No step ran again after the last commit.'],
  ])('where nothing surely runs again, %i perhaps, of %i commits', (maybe, replayed, sentence) => {
    const stages = withSteps({ rebuilds: 0, maybe });
    const commits = { ...all, replayed, rebuilding: 0 };
    expect(words(shopImpact({ commits, stages, rebuild: none }))).toMatch(new RegExp(`^${sentence}`));
  });
});

describe('what a build takes', () => {
  test('a rebuild of nothing is no time with a basis', () => {
    const stages = withSteps({ rebuilds: 0, maybe: 0 });
    const text = impactText(shopImpact({ commits: { ...all, rebuilding: 0 }, stages, rebuild: none }), true);
    expect(text).toMatch(/mean of 200 commits +0 s {2}nothing runs\n/);
    expect(text).not.toContain(' 0 s, simulated');
  });

  test('a step of which nobody knows how long it takes is told beside every sum that leaves it out', () => {
    const stages = withSteps({ rebuilds: 0, maybe: 0, seconds: unknown });
    const count = stages.flatMap(({ steps }) => steps).length;
    const clean = about(30, 'assumed', 'without RUN ./build.sh, whose time is unknown');
    const text = words(shopImpact({ commits: all, stages, clean }));
    expect(text).toMatch(
      new RegExp(`clean build +30 s .*?, assumed; ${count} steps of unknown length aside`),
    );
    expect(text).toContain(
      'The time of a clean build rests on: without RUN ./build.sh, whose time is unknown.',
    );
    expect(text.match(/of unknown length aside/g)).toHaveLength(1);
    expect(words(withoutHistory('Git is not asked.', { stages }))).toMatch(/of unknown length aside/);
  });

  test('no line is wider than a terminal', () => {
    const long = { value: 1000, low: 160, high: 2000, basis: 'simulated' as const, source: 'model' };
    const stages = withSteps({ seconds: unknown });
    const text = impactText(shopImpact({ stages, clean: long }), false);
    const section = text.slice(text.indexOf('What a build takes'), text.indexOf('\nSteps'));
    expect(section.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('a step that a log shows with 0.0 s ran all the same', () => {
    const seconds = { value: 0, low: 0, high: 0.05, basis: 'measured' as const, source: 'build.log' };
    expect(impactText(shopImpact({ stages: withSteps({ seconds }) }), true)).not.toMatch(/ 0 s {2}[A-Z]/);
  });

  test('the only commit is named once', () => {
    const commits = { ...all, replayed: 1, touchingContext: 1, rebuilding: 1 };
    expect(words(shopImpact({ commits }))).toMatch(
      /^The last commit re-ran \d+ of \d+ steps; that takes at least /,
    );
    expect(words(shopImpact({ commits }))).toContain('1 commit, 11111111: 1 changed the context');
  });
});
