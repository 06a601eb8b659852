import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { offeredFixes } from '../../scripts/prove/offered.js';
import { type DevBuild, type DevFacts, isGood, wantedFix } from '../../scripts/record/devdeps.js';
import { testEngine } from '../harness/engine.js';
import { memorySnapshot, root } from '../harness/memfs.js';

const facts = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'facts/devdeps.json'), 'utf8'),
) as DevFacts;
const engine = await testEngine();
const builds = facts.builds.map((build) => [build.name, build] as const);

/** The Dockerfile after the fix that is offered today. */
function fixedToday(build: DevBuild): readonly string[] {
  const project = facts.projects[build.project];
  const snapshot = memorySnapshot({
    ...project?.files,
    ...project?.locks,
    Dockerfile: `${build.dockerfile.join('\n')}\n`,
  });
  const fix = wantedFix(offeredFixes(engine, snapshot, root, 'Dockerfile'), build);
  expect(fix.applicability).toBe('unsafe');
  return (fix.changes.Dockerfile ?? '').trimEnd().split('\n');
}

describe('development dependencies, built for real', () => {
  test.each(builds)('%s: the fix is the one that was built', (_, build) => {
    expect(fixedToday(build)).toEqual(build.fixed);
  });

  test.each(builds)(
    '%s: the image starts after it, without packages that only development needs',
    (_, build) => {
      expect(isGood(build)).toBe(true);
      expect(facts.projects[build.project]?.version).not.toBe('');
    },
  );

  test('every manager whose fixes are offered has been built', () => {
    const built = (rule: DevBuild['rule']): string[] =>
      [
        ...new Set(
          facts.builds.filter((b) => b.rule === rule).map((b) => b.project.replace(/ with .*$/, '')),
        ),
      ].sort();
    expect(built('build-needs-dev-deps')).toEqual([
      'Bundler',
      'Composer',
      'Poetry',
      'bun',
      'npm',
      'pip',
      'pipenv',
      'pnpm',
      'uv',
      'yarn 1',
      'yarn 4',
    ]);
    expect(built('dev-deps-in-image')).toEqual([
      'Bundler',
      'Composer',
      'Poetry',
      'bun',
      'npm',
      'pip',
      'pipenv',
      'pnpm',
      'uv',
      'uv pip',
      'yarn 1',
      'yarn 4',
    ]);
  });
});
