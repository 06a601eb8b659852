import {
  type BuildQuestion,
  type FixOfBuild,
  fixedBuild,
  fixesOfBuild,
  replayFixed,
} from '../engine/impactfixes.js';
import { replayWith, wishOf } from '../engine/rebuilds.js';
import type { Build } from '../project/build.js';
import type { MeasuredBuild } from '../project/measured.js';
import type { StageNode } from '../sim/model.js';
import type { RebuildTime, Replay, ReplayedStep, Saving } from '../sim/replay/model.js';
import { savingOf } from '../sim/replay/saving.js';
import { parseDockerfile } from '../syntax/dockerfile/parse.js';
import { lineIndex } from '../text/lines.js';
import type {
  ImpactFix,
  ImpactMeasured,
  ImpactPicture,
  ImpactStage,
  ImpactStep,
  RebuildSeconds,
} from './impactModel.js';

/** A build whose rebuilds are to be reported. `options.rebuilds` says over how many commits, and what was measured. */
export interface ImpactInput extends BuildQuestion {
  /** All builds of the Dockerfile. */
  readonly builds: readonly Build[];
  /** An absolute path as the front door shows it. */
  readonly shown: (path: string) => string;
  /** Try the fixes too: the dearer part. */
  readonly fixes: boolean;
}

function rebuildSeconds({ mean, p50, p90 }: RebuildTime): RebuildSeconds {
  return { meanSeconds: mean, p50Seconds: p50, p90Seconds: p90 };
}

function stepOf(step: ReplayedStep, index: number, lineOf: LineOf): ImpactStep {
  return {
    index,
    line: lineOf(step.step.instruction.span.start),
    instruction: step.step.instruction.text,
    rebuilds: step.rebuilds,
    maybe: step.maybe,
    seconds: step.seconds,
    startsAt: step.startsAt,
    causes: step.causes.map(({ kind, name, commits }) => ({ kind, path: name, commits })),
    onCriticalPath: step.onCriticalPath,
    onCleanPath: step.onCleanPath,
  };
}

type LineOf = (offset: number) => number;

function stagesOf(replay: Replay, lineOf: LineOf): readonly ImpactStage[] {
  const stages = new Map<StageNode, ImpactStep[]>();
  replay.steps.forEach((step, index) => {
    const steps = stages.get(step.node) ?? [];
    steps.push(stepOf(step, index, lineOf));
    stages.set(step.node, steps);
  });
  return [...stages].map(([{ stage }, steps]) => ({
    label: stage.label,
    line: lineOf(stage.from.span.start),
    steps,
  }));
}

function measuredOf({ id, started, origin, seconds, steps }: MeasuredBuild): ImpactMeasured {
  const cached = steps.filter((step) => step.cached).length;
  const ran = steps.filter((step) => !step.cached && step.seconds !== null).length;
  return { id, started, origin, seconds, ran, cached };
}

/** A fix of the table, with what makes it. */
export interface ListedFix {
  readonly fix: ImpactFix;
  readonly of: FixOfBuild;
}

function listedFix(input: ImpactInput, of: FixOfBuild): ListedFix {
  const { report, finding, fix } = of;
  const path = input.shown(report.path);
  const { line } = report.lines.positionAt(finding.at.start);
  return {
    of,
    fix: {
      id: [finding.rule, path, line, fix.title].join(' '),
      rule: finding.rule,
      path,
      line,
      title: fix.title,
      applicability: fix.applicability,
      rebuild: fix.saving === undefined ? null : rebuildSeconds(fix.saving.after),
      savedPercent: fix.saving?.percent ?? null,
      affected: fix.saving === undefined ? null : fix.saving.commits.affected,
      unknownRuns: fix.saving?.unknownRuns ?? null,
      bytesSaved: finding.fixes[0]?.title === fix.title ? (finding.impact?.bytesSaved?.value ?? null) : null,
    },
  };
}

function secondsSaved({ of }: ListedFix): number {
  const { saving } = of.fix;
  return saving?.saved.value ?? 0;
}

function makeTheSame({ of: a }: ListedFix, { of: b }: ListedFix): boolean {
  return (
    a.finding.rule === b.finding.rule && JSON.stringify(a.fix.changes()) === JSON.stringify(b.fix.changes())
  );
}

/** The verified fixes of the build's files, those that save most of a mean rebuild first. */
export function impactFixes(input: ImpactInput): readonly ListedFix[] {
  const listed: ListedFix[] = [];
  for (const of of fixesOfBuild(input)) {
    const one = listedFix(input, of);
    // Two findings may ask for the same line of an ignore file.
    if (!listed.some((other) => makeTheSame(other, one))) listed.push(one);
  }
  return listed.sort((a, b) => secondsSaved(b) - secondsSaved(a));
}

type Together = NonNullable<ImpactPicture['safeFixes']>;

function togetherOf(saving: Saving | undefined): Together | null {
  const percent = saving?.percent ?? null;
  if (saving === undefined || percent === null) return null;
  return { rebuild: rebuildSeconds(saving.after), savedPercent: percent };
}

/** What is saved by the fixes that a program may apply, up to an applicability. One alone is what it was found to be. */
function savedByAll(
  input: ImpactInput,
  before: Replay,
  listed: readonly ListedFix[],
  fixes: 'safe' | 'unsafe',
): Saving | undefined {
  const meant = listed.filter(({ fix: { applicability: a } }) => a === 'safe' || a === fixes);
  const [only] = meant;
  if (only === undefined) return undefined;
  if (meant.length === 1) return only.of.fix.saving;
  const { texts } = fixedBuild(input, fixes);
  const after = texts.size === 0 ? undefined : replayFixed(input, texts);
  return after === undefined ? undefined : savingOf(before, after);
}

/** What all fixes save together, and the safe ones. Where facts are lacking neither is worked out: it costs most of all. */
function savedTogether(
  input: ImpactInput,
  before: Replay,
  listed: readonly ListedFix[],
  lacking: boolean,
): Pick<ImpactPicture, 'allFixes' | 'safeFixes'> {
  if (lacking || before.rebuild === null) return { allFixes: null, safeFixes: null };
  const onlySafe = listed.every(({ fix }) => fix.applicability !== 'unsafe');
  const all = togetherOf(savedByAll(input, before, listed, 'unsafe'));
  const left = listed.filter(({ fix }) => fix.applicability === 'manual').length;
  return {
    allFixes: all === null ? null : { ...all, left },
    safeFixes: onlySafe ? all : togetherOf(savedByAll(input, before, listed, 'safe')),
  };
}

/**
 * Everything the impact report shows of a build. Undefined where its Dockerfile or target is not there. What the snapshot
 * lacks it notes: the picture is whole once nothing is lacking.
 */
export function impactPicture(input: ImpactInput): ImpactPicture | undefined {
  const { engine, snapshot, build, options, shown } = input;
  const wish = wishOf(snapshot, options, build) ?? { commits: 0, since: null, measured: [] };
  const replay = replayWith(engine, snapshot, build, wish);
  const dockerfile = snapshot.parse(build.dockerfile, parseDockerfile);
  if (replay === undefined || dockerfile === undefined) return undefined;
  const lineOf: LineOf = (offset) => dockerfile.lines.positionAt(offset).line;
  const mark = snapshot.misses();
  const listed = input.fixes ? impactFixes(input) : [];
  const together = savedTogether(input, replay, listed, snapshot.misses() > mark);
  return {
    dockerfile: shown(build.dockerfile),
    context: build.remote ? build.context : shown(build.context),
    target: build.target,
    source: build.source,
    why: build.why,
    commits:
      replay.commits === null
        ? null
        : {
            replayed: replay.commits.replayed,
            touchingContext: replay.commits.touching,
            rebuilding: replay.commits.rebuilding,
            newest: replay.commits.newest,
            oldest: replay.commits.oldest,
          },
    gap: replay.gap?.message ?? null,
    gapKind: replay.gap?.kind ?? null,
    stages: stagesOf(replay, lineOf),
    clean: replay.clean,
    rebuild: replay.rebuild === null ? null : rebuildSeconds(replay.rebuild),
    scenarios: replay.scenarios,
    volatile: replay.volatile.map(({ name, value, path, at, changes }) => {
      const line = lineIndex(snapshot.text(path) ?? '').positionAt(at.start).line;
      return { name, value, where: `${shown(path)}:${line + 1}`, changes };
    }),
    fixes: listed.map(({ fix }) => fix),
    ...together,
    measured: wish.measured.map(measuredOf),
    notes: replay.notes,
  };
}
