/** The threads that walk contexts and that ask git: `dist/worker.js`. */
import { existsSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { ContextQuery } from '../project/measure.js';
import { measureContext } from '../sim/context/measure.js';
import { type HelperData, helpAhead, readingAhead } from './ahead.js';
import type { EntrySource, Reader } from './diskentry.js';
import { serveHistory } from './historyworker.js';
import type { FromWorker, ToWorker } from './measuremessages.js';
import { Cancelled, createMeasureService } from './measureservice.js';
import { nodeSyncFs } from './syncfs.js';

/** Milliseconds before the first word of progress, and between two. */
const silence = 1000;
const interval = 200;

/** Security labels are extended attributes of every file; node reads none. */
function xattrs(): 'none' | 'unreadable' {
  return process.platform === 'darwin' || existsSync('/sys/fs/selinux/enforce') ? 'unreadable' : 'none';
}

/** Who reads; nobody is forbidden anything where the system knows no users. */
function reader(): Reader | undefined {
  const { getuid, getgid, getgroups } = process;
  if (getuid === undefined || getgid === undefined || getgroups === undefined) return undefined;
  return { uid: getuid(), groups: [getgid(), ...getgroups()] };
}

function main(port: NonNullable<typeof parentPort>, source: EntrySource): void {
  const readAhead = readingAhead(__filename);
  const say = (message: FromWorker): void => port.postMessage(message);
  const service = createMeasureService({
    ...source,
    now: () => Date.now(),
    xattrs: xattrs(),
    measure: measureContext,
    ...(readAhead === undefined ? {} : { readAhead }),
  });
  const measure = ({ id, query, fresh, cancel }: ToWorker & { kind: 'measure' }): FromWorker => {
    let next = performance.now() + silence;
    const check: Parameters<typeof service.run>[1]['check'] = ({ folders, files, bytes }) => {
      if (Atomics.load(cancel, 0) !== 0) throw new Cancelled();
      const now = performance.now();
      if (now < next) return;
      next = now + interval;
      say({ kind: 'progress', id, progress: { folders, files, bytes } });
    };
    try {
      if (Atomics.load(cancel, 0) !== 0) return { kind: 'cancelled', id };
      return { kind: 'done', id, measure: service.run(JSON.parse(query) as ContextQuery, { fresh, check }) };
    } catch (error) {
      if (error instanceof Cancelled) return { kind: 'cancelled', id };
      const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
      return { kind: 'failed', id, message, stack };
    }
  };
  port.on('message', (told: ToWorker) => {
    if (told.kind === 'measure') say(measure(told));
    else if (told.kind === 'changed') service.changed(told.paths);
    else service.clear();
  });
}

const disk: EntrySource = { fs: nodeSyncFs(), platform: process.platform, reader: reader() };
/** What the thread is for; nothing is said to the one that measures. */
const role = (workerData ?? undefined) as HelperData | { readonly history: true } | undefined;
if (role !== undefined && 'history' in role) {
  if (parentPort !== null) {
    serveHistory(parentPort, { fs: disk.fs, platform: process.platform, env: process.env });
  }
} else if (role !== undefined) helpAhead(role, disk);
else if (parentPort !== null) main(parentPort, disk);
