import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { offeredFixes } from '../../scripts/prove/offered.js';
import type { DevAgain } from '../../scripts/record/devagain.js';
import { type DevBuild, type DevFacts, isGood, wantedFix } from '../../scripts/record/devdeps.js';
import { lintFile } from '../../server/src/engine/run.js';
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

/** Where a second install lets them stay and nothing is said all the same: the rule does not read so far. */
const SILENT = [/^uv pip: /, /^pip: /, / && pipenv clean$/, /^Bundler: /, /^pnpm( 1\d)?: .* pnpm prune /];

/** Whether the rule says that the development dependencies reach the image after both installs. */
function isTold({ project: id, setup = [], first, second }: DevAgain): boolean {
  const project = facts.projects[id];
  const start = facts.builds.find((b) => b.project === id)?.dockerfile.at(-1) ?? '';
  const lines = [
    ...(project?.setup ?? []),
    ...setup,
    'WORKDIR /app',
    'COPY . .',
    `RUN ${first}`,
    `RUN ${second}`,
    start,
    '',
  ];
  const snapshot = memorySnapshot({ ...project?.files, ...project?.locks, Dockerfile: lines.join('\n') });
  const report = lintFile(engine, snapshot, `${root}/Dockerfile`);
  return report.findings.some(({ rule }) => rule === 'dev-deps-in-image');
}

describe('a second install, without development dependencies', () => {
  test.each(facts.again.map((again) => [again.name, again] as const))('%s', (name, again) => {
    expect(again.brought).not.toEqual([]);
    const stay = (again.left ?? []).length > 0;
    expect(isTold(again)).toBe(stay && !SILENT.some((pattern) => pattern.test(name)));
  });
});
