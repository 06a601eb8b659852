import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownRules } from '../server/src/engine/own.js';
import { allRules } from '../server/src/rules/index.js';
import { relativePath } from '../server/src/text/paths.js';
import { type Run, runCase } from './harness/checks.js';
import { documentedRules, testEngine } from './harness/engine.js';
import { docsPages, edgePages, repo, writePage } from './harness/files.js';
import { root } from './harness/memfs.js';
import type { Page } from './harness/page.js';
import { checkCase, checkPages, checkProse } from './harness/pageChecks.js';
import { updatedPage } from './harness/update.js';

const updating = process.env.UPDATE === '1';
const engine = await testEngine();
const docs = docsPages();
const edges = edgePages();
const crossFile = path.join(repo, 'test/rules/cross.snap.txt');

/** What the other rules say about a case: guarded by one file, so that a new rule touches no page by hand. */
function crossLines(page: Page, run: Run): readonly string[] {
  return run.reports.flatMap((report) =>
    report.findings
      .filter((f) => f.rule !== run.meta.id)
      .map((f) => {
        const line = report.lines.positionAt(f.at.start).line + 1;
        return `${page.path} / ${run.case.name} / ${relativePath(root, report.path)}:${line} ${f.severity}[${f.rule}] ${f.message}`;
      }),
  );
}

const cross: string[] = [];

for (const { meta } of documentedRules()) {
  describe(meta.id, () => {
    const pages = [...docs, ...edges].filter((p) => p.rule === meta.id);

    test('its pages', () => {
      expect(
        docs.some((p) => p.rule === meta.id),
        `docs/rules/${meta.id}.md is missing`,
      ).toBe(true);
      const prose = pages.filter((p) => docs.includes(p)).flatMap(checkProse);
      expect([...prose, ...checkPages(meta, pages)]).toEqual([]);
    });

    for (const page of pages) {
      const runs = page.cases.map((c) => runCase(engine, meta, c));
      if (updating) writePage(page, updatedPage(page, runs));
      for (const run of runs) {
        cross.push(...crossLines(page, run));
        test(`${page.path}: ${run.case.name}`, () => {
          // With UPDATE=1 the markers have just been rewritten; what they cannot state is still checked.
          const complaints = checkCase(run).filter(
            (c) => !updating || !/^(?:markers|after the fix):/.test(c),
          );
          expect(complaints.join('\n\n')).toBe('');
        });
      }
    }
  });
}

describe('all pages', () => {
  test('belong to a rule', () => {
    const known = new Set([...allRules, ...ownRules].map((r) => r.meta.id));
    expect([...docs, ...edges].filter((p) => !known.has(p.rule)).map((p) => p.path)).toEqual([]);
  });

  test('what other rules say about the cases is in test/rules/cross.snap.txt (UPDATE=1 npm test writes it)', () => {
    const text = cross.length === 0 ? '' : `${cross.join('\n')}\n`;
    if (updating) writeFileSync(crossFile, text);
    expect(existsSync(crossFile) ? readFileSync(crossFile, 'utf8') : '').toBe(text);
  });
});
