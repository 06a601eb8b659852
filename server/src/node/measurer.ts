import { Worker } from 'node:worker_threads';
import type { ContextMeasure, ContextQuery } from '../project/measure.js';
import { isInside } from '../text/paths.js';
import type { Measurer, WalkProgress } from './facts.js';
import type { FromWorker, ToWorker } from './measuremessages.js';

/** Milliseconds without work after which the thread ends and its memory is given back. */
const usualIdle = 300_000;

/** What a walk makes is soon forgotten: little room for it keeps the process small. */
const resourceLimits = { maxYoungGenerationSizeMb: 16 };

export interface MeasurerOptions {
  /** Path of `worker.js`. */
  readonly worker: string;
  /** Milliseconds without work after which the thread ends; what it remembered is read again when next asked for. */
  readonly idleMs?: number;
}

/** One who waits for an answer. */
interface Caller {
  readonly resolve: (measure: ContextMeasure | null) => void;
  readonly reject: (error: Error) => void;
  readonly progress: ((progress: WalkProgress) => void) | undefined;
  /** Stops listening to its signal. */
  readonly leave: () => void;
}

interface Job {
  readonly id: number;
  readonly root: string;
  readonly query: string;
  readonly fresh: boolean;
  readonly cancel: Int32Array;
  readonly callers: Set<Caller>;
  /** Something changed since it was asked: who asks now wants a newer answer. */
  outdated: boolean;
}

/** The thread and what it was given to do, in that order. */
interface Thread {
  readonly worker: Worker;
  readonly jobs: Map<number, Job>;
}

function abortError(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error('aborted');
}

/** A measurer whose thread starts with the first question. A process may end while it is idle. */
export function createMeasurer(options: MeasurerOptions): Measurer {
  let thread: Thread | undefined;
  let lastId = 0;
  let idle: NodeJS.Timeout | undefined;
  let closed = false;

  const settle = (job: Job, tell: (caller: Caller) => void): void => {
    for (const caller of job.callers) {
      caller.leave();
      tell(caller);
    }
    job.callers.clear();
  };
  const end = async (): Promise<void> => {
    const { worker } = thread ?? {};
    thread = undefined;
    clearTimeout(idle);
    await worker?.terminate();
  };
  const rest = ({ worker }: Thread): void => {
    worker.unref();
    clearTimeout(idle);
    idle = setTimeout(() => void end(), options.idleMs ?? usualIdle);
    idle.unref();
  };
  /** The thread ended by itself: what it was at is lost, the rest is given to a new one. */
  const broken = (own: Thread, error: Error): void => {
    if (thread !== own) return;
    void end();
    const [first, ...others] = own.jobs.values();
    if (first !== undefined) settle(first, ({ reject }) => reject(error));
    for (const job of others) if (job.callers.size > 0) give(job);
  };
  const heard = (own: Thread, said: FromWorker): void => {
    const job = own.jobs.get(said.id);
    if (job === undefined) return;
    if (said.kind === 'progress') {
      for (const { progress } of job.callers) progress?.(said.progress);
      return;
    }
    if (said.kind === 'failed') {
      const error = new Error(said.message);
      error.stack = said.stack;
      broken(own, error);
      return;
    }
    own.jobs.delete(said.id);
    if (said.kind === 'done') settle(job, ({ resolve }) => resolve(said.measure));
    if (own.jobs.size === 0) rest(own);
  };
  const started = (): Thread => {
    if (thread !== undefined) return thread;
    const own: Thread = { worker: new Worker(options.worker, { resourceLimits }), jobs: new Map() };
    own.worker.on('message', (said: FromWorker) => heard(own, said));
    own.worker.on('error', (error) => broken(own, error instanceof Error ? error : new Error(String(error))));
    own.worker.on('exit', () => broken(own, new Error('the thread that measures has ended')));
    thread = own;
    return own;
  };
  const give = (job: Job): void => {
    const own = started();
    clearTimeout(idle);
    own.worker.ref();
    own.jobs.set(job.id, job);
    const { id, query, fresh, cancel } = job;
    own.worker.postMessage({ kind: 'measure', id, query, fresh, cancel } satisfies ToWorker);
  };
  /** A job that answers the question, under way already where possible. */
  const jobFor = (root: string, query: string, fresh: boolean): Job => {
    for (const job of thread?.jobs.values() ?? []) {
      const fits = job.query === query && (job.fresh || !fresh) && !job.outdated;
      if (fits && job.callers.size > 0) return job;
    }
    const cancel = new Int32Array(new SharedArrayBuffer(4));
    const job: Job = { id: ++lastId, root, query, fresh, cancel, callers: new Set(), outdated: false };
    give(job);
    return job;
  };
  const tell = (message: ToWorker): void => thread?.worker.postMessage(message);
  return {
    async measure(query: ContextQuery, { signal, fresh = false, progress } = {}) {
      signal?.throwIfAborted();
      if (closed) throw new Error('the measurer is closed');
      const job = jobFor(query.root, JSON.stringify(query), fresh);
      return new Promise((resolve, reject) => {
        const gone = (): void => {
          job.callers.delete(caller);
          // The last one out turns off the light.
          if (job.callers.size === 0) Atomics.store(job.cancel, 0, 1);
          if (signal !== undefined) reject(abortError(signal));
        };
        const leave = (): void => signal?.removeEventListener('abort', gone);
        const caller: Caller = { resolve, reject, progress, leave };
        job.callers.add(caller);
        signal?.addEventListener('abort', gone, { once: true });
      });
    },
    changed(paths) {
      if (thread === undefined || paths.length === 0) return;
      for (const job of thread.jobs.values()) {
        job.outdated ||= paths.some((path) => isInside(job.root, path) || isInside(path, job.root));
      }
      tell({ kind: 'changed', paths });
    },
    clear() {
      for (const job of thread?.jobs.values() ?? []) job.outdated = true;
      tell({ kind: 'clear' });
    },
    async close() {
      closed = true;
      const jobs = [...(thread?.jobs.values() ?? [])];
      await end();
      for (const job of jobs) settle(job, ({ reject }) => reject(new Error('the measurer is closed')));
    },
  };
}
