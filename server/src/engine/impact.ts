import type { TrackedSnapshot } from '../project/snapshot.js';
import type { Impact } from '../rules/rule.js';
import type { Saving } from '../sim/replay/model.js';
import { hasHistory } from '../sim/replay/replay.js';
import { isDearer, isNoticeable, savingOf } from '../sim/replay/saving.js';
import type { Engine, FileReport, Finding, LintOptions, OfferedFix } from './model.js';
import { overlaySnapshot } from './overlay.js';
import { buildAfter, rebuiltBy, replayWith, wishOf } from './rebuilds.js';

/** What the files of `texts` (absolute path → whole text) do to the rebuilds of a build. */
export interface Simulated {
  /** Undefined where nothing was replayed, or nobody knows how long it takes. */
  readonly saving: Saving | undefined;
  /** Rebuilds surely take longer. */
  readonly dearer: boolean;
}

const nothing: Simulated = { saving: undefined, dearer: false };

/**
 * Simulates the build that `report` is about before and after the files of `texts` are written: the same for every rule.
 * Without `options.rebuilds` nothing is simulated. What is lacking the snapshot notes.
 */
export function simulated(
  engine: Engine,
  snapshot: TrackedSnapshot,
  report: Pick<FileReport, 'path' | 'kind'>,
  texts: ReadonlyMap<string, string>,
  options: LintOptions,
): Simulated {
  const { kind, path } = report;
  if (options.rebuilds === undefined || (kind !== 'dockerfile' && kind !== 'dockerignore')) return nothing;
  const build = rebuiltBy(engine, snapshot, path, kind, options);
  const wish = build === undefined ? undefined : wishOf(snapshot, options, build);
  if (build === undefined || wish === undefined) return nothing;
  if (!hasHistory(snapshot, build, wish)) return nothing;
  const before = replayWith(engine, snapshot, build, wish);
  const overlay = overlaySnapshot(snapshot, texts);
  const after = replayWith(engine, overlay, buildAfter(snapshot, overlay, build), wish);
  if (before === undefined || after === undefined) return nothing;
  return { saving: savingOf(before, after), dearer: isDearer(before, after) };
}

function sentences(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

function whyRebuilds(finding: Finding, saving: Saving | undefined): string {
  const { rebuilds } = finding;
  const commits =
    rebuilds === null
      ? ''
      : `Steps that pay for it ran again in ${rebuilds.affected} of ${rebuilds.of} commits.`;
  if (saving === undefined) return commits;
  return sentences([commits, `The commits were replayed before and after the fix: ${saving.saved.source}.`]);
}

/**
 * What a finding costs, with all that was simulated: the bytes its rule measured, how often its steps ran again, and what
 * the first of its verified `fixes` saves. Null where nothing was simulated.
 */
export function impactOf(finding: Finding, fixes: readonly OfferedFix[]): Impact | null {
  const saving = fixes[0]?.saving;
  const saved = saving !== undefined && isNoticeable(saving.saved.value) ? saving : undefined;
  const { rebuilds } = finding;
  if (rebuilds === null && saved === undefined) return finding.impact;
  return {
    rebuildSecondsSaved: saved?.saved ?? null,
    bytesSaved: finding.impact?.bytesSaved ?? null,
    commits: rebuilds === null ? (saved?.commits ?? null) : { affected: rebuilds.affected, of: rebuilds.of },
    why: sentences([finding.impact?.why ?? '', whyRebuilds(finding, saved)]),
  };
}
