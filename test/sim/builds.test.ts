import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lintFile } from '../../server/src/engine/run.js';
import { verifiedFixes } from '../../server/src/engine/verify.js';
import { applyEdits } from '../../server/src/text/edit.js';
import { testEngine } from '../harness/engine.js';
import { memorySnapshot, root } from '../harness/memfs.js';

interface Build {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly lock?: string;
  readonly before: string;
  readonly after: string;
  readonly imageEqual: boolean;
  readonly installCached: { readonly before: boolean; readonly after: boolean };
}

const facts: { readonly builds: readonly Build[] } = JSON.parse(
  readFileSync(new URL('./facts/source-before-deps.json', import.meta.url), 'utf8'),
);
const engine = await testEngine();
const only = ['source-before-deps'];

describe('source-before-deps against recorded builds', () => {
  for (const build of facts.builds) {
    it(`${build.name}: the fix is the one that was built, and safe`, () => {
      const lock = build.lock === undefined ? {} : { [build.lock]: 'version = 1\n' };
      const snapshot = memorySnapshot({ ...build.files, ...lock, Dockerfile: build.before });
      const report = lintFile(engine, snapshot, `${root}/Dockerfile`, { only });
      const [finding] = report.findings;
      if (finding === undefined) throw new Error('no finding');
      const [fix] = verifiedFixes(engine, snapshot, report, finding, { only });
      expect(fix?.applicability).toBe('safe');
      const [change] = fix?.changes() ?? [];
      expect(change?.kind === 'edit' && applyEdits(build.before, change.edits)).toBe(build.after);
      // A fix is only safe because its build gave the same image and kept the install.
      expect(build.imageEqual).toBe(true);
      expect(build.installCached).toEqual({ before: false, after: true });
    });
  }
});
