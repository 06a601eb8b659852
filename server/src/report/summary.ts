import type { FileKind } from '../engine/model.js';
import type { Severity } from '../rules/rule.js';
import type { ReportedFile } from './model.js';

/** How much there is of what; `files` holds the kinds that occur. */
export interface Summary extends Readonly<Record<Severity, number>> {
  readonly files: Readonly<Partial<Record<FileKind, number>>>;
  readonly suppressed: number;
  /** Findings with a safe fix. */
  readonly fixable: number;
}

const kinds: readonly FileKind[] = ['dockerfile', 'compose', 'dockerignore', 'workflow', 'bake'];

/** Counts what the files hold. */
export function summaryOf(files: readonly ReportedFile[]): Summary {
  const findings = files.flatMap((f) => f.report.findings);
  const of = (severity: Severity): number => findings.filter((f) => f.severity === severity).length;
  const counts = kinds.map((kind) => [kind, files.filter((f) => f.report.kind === kind).length] as const);
  return {
    files: Object.fromEntries(counts.filter(([, n]) => n > 0)),
    error: of('error'),
    warning: of('warning'),
    information: of('information'),
    hint: of('hint'),
    suppressed: files.reduce((sum, f) => sum + f.report.suppressed, 0),
    fixable: files
      .flatMap((f) => [...f.fixes.values()])
      .filter((fixes) => fixes.some((x) => x.applicability === 'safe')).length,
  };
}
