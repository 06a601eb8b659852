import { impactOf } from '../engine/impact.js';
import type { Finding, OfferedFix } from '../engine/model.js';
import type { Change, Estimate, Impact } from '../rules/rule.js';
import { type ReportContext, type ReportedFile, shownRange } from './model.js';
import { jsonDocument } from './names.js';
import { summaryOf } from './summary.js';

function editsOf(context: ReportContext, changes: readonly Change[]): unknown[] {
  return changes.flatMap((change) =>
    change.kind === 'create'
      ? []
      : change.edits.map(({ span, newText }) => ({
          path: context.shown(change.path),
          range: shownRange(context, change.path, span),
          newText,
        })),
  );
}

function fixJson(context: ReportContext, fix: OfferedFix): unknown {
  const changes = fix.changes();
  return {
    title: fix.title,
    applicability: fix.applicability,
    edits: editsOf(context, changes),
    creates: changes.flatMap((c) =>
      c.kind === 'create' ? [{ path: context.shown(c.path), text: c.text }] : [],
    ),
  };
}

/** The fields of an estimate in the order of CLI.md. */
function estimateJson(estimate: Estimate | null): Estimate | null {
  if (estimate === null) return null;
  const { value, low, high, basis, source } = estimate;
  return { value, low, high, basis, source };
}

function impactJson(impact: Impact | null): Impact | null {
  if (impact === null) return null;
  const { rebuildSecondsSaved, bytesSaved, commits, why } = impact;
  return {
    rebuildSecondsSaved: estimateJson(rebuildSecondsSaved),
    bytesSaved: estimateJson(bytesSaved),
    commits: commits === null ? null : { affected: commits.affected, of: commits.of },
    why,
  };
}

function findingJson(context: ReportContext, file: ReportedFile, finding: Finding): unknown {
  const fixes = file.fixes.get(finding) ?? [];
  return {
    rule: finding.rule,
    category: finding.category,
    severity: finding.severity,
    message: finding.message,
    range: shownRange(context, file.report.path, finding.at),
    related: finding.related.map((r) => ({
      path: context.shown(r.path),
      range: shownRange(context, r.path, r.at),
      message: r.message,
    })),
    impact: impactJson(impactOf(finding, fixes)),
    fixes: fixes.map((f) => fixJson(context, f)),
  };
}

function fileJson(context: ReportContext, file: ReportedFile): unknown {
  const { report } = file;
  return {
    path: context.shown(report.path),
    kind: report.kind,
    skipped: report.skipped,
    problems: report.problems.map((p) => ({
      message: p.message,
      range: shownRange(context, report.path, p.span),
    })),
    findings: report.findings.map((f) => findingJson(context, file, f)),
  };
}

/** The JSON document of `lint`, version 1 as CLI.md describes it, with a final newline. */
export function lintJson(context: ReportContext, files: readonly ReportedFile[]): string {
  const document = {
    version: 1,
    files: files.map((f) => fileJson(context, f)),
    internalErrors: files.flatMap((f) => f.report.errors.map((e) => ({ ...e, path: context.shown(e.path) }))),
    summary: summaryOf(files),
  };
  return jsonDocument(document);
}
