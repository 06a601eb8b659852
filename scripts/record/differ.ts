import { readFileSync } from 'node:fs';
import type { BuildCase, Outcome, Recorded } from './case.js';
import { compare, compareCopies, type Verdict } from './compare.js';
import { layCase } from './disk.js';
import { diskTree } from './disktree.js';
import { type Base, makeBase } from './engine.js';
import { simulate } from './model.js';
import { randomCase } from './random/case.js';
import { buildCase, eachOf } from './record.js';
import { shrink } from './shrink.js';
import { buildOf } from './simulated.js';
import { readTar } from './tar.js';

export interface RandomRun {
  readonly seed: number;
  /** Number of the first case. */
  readonly from: number;
  readonly cases: number;
  /** How many of the differences are made small. */
  readonly shrink: number;
}

interface Tried {
  readonly recorded: Recorded;
  readonly verdict: Verdict;
}

/** Builds a case and simulates it, in the same folder. */
async function attempt(one: BuildCase, base: Base): Promise<Tried> {
  const laid = await layCase(one);
  try {
    const wish = { target: one.target, args: one.args };
    const ours = await simulate(buildOf(laid, wish), diskTree);
    const image = `${laid.context}.tar`;
    const { log, ...real } = await buildCase(laid, one, base, ['--output', `type=tar,dest=${image}`]);
    const recorded = { ...one, ...(real satisfies Outcome) };
    const verdict = compare(real, ours);
    if (real.error !== undefined || verdict.kind !== 'equal') return { recorded, verdict };
    const lines = compareCopies(readTar(readFileSync(image)), ours.copies);
    return { recorded, verdict: { kind: lines.length > 0 ? 'different' : 'equal', lines } };
  } finally {
    laid.remove();
  }
}

/** Simulates recorded cases again, without an engine; whether all is as recorded. */
export async function recheck(recorded: readonly Recorded[]): Promise<boolean> {
  let different = 0;
  for (const one of recorded) {
    const laid = await layCase(one);
    try {
      const verdict = compare(one, await simulate(buildOf(laid, one), diskTree));
      if (verdict.kind !== 'different') continue;
      different++;
      console.log(`${one.id}: ${verdict.lines.join('\n  ')}`);
    } finally {
      laid.remove();
    }
  }
  console.log(`${recorded.length} recorded cases, ${different} different`);
  return different === 0;
}

/** What a difference is about, without names and numbers. */
function sort({ kind, lines }: Verdict): string {
  return [kind, ...lines.map((line) => line.replace(/"[^"]*"|\d+|[^ ]*\/[^ ]*/g, ''))].join('\n');
}

async function show(tried: Tried, base: Base, small: boolean): Promise<void> {
  const { recorded, verdict } = tried;
  console.log(`\n${recorded.id}: ${verdict.lines.join('\n  ')}`);
  const { contextLoaded, wireBytes, error, ...one } = recorded;
  const like = sort(verdict);
  const shown = small
    ? await shrink(one, async (smaller) => sort((await attempt(smaller, base)).verdict) === like)
    : one;
  if (shown !== one) console.log(`  ${(await attempt(shown, base)).verdict.lines.join('\n  ')}`);
  console.log(
    `--- Dockerfile${shown.dockerfileName ? ` (${shown.dockerfileName})` : ''}\n${shown.dockerfile.trimEnd()}`,
  );
  if (shown.target !== undefined) console.log(`--- target ${shown.target}`);
  if (shown.args !== undefined) console.log(`--- args ${JSON.stringify(shown.args)}`);
  console.log(`--- tree ${JSON.stringify(shown.tree)}`);
}

/** Builds random cases, compares each with the simulation and reports; what was recorded, and whether all was equal. */
export async function runRandom(
  run: RandomRun,
): Promise<{ readonly recorded: readonly Recorded[]; readonly equal: boolean }> {
  const base = await makeBase();
  try {
    const numbers = Array.from({ length: run.cases }, (_, i) => run.from + i);
    const all = await eachOf(numbers, (number) => attempt(randomCase(run.seed, number), base));
    const different = all.filter(({ verdict }) => verdict.kind === 'different');
    for (const [i, tried] of different.entries()) await show(tried, base, i < run.shrink);
    const count = (kind: Verdict['kind']): number =>
      all.filter(({ verdict }) => verdict.kind === kind).length;
    const transfers = all.filter(({ recorded }) => recorded.wireBytes !== null).length;
    console.log(
      `seed ${run.seed}, cases ${run.from}…${run.from + run.cases - 1}: ${count('equal')} equal, ${count('different')} different, ` +
        `${count('unknown')} that the simulation calls unknown, ${count('refused')} that BuildKit refuses before the context; ` +
        `${transfers} transfers in all`,
    );
    return { recorded: all.map(({ recorded }) => recorded), equal: different.length === 0 };
  } finally {
    await base.remove();
  }
}
