import type { Finding, OfferedFix, Skipped } from '../engine/model.js';
import type { Impact, Severity } from '../rules/rule.js';
import { bytesText } from '../text/bytes.js';
import { counted, grouped } from '../text/counted.js';
import type { Span } from '../text/span.js';
import { type ReportContext, type ReportedFile, shownRange } from './model.js';
import { rebuildsText, savingShown, savingText } from './rebuilds.js';
import { summaryOf } from './summary.js';

/** Marks words of a report; the plain one returns them as they are. */
export interface Palette {
  readonly severity: (severity: Severity, text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
}

export const plain: Palette = { severity: (_, text) => text, faint: (text) => text, strong: (text) => text };

const codes: Readonly<Record<Severity, number>> = { error: 31, warning: 33, information: 34, hint: 36 };

/** Colours of a terminal. */
export const coloured: Palette = {
  severity: (severity, text) => `\u001b[${codes[severity]}m${text}\u001b[0m`,
  faint: (text) => `\u001b[2m${text}\u001b[0m`,
  strong: (text) => `\u001b[1m${text}\u001b[0m`,
};

function place(context: ReportContext, path: string, at: Span): string {
  const { start } = shownRange(context, path, at);
  return `${context.shown(path)}:${start.line + 1}:${start.character + 1}`;
}

/** What need not travel after the first fix, and what that rests on. */
function savedLine(impact: Impact | null, fixes: readonly OfferedFix[]): readonly string[] {
  const saved = impact?.bytesSaved;
  if (saved == null || saved.value <= 0) return [];
  const by = fixes.length > 1 ? 'the first fix saves' : 'saves';
  return [`  ${by} ${bytesText(saved.value)} (${saved.basis}: ${saved.source})`];
}

/** How often its steps ran again, and what the first fix makes of a rebuild. */
function rebuildLine(finding: Finding, fixes: readonly OfferedFix[]): readonly string[] {
  const saving = savingShown(fixes[0]);
  const parts = [
    ...(finding.rebuilds === null ? [] : [rebuildsText(finding.rebuilds)]),
    ...(saving === undefined ? [] : [savingText(saving, finding.rebuilds === null)]),
  ];
  return parts.length === 0 ? [] : [`  ${parts.join('; ')}`];
}

function findingLines(
  context: ReportContext,
  file: ReportedFile,
  finding: Finding,
  palette: Palette,
): string[] {
  const tag = palette.severity(finding.severity, `${finding.severity}[${finding.rule}]`);
  const related = finding.related.map((r) => `  ${place(context, r.path, r.at)}: ${r.message}`);
  const offered = file.fixes.get(finding) ?? [];
  const saved = savedLine(finding.impact, offered);
  const rebuilds = rebuildLine(finding, offered);
  const fixes = offered.map((f) => `  ${f.applicability} fix: ${f.title}`);
  return [
    `${place(context, file.report.path, finding.at)}: ${tag} ${finding.message}`,
    ...[...related, ...saved, ...rebuilds, ...fixes].map(palette.faint),
  ];
}

function fileLines(context: ReportContext, file: ReportedFile, palette: Palette): string[] {
  const { report } = file;
  return [
    ...report.problems.map((p) => `${place(context, report.path, p.span)}: problem: ${p.message}`),
    ...report.findings.flatMap((f) => findingLines(context, file, f, palette)),
  ];
}

const aloneBecause: Readonly<Record<Skipped, string>> = {
  template: 'a template',
  fragment: 'no FROM, so a part of a Dockerfile',
  'too-large': 'too large',
  unreadable: 'not readable',
};

const mostNamed = 3;

/** Which files were left alone, and why; those that can't be read are complained of elsewhere. */
function aloneLine(context: ReportContext, files: readonly ReportedFile[]): readonly string[] {
  const alone = files.flatMap(({ report: { path, skipped } }) =>
    skipped === null || skipped === 'unreadable' ? [] : [`${context.shown(path)} (${aloneBecause[skipped]})`],
  );
  const more = alone.length - mostNamed;
  const named = [...alone.slice(0, mostNamed), ...(more > 0 ? [`${grouped(more)} more`] : [])];
  return named.length === 0 ? [] : [`Left alone: ${named.join(', ')}.`];
}

/** One line that says how much was found, parse problems included. */
export function summaryLine(reported: readonly ReportedFile[]): string {
  const summary = summaryOf(reported);
  const problems = reported.reduce((sum, { report }) => sum + report.problems.length, 0);
  const files = Object.values(summary.files).reduce((sum, n) => sum + n, 0);
  const parts = [
    problems > 0 ? counted(problems, 'problem') : '',
    summary.error > 0 ? counted(summary.error, 'error') : '',
    summary.warning > 0 ? counted(summary.warning, 'warning') : '',
    summary.information > 0 ? `${grouped(summary.information)} information` : '',
    summary.hint > 0 ? counted(summary.hint, 'hint') : '',
  ].filter((p) => p !== '');
  const found = parts.length === 0 ? 'Nothing found' : parts.join(', ');
  const fixable = summary.fixable > 0 ? `; ${grouped(summary.fixable)} with a safe fix (--fix)` : '';
  const suppressed = summary.suppressed > 0 ? `; ${grouped(summary.suppressed)} suppressed` : '';
  return `${found} in ${counted(files, 'file')}${fixable}${suppressed}.`;
}

/** The report of `lint` for people: one line a finding that problem matchers can read, its fixes below, a last line that sums up. */
export function lintText(
  context: ReportContext,
  files: readonly ReportedFile[],
  palette: Palette = plain,
): string {
  const lines = files.flatMap((f) => fileLines(context, f, palette));
  const last = [...aloneLine(context, files), summaryLine(files)];
  return `${[...lines, ...(lines.length > 0 ? ['', ...last] : last)].join('\n')}\n`;
}
