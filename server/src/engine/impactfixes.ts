import type { Build } from '../project/build.js';
import type { TrackedSnapshot } from '../project/snapshot.js';
import type { Replay } from '../sim/replay/model.js';
import { fixAll } from './fixall.js';
import type { Engine, FileReport, Finding, LintOptions, OfferedFix } from './model.js';
import { overlaySnapshot } from './overlay.js';
import { buildAfter, replayWith, wishOf } from './rebuilds.js';
import { lintFile } from './run.js';
import { type VerifyCache, verifiedFixes } from './verify.js';

/** A verified fix of the Dockerfile of a build, or of its ignore file. */
export interface FixOfBuild {
  readonly report: FileReport;
  readonly finding: Finding;
  readonly fix: OfferedFix;
}

/** What was worked out for one question while other facts were lacking. To be kept only as long as no file changes. */
export interface ImpactCache {
  readonly reports: Map<string, FileReport>;
  readonly verified: VerifyCache;
  readonly fixed: Map<string, FixedBuild>;
}

export function impactCache(): ImpactCache {
  return { reports: new Map(), verified: new WeakMap(), fixed: new Map() };
}

/** The build that is asked about, as every question here takes it. `options.rebuilds` says what the numbers rest on. */
export interface BuildQuestion {
  readonly engine: Engine;
  readonly snapshot: TrackedSnapshot;
  readonly build: Build;
  readonly options: LintOptions;
  /** For one who asks again and again until nothing is lacking. */
  readonly cache?: ImpactCache;
}

function optionsOf({ build, options }: BuildQuestion): LintOptions {
  return { ...options, build };
}

/** The files whose fixes change what a build re-runs. */
function filesOf(build: Build): readonly string[] {
  return build.ignoreFile === null ? [build.dockerfile] : [build.dockerfile, build.ignoreFile];
}

function reportOf(question: BuildQuestion, path: string): FileReport {
  const known = question.cache?.reports.get(path);
  if (known !== undefined) return known;
  const report = lintFile(question.engine, question.snapshot, path, optionsOf(question));
  if (report.complete) question.cache?.reports.set(path, report);
  return report;
}

/** The verified fixes of a build's Dockerfile and ignore file, in the order of their findings. */
export function fixesOfBuild(question: BuildQuestion): readonly FixOfBuild[] {
  const { engine, snapshot, build, cache } = question;
  const options = optionsOf(question);
  return filesOf(build).flatMap((path) => {
    const report = reportOf(question, path);
    return report.findings.flatMap((finding) =>
      verifiedFixes(engine, snapshot, report, finding, options, cache?.verified).map((fix) => ({
        report,
        finding,
        fix,
      })),
    );
  });
}

/** A build's files with many fixes applied. */
export interface FixedBuild {
  /** Whole new texts by absolute path; empty where nothing was to be fixed. */
  readonly texts: ReadonlyMap<string, string>;
  readonly applied: number;
}

/** All fixes of a build's Dockerfile and ignore file applied: the safe ones, or the unsafe ones too. Manual ones never are. */
export function fixedBuild(question: BuildQuestion, fixes: 'safe' | 'unsafe'): FixedBuild {
  const { snapshot, cache } = question;
  const known = cache?.fixed.get(fixes);
  if (known !== undefined) return known;
  const mark = snapshot.misses();
  const fixed = applied(question, fixes);
  if (snapshot.misses() === mark) cache?.fixed.set(fixes, fixed);
  return fixed;
}

function applied(question: BuildQuestion, fixes: 'safe' | 'unsafe'): FixedBuild {
  const { engine, snapshot } = question;
  const texts = new Map<string, string>();
  let count = 0;
  let { build } = question;
  const done = new Set<string>();
  for (;;) {
    const now = texts.size === 0 ? snapshot : overlaySnapshot(snapshot, new Map(texts));
    const path = filesOf(build).find((file) => !done.has(file));
    if (path === undefined) return { texts, applied: count };
    done.add(path);
    const fixed = fixAll(engine, now, path, { ...optionsOf({ ...question, build }), fixes });
    for (const [file, text] of fixed.texts) texts.set(file, text);
    count += fixed.applied;
    if (fixed.texts.size > 0) build = buildAfter(snapshot, overlaySnapshot(snapshot, new Map(texts)), build);
  }
}

/** The replay of a build as it would be with `texts` written. Undefined as for `replayOf`. */
export function replayFixed(question: BuildQuestion, texts: ReadonlyMap<string, string>): Replay | undefined {
  const { engine, snapshot, build, options } = question;
  const wish = wishOf(snapshot, options, build);
  if (wish === undefined) return undefined;
  const overlay = overlaySnapshot(snapshot, texts);
  return replayWith(engine, overlay, buildAfter(snapshot, overlay, build), wish);
}
