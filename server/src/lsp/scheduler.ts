/** Runs at most one job a key: starting another aborts the one before, whose result is dropped. */
export interface Scheduler {
  /**
   * Starts `job` after `delay` milliseconds (default: at once). Resolves to undefined where a newer start, `cancel` or
   * `stop` came in between, so an old result never overwrites a newer one. Rejects with what the job threw, unless it was aborted.
   */
  start<T>(key: string, job: (signal: AbortSignal) => Promise<T>, delay?: number): Promise<T | undefined>;
  cancel(key: string): void;
  /** Aborts everything; nothing starts any more. */
  stop(): void;
}

/** An idle scheduler. */
export function createScheduler(): Scheduler {
  const running = new Map<string, AbortController>();
  let stopped = false;
  const cancel = (key: string): void => {
    running.get(key)?.abort();
    running.delete(key);
  };
  return {
    async start(key, job, delay = 0) {
      cancel(key);
      if (stopped) return undefined;
      const controller = new AbortController();
      running.set(key, controller);
      try {
        await (delay > 0 ? sleep(delay, controller.signal) : pause());
        if (controller.signal.aborted) return undefined;
        const result = await job(controller.signal);
        return controller.signal.aborted ? undefined : result;
      } catch (error) {
        // Ending early is what an aborted job is asked to do.
        if (controller.signal.aborted) return undefined;
        throw error;
      } finally {
        if (running.get(key) === controller) running.delete(key);
      }
    },
    cancel,
    stop() {
      stopped = true;
      for (const controller of running.values()) controller.abort();
      running.clear();
    },
  };
}

/** Lets waiting messages in: a cancel or a newer change can only arrive while nothing runs. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Resolves after `milliseconds`, or as soon as `signal` aborts. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** For loops over files: pauses when 8 ms have gone by since the last pause. `now` in milliseconds. */
export function breather(now: () => number): () => Promise<void> {
  let last = now();
  return async () => {
    if (now() - last < 8) return;
    await pause();
    last = now();
  };
}
