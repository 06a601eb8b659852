import { fixAll } from '../../../server/src/engine/fixall.js';
import type { Engine, FileReport, LintOptions } from '../../../server/src/engine/model.js';
import { overlaySnapshot } from '../../../server/src/engine/overlay.js';
import { lintFile } from '../../../server/src/engine/run.js';
import { outcomeOf, verifiedFixes } from '../../../server/src/engine/verify.js';
import type { TrackedSnapshot } from '../../../server/src/project/snapshot.js';

/** What fixes made of a Dockerfile and of files beside it. */
export interface AppliedFix {
  /** The rule and the title, or which fixes all together. */
  readonly name: string;
  /** The new texts by absolute path. */
  readonly texts: ReadonlyMap<string, string>;
  /** What is wrong with it; empty where it parses, ends, and does nothing more when applied again. */
  readonly complaints: readonly string[];
}

const options: LintOptions = { profile: 'everything' };

function countOf(report: FileReport, rule: string): number {
  return report.findings.filter((finding) => finding.rule === rule).length;
}

/** What is wrong with the result of fixes: problems of the parser, fixing that does not end or starts again. */
function complaintsOf(
  engine: Engine,
  snapshot: TrackedSnapshot,
  before: FileReport,
  texts: ReadonlyMap<string, string>,
): string[] {
  const after = overlaySnapshot(snapshot, texts);
  const report = lintFile(engine, after, before.path, options);
  const out: string[] = [];
  if (report.problems.length > before.problems.length)
    out.push(`does not parse: ${report.problems.map(({ message }) => message).join('; ')}`);
  if (report.errors.length > before.errors.length) out.push('a rule fails on the result');
  const rest = fixAll(engine, after, before.path, { ...options, fixes: 'safe' });
  if (!rest.converged) out.push('the fixes after it do not end');
  const again = fixAll(engine, overlaySnapshot(after, rest.texts), before.path, {
    ...options,
    fixes: 'safe',
  });
  if (again.texts.size > 0) out.push('applied again, the fixes after it change something');
  return out;
}

function together(
  engine: Engine,
  snapshot: TrackedSnapshot,
  report: FileReport,
  fixes: 'safe' | 'unsafe',
): readonly AppliedFix[] {
  const fixed = fixAll(engine, snapshot, report.path, { ...options, fixes });
  if (fixed.texts.size === 0) return [];
  const complaints = complaintsOf(engine, snapshot, report, fixed.texts);
  if (!fixed.converged) complaints.push('fixing does not end');
  const after = overlaySnapshot(snapshot, fixed.texts);
  if (fixAll(engine, after, report.path, { ...options, fixes }).texts.size > 0)
    complaints.push('applied again, it changes something');
  return [{ name: fixes === 'safe' ? 'all safe fixes' : 'all fixes', texts: fixed.texts, complaints }];
}

/** Applies each fix that is offered for a Dockerfile alone, all safe ones together, and all that there are. */
export function appliedFixes(engine: Engine, snapshot: TrackedSnapshot, path: string): readonly AppliedFix[] {
  const report = lintFile(engine, snapshot, path, options);
  const alone = report.findings.flatMap((finding) =>
    verifiedFixes(engine, snapshot, report, finding, options).flatMap((fix): AppliedFix[] => {
      const outcome = outcomeOf(snapshot, fix.changes());
      const name = `${finding.rule}: ${fix.title}`;
      if (typeof outcome === 'string') return [{ name, texts: new Map(), complaints: [outcome] }];
      const { texts } = outcome;
      const complaints = complaintsOf(engine, snapshot, report, texts);
      const after = lintFile(engine, overlaySnapshot(snapshot, texts), path, options);
      if (countOf(after, finding.rule) >= countOf(report, finding.rule)) complaints.push('the finding stays');
      return [{ name, texts, complaints }];
    }),
  );
  if (alone.length === 0) return [];
  return [
    ...alone,
    ...together(engine, snapshot, report, 'safe'),
    ...together(engine, snapshot, report, 'unsafe'),
  ];
}
