import type { Build } from '../project/build.js';
import { configOf, rebuildSettingsOf } from '../project/config.js';
import { ignoreFileOf } from '../project/ignorefile.js';
import { localBuild } from '../project/local.js';
import { remembered, type TrackedSnapshot } from '../project/snapshot.js';
import type { Step } from '../sim/model.js';
import type { Replay, ReplayWish } from '../sim/replay/model.js';
import { replayOf } from '../sim/replay/replay.js';
import { shellOf } from '../sim/stages.js';
import { parseDockerfile } from '../syntax/dockerfile/parse.js';
import { ignoreContext, newScripts, orderedBuilds } from './contexts.js';
import type { Engine, LintOptions, Rebuilds } from './model.js';

/** `options` for lints whose numbers about rebuilds nobody sees. */
export function withoutRebuilds(options: LintOptions): LintOptions {
  const { rebuilds: _, ...rest } = options;
  return rest;
}

/** The build whose rebuilds the findings of a Dockerfile or ignore file are about; undefined for other files. */
export function rebuiltBy(
  engine: Engine,
  snapshot: TrackedSnapshot,
  path: string,
  kind: 'dockerfile' | 'dockerignore',
  options: LintOptions,
): Build | undefined {
  const asked = options.build;
  if (asked !== undefined && path === (kind === 'dockerfile' ? asked.dockerfile : asked.ignoreFile))
    return asked;
  if (kind === 'dockerfile') return localBuild(snapshot, orderedBuilds(snapshot, path, options)[0]);
  const [build] = ignoreContext(engine, snapshot, path)?.context.builds ?? [];
  return build === undefined ? undefined : localBuild(snapshot, build);
}

/** `build` as it is once `after` is written over `before`: it may read another ignore file then. */
export function buildAfter(before: TrackedSnapshot, after: TrackedSnapshot, build: Build): Build {
  if (build.remote || ignoreFileOf(before, build.dockerfile, build.context) !== build.ignoreFile)
    return build;
  const ignoreFile = ignoreFileOf(after, build.dockerfile, build.context);
  return ignoreFile === build.ignoreFile ? build : { ...build, ignoreFile };
}

/** What a replay rests on for one build, as the options say; undefined where nothing is to be replayed. */
export function wishOf(
  snapshot: TrackedSnapshot,
  { rebuilds }: LintOptions,
  build: Build,
): ReplayWish | undefined {
  if (rebuilds === undefined) return undefined;
  const { since = null } = rebuilds;
  const commits = rebuilds.commits ?? rebuildSettingsOf(configOf(snapshot, build.dockerfile)).commits;
  return { commits, since, measured: rebuilds.measured[build.dockerfile] ?? [] };
}

/** A build replayed with the shell parser of the engine. Undefined as for `replayOf`. */
export function replayWith(
  engine: Engine,
  snapshot: TrackedSnapshot,
  build: Build,
  wish: ReplayWish,
): Replay | undefined {
  const dockerfile = snapshot.parse(build.dockerfile, parseDockerfile);
  if (dockerfile === undefined) return undefined;
  const shell = shellOf(engine.shellParser, remembered(snapshot, dockerfile, newScripts));
  return replayOf(snapshot, build, shell, wish);
}

/** The indices of `steps`, which may come from another graph of the same Dockerfile. */
function indicesOf(replay: Replay, steps: readonly Step[]): ReadonlySet<number> {
  const same = (a: Step, b: Step): boolean =>
    a.stage === b.stage && a.instruction.span.start === b.instruction.span.start;
  return new Set(
    replay.steps.flatMap(({ step }, i) => (steps.some((paying) => same(paying, step)) ? [i] : [])),
  );
}

/** In how many commits a replay re-ran one of `steps`, and what they cost each time; null without history. */
export function rebuildsOf(replay: Replay, steps: readonly Step[]): Rebuilds | null {
  const indices = indicesOf(replay, steps);
  if (replay.commits === null || indices.size === 0) return null;
  const affected = replay.played
    .filter(({ reruns }) => reruns.some((r) => r.cached === false && indices.has(r.step)))
    .reduce((sum, { commits }) => sum + commits.length, 0);
  return { affected, of: replay.commits.replayed, seconds: replay.secondsOf(indices) };
}
