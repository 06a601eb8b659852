import { describe, expect, it } from 'vitest';
import {
  digestOf,
  ecosystemNames,
  projectTexts,
  readEcosystem,
  readJson,
} from '../../scripts/ecosystems/model.js';
import { provenPairs } from '../../scripts/gen/ecosystems.js';
import { type Facts, isEqual } from '../../scripts/prove/facts.js';
import { dockerfilesOf, type Offered, offeredFixes } from '../../scripts/prove/offered.js';
import { testEngine } from '../harness/engine.js';
import { repo } from '../harness/files.js';
import { memorySnapshot, root } from '../harness/memfs.js';

/*
 * The recorded builds are about the fixes of today: what is offered now is what was built, with the same text, and what is
 * called safe left its image as it was. `npm run prove` records them anew.
 */

const engine = await testEngine();

const recorded = ecosystemNames(repo).flatMap((id) => {
  const facts = readJson<Facts>(repo, id, 'facts.json');
  return facts === undefined ? [] : [{ id, facts, ecosystem: readEcosystem(repo, id) }];
});

/** What a fix is known by: the order in which fixes are offered does not matter. */
function keyOf(
  fix: { readonly rule: string; readonly form?: string | undefined; readonly title: string } & Pick<
    Offered,
    'changes'
  >,
): string {
  const { rule, form = '', title, changes } = fix;
  return `${rule} ${form}: ${title}\n${JSON.stringify(changes, null, 1)}`;
}

/** Whether a step has nothing but words of another one, less of them, and the same at its end. */
function isPartOf(step: string, whole: string): boolean {
  const [own, all] = [step.split(/[\s;]+/), whole.split(/[\s;]+/)];
  return own.length < all.length && own.at(-1) === all.at(-1) && own.every((word) => all.includes(word));
}

for (const { id, facts, ecosystem } of recorded) {
  describe(`${id}: what was built`, () => {
    const texts = projectTexts(repo, id);
    const snapshot = memorySnapshot(texts);
    it('is this project, every Dockerfile of it, with the versions of its tools', () => {
      expect(facts.project).toBe(digestOf(texts));
      expect(facts.dockerfiles.map(({ name }) => name)).toEqual(dockerfilesOf(Object.keys(texts).sort()));
      expect(Object.keys(facts.versions)).not.toEqual([]);
      expect(Object.keys(facts.noise)).toEqual(Object.keys(ecosystem.noise));
      expect(facts.unexplained, 'two equal builds differ, and `noise` gives no reason').toEqual([]);
      expect(Object.keys(facts.noise).filter((glob) => facts.noise[glob] === 0)).toEqual([]);
    });
    for (const { name, rerun, fixes } of facts.dockerfiles) {
      it(`${name}: are the fixes that are offered`, () => {
        const now = offeredFixes(engine, snapshot, root, name);
        expect(now.map(keyOf).sort()).toEqual(fixes.map(keyOf).sort());
        const built = new Map(fixes.map((fix) => [keyOf(fix), fix]));
        const safe = now.filter(({ applicability }) => applicability === 'safe');
        const wrong = safe.filter((offered) => {
          const fix = built.get(keyOf(offered));
          return fix === undefined || !isEqual(fix);
        });
        expect(wrong.map(keyOf), 'safe, but the image differs').toEqual([]);
      });
      it(`${name}: every fix builds, and BuildKit has nothing new to say`, () => {
        const failed = fixes.filter((fix) => fix.failed === true || fix.warnings.length > 0);
        expect(failed.map(keyOf)).toEqual([]);
      });
      it(`${name}: what brings manifests to an install keeps steps from running again`, () => {
        for (const fix of fixes.filter(({ form }) => form !== undefined)) {
          // Of a RUN that was cut in two, the second part has to run, not the first.
          const isKnown = (step: string): boolean =>
            rerun.includes(step) || (fix.form === 'split' && rerun.some((whole) => isPartOf(step, whole)));
          expect(
            fix.rerun?.filter((step) => !isKnown(step)),
            keyOf(fix),
          ).toEqual([]);
          // What runs ahead of the source stays in the cache, the build or install itself has to run.
          const ahead = ['prefetch', 'compile', 'ahead', 'split'].includes(fix.form ?? '');
          const fewer = ahead ? rerun.length : rerun.length - 1;
          expect(fix.rerun?.length, keyOf(fix)).toBeLessThanOrEqual(fewer);
        }
      });
    }
  });
}

it('proves at least ten pairs of ecosystem and form', () => {
  expect(provenPairs(repo).length).toBeGreaterThanOrEqual(10);
});

it('a safe fix is one whose image is equal', () => {
  const change = { rule: 'r', title: 't', changes: {}, warnings: [] };
  const none = { count: 0, paths: [] };
  const one = { count: 1, paths: ['/a'] };
  expect(isEqual({ ...change, image: none })).toBe(true);
  expect(isEqual({ ...change, image: none, stages: { build: none } })).toBe(true);
  expect(isEqual({ ...change, image: one })).toBe(false);
  expect(isEqual({ ...change, image: none, stages: { build: one } })).toBe(false);
  expect(isEqual({ ...change, failed: true })).toBe(false);
});
