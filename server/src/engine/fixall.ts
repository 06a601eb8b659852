import type { TrackedSnapshot } from '../project/snapshot.js';
import type { Change } from '../rules/rule.js';
import { editsConflict, type TextEdit } from '../text/edit.js';
import { type Span, touches } from '../text/span.js';
import type { Engine, FileReport, Finding, LintOptions } from './model.js';
import { overlaySnapshot } from './overlay.js';
import { withoutRebuilds } from './rebuilds.js';
import { lintFile } from './run.js';
import { isCostly, type Outcome, outcomeOf, verifyFix } from './verify.js';

const severitiesDown = ['error', 'warning', 'information', 'hint'] as const;

/** Passes after which fixing stops: fixes that undo one another would go on for ever. */
export const maxPasses = 10;

export interface FixAllOptions extends LintOptions {
  /** `unsafe` applies unsafe fixes too. Manual ones are never applied. */
  readonly fixes: 'safe' | 'unsafe';
}

export interface Fixed {
  /** Whole new texts of every file changed or created, by absolute path; empty where nothing changed. */
  readonly texts: ReadonlyMap<string, string>;
  /** How many fixes were applied. */
  readonly applied: number;
  readonly passes: number;
  /** The file after all fixes. */
  readonly report: FileReport;
  /** False where fixes were left after the last pass. */
  readonly converged: boolean;
  /** False where facts were lacking: ask again when they are there. */
  readonly complete: boolean;
}

interface Chosen {
  readonly changes: readonly Change[];
  readonly outcome: Outcome;
  /** Text of the file itself that it writes a second time. */
  readonly repeats: readonly Span[];
}

interface Pass {
  readonly chosen: readonly Chosen[];
  readonly lacking: boolean;
}

/** What may be applied, what is tried first in front: a fuller fix, a safe one, any other. */
function allowed(finding: Finding, fixes: FixAllOptions['fixes']): Finding['fixes'] {
  const safe = finding.fixes.filter((f) => f.applicability === 'safe');
  if (fixes === 'safe') return safe;
  const unsafe = finding.fixes.filter((f) => f.applicability === 'unsafe');
  return [...unsafe.filter((f) => f.fuller), ...safe, ...unsafe.filter((f) => !f.fuller)];
}

/** Whether one of two fixes of the file at `path` writes again what the other changes. */
function repeatsChanged(path: string, a: Chosen, b: Chosen): boolean {
  const changes = ({ outcome }: Chosen, spans: readonly Span[]): boolean =>
    (outcome.edits.get(path) ?? []).some(({ span }) => spans.some((one) => touches(one, span)));
  return changes(a, b.repeats) || changes(b, a.repeats);
}

function conflicts({ outcome: a }: Chosen, { outcome: b }: Chosen): boolean {
  for (const [path, text] of a.texts) {
    if (!b.texts.has(path)) continue;
    const [x, y] = [a.edits.get(path), b.edits.get(path)];
    // Both create the file, or one creates what the other edits.
    if (x === undefined || y === undefined) return text !== b.texts.get(path) || x !== y;
    if (editsConflict(x, y)) return true;
  }
  return false;
}

/** The fixes of one pass, the first that holds of each finding; what conflicts with one already taken waits for the next. */
function choose(engine: Engine, snapshot: TrackedSnapshot, report: FileReport, options: FixAllOptions): Pass {
  const chosen: Chosen[] = [];
  let lacking = false;
  for (const finding of report.findings) {
    const asked = isCostly(finding) ? options : withoutRebuilds(options);
    for (const fix of allowed(finding, options.fixes)) {
      const verdict = verifyFix(engine, snapshot, report, finding, fix, asked);
      if (!verdict.ok) {
        lacking ||= verdict.lacking;
        continue;
      }
      const next = { ...verdict, repeats: fix.repeats ?? [] };
      if (!chosen.some((c) => conflicts(c, next) || repeatsChanged(report.path, c, next))) chosen.push(next);
      break;
    }
  }
  return { chosen, lacking };
}

function merged(chosen: readonly Chosen[]): readonly Change[] {
  const edits = new Map<string, TextEdit[]>();
  const creates = new Map<string, string>();
  for (const change of chosen.flatMap((c) => c.changes)) {
    if (change.kind === 'create') creates.set(change.path, change.text);
    else edits.set(change.path, [...(edits.get(change.path) ?? []), ...change.edits]);
  }
  return [
    ...[...edits].map(([path, list]): Change => ({ kind: 'edit', path, edits: list })),
    ...[...creates].map(([path, text]): Change => ({ kind: 'create', path, text })),
  ];
}

/** How many findings there are of each severity, the gravest first. */
function tally({ findings }: FileReport): readonly number[] {
  return severitiesDown.map((severity) => findings.filter((f) => f.severity === severity).length);
}

/**
 * Whether fixes that hold one by one hold together: no new problem, no rule that fails, and fewer findings of the gravest
 * severity of which the number changes. A fix may bring a lesser finding, as `verify` allows too; this way it still ends.
 */
function better(before: FileReport, after: FileReport): boolean {
  const [old, now] = [tally(before), tally(after)];
  const first = old.findIndex((n, i) => n !== now[i]);
  return (
    after.problems.length <= before.problems.length &&
    after.errors.length <= before.errors.length &&
    first >= 0 &&
    (now[first] ?? 0) < (old[first] ?? 0)
  );
}

/**
 * Applies the verified fixes of the file at `path`, pass by pass, until none is left. Pure: the new texts come back, the
 * snapshot stays. A file without fixes comes back with no texts.
 */
export function fixAll(
  engine: Engine,
  snapshot: TrackedSnapshot,
  path: string,
  options: FixAllOptions,
): Fixed {
  const mark = snapshot.misses();
  const texts = new Map<string, string>();
  let now = snapshot;
  const bare = withoutRebuilds(options);
  let report = lintFile(engine, now, path, bare);
  let applied = 0;
  let lacking = false;
  let passes = 0;
  let left = true;
  while (left && passes < maxPasses) {
    const pass = choose(engine, now, report, options);
    lacking ||= pass.lacking;
    left = pass.chosen.length > 0;
    if (!left) break;
    const step =
      together(engine, now, report, pass.chosen, options) ??
      together(engine, now, report, pass.chosen.slice(0, 1), options);
    if (step === undefined) break;
    passes++;
    applied += step.count;
    for (const [file, text] of step.texts) texts.set(file, text);
    now = overlaySnapshot(snapshot, new Map(texts));
    report = lintFile(engine, now, path, bare);
  }
  const complete = !lacking && snapshot.misses() === mark;
  return { texts, applied, passes, report, converged: !left, complete };
}

function together(
  engine: Engine,
  snapshot: TrackedSnapshot,
  report: FileReport,
  chosen: readonly Chosen[],
  options: FixAllOptions,
): { readonly texts: ReadonlyMap<string, string>; readonly count: number } | undefined {
  const outcome = outcomeOf(snapshot, merged(chosen));
  if (typeof outcome === 'string') return undefined;
  const after = lintFile(
    engine,
    overlaySnapshot(snapshot, outcome.texts),
    report.path,
    withoutRebuilds(options),
  );
  return better(report, after) ? { texts: outcome.texts, count: chosen.length } : undefined;
}
