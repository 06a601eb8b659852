import { type Amount, sumOf } from '../../project/measure.js';
import type { ContextUse } from '../../sim/context/model.js';
import { ignorePatternsOf } from '../../sim/context/query.js';
import { relativePath } from '../../text/paths.js';
import { candidatesOf, type Scene } from './candidates.js';
import type { IgnoreInput } from './model.js';
import { ownScene, sceneOf } from './scene.js';
import { broadFolder } from './sharing.js';
import { type Weighed, weigh } from './weigh.js';

/** An instruction that takes what an ignore file would keep out. */
export interface Taker extends Amount {
  readonly use: ContextUse;
}

/** What a build without an ignore file takes although nothing of it needs it. */
export interface Junk {
  /** The largest first. */
  readonly lines: readonly Weighed[];
  /** Bytes of all lines; what two of them hide counts twice. */
  readonly bytes: number;
  /** The one that takes most first. */
  readonly takers: readonly [Taker, ...Taker[]];
}

/** Less than this of editor files and the like is no burden: it travels in a moment. */
const burden = 1_000_000;

function takersOf(input: IgnoreInput, lines: readonly Weighed[]): readonly Taker[] {
  let source = 0;
  const takers = input.needs.uses.map((use): Taker => {
    const [from, to] = [source, source + use.sources.length];
    source = to;
    const amounts = lines.flatMap(({ bySource }) => bySource.slice(from, to));
    return { use, ...sumOf(amounts) };
  });
  return takers.filter(({ files }) => files > 0).sort((a, b) => b.bytes - a.bytes);
}

/** Folders of other people's projects: how those are built is not said here. */
const foreign = /(^|\/)(vendor|node_modules|third_party)\//;

/** Whether a build reads an ignore file and takes a whole folder: only then can it take what nobody meant. */
export function takesFolders({ build, needs }: Pick<IgnoreInput, 'build' | 'needs'>): boolean {
  if (build.remote || build.git === true || !needs.loaded) return false;
  if (build.kind === 'heuristic' && foreign.test(relativePath(build.context, build.dockerfile))) return false;
  return needs.uses.some(({ sources }) => sources.some(({ query }) => broadFolder(query.path) !== undefined));
}

/** Whether no pattern of an ignore file holds for a build: there is none, or it is empty. */
export function ignoresNothing({ snapshot, build }: Pick<IgnoreInput, 'snapshot' | 'build'>): boolean {
  return !build.remote && build.git !== true && ignorePatternsOf(snapshot, build).patterns.length === 0;
}

/** Whether something lies where a pattern points; anywhere below, for all that is known, where it starts with `**`. */
function mayBeThere({ survey }: Scene, pattern: string): boolean {
  return pattern.startsWith('**/') || survey.view.exists(pattern);
}

/** What costs something however small it is now: it grows, changes by itself, or lands on what the build makes. */
function costsAnyway({ group, volatile }: Weighed): boolean {
  return volatile || group === 'Made anew by the build';
}

/**
 * What a build takes that an ignore file would keep out, where there is none and it costs something: history, caches and
 * what a step makes anew at any size, anything else from a megabyte on. Undefined otherwise, and where facts are lacking.
 */
export function junkWithoutIgnoreFile(input: IgnoreInput): Junk | undefined {
  if (!takesFolders(input) || !ignoresNothing(input)) return undefined;
  const alone = ownScene(input);
  // What is not there costs nothing, and to find out who else shares the context costs more.
  if (alone === undefined || candidatesOf(alone).every(({ pattern }) => !mayBeThere(alone, pattern)))
    return undefined;
  const scene = sceneOf(input);
  const weighing = scene === undefined ? undefined : weigh(input.snapshot, scene);
  const own = input.needs.uses.reduce((sum, use) => sum + use.sources.length, 0);
  const lines = (weighing?.weighed ?? []).filter(({ bySource }) =>
    bySource.slice(0, own).some(({ files }) => files > 0),
  );
  const [first, ...others] = takersOf(input, lines);
  if (first === undefined) return undefined;
  const { bytes } = sumOf(lines);
  if (bytes < burden && !lines.some(costsAnyway)) return undefined;
  const largest = [...lines].sort((a, b) => b.bytes - a.bytes || (a.pattern < b.pattern ? -1 : 1));
  return { lines: largest, bytes, takers: [first, ...others] };
}
