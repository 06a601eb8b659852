import os from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { createFactStore, resolveWith } from '../../../server/src/node/facts.js';
import { nodeFs } from '../../../server/src/node/fs.js';
import type { MeasuredBuild } from '../../../server/src/project/measured.js';
import { parseCache } from '../../../server/src/project/snapshot.js';
import { cachePlan } from '../../../server/src/sim/cache/plan.js';
import { builtOf } from '../../../server/src/sim/context/built.js';
import { readBuildLog } from '../../../server/src/sim/cost/log.js';
import { timesOf } from '../../../server/src/sim/replay/times.js';
import { dirName } from '../../../server/src/text/paths.js';
import { buildState } from '../cache/build.js';
import { type LaidState, layState } from '../cache/lay.js';
import { predict } from '../cache/model.js';
import { type State, saltedState } from '../cache/pair.js';
import { buildOf } from '../simulated.js';
import { type SlowProject, slowProjects } from './projects.js';

/** Rebuilds of which the one in the middle counts. */
const rebuilds = 3;

/** Share by which the middle one may differ from what is said of it. */
const allowed = 0.25;

/** How long a quiet moment is waited for: others on the machine are not what is measured. Seconds. */
const patience = 90;

/** Share of the processors' time that nobody uses, over a second. */
async function idleShare(): Promise<number> {
  const times = (): { readonly idle: number; readonly all: number } => {
    const cpus = os.cpus().map((cpu) => cpu.times);
    const all = cpus.reduce((sum, t) => sum + t.user + t.nice + t.sys + t.idle + t.irq, 0);
    return { idle: cpus.reduce((sum, t) => sum + t.idle, 0), all };
  };
  const before = times();
  await setTimeout(1000);
  const after = times();
  return (after.idle - before.idle) / (after.all - before.all);
}

/** Waits until three seconds on end were quiet, as long as patience lasts. */
async function quiet(): Promise<void> {
  for (let waited = 0, calm = 0; waited < patience && calm < 3; waited++)
    calm = (await idleShare()) > 0.85 ? calm + 1 : 0;
}

/** A build whose log is imported, as a person would. */
async function measuredBuild(laid: LaidState, state: State): Promise<MeasuredBuild> {
  await quiet();
  const { log, error } = await buildState(laid, state);
  if (error !== undefined) throw new Error(error);
  const read = readBuildLog(log, 'build.log');
  const build = 'builds' in read ? read.builds[0] : undefined;
  if (build === undefined) throw new Error('problem' in read ? read.problem : 'the log holds no build');
  return build;
}

/** Seconds that are said of a build in which what `rerun` says runs again. */
async function saidSeconds(laid: LaidState, measured: MeasuredBuild, rerun: string): Promise<number> {
  const build = buildOf(laid, {});
  const store = createFactStore({ fs: nodeFs() });
  const wall = await resolveWith(store, [dirName(build.dockerfile)], parseCache(), (snapshot) => {
    const built = builtOf(snapshot, build);
    if (built === undefined) return undefined;
    const shell = (): undefined => undefined;
    const plan = cachePlan(built, shell);
    const ran = new Set([...rerun].flatMap((letter, i) => (letter === '1' ? [] : [i])));
    return timesOf(snapshot, build, built, plan, shell, [measured]).wall(ran);
  });
  const seconds = wall?.seconds.value;
  if (typeof seconds !== 'number' || wall?.seconds.basis !== 'measured')
    throw new Error('no time is said of the rebuild after the import of a log');
  return seconds;
}

function withLine(state: State, file: string, text: string): State {
  return { ...state, tree: { ...state.tree, [file]: `${String(state.tree[file])}${text}\n` } };
}

/** Rebuilds after edits of one file, each another; seconds, in order. */
async function realSeconds(laid: LaidState, start: State, file: string): Promise<readonly number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < rebuilds; i++) {
    const next = withLine(start, file, `// edit ${i}`);
    laid.alter(next);
    await quiet();
    const begin = performance.now();
    const { error } = await buildState(laid, next);
    if (error !== undefined) throw new Error(error);
    seconds.push((performance.now() - begin) / 1000);
  }
  return seconds.sort((a, b) => a - b);
}

async function checkProject(project: SlowProject): Promise<boolean> {
  const start = saltedState(project.state, `s${process.hrtime.bigint().toString(36)}`);
  const laid = await layState(start);
  try {
    const measured = await measuredBuild(laid, start);
    let right = true;
    for (const file of project.edited) {
      const verdicts = predict({ before: start, after: withLine(start, file, '// edit') });
      const said = await saidSeconds(laid, measured, Object.values(verdicts).join(''));
      const real = await realSeconds(laid, start, file);
      const middle = real[Math.floor(rebuilds / 2)] ?? 0;
      const share = said / middle - 1;
      right &&= Math.abs(share) <= allowed;
      const shown = real.map((s) => s.toFixed(1)).join(', ');
      console.log(
        `${project.name}, ${file}: said ${said.toFixed(1)} s, took ${shown} s: ${(100 * share).toFixed(0)} % off the middle one`,
      );
    }
    return right;
  } finally {
    laid.remove();
  }
}

/** Checks the projects whose name contains `wanted`; whether all that was said is near enough. */
export async function checkSeconds(wanted: string): Promise<boolean> {
  let right = true;
  for (const project of slowProjects.filter(({ name }) => name.includes(wanted)))
    right = (await checkProject(project)) && right;
  return right;
}
