import { fixedBuild, replayFixed } from '../engine/impactfixes.js';
import type { Engine, LintOptions } from '../engine/model.js';
import { rebuiltBy, replayWith, wishOf } from '../engine/rebuilds.js';
import type { Build } from '../project/build.js';
import type { TrackedSnapshot } from '../project/snapshot.js';
import { buildSteps } from '../sim/cache/steps.js';
import { builtOf } from '../sim/context/built.js';
import type { Replay } from '../sim/replay/model.js';
import type { Dockerfile } from '../syntax/dockerfile/model.js';
import { parseDockerfile } from '../syntax/dockerfile/parse.js';
import type { Outcome } from './analysis.js';
import type { StagePlace } from './codeLens.js';

/** What changes re-run of the deciding build of a Dockerfile. */
export interface Rebuilt {
  readonly dockerfile: Dockerfile;
  readonly build: Build;
  readonly replay: Replay;
  /** Seconds of a step above which they are shown beside it. */
  readonly hintAbove: number;
}

/** `lacking`: facts would tell more. */
export interface KnownRebuilds {
  readonly rebuilt: Rebuilt | undefined;
  readonly lacking: boolean;
}

/** Replays of documents, each worked out once. */
export interface Rebuilds {
  of(outcome: Outcome): KnownRebuilds;
  /** Where the stages begin whose steps are built. */
  stages(outcome: Outcome): readonly StagePlace[];
  /** The replay once all fixes that need nobody's hand are applied; undefined where there is none to apply. */
  withFixes(outcome: Outcome): Replay | undefined;
}

/** An empty memory of replays. `engine`: as it is now. */
export function createRebuilds(engine: () => Engine): Rebuilds {
  const complete = new WeakMap<Outcome, KnownRebuilds>();
  const fixed = new WeakMap<Outcome, { readonly replay: Replay | undefined }>();
  const of: Rebuilds['of'] = (outcome) => {
    const before = complete.get(outcome);
    if (before !== undefined) return before;
    const { snapshot, subject } = outcome;
    const misses = snapshot.misses();
    const rebuilt = rebuiltOfDocument(engine(), outcome);
    const lacking = subject.path !== undefined && snapshot.misses() > misses;
    const known = { rebuilt, lacking };
    if (!lacking) complete.set(outcome, known);
    return known;
  };
  return {
    of,
    stages: (outcome) => stagesWithSteps(engine(), outcome),
    withFixes(outcome) {
      const known = fixed.get(outcome);
      if (known !== undefined) return known.replay;
      const { rebuilt } = of(outcome);
      // Without history there is nothing a fix could save.
      if (rebuilt === undefined || rebuilt.replay.rebuild === null) return undefined;
      const { snapshot, options } = outcome;
      const misses = snapshot.misses();
      const question = { engine: engine(), snapshot, build: rebuilt.build, options };
      const { texts } = fixedBuild(question, 'unsafe');
      const replay = texts.size === 0 ? undefined : replayFixed(question, texts);
      if (snapshot.misses() === misses) fixed.set(outcome, { replay });
      return replay;
    },
  };
}

/** The replay of a Dockerfile that is a file and that Plimsoll looks at. */
function rebuiltOfDocument(
  engine: Engine,
  { subject, path, snapshot, report, options, rebuilds }: Outcome,
): Rebuilt | undefined {
  if (subject.path === undefined || report.skipped !== null || report.kind !== 'dockerfile') return undefined;
  const found = replayOfBuild(engine, snapshot, path, options);
  return found && { ...found, hintAbove: rebuilds.hintAbove };
}

/** Where the stages of a Dockerfile begin whose steps are built; empty for all that is no file. */
function stagesWithSteps(
  engine: Engine,
  { subject, path, snapshot, report, options }: Outcome,
): readonly StagePlace[] {
  if (subject.path === undefined || report.skipped !== null || report.kind !== 'dockerfile') return [];
  const build = rebuiltBy(engine, snapshot, path, 'dockerfile', options);
  const built = build && builtOf(snapshot, build);
  if (built === undefined) return [];
  const { dockerfile, graph } = built;
  const stages = new Set(buildSteps(graph, dockerfile).map(({ node }) => node.stage));
  return [...stages].map(({ index, from }) => ({
    stage: index,
    range: dockerfile.lines.rangeOf(from.keywordSpan),
  }));
}

/** The deciding build of the Dockerfile at `path`, replayed as the options say; undefined where it cannot be. */
function replayOfBuild(
  engine: Engine,
  snapshot: TrackedSnapshot,
  path: string,
  options: LintOptions,
): Pick<Rebuilt, 'dockerfile' | 'build' | 'replay'> | undefined {
  const dockerfile = snapshot.parse(path, parseDockerfile);
  const build = rebuiltBy(engine, snapshot, path, 'dockerfile', options);
  const wish = build && wishOf(snapshot, options, build);
  if (dockerfile === undefined || build === undefined || wish === undefined) return undefined;
  const replay = replayWith(engine, snapshot, build, wish);
  return replay && { dockerfile, build, replay };
}
