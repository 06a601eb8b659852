import { readFile } from 'node:fs/promises';
import { fromCorePath, toCorePath } from '../node/fs.js';
import type { MeasuredBuild } from '../project/measured.js';
import { readBuildLog } from '../sim/cost/log.js';
import { type Io, resolved, shownFrom } from './io.js';

/** What build logs told. */
export interface ReadLogs {
  /** The newest first, as far as the logs tell; those named later count as newer. */
  readonly measured: readonly MeasuredBuild[];
  /** Some could not be used: it was said. */
  readonly failed: boolean;
}

/** A log larger than this is none of a build. */
const mostBytes = 200_000_000;

/** A log may come from a redirection of PowerShell, which writes UTF-16. */
function decoded(bytes: Buffer): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(utf16 ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '');
}

async function readLog(path: string): Promise<string> {
  const bytes = await readFile(fromCorePath(path));
  if (bytes.length > mostBytes) throw new Error('too large for a build log');
  return decoded(bytes);
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'this is a folder';
  return error instanceof Error ? error.message : String(error);
}

/** Reads the logs named by `--log`. One that can't be used is said in one line and left out. */
export async function readLogs(io: Io, names: readonly string[]): Promise<ReadLogs> {
  const measured: MeasuredBuild[] = [];
  let failed = false;
  for (const name of names) {
    const path = resolved(io, toCorePath, name);
    const shown = shownFrom(io.cwd)(path);
    try {
      const reading = readBuildLog(await readLog(path), shown);
      if ('problem' in reading) {
        io.complain(reading.problem);
        failed = true;
        continue;
      }
      for (const note of reading.notes) io.complain(note);
      measured.unshift(...reading.builds);
    } catch (error) {
      io.complain(`${shown}: this log cannot be read: ${reason(error)}`);
      failed = true;
    }
  }
  const started = ({ started: at }: MeasuredBuild): number => (at === null ? Number.NaN : Date.parse(at));
  const sorted = measured.every((build) => !Number.isNaN(started(build)))
    ? measured.sort((a, b) => started(b) - started(a))
    : measured;
  return { measured: sorted, failed };
}
