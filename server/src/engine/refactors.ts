import { splitOf } from '../fixes/split/split.js';
import { contextView } from '../project/context.js';
import type { TrackedSnapshot } from '../project/snapshot.js';
import { isForDevelopment } from '../sim/purpose.js';
import { type Span, touches } from '../text/span.js';
import { dockerfileContext } from './contexts.js';
import type { Engine, FileReport, LintOptions, OfferedFix } from './model.js';
import { overlaySnapshot } from './overlay.js';
import { withoutRebuilds } from './rebuilds.js';
import { severityRank } from './rulefilter.js';
import { lintFile } from './run.js';
import { newProblem, outcomeOf } from './verify.js';

/**
 * What can be made of the file of `report` at `at` without anything being wrong with it; each was tried: the result parses and
 * has no new error. None while facts are lacking.
 */
export function refactorsOf(
  engine: Engine,
  snapshot: TrackedSnapshot,
  report: FileReport,
  at: Span,
  options: LintOptions,
): readonly OfferedFix[] {
  if (report.kind !== 'dockerfile' || report.skipped !== null) return [];
  const mark = snapshot.misses();
  const rule = dockerfileContext(engine, snapshot, report.path, options)?.context;
  const context = rule && contextView(rule.snapshot, rule.build);
  if (rule === undefined || context === undefined) return [];
  const from = rule.graph.target?.stage.from.span;
  if (from === undefined || !touches(from, at)) return [];
  // Somebody works in this image, with what a runtime stage would not have.
  if (isForDevelopment(rule.snapshot, rule.builds, rule.graph)) return [];
  const split = splitOf(rule, context);
  if (split === undefined || snapshot.misses() > mark) return [];
  const changes = [{ kind: 'edit' as const, path: report.path, edits: split.edits }];
  const outcome = outcomeOf(snapshot, changes);
  if (typeof outcome === 'string') return [];
  const after = lintFile(
    engine,
    overlaySnapshot(snapshot, outcome.texts),
    report.path,
    withoutRebuilds(options),
  );
  if (newProblem(report.problems, after.problems) !== undefined || errors(after) > errors(report)) return [];
  return [
    {
      title: `Split into build and runtime stages (${split.name})`,
      applicability: 'unsafe',
      changes: () => changes,
    },
  ];
}

function errors({ findings }: FileReport): number {
  return findings.filter(({ severity }) => severityRank(severity) >= severityRank('error')).length;
}
