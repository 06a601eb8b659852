import { impactOf } from '../../server/src/engine/impact.js';
import type { FileReport, Finding, LintOptions } from '../../server/src/engine/model.js';
import { rebuiltBy, replayWith, wishOf } from '../../server/src/engine/rebuilds.js';
import { lintFile } from '../../server/src/engine/run.js';
import { outcomeOf, verifiedFixes } from '../../server/src/engine/verify.js';
import type { TrackedSnapshot } from '../../server/src/project/snapshot.js';
import type { Replay } from '../../server/src/sim/replay/model.js';
import { isThin } from '../../server/src/sim/replay/saving.js';
import { relativePath } from '../../server/src/text/paths.js';
import { caseFiles, type Run } from './checks.js';
import { memorySnapshot, root } from './memfs.js';
import type { PageCase } from './page.js';

const options: LintOptions = { profile: 'everything', rebuilds: { commits: 200, measured: {} } };

/** The history a case states, else one commit for each of its files. */
function historyOf(c: PageCase): string {
  if (c.history !== undefined) return c.history;
  const declared = c.tree.split('\n').flatMap((line) => /^(\S*[^/\s])\s+\S+$/.exec(line.trim())?.[1] ?? []);
  const files = [...new Set([...Object.keys(caseFiles(c)), ...declared])].sort();
  return files.map((file, i) => `c${i}  ${file}`).join('\n');
}

function snapshotOf(c: PageCase, changed: ReadonlyMap<string, string> = new Map()): TrackedSnapshot {
  const after = Object.fromEntries([...changed].map(([path, text]) => [relativePath(root, path), text]));
  return memorySnapshot({ ...caseFiles(c), ...after }, c.tree, [root], historyOf(c));
}

/** The build that the findings of a file are about, replayed as the files stand. */
function replayOf(run: Run, snapshot: TrackedSnapshot, { path, kind }: FileReport): Replay | undefined {
  if (kind !== 'dockerfile' && kind !== 'dockerignore') return undefined;
  const build = rebuiltBy(run.engine, snapshot, path, kind, options);
  const wish = build && wishOf(snapshot, options, build);
  return build === undefined || wish === undefined
    ? undefined
    : replayWith(run.engine, snapshot, build, wish);
}

function mean(replay: Replay | undefined): number | undefined {
  return replay?.rebuild?.mean.value ?? undefined;
}

/** Seconds below which nothing is said. */
const noticeable = 0.05;
/** What rounding to milliseconds leaves of a difference. */
const rounding = 0.003;

function complaintsAbout(
  run: Run,
  snapshot: TrackedSnapshot,
  report: FileReport,
  finding: Finding,
): string[] {
  const fixes = verifiedFixes(run.engine, snapshot, report, finding, options);
  const impact = impactOf(finding, fixes);
  const [fix] = fixes;
  const shown = impact?.rebuildSecondsSaved ?? null;
  const complain = (what: string): string => `"${fix?.title ?? finding.message}": ${what}`;
  const complaints: string[] = [];
  if (finding.pays.length > 0 && finding.rebuilds === null) complaints.push(complain('what pays is no step'));
  if (shown !== null && !(shown.low <= shown.value && shown.value <= shown.high))
    complaints.push(complain('bounds that do not hold'));
  if (shown !== null && (shown.source === '' || shown.basis === 'measured'))
    complaints.push(complain('a number that does not say what it rests on'));
  if (fix === undefined) return complaints;
  const outcome = outcomeOf(snapshot, fix.changes());
  if (typeof outcome === 'string') return [...complaints, complain(outcome)];
  const before = mean(replayOf(run, snapshotOf(run.case), report));
  // The files are written for good: nothing of how fixes are tried takes part.
  const after = mean(replayOf(run, snapshotOf(run.case, outcome.texts), report));
  if (before === undefined || after === undefined) {
    return shown === null ? complaints : [...complaints, complain('a number that nobody can know')];
  }
  const saved = before - after;
  if (shown === null ? Math.abs(saved) >= noticeable + rounding : Math.abs(saved - shown.value) > rounding)
    complaints.push(complain(`it saves ${saved} s, but ${shown?.value ?? 'nothing'} is shown`));
  const costly =
    (finding.category === 'cache' || finding.category === 'dependencies') && fix.mayTakeLonger !== true;
  const thin = fix.saving !== undefined && isThin(fix.saving);
  if (
    costly &&
    !thin &&
    saved <= -noticeable &&
    fix.saving?.unknownRuns.before === fix.saving?.unknownRuns.after
  )
    complaints.push(complain('rebuilds take longer'));
  return complaints;
}

/**
 * What a finding shows of rebuilds is the difference of two replays: of the files as they are, and with its first fix
 * written. A fix of a rule about what a build costs makes no rebuild dearer.
 */
export function checkRebuilds(run: Run): string[] {
  const snapshot = snapshotOf(run.case);
  return run.reports.flatMap(({ path }) => {
    const report = lintFile(run.engine, snapshot, path, options);
    const own = report.findings.filter((f) => f.rule === run.meta.id);
    return own.flatMap((finding) => complaintsAbout(run, snapshot, report, finding));
  });
}
