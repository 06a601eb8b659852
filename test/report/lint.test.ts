import { describe, expect, it } from 'vitest';
import type { FileReport, Finding } from '../../server/src/engine/model.js';
import { lintJson } from '../../server/src/report/json.js';
import type { ReportContext, ReportedFile } from '../../server/src/report/model.js';
import { lintText } from '../../server/src/report/text.js';
import type { Impact } from '../../server/src/rules/rule.js';
import { lineIndex } from '../../server/src/text/lines.js';

const text = 'FROM alpine\nCOPY . .\n';

/** Its fields stand in another order than in the document. */
const impact: Impact = {
  why: 'The folder is sent, and no step takes it.',
  commits: null,
  bytesSaved: {
    source: 'the files on disk',
    basis: 'simulated',
    high: 14_500_000,
    low: 14_500_000,
    value: 14_500_000,
  },
  rebuildSecondsSaved: null,
};

function file(own: Impact | null): ReportedFile {
  const finding: Finding = {
    rule: 'large-context',
    category: 'context',
    severity: 'warning',
    message: 'Much is sent.',
    at: { start: 12, end: 20 },
    related: [],
    fixes: [],
    impact: own,
    tags: [],
    pays: [],
    rebuilds: null,
  };
  const report: FileReport = {
    path: '/p/Dockerfile',
    kind: 'dockerfile',
    skipped: null,
    problems: [],
    findings: [finding],
    suppressed: 0,
    errors: [],
    lines: lineIndex(text),
    builds: [],
    complete: true,
  };
  return { report, fixes: new Map() };
}

const context: ReportContext = {
  shown: (path) => path.slice(3),
  text: () => text,
  lines: () => lineIndex(text),
};

describe('the impact of a finding', () => {
  it('has its fields in the order of the format', () => {
    const document = JSON.parse(lintJson(context, [file(impact)])) as {
      files: { findings: { impact: Record<string, Record<string, unknown>> }[] }[];
    };
    const own = document.files[0]?.findings[0]?.impact;
    expect(Object.keys(own ?? {})).toEqual(['rebuildSecondsSaved', 'bytesSaved', 'commits', 'why']);
    expect(Object.keys(own?.bytesSaved ?? {})).toEqual(['value', 'low', 'high', 'basis', 'source']);
    expect(own).toEqual(impact);
  });

  it('is null where nothing was simulated', () => {
    expect(lintJson(context, [file(null)])).toContain('"impact": null');
  });

  it('is a line of the text, with what it rests on', () => {
    expect(lintText(context, [file(impact)])).toContain('\n  saves 15 MB (simulated: the files on disk)\n');
    expect(lintText(context, [file(null)])).not.toContain('saves');
    const none: Impact = { ...impact, bytesSaved: null };
    expect(lintText(context, [file(none)])).not.toContain('saves');
  });
});

describe('files that are left alone', () => {
  const alone = (path: string, skipped: FileReport['skipped']): ReportedFile => {
    const { report, fixes } = file(null);
    return { report: { ...report, path, skipped, findings: [] }, fixes };
  };

  it('are named with the reason, the first three', () => {
    expect(lintText(context, [alone('/p/base.Dockerfile', 'fragment')])).toBe(
      'Left alone: base.Dockerfile (no FROM, so a part of a Dockerfile).\nNothing found in 1 file.\n',
    );
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => alone(`/p/${name}`, 'template'));
    expect(lintText(context, many)).toMatch(
      /^Left alone: a \(a template\), b \(a template\), c \(a template\), 2 more\.\n/,
    );
  });

  it('are not named where nothing was, or where standard error names them', () => {
    expect(lintText(context, [alone('/p/Dockerfile', null)])).toBe('Nothing found in 1 file.\n');
    expect(lintText(context, [alone('/p/Dockerfile', 'unreadable')])).toBe('Nothing found in 1 file.\n');
  });
});
