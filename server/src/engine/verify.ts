import type { TrackedSnapshot } from '../project/snapshot.js';
import type { Change } from '../rules/rule.js';
import type { Saving } from '../sim/replay/model.js';
import { isDearer, isThin } from '../sim/replay/saving.js';
import type { Problem } from '../syntax/problem.js';
import { applyEdits, type TextEdit } from '../text/edit.js';
import { savingBy } from './impact.js';
import { mapOffset } from './mapping.js';
import type { Engine, FileReport, Finding, LintOptions, OfferedFix } from './model.js';
import { overlaySnapshot } from './overlay.js';
import { withoutRebuilds } from './rebuilds.js';
import { severityRank } from './rulefilter.js';
import { lintFile } from './run.js';

/** A set of changes worked out: whole texts by path, and the edits that lead to them. */
export interface Outcome {
  readonly texts: ReadonlyMap<string, string>;
  readonly edits: ReadonlyMap<string, readonly TextEdit[]>;
}

/** Whether a fix may be shown; if not, why. `lacking`: facts are missing to tell. */
export type Verdict =
  | {
      readonly ok: true;
      readonly changes: readonly Change[];
      readonly outcome: Outcome;
      /** What it does to rebuilds; undefined where that was not asked for, and where nobody can tell. */
      readonly saving?: Saving | undefined;
      /** Facts for that are missing. */
      readonly lacking: boolean;
    }
  | { readonly ok: false; readonly reason: string; readonly lacking: boolean };

/** What is known of the fixes of one finding: all of them, or those that were tried while other facts were lacking. */
interface Tried {
  readonly verdicts: Map<OfferedFix, Verdict>;
  fixes: readonly OfferedFix[] | undefined;
}

/** Remembers verified fixes for as long as the findings themselves are kept. Whoever owns the engine creates one. */
export type VerifyCache = WeakMap<Finding, Tried>;

/** Works out what `changes` make of the files of `snapshot`; a text says why they cannot be made. */
export function outcomeOf(snapshot: TrackedSnapshot, changes: readonly Change[]): Outcome | string {
  const texts = new Map<string, string>();
  const edits = new Map<string, TextEdit[]>();
  for (const change of changes) {
    if (change.kind === 'create') {
      if (snapshot.text(change.path) !== undefined || texts.has(change.path)) {
        return 'it creates a file that is there already';
      }
      texts.set(change.path, change.text);
      continue;
    }
    edits.set(change.path, [...(edits.get(change.path) ?? []), ...change.edits]);
  }
  for (const [path, list] of edits) {
    const text = snapshot.text(path);
    if (text === undefined) return 'it edits a file that is not there';
    try {
      const after = applyEdits(text, list);
      if (after !== text) texts.set(path, after);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  if (texts.size === 0) return 'it changes nothing';
  return { texts, edits };
}

function count<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}

/** A problem of `after` that `before` has not; undefined where there is none. */
export function newProblem(before: readonly Problem[], after: readonly Problem[]): Problem | undefined {
  const known = count(before, (p) => p.message);
  return after.find((p) => {
    const left = known.get(p.message) ?? 0;
    known.set(p.message, left - 1);
    return left <= 0;
  });
}

/** New findings that no old one accounts for: of the same rule at the place it moved to, else with the same words, else (of another rule than the target's) any that is gone. */
function unaccounted(
  before: readonly Finding[],
  after: readonly Finding[],
  edits: readonly TextEdit[],
  target: Finding | undefined,
): readonly Finding[] {
  const left = new Set(before.filter((f) => f !== target));
  const take = (found: Finding, same: (old: Finding) => boolean): boolean => {
    for (const old of left) {
      // One that has become milder is no new one.
      const graver = severityRank(found.severity) > severityRank(old.severity);
      if (old.rule !== found.rule || graver || !same(old)) continue;
      left.delete(old);
      return true;
    }
    return false;
  };
  const moved = after.filter((f) => !take(f, (old) => mapOffset(edits, old.at.start) === f.at.start));
  // Where the target stood, only a finding that was there before may stand: words alone do not account for it.
  const stays = (f: Finding): boolean =>
    target !== undefined && f.rule === target.rule && f.at.start === mapOffset(edits, target.at.start);
  const reworded = moved.filter((f) => stays(f) || !take(f, (old) => old.message === f.message));
  // Where what a finding is about moves, its words may change too: as many as before are no more than before.
  return reworded.filter((f) => f.rule === target?.rule || !take(f, () => true));
}

function judge(
  before: FileReport,
  after: FileReport,
  edits: readonly TextEdit[],
  target: Finding | undefined,
  severity: Finding['severity'],
): string | undefined {
  if (after.kind !== before.kind || after.skipped !== before.skipped)
    return 'the file would be read as another kind';
  const problem = newProblem(before.problems, after.problems);
  if (problem !== undefined) return `the result does not parse: ${problem.message}`;
  if (after.errors.length > before.errors.length) return 'a rule fails on the result';
  const unmatched = unaccounted(before.findings, after.findings, edits, target);
  if (target !== undefined && unmatched.some((f) => f.rule === target.rule)) return 'the finding stays';
  const grave = unmatched.find((f) => severityRank(f.severity) >= severityRank(severity));
  return grave === undefined ? undefined : `the result has a new finding: ${grave.rule}`;
}

/** Whether a finding is about what a build costs: a fix must then not make rebuilds dearer. */
export function isCostly({ category }: Finding): boolean {
  return category === 'cache' || category === 'dependencies';
}

/** Whether `changes` may be made for `target` of `report`, whatever rebuilds then cost. */
function verifyChanges(
  engine: Engine,
  snapshot: TrackedSnapshot,
  report: FileReport,
  target: Finding,
  changes: readonly Change[],
  options: LintOptions,
): Verdict {
  const mark = snapshot.misses();
  const refuse = (reason: string): Verdict => ({ ok: false, reason, lacking: snapshot.misses() > mark });
  const outcome = outcomeOf(snapshot, changes);
  if (typeof outcome === 'string') return refuse(outcome);
  const overlay = overlaySnapshot(snapshot, outcome.texts);
  const bare = withoutRebuilds(options);
  for (const path of new Set([report.path, ...outcome.texts.keys()])) {
    const own = path === report.path;
    const before = own ? report : lintFile(engine, snapshot, path, bare);
    const after = lintFile(engine, overlay, path, bare);
    const created = !own && snapshot.text(path) === undefined;
    const wrong = judge(
      created ? { ...before, kind: after.kind, skipped: after.skipped } : before,
      after,
      outcome.edits.get(path) ?? [],
      own ? target : undefined,
      target.severity,
    );
    if (wrong !== undefined) return refuse(wrong);
  }
  if (snapshot.misses() > mark) return refuse('facts are lacking');
  return { ok: true, changes, outcome, lacking: false };
}

/** A fix whose making fails is refused with the reason. */
function verifyText(
  engine: Engine,
  snapshot: TrackedSnapshot,
  report: FileReport,
  finding: Finding,
  fix: OfferedFix,
  options: LintOptions,
): Verdict {
  const mark = snapshot.misses();
  try {
    const changes = fix.changes();
    return verifyChanges(engine, snapshot, report, finding, changes, options);
  } catch (error) {
    const reason = `making it failed: ${error instanceof Error ? error.message : String(error)}`;
    return { ok: false, reason, lacking: snapshot.misses() > mark };
  }
}

/**
 * Tries one fix of a finding: see ARCHITECTURE.md, invariant 5. Where only the facts about rebuilds are lacking it holds, for
 * now without its saving: they may take a while. `known` holds verdicts that need not be found again.
 */
export function verifyFix(
  engine: Engine,
  snapshot: TrackedSnapshot,
  report: FileReport,
  finding: Finding,
  fix: OfferedFix,
  options: LintOptions = {},
  known?: Map<OfferedFix, Verdict>,
): Verdict {
  const verdict = known?.get(fix) ?? verifyText(engine, snapshot, report, finding, fix, options);
  if (verdict.lacking) return verdict;
  known?.set(fix, verdict);
  if (!verdict.ok) return verdict;
  const mark = snapshot.misses();
  const saving = savingBy(engine, snapshot, report, verdict.outcome.texts, options);
  if (snapshot.misses() > mark) return { ...verdict, lacking: true };
  const dearer = saving !== undefined && isDearer(saving) && !isThin(saving);
  if (dearer && isCostly(finding) && fix.mayTakeLonger !== true) {
    return { ok: false, reason: 'rebuilds would take longer', lacking: false };
  }
  return { ...verdict, saving };
}

/**
 * The fixes of a finding of `report` that hold (invariant 5), in the rule's order; their `changes` are already worked out.
 * Where facts are lacking to try a fix, the snapshot notes them and the fix is left out for now. `cache` is asked first;
 * a finding belongs to one report of one snapshot, so it never goes stale.
 */
export function verifiedFixes(
  engine: Engine,
  snapshot: TrackedSnapshot,
  report: FileReport,
  finding: Finding,
  options: LintOptions = {},
  cache?: VerifyCache,
): readonly OfferedFix[] {
  const known: Tried = cache?.get(finding) ?? { verdicts: new Map(), fixes: undefined };
  if (known.fixes !== undefined) return known.fixes;
  cache?.set(finding, known);
  let lacking = false;
  const fixes = finding.fixes.flatMap((fix): OfferedFix[] => {
    const verdict = verifyFix(engine, snapshot, report, finding, fix, options, known.verdicts);
    lacking ||= verdict.lacking;
    if (!verdict.ok) return [];
    const { changes, saving } = verdict;
    return [{ ...fix, changes: () => changes, ...(saving === undefined ? {} : { saving }) }];
  });
  if (!lacking) known.fixes = fixes;
  return fixes;
}
