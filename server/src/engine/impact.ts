import type { TrackedSnapshot } from '../project/snapshot.js';
import type { Impact } from '../rules/rule.js';
import type { Saving } from '../sim/replay/model.js';
import { hasHistory } from '../sim/replay/replay.js';
import { isWorthAWord, savingOf } from '../sim/replay/saving.js';
import type { Engine, FileReport, Finding, LintOptions, OfferedFix } from './model.js';
import { overlaySnapshot } from './overlay.js';
import { buildAfter, rebuiltBy, replayWith, wishOf } from './rebuilds.js';

/**
 * Simulates the build that `report` is about before and after the files of `texts` (absolute path → whole text) are
 * written: the same for every rule. Undefined without `options.rebuilds`, and without a history. What is lacking the
 * snapshot notes.
 */
export function savingBy(
  engine: Engine,
  snapshot: TrackedSnapshot,
  report: Pick<FileReport, 'path' | 'kind'>,
  texts: ReadonlyMap<string, string>,
  options: LintOptions,
): Saving | undefined {
  const { kind, path } = report;
  if (options.rebuilds === undefined || (kind !== 'dockerfile' && kind !== 'dockerignore')) return undefined;
  const build = rebuiltBy(engine, snapshot, path, kind, options);
  const wish = build === undefined ? undefined : wishOf(snapshot, options, build);
  if (build === undefined || wish === undefined) return undefined;
  if (!hasHistory(snapshot, build, wish)) return undefined;
  const before = replayWith(engine, snapshot, build, wish);
  const overlay = overlaySnapshot(snapshot, texts);
  const after = replayWith(engine, overlay, buildAfter(snapshot, overlay, build), wish);
  return before === undefined || after === undefined ? undefined : savingOf(before, after);
}

function sentences(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

function whyRebuilds(finding: Finding, saving: Saving | undefined): string {
  const { rebuilds } = finding;
  const commits =
    rebuilds === null
      ? ''
      : `The steps it runs again did so in ${rebuilds.affected} of ${rebuilds.of} commits.`;
  if (saving === undefined) return commits;
  return sentences([commits, `The commits were replayed before and after the fix: ${saving.saved.source}.`]);
}

/**
 * What a finding costs, with all that was simulated: the bytes its rule measured, how often its steps ran again, and what
 * the first of its verified `fixes` saves. Null where nothing was simulated.
 */
export function impactOf(finding: Finding, fixes: readonly OfferedFix[]): Impact | null {
  const saving = fixes[0]?.saving;
  const told = saving !== undefined && isWorthAWord(saving) ? saving : undefined;
  const { rebuilds } = finding;
  if (rebuilds === null && told === undefined) return finding.impact;
  return {
    rebuildSecondsSaved: told === undefined || told.saved.value === null ? null : told.saved,
    bytesSaved: finding.impact?.bytesSaved ?? null,
    commits: rebuilds === null ? (told?.commits ?? null) : { affected: rebuilds.affected, of: rebuilds.of },
    why: sentences([finding.impact?.why ?? '', whyRebuilds(finding, told)]),
  };
}
