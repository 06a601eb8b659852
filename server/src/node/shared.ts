import type { MeasureWish } from './facts.js';

type Listener = MeasureWish['progress'];

/** Work that several wait for. It is given up when nobody does any more. */
export interface Shared {
  /** Resolves or rejects as the work does; rejects when `signal` aborts, without a word to the others. */
  wait(signal: AbortSignal | undefined, listener?: Listener): Promise<void>;
  /** Gives it up at once if nobody waits. */
  endUnlessWanted(): void;
  /** Given up, or done. */
  isOver(): boolean;
  /** Settles with the work. */
  readonly ended: Promise<void>;
}

/** Starts `work`. `linger`: milliseconds for which it goes on though nobody waits. */
export function sharedWork(
  linger: number,
  work: (signal: AbortSignal, listeners: ReadonlySet<Listener>) => Promise<void>,
): Shared {
  const controller = new AbortController();
  const listeners = new Set<Listener>();
  let waiting = 0;
  let over = false;
  let timer: NodeJS.Timeout | undefined;

  const endUnlessWanted = (): void => {
    if (waiting > 0 || over) return;
    over = true;
    controller.abort();
  };
  // A microtask later: what `work` refers to is there then.
  const ended = Promise.resolve()
    .then(() => work(controller.signal, listeners))
    .finally(() => {
      over = true;
      clearTimeout(timer);
    });
  // Those who wait hear of it; where nobody does it is no failure.
  ended.catch(() => {});
  const left = (listener: Listener): void => {
    listeners.delete(listener);
    waiting--;
    if (waiting > 0 || over) return;
    timer = setTimeout(endUnlessWanted, linger);
    timer.unref();
  };
  return {
    async wait(signal, listener) {
      signal?.throwIfAborted();
      waiting++;
      clearTimeout(timer);
      listeners.add(listener);
      let aborted = (): void => {};
      const abort = new Promise<never>((_, reject) => {
        aborted = () => reject(signal?.reason);
        signal?.addEventListener('abort', aborted, { once: true });
      });
      try {
        await Promise.race([ended, abort]);
      } finally {
        signal?.removeEventListener('abort', aborted);
        left(listener);
      }
    },
    endUnlessWanted,
    isOver: () => over,
    ended,
  };
}
