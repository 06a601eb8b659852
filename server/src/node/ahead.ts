import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { ContextQuery } from '../project/measure.js';
import type { EntrySource } from './diskentry.js';
import type { Scanned } from './disktree.js';
import type { SecondReader } from './measureservice.js';
import { type Ahead, type Batch, scanBackwards } from './scan.js';

/** Folders that are read before a second thread is asked to help. */
const fewFolders = 150;
/** Folders in a row that were found read already: the two have met. */
const met = 64;

/** It makes nothing that lasts. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

interface Errand {
  readonly walk: number;
  readonly ahead: Ahead;
  /** Turns to the number of the walk when nothing more is wanted of it. */
  readonly stop: Int32Array;
}

interface Found extends Batch {
  readonly walk: number;
}

/** What the second thread is started with. */
export interface HelperData {
  readonly port: MessagePort;
}

/** The second thread: reads what it is told to, and hands over what it has read. */
export function helpAhead({ port }: HelperData, source: EntrySource): void {
  port.on('message', ({ walk, ahead, stop }: Errand) => {
    const stopped = (): boolean => Atomics.load(stop, 0) >= walk;
    const hand = ({ paths, memory }: Batch): void => {
      const { entries, folders, names } = memory;
      const columns = [...Object.values(entries), ...Object.values(folders), names.bytes];
      const buffers = columns.flatMap((column) => (typeof column === 'number' ? [] : [column.buffer]));
      port.postMessage({ walk, paths, memory } satisfies Found, buffers as ArrayBuffer[]);
    };
    scanBackwards(ahead, source, hand, stopped);
  });
}

/** Reading ahead with a second thread that starts from `file` when a walk turns out to be long. */
export function readingAhead(
  file: string,
): ((root: string, query: ContextQuery) => SecondReader) | undefined {
  if (availableParallelism() < 2) return undefined;
  let port: MessagePort | undefined;
  let walks = 0;
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const started = (): MessagePort => {
    if (port !== undefined) return port;
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(file, {
      workerData: { port: port2 } satisfies HelperData,
      transferList: [port2],
      resourceLimits,
    });
    // It is no loss if it ends: what it does not read is read here.
    worker.on('error', () => {});
    worker.unref();
    port1.unref();
    port = port1;
    return port;
  };
  return (root, { ignore, follow, all }) => {
    const walk = ++walks;
    const found = new Map<string, Scanned>();
    let own = 0;
    let hits = 0;
    let over = false;
    const end = (): void => {
      over = true;
      Atomics.store(stop, 0, walk);
    };
    const drain = (from: MessagePort): void => {
      for (let next = receiveMessageOnPort(from); next !== undefined; next = receiveMessageOnPort(from)) {
        const batch = next.message as Found;
        if (batch.walk !== walk) continue;
        for (const [i, path] of batch.paths.entries()) found.set(path, { memory: batch.memory, at: i + 1 });
      }
    };
    return {
      take(folder) {
        own++;
        if (own === fewFolders) {
          started().postMessage({ walk, ahead: { root, ignore, follow, all }, stop } satisfies Errand);
        }
        if (own <= fewFolders || port === undefined) return undefined;
        if (!over) drain(port);
        const scanned = found.get(folder);
        found.delete(folder);
        hits = scanned === undefined ? 0 : hits + 1;
        if (hits === met && !over) end();
        return scanned;
      },
      stop() {
        end();
        if (port !== undefined) drain(port);
        found.clear();
      },
    };
  };
}
