import type { Build } from '../../../server/src/project/build.js';
import type { BuildStep } from '../../../server/src/sim/cache/model.js';
import { buildSteps } from '../../../server/src/sim/cache/steps.js';
import { buildGraph } from '../../../server/src/sim/stages.js';
import { parseDockerfile } from '../../../server/src/syntax/dockerfile/parse.js';
import { eachOf } from '../record.js';
import { buildState } from './build.js';
import { layState } from './lay.js';
import { compareSteps, sum, type Tally, tallyOf, tallyText } from './compare.js';
import { predict } from './model.js';
import { type CachedSteps, type CachePair, type RecordedPair, type State, saltedState } from './pair.js';
import { randomPair } from './random.js';
import { shrinkPair } from './shrink.js';
import { cachedSteps } from './steps.js';

/** The steps that the simulation sees in a state. */
export function stepsOf(state: State): readonly BuildStep[] {
  const dockerfile = parseDockerfile(state.dockerfile);
  return buildSteps(buildGraph(dockerfile, buildOf(state)), dockerfile);
}

/** The build of a state, whose context is `/p`. */
export function buildOf({ target, args, ignore }: State): Build {
  return {
    dockerfile: '/p/Dockerfile',
    context: '/p',
    remote: false,
    ignoreFile: ignore === undefined ? null : '/p/.dockerignore',
    target: target ?? null,
    args: args ?? {},
    namedContexts: [],
    source: 'option',
    kind: 'option',
    why: 'given',
  };
}

/** What BuildKit does with a pair: what the second build takes from the cache, or why one of them fails. */
export async function judge(
  pair: CachePair,
): Promise<{ readonly cached: CachedSteps } | { readonly error: string }> {
  const salt = `s${process.pid.toString(36)}${process.hrtime.bigint().toString(36)}`;
  const before = saltedState(pair.before, salt);
  const after = saltedState(pair.after, salt);
  const laid = await layState(before);
  try {
    const first = await buildState(laid, before);
    if (first.error !== undefined) return { error: `first build: ${first.error}` };
    laid.alter(after);
    const second = await buildState(laid, after);
    if (second.error !== undefined) return { error: `second build: ${second.error}` };
    return { cached: cachedSteps(stepsOf(after), second.vertices) };
  } finally {
    laid.remove();
  }
}

export interface CacheRun {
  readonly seed: number;
  /** Number of the first pair. */
  readonly from: number;
  readonly cases: number;
  /** How many of the pairs decided wrong are made small. */
  readonly shrink: number;
}

/** Builds pairs, several at a time; those of which a build fails are left out. */
async function recordPairs(pairs: readonly CachePair[]): Promise<readonly RecordedPair[]> {
  const all = await eachOf(pairs, async (pair) => ({ pair, judged: await judge(pair) }));
  return all.flatMap(({ pair, judged }) => ('cached' in judged ? [{ ...pair, cached: judged.cached }] : []));
}

function showState(name: string, { dockerfile, ignore, args, target, tree }: State): void {
  const options = [...Object.entries(args ?? {}).map(([key, value]) => `${key}=${value}`), target ?? ''];
  console.log(`--- ${name} ${options.join(' ')}\n${dockerfile.trimEnd()}`);
  if (ignore !== undefined) console.log(`--- ignore\n${ignore.trimEnd()}`);
  console.log(`--- tree ${JSON.stringify(tree)}`);
}

/** Shows a pair that is decided wrong, made smaller if `small` says so. */
async function show(pair: RecordedPair, small: boolean): Promise<void> {
  console.log(`\n${pair.id}: ${pair.edits.join(' | ')}`);
  for (const line of compareSteps(pair.cached, predict(pair))) console.log(`  ${line}`);
  const isWrong = async (smaller: CachePair): Promise<boolean> => {
    const judged = await judge(smaller);
    return 'cached' in judged && tallyOf(judged.cached, predict(smaller)).wrong > 0;
  };
  const shown = small ? await shrinkPair(pair, isWrong) : pair;
  showState('before', shown.before);
  showState('after', shown.after);
}

function tallies(recorded: readonly RecordedPair[]): readonly { readonly pair: RecordedPair; readonly tally: Tally }[] {
  return recorded.map((pair) => ({ pair, tally: tallyOf(pair.cached, predict(pair), stepsOf(pair.after)) }));
}

/** Compares recorded pairs with the simulation, without an engine; whether none is decided wrong. */
export async function recheckPairs(recorded: readonly RecordedPair[], shrink = 0): Promise<boolean> {
  const all = tallies(recorded);
  const wrong = all.filter(({ tally }) => tally.wrong + tally.baseless > 0);
  for (const [i, { pair }] of wrong.entries()) await show(pair, i < shrink);
  console.log(tallyText(sum(all.map(({ tally }) => tally))));
  return wrong.length === 0;
}

/** Builds random pairs and compares each with the simulation; what was recorded, and whether none is decided wrong. */
export async function runPairs(
  run: CacheRun,
): Promise<{ readonly recorded: readonly RecordedPair[]; readonly right: boolean }> {
  const pairs = Array.from({ length: run.cases }, (_, i) => randomPair(run.seed, run.from + i));
  const recorded = await recordPairs(pairs);
  const right = await recheckPairs(recorded, run.shrink);
  console.log(
    `seed ${run.seed}, pairs ${run.from}…${run.from + run.cases - 1}; of ${run.cases - recorded.length} a build fails`,
  );
  return { recorded, right };
}
