import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import type { FileReport, Finding } from '../engine/model.js';
import type { Snapshot } from '../project/snapshot.js';
import type { Severity } from '../rules/rule.js';
import { type LineIndex, lineIndex } from '../text/lines.js';
import type { Client } from './capabilities.js';
import { payText } from './rebuildWords.js';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** What turning findings into diagnostics needs besides the findings. */
export interface Presentation {
  readonly client: Client;
  readonly rulePageUri: (rule: string) => string;
  /** The URI of a path, as the client wrote it where the file is open. */
  readonly uriOf: (path: string) => string;
}

function linesOf(report: FileReport, snapshot: Snapshot, path: string): LineIndex | undefined {
  return path === report.path ? report.lines : snapshot.parse(path, lineIndex);
}

/** What a finding says, with how often its steps ran again once that is known. */
export function messageOf({ message, rebuilds }: Finding): string {
  const pay = payText(rebuilds);
  return pay === undefined ? message : `${message} ${pay}`;
}

/** One finding as LSP writes it. */
export function diagnosticOf(
  finding: Finding,
  report: FileReport,
  snapshot: Snapshot,
  { client, rulePageUri, uriOf }: Presentation,
): Diagnostic {
  const related = finding.related.flatMap(({ path, at, message }) => {
    const lines = linesOf(report, snapshot, path);
    return lines === undefined ? [] : [{ location: { uri: uriOf(path), range: lines.rangeOf(at) }, message }];
  });
  return {
    range: report.lines.rangeOf(finding.at),
    severity: severities[finding.severity],
    code: finding.rule,
    ...(client.codeDescription ? { codeDescription: { href: rulePageUri(finding.rule) } } : {}),
    source: 'plimsoll',
    message: messageOf(finding),
    ...(client.unnecessary && finding.tags.includes('unnecessary')
      ? { tags: [DiagnosticTag.Unnecessary] }
      : {}),
    ...(client.relatedInformation && related.length > 0 ? { relatedInformation: related } : {}),
  };
}
