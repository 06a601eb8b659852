import { describe, expect, test } from 'vitest';
import { impactOf } from '../../server/src/engine/impact.js';
import { fixedBuild, fixesOfBuild, impactCache, replayFixed } from '../../server/src/engine/impactfixes.js';
import type { Engine, FileReport, Finding, LintOptions } from '../../server/src/engine/model.js';
import { rebuiltBy, replayWith, wishOf } from '../../server/src/engine/rebuilds.js';
import { lintFile } from '../../server/src/engine/run.js';
import { type VerifyCache, verifiedFixes, verifyFix } from '../../server/src/engine/verify.js';
import type { HistoryAnswer } from '../../server/src/project/history.js';
import { parseCache, type TrackedSnapshot, trackedSnapshot } from '../../server/src/project/snapshot.js';
import { allRules } from '../../server/src/rules/index.js';
import { dockerfileRule, type RegisteredRule } from '../../server/src/rules/rule.js';
import { memorySnapshot, root } from '../harness/memfs.js';
import { testShellParser } from '../harness/shell.js';

const file = `${root}/Dockerfile`;
const engine: Engine = { rules: allRules, shellParser: await testShellParser() };
const options: LintOptions = { rebuilds: { commits: 200, measured: {} } };

const packages = Object.fromEntries(
  Array.from({ length: 200 }, (_, i) => [`node_modules/p${i}`, { version: '1.0.0' }]),
);
const files = {
  Dockerfile: 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n',
  '.dockerignore': 'node_modules\nDockerfile\n.dockerignore\n',
  'package.json': '{"name":"shop","version":"1.0.0"}',
  'package-lock.json': JSON.stringify({ name: 'shop', lockfileVersion: 3, packages }),
  'src/app.js': '1',
};
const history = ['a1*8  src/app.js', 'b1  package.json', 'c1  README.txt'].join('\n');

function snapshot(more: Readonly<Record<string, string>> = {}, commits = history): TrackedSnapshot {
  return memorySnapshot({ ...files, ...more }, '', [root], commits);
}

function only(report: FileReport, rule: string): Finding {
  const found = report.findings.filter((f) => f.rule === rule);
  const [finding] = found;
  if (finding === undefined || found.length > 1) throw new Error(`${found.length} findings of ${rule}`);
  return finding;
}

/** A rule that fires on the first COPY and writes `newText` in its place. */
function copying(category: string, newText: string): RegisteredRule {
  const meta = {
    id: 'a-rule',
    severity: 'warning',
    profile: 'default',
    since: '0.1.0',
    fixes: 'always',
    summary: 'A test.',
  } as const;
  return {
    category,
    ...dockerfileRule(meta, function* ({ path, dockerfile }) {
      const [copy] = dockerfile.instructions.filter(({ kind }) => kind === 'COPY');
      if (copy === undefined || dockerfile.text.includes(newText)) return;
      yield {
        at: copy.span,
        message: 'A test.',
        fixes: [
          {
            title: 'Do it',
            applicability: 'safe',
            changes: () => [{ kind: 'edit', path, edits: [{ span: copy.span, newText }] }],
          },
        ],
      };
    }),
  };
}

describe('the impact of a finding', () => {
  test('says how often its steps ran again, and what its first fix saves', () => {
    const now = snapshot();
    const report = lintFile(engine, now, file, options);
    const finding = only(report, 'source-before-deps');
    expect(finding.rebuilds).toMatchObject({ affected: 10, of: 10 });
    const [fix] = verifiedFixes(engine, now, report, finding, options);
    const { before, after, saved, commits } = fix?.saving ?? {};
    expect(saved?.value).toBeCloseTo((before?.mean.value ?? 0) - (after?.mean.value ?? 0), 3);
    // The install ran in all 10 commits, with the fix in the one that changed the manifest.
    expect(commits).toEqual({ affected: 9, of: 10 });
    const impact = impactOf(finding, fix === undefined ? [] : [fix]);
    expect(impact?.rebuildSecondsSaved).toEqual(saved);
    expect(impact?.commits).toEqual({ affected: 10, of: 10 });
    expect(impact?.why).toMatch(/did so in 10 of 10 commits\. The commits were replayed before and after/);
  });

  test('is what the rule says where nobody asked for rebuilds, or there is no history', () => {
    for (const [now, asked] of [
      [snapshot(), {}],
      [memorySnapshot(files), options],
      [snapshot({}, ''), options],
    ] as const) {
      const report = lintFile(engine, now, file, asked);
      const finding = only(report, 'source-before-deps');
      const fixes = verifiedFixes(engine, now, report, finding, asked);
      expect([finding.rebuilds, fixes[0]?.saving, impactOf(finding, fixes)]).toEqual([null, undefined, null]);
    }
  });

  test('keeps the bytes that its rule measured', () => {
    const now = snapshot({ '.dockerignore': '', '.git/objects/pack/p.pack': 'x'.repeat(3_000_000) });
    const report = lintFile(engine, now, file, options);
    const finding = only(report, 'missing-dockerignore');
    const impact = impactOf(finding, verifiedFixes(engine, now, report, finding, options));
    expect(impact?.bytesSaved?.value).toBeGreaterThan(2_999_999);
    expect(impact?.bytesSaved).toEqual(finding.impact?.bytesSaved);
  });

  test('of an ignore file is that of the build that reads it', () => {
    const now = snapshot({ '.dockerignore': 'node_modules/\n!src\nsrc/app.js/\nnothing-of-this\n' });
    const path = `${root}/.dockerignore`;
    const build = rebuiltBy(engine, now, path, 'dockerignore', options);
    expect(build?.dockerfile).toBe(file);
  });
});

describe('a fix that makes rebuilds dearer', () => {
  const dearer = 'COPY . .\nRUN npm install -g typescript eslint';
  const verdictOf = (rule: RegisteredRule, asked: LintOptions): ReturnType<typeof verifyFix> => {
    const own: Engine = { ...engine, rules: [rule] };
    const now = snapshot();
    const report = lintFile(own, now, file, asked);
    const finding = only(report, 'a-rule');
    const [fix] = finding.fixes;
    if (fix === undefined) throw new Error('no fix');
    return verifyFix(own, now, report, finding, fix, asked);
  };

  test('is refused where the rule is about what a build costs', () => {
    for (const category of ['cache', 'dependencies']) {
      expect(verdictOf(copying(category, dearer), options)).toEqual({
        ok: false,
        reason: 'rebuilds would take longer',
        lacking: false,
      });
    }
  });

  test('is offered where too few commits ran a step again to tell', () => {
    const own: Engine = { ...engine, rules: [copying('cache', dearer)] };
    const verdictOver = (commits: string): ReturnType<typeof verifyFix> => {
      const now = snapshot({}, commits);
      const report = lintFile(own, now, file, options);
      const finding = only(report, 'a-rule');
      const [fix] = finding.fixes;
      if (fix === undefined) throw new Error('no fix');
      return verifyFix(own, now, report, finding, fix, options);
    };
    const few = verdictOver('a1*4  package.json');
    expect(few.ok && few.saving?.saved.value).toBeLessThan(-1);
    expect(verdictOver('a1*5  package.json').ok).toBe(false);
    // Commits that touch nothing of the build say nothing about it.
    expect(verdictOver('a1*4  package.json\nb1*100  ../elsewhere').ok).toBe(true);
  });

  test('is offered elsewhere, with what it costs', () => {
    const verdict = verdictOf(copying('security', dearer), options);
    expect(verdict.ok && (verdict.saving?.saved.value ?? 0)).toBeLessThan(-1);
  });

  test('is not known to be one without a replay', () => {
    expect(verdictOf(copying('cache', dearer), {}).ok).toBe(true);
  });
});

describe('while the history is not there yet', () => {
  /** A disk on which all is known but the history. */
  function loading(answers: Map<string, HistoryAnswer>): TrackedSnapshot {
    const known = snapshot();
    const facts = {
      texts: { get: (path: string) => known.text(path) ?? null },
      folders: { get: (path: string) => known.list(path) ?? null },
      indexes: { get: (path: string) => known.index(path) },
      measures: { get: (query: string) => known.measure(JSON.parse(query)) ?? null },
      histories: answers,
    };
    return trackedSnapshot(facts, [root], parseCache());
  }

  function load(now: TrackedSnapshot, answers: Map<string, HistoryAnswer>): number {
    const wanted = now.wanted().filter(({ kind }) => kind === 'history');
    for (const { path } of wanted) answers.set(path, snapshot().history(JSON.parse(path)) as HistoryAnswer);
    return wanted.length;
  }

  test('findings and fixes are there without numbers, and get them in two rounds', () => {
    // Other rules may ask git for more.
    const own = { ...engine, rules: allRules.filter(({ meta }) => meta.id === 'source-before-deps') };
    const answers = new Map<string, HistoryAnswer>();
    const cache: VerifyCache = new WeakMap();
    let now = loading(answers);
    const first = lintFile(own, now, file, options);
    const finding = only(first, 'source-before-deps');
    expect([first.complete, finding.rebuilds]).toEqual([false, null]);
    const early = verifiedFixes(own, now, first, finding, options, cache);
    expect(early.map(({ saving }) => saving)).toEqual([undefined]);
    expect(load(now, answers)).toBe(1);
    now = loading(answers);
    const second = lintFile(own, now, file, options);
    const later = only(second, 'source-before-deps');
    expect([second.complete, later.rebuilds?.affected]).toEqual([true, 10]);
    expect(verifiedFixes(own, now, second, later, options, cache)[0]?.saving).toBeUndefined();
    // What the fixed Dockerfile takes is another question.
    expect(load(now, answers)).toBe(1);
    now = loading(answers);
    const [fix] = verifiedFixes(own, now, second, later, options, cache);
    expect(fix?.saving?.saved.value).toBeGreaterThan(1);
    expect(now.wanted()).toEqual([]);
    expect(verifiedFixes(own, now, second, later, options, cache)[0]).toBe(fix);
  });
});

describe('all fixes of a build', () => {
  const messy = { '.dockerignore': 'node_modules/\nnode_modules/\n.dockerignore\n' };

  test('are those of its Dockerfile and of its ignore file, and together one replay', () => {
    const now = snapshot(messy);
    const build = rebuiltBy(engine, now, file, 'dockerfile', options);
    if (build === undefined) throw new Error('no build');
    const question = { engine, snapshot: now, build, options, cache: impactCache() };
    const found = fixesOfBuild(question);
    expect(new Set(found.map(({ report }) => report.path))).toEqual(new Set([file, `${root}/.dockerignore`]));
    const { texts, applied } = fixedBuild(question, 'unsafe');
    expect(applied).toBeGreaterThanOrEqual(2);
    expect(fixedBuild(question, 'unsafe').texts).toBe(texts);
    const after = replayFixed(question, texts);
    // Written for good, the same comes out.
    const written = Object.fromEntries([...texts].map(([path, text]) => [path.slice(root.length + 1), text]));
    const fresh = snapshot({ ...messy, ...written });
    const wish = wishOf(fresh, options, build);
    const again = wish && replayWith(engine, fresh, build, wish);
    expect(after?.rebuild?.mean).toEqual(again?.rebuild?.mean);
    expect(after?.rebuild?.mean.value).toBeLessThan(
      (wish && replayWith(engine, now, build, wish)?.rebuild?.mean.value) ?? 0,
    );
  });

  test('a build that is asked for decides, whatever the project says', () => {
    const now = snapshot({ 'compose.yaml': 'services:\n  web:\n    build: .\n' });
    const built = rebuiltBy(engine, now, file, 'dockerfile', options);
    if (built === undefined) throw new Error('no build');
    expect(built.kind).toBe('compose');
    const asked = { ...built, kind: 'option', source: 'option', args: { A: '1' } } as const;
    expect(rebuiltBy(engine, now, file, 'dockerfile', { ...options, build: asked })).toBe(asked);
    expect(
      lintFile(engine, now, file, { ...options, build: asked }).builds.map(({ source }) => source),
    ).toEqual(['option', 'compose.yaml services.web']);
  });
});

test('a rule that asks git is silent where nobody waits for git, so no fix waits for it either', () => {
  const drifting = snapshot({}, `${history}\nd1  src/app.js:755`);
  const found = (given: LintOptions): readonly string[] =>
    lintFile(engine, drifting, file, given).findings.map(({ rule }) => rule);
  expect(found(options)).toContain('mode-drift');
  expect(found({})).not.toContain('mode-drift');
  expect(found({ rebuilds: { commits: 0, measured: {} } })).not.toContain('mode-drift');
});
