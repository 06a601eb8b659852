import { eachOf } from '../record.js';
import { compareSteps, sum, type Tally, tallyOf, tallyText } from './compare.js';
import { judge, pairSteps } from './judge.js';
import { predict } from './model.js';
import type { CachePair, RecordedPair, State } from './pair.js';
import { randomPair } from './random.js';
import { shrinkPair } from './shrink.js';

interface CacheRun {
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

function tallies(
  recorded: readonly RecordedPair[],
): readonly { readonly pair: RecordedPair; readonly tally: Tally }[] {
  return recorded.map((pair) => ({ pair, tally: tallyOf(pair.cached, predict(pair), pairSteps(pair)) }));
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
