import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Measurer } from '../../server/src/node/facts.js';
import { toCorePath } from '../../server/src/node/fs.js';
import { createMeasurer } from '../../server/src/node/measurer.js';
import type { ContextQuery } from '../../server/src/project/measure.js';
import { percentile, round } from './statistics.js';

const RUNS = 5;
const FILES = 200_000;
const MANY = 1_000_000;
const PER_FOLDER = 20;

/** Makes a folder with `count` files as packages have them, most of them empty. */
function makeFiles(root: string, count: number): void {
  for (let made = 0, part = 0; made < count; part++) {
    const folder = path.join(root, `package-${part % 200}`, 'lib', `part-${Math.floor(part / 200)}`);
    mkdirSync(folder, { recursive: true });
    for (let i = 0; i < PER_FOLDER && made < count; i++, made++) {
      writeFileSync(path.join(folder, `module-${i}.js`), i % 4 === 0 ? 'x'.repeat(made % 700) : '');
    }
  }
}

function query(root: string): ContextQuery {
  const sources = [{ path: '.', wildcards: true, parents: false, exclude: [] }];
  return {
    ...{ root: toCorePath(root), ignore: ['**/*.log', 'tmp'], follow: null, sources, probes: [], texts: {} },
    ...{ all: false, top: 20, list: false, tree: 0 },
  };
}

async function milliseconds(work: () => unknown): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

function du(root: string): boolean {
  return spawnSync('du', ['-sb', root], { stdio: 'ignore' }).status === 0;
}

function residentBytes(): number | undefined {
  try {
    const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
    return found?.[1] === undefined ? undefined : Number(found[1]) * 1024;
  } catch {
    return undefined;
  }
}

/** Milliseconds from giving a walk up until the thread answers another question. */
async function cancelling(measurer: Measurer, root: string, other: string): Promise<number> {
  const controller = new AbortController();
  const walk = measurer.measure(query(root), { signal: controller.signal, fresh: true }).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  controller.abort();
  return milliseconds(() => Promise.all([walk, measurer.measure(query(other))]));
}

interface Walks {
  readonly first: number;
  readonly full: number;
  readonly second: number;
  readonly edited: number;
  readonly du: number | undefined;
}

async function walks(measurer: Measurer, root: string): Promise<Walks> {
  const asked = query(root);
  const again = async (work: () => unknown): Promise<number> => {
    const times: number[] = [];
    for (let i = 0; i < RUNS; i++) times.push(await milliseconds(work));
    return percentile(times, 0.5);
  };
  const native = du(root) ? await again(() => du(root)) : undefined;
  // The thread starts within the first; the others find it warm.
  const first = await milliseconds(() => measurer.measure(asked));
  const full = await again(() => measurer.measure(asked, { fresh: true }));
  // What was just made is not trusted for two seconds.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  await measurer.measure(asked, { fresh: true });
  const second = await again(() => measurer.measure(asked));
  const file = path.join(root, 'package-7', 'lib', 'part-0', 'module-0.js');
  const edited = await again(() => {
    appendFileSync(file, 'x');
    measurer.changed([toCorePath(file)]);
    return measurer.measure(asked);
  });
  return { first, full, second, edited, du: native };
}

/** Prints how fast a context is walked, beside `du -sb` on the same folder, and what a million files cost. */
export async function walkSpeed(worker: string): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-walk-'));
  // A million files are made and removed fastest where no disk is behind them.
  const quick = existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
  const crowd = mkdtempSync(path.join(quick, 'plimsoll-walk-'));
  const measurer = createMeasurer({ worker });
  const [root, empty] = [path.join(folder, 'files'), path.join(folder, 'empty')];
  try {
    mkdirSync(empty);
    makeFiles(root, FILES);
    const found = await walks(measurer, root);
    const peer =
      found.du === undefined
        ? 'no du on this machine'
        : `du -sb ${round(found.du)} ms; ratio ${round(found.du / found.full)} (du / ours)`;
    const what = `context of ${FILES} files in ${FILES / PER_FOLDER} folders, caches of the system warm, median of ${RUNS}`;
    console.log(
      `walk, ${what}: full ${round(found.full)} ms (the very first, with its thread, ${round(found.first)} ms); ${peer}`,
    );
    console.log(
      `walk, the same again: nothing changed ${round(found.second)} ms (${round(found.second / found.full)} of a full one), one file edited ${round(found.edited)} ms (${round(found.edited / found.full)})`,
    );
    console.log(`walk given up: thread free after ${round(await cancelling(measurer, root, empty))} ms`);
    rmSync(root, { recursive: true });
    const before = residentBytes();
    makeFiles(crowd, MANY);
    await measurer.measure(query(crowd));
    const after = residentBytes();
    if (before === undefined || after === undefined) console.log('walk, memory: not told by this system');
    else
      console.log(
        `walk, memory with ${MANY} files remembered: ${round(after / 1e6)} MB resident in all, ${round((after - before) / 1e6)} MB more than before`,
      );
  } finally {
    await measurer.close();
    for (const made of [folder, crowd]) rmSync(made, { recursive: true, force: true });
  }
}
