import { describe, expect, test } from 'vitest';
import { ignoreHere } from '../../server/src/engine/ignore-here.js';
import type { Engine, FileReport } from '../../server/src/engine/model.js';
import { overlaySnapshot } from '../../server/src/engine/overlay.js';
import { lintFile } from '../../server/src/engine/run.js';
import { verifiedFixes } from '../../server/src/engine/verify.js';
import { removeLine } from '../../server/src/fixes/ignore.js';
import type { Build } from '../../server/src/project/build.js';
import { ignoreRule, type RegisteredRule, type RuleMeta } from '../../server/src/rules/rule.js';
import { applyEdits } from '../../server/src/text/edit.js';
import { relativePath } from '../../server/src/text/paths.js';
import { memorySnapshot, root } from '../harness/memfs.js';

const meta: RuleMeta = {
  id: 'pattern-x',
  severity: 'warning',
  profile: 'default',
  since: '0.1.0',
  fixes: 'always',
  summary: 'A test.',
};

/** Says something of every pattern that begins with x. */
const patternX: RegisteredRule = {
  category: 'context',
  ...ignoreRule(meta, function* ({ path, ignore }) {
    for (const pattern of ignore.patterns) {
      if (!pattern.text.startsWith('x')) continue;
      yield {
        at: pattern.span,
        message: 'A pattern with x.',
        tags: ['unnecessary'],
        fixes: [
          {
            title: 'Take it away',
            applicability: 'safe',
            changes: () => [{ kind: 'edit', path, edits: [removeLine(ignore, pattern)] }],
          },
        ],
      };
    }
  }),
};

const engine: Engine = { rules: [patternX], shellParser: undefined };

function lint(text: string): FileReport {
  return lintFile(engine, memorySnapshot({ '.dockerignore': text }), `${root}/.dockerignore`);
}

function said(report: FileReport): readonly string[] {
  return report.findings.map((f) => `${report.lines.positionAt(f.at.start).line} ${f.rule}`);
}

describe('rules over ignore files', () => {
  test('run, and their fixes are verified', () => {
    const snapshot = memorySnapshot({ 'api.Dockerfile.dockerignore': 'a\nx1\n' });
    const report = lintFile(engine, snapshot, `${root}/api.Dockerfile.dockerignore`);
    expect(report.kind).toBe('dockerignore');
    expect(said(report)).toEqual(['1 pattern-x']);
    const [finding] = report.findings;
    if (finding === undefined) throw new Error('no finding');
    expect(finding.tags).toEqual(['unnecessary']);
    expect(verifiedFixes(engine, snapshot, report, finding).map((f) => f.title)).toEqual(['Take it away']);
  });
  test('a comment above a pattern silences its line only', () => {
    expect(said(lint('# plimsoll: ignore[pattern-x]\nx1\nx2\n'))).toEqual(['2 pattern-x']);
    expect(said(lint('# plimsoll: ignore[pattern-x]\n# why\nx1\n'))).toEqual([]);
    expect(said(lint('# plimsoll: ignore-file[pattern-x]\na\nx1\nx2\n'))).toEqual([]);
    expect(said(lint('# plimsoll: ignore[no-such]\nx1\n'))).toEqual(['0 unknown-suppression', '1 pattern-x']);
  });
  test('an indented or trailing # is no comment', () => {
    expect(said(lint('a\n # plimsoll: ignore[pattern-x]\nx1\n'))).toEqual(['2 pattern-x']);
    expect(said(lint('x1 # plimsoll: ignore[pattern-x]\n'))).toEqual(['0 pattern-x']);
  });
  test('the comment that silences is never indented', () => {
    const text = 'a\r\n  x1\r\n';
    const snapshot = memorySnapshot({ '.dockerignore': text });
    const report = lintFile(engine, snapshot, `${root}/.dockerignore`);
    const [finding] = report.findings;
    const edit = finding === undefined ? undefined : ignoreHere(snapshot, report, finding);
    if (edit === undefined) throw new Error('no edit');
    const after = applyEdits(text, [edit]);
    expect(after).toBe('a\r\n# plimsoll: ignore[pattern-x]\r\n  x1\r\n');
    const overlay = overlaySnapshot(snapshot, new Map([[report.path, after]]));
    expect(said(lintFile(engine, overlay, report.path))).toEqual([]);
  });
});

describe('which builds an ignore file is for', () => {
  const seen = (files: Record<string, string>, path: string): Record<string, readonly string[]> => {
    const out: Record<string, readonly string[]> = {};
    const names = (builds: readonly Build[]): readonly string[] =>
      builds.map((b) => `${relativePath(root, b.dockerfile)} ${b.source}`);
    const rule: RegisteredRule = {
      category: 'context',
      // biome-ignore lint/correctness/useYield: it only looks
      ...ignoreRule(meta, function* ({ builds, others }) {
        out.builds = names(builds);
        out.others = names(others);
      }),
    };
    const report = lintFile(
      { rules: [rule], shellParser: undefined },
      memorySnapshot(files),
      `${root}/${path}`,
    );
    expect(report.errors).toEqual([]);
    return out;
  };
  const compose = [
    'services:',
    '  web:',
    '    build: .',
    '  api:',
    '    build:',
    '      context: .',
    '      dockerfile: api/Dockerfile',
    '',
  ].join('\n');
  const files = {
    'compose.yaml': compose,
    Dockerfile: 'FROM a\nCOPY . .\n',
    'api/Dockerfile': 'FROM a\nCOPY . .\n',
    'api/main.go': '',
    '.dockerignore': 'a\n',
    'api/.dockerignore': 'a\n',
    'api/Dockerfile.dockerignore': 'a\n',
    'Dockerfile.dockerignore': 'a\n',
  };
  const without = (...names: string[]): Record<string, string> =>
    Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));
  test('the root file is read by all that have none of their own', () => {
    expect(
      seen(
        without('api/.dockerignore', 'api/Dockerfile.dockerignore', 'Dockerfile.dockerignore'),
        '.dockerignore',
      ),
    ).toEqual({
      builds: ['Dockerfile compose.yaml services.web', 'api/Dockerfile compose.yaml services.api'],
      others: [],
    });
  });
  test('one that bears the name switches it off', () => {
    expect(seen(without('Dockerfile.dockerignore'), '.dockerignore')).toEqual({
      builds: ['Dockerfile compose.yaml services.web'],
      others: ['api/Dockerfile compose.yaml services.api'],
    });
    expect(seen(files, 'api/Dockerfile.dockerignore')).toEqual({
      builds: ['api/Dockerfile compose.yaml services.api'],
      others: [],
    });
  });
  test('one beside the Dockerfile, with the context elsewhere, is read by none', () => {
    expect(seen(files, 'api/.dockerignore')).toEqual({
      builds: [],
      others: ['api/Dockerfile compose.yaml services.api'],
    });
    expect(seen(without('Dockerfile'), 'Dockerfile.dockerignore')).toEqual({
      builds: [],
      others: ['api/Dockerfile compose.yaml services.api'],
    });
  });
  test('a name that is nearly right', () => {
    expect(
      seen({ 'api.Dockerfile': 'FROM a\nCOPY . .\n', 'api.dockerignore': 'a\n' }, 'api.dockerignore'),
    ).toEqual({ builds: [], others: ['api.Dockerfile heuristic'] });
    expect(seen({ 'Dockerfile.tmpl': '{{ x }}\nFROM a\n', '.dockerignore': 'a\n' }, '.dockerignore')).toEqual(
      { builds: [], others: [] },
    );
  });
});
