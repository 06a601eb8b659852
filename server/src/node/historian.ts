import { Worker } from 'node:worker_threads';
import type { HistoryAnswer, HistoryQuery } from '../project/history.js';
import type { RevisionAnswer, RevisionQuery } from '../sim/replay/revision.js';
import type { FromHistory, HistoryQuestion, ToHistory } from './historymessages.js';

/** Asks git, off the main thread. */
export interface History {
  /**
   * How commits touched what a build takes; what git cannot tell is in the answer's `gap`. HEAD is looked up each time; of
   * commits only those are read that are not known. Rejects when `signal` aborts, and where the thread ends.
   */
  ask(query: HistoryQuery, signal?: AbortSignal): Promise<HistoryAnswer>;
  /** The context at a revision and on the disk; as `ask` otherwise. */
  compare(query: RevisionQuery, signal?: AbortSignal): Promise<RevisionAnswer>;
  /** Absolute path of git from now on, or its name in PATH; undefined for `git`. */
  useProgram(program: string | undefined): void;
  /** Ends the thread. */
  close(): Promise<void>;
}

export interface HistorianOptions {
  /** Path of `worker.js`. */
  readonly worker: string;
  /** Milliseconds without work after which the thread ends; what it remembered is read again when next asked for. */
  readonly idleMs?: number;
}

/** As for measurements. */
const usualIdle = 300_000;
/** A replay makes much that is soon forgotten: with less room collecting it takes longer than the replay. */
const resourceLimits = { maxYoungGenerationSizeMb: 64 };

/** Milliseconds in which the thread ends by itself. */
const grace = 1000;

/** One who waits for an answer. */
interface Caller {
  readonly resolve: (answer: HistoryAnswer | RevisionAnswer) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly ended: Promise<unknown>;
  readonly callers: Map<number, Caller>;
}

/** A historian whose thread starts with the first question. A process may end while it is idle. */
export function createHistorian(options: HistorianOptions): History {
  let thread: Thread | undefined;
  let program: string | undefined;
  let lastId = 0;
  let idle: NodeJS.Timeout | undefined;
  let closed = false;

  const end = async (error: Error): Promise<void> => {
    const own = thread;
    thread = undefined;
    clearTimeout(idle);
    if (own === undefined) return;
    for (const { reject } of own.callers.values()) reject(error);
    own.callers.clear();
    // What it has started ends with it: a thread that is stopped from outside would leave git behind.
    own.worker.postMessage({ kind: 'end' } satisfies ToHistory);
    const late = setTimeout(() => void own.worker.terminate(), grace);
    await own.ended;
    clearTimeout(late);
  };
  const rest = (own: Thread): void => {
    if (own.callers.size > 0 || thread !== own) return;
    own.worker.unref();
    clearTimeout(idle);
    idle = setTimeout(() => void end(new Error('idle')), options.idleMs ?? usualIdle);
    idle.unref();
  };
  const heard = (own: Thread, said: FromHistory): void => {
    const caller = own.callers.get(said.id);
    own.callers.delete(said.id);
    if (said.kind === 'done') caller?.resolve(said.answer);
    else caller?.reject(new Error(said.message));
    rest(own);
  };
  const started = (): Thread => {
    if (thread !== undefined) return thread;
    const worker = new Worker(options.worker, { workerData: { history: true }, resourceLimits });
    const ended = new Promise((resolve) => void worker.once('exit', resolve));
    const own: Thread = { worker, ended, callers: new Map() };
    const broken = (error: unknown): void => {
      if (thread === own) void end(error instanceof Error ? error : new Error(String(error)));
    };
    worker.on('message', (said: FromHistory) => heard(own, said));
    worker.on('error', broken);
    worker.on('exit', () => broken(new Error('the thread that asks git has ended')));
    thread = own;
    return own;
  };
  const answer = async (
    question: HistoryQuestion,
    signal: AbortSignal | undefined,
  ): Promise<HistoryAnswer | RevisionAnswer> => {
    signal?.throwIfAborted();
    if (closed) throw new Error('the historian is closed');
    const own = started();
    clearTimeout(idle);
    own.worker.ref();
    const id = ++lastId;
    let stop = (): void => {};
    const tell = (message: ToHistory): void => own.worker.postMessage(message);
    try {
      return await new Promise((resolve, reject) => {
        own.callers.set(id, { resolve, reject });
        tell({ kind: 'ask', id, question, program });
        stop = () => {
          own.callers.delete(id);
          tell({ kind: 'cancel', id });
          rest(own);
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', stop, { once: true });
      });
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  };
  return {
    ask: async (query, signal) => (await answer({ kind: 'history', query }, signal)) as HistoryAnswer,
    compare: async (query, signal) => (await answer({ kind: 'compare', query }, signal)) as RevisionAnswer,
    useProgram(path) {
      program = path;
    },
    async close() {
      closed = true;
      await end(new Error('the historian is closed'));
    },
  };
}
