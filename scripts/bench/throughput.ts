import { spawnSync } from 'node:child_process';
import { percentile } from './statistics.js';

/** One way to lint a list of files: a command that gets the files appended. */
export interface Linter {
  readonly name: string;
  readonly command: readonly string[];
  /** Exit codes that mean "worked, findings or not". */
  readonly accepted: readonly number[];
}

/** Seconds a linter takes for all `files` in one process: the median of `runs`. Throws where it does not work. */
export function secondsFor(linter: Linter, files: readonly string[], runs: number): number {
  const seconds: number[] = [];
  for (let i = 0; i < runs; i++) {
    const [program = '', ...args] = linter.command;
    const from = performance.now();
    const done = spawnSync(program, [...args, ...files], {
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 2 ** 30,
    });
    seconds.push((performance.now() - from) / 1000);
    if (done.status === null || !linter.accepted.includes(done.status)) {
      throw new Error(`${linter.name} ended with ${done.status}: ${done.stderr.toString().slice(0, 300)}`);
    }
  }
  return percentile(seconds, 0.5);
}
