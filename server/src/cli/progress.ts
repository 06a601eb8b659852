import type { WalkProgress } from '../node/facts.js';
import { amountText } from '../report/layout.js';
import type { Io } from './io.js';

const firstAfter = 1000;
const thenEvery = 500;

/**
 * Runs `task`, which may tell how far a walk has come. Where it takes longer than a second, and standard error is a terminal,
 * says there what is going on. Nothing of it stays, not even after Ctrl-C.
 */
export async function working<T>(
  io: Io,
  what: string,
  task: (progress: (walk: WalkProgress) => void) => Promise<T>,
): Promise<T> {
  const { status } = io;
  if (status === undefined) return task(() => {});
  const started = performance.now();
  let walked = '';
  let shown = false;
  const show = (): void => {
    shown = true;
    status(`${what} … ${walked}${Math.round((performance.now() - started) / 1000)} s`);
    timer = setTimeout(show, thenEvery);
  };
  const clear = (): void => {
    if (shown) status('');
  };
  const interrupted = (): void => {
    clear();
    process.kill(process.pid, 'SIGINT');
  };
  let timer = setTimeout(show, firstAfter);
  process.once('SIGINT', interrupted);
  try {
    return await task((walk) => {
      walked = `${amountText(walk)}, `;
    });
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', interrupted);
    clear();
  }
}
