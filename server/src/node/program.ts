import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { findProgram } from './findprogram.js';
import { fromCorePath } from './fs.js';

/** Milliseconds a program gets to end by itself once it is told to. */
const patience = 5000;

/** A program to run, without a shell. */
export interface ProgramRun {
  /** An absolute path, or a name that PATH finds. */
  readonly program: string;
  readonly args: readonly string[];
  /** Core path. */
  readonly folder: string;
  /** Over the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Hears of each line as it comes. */
  readonly line: (text: string, from: 'stdout' | 'stderr') => void;
}

/** `missing`: there is no such program, or it may not be run. */
export type ProgramEnd =
  | { readonly kind: 'missing' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'ended'; readonly code: number | null };

/** Runs a program. Never rejects. On `signal` it and all it has started are ended, before this resolves. */
export async function runProgram(run: ProgramRun, signal: AbortSignal): Promise<ProgramEnd> {
  const file = programFile(run.program);
  if (signal.aborted) return { kind: 'cancelled' };
  if (file === undefined) return { kind: 'missing' };
  const child = spawn(file, [...run.args], {
    cwd: fromCorePath(run.folder),
    env: { ...process.env, ...run.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: docker runs its plugins as further processes.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  let cancel = (): void => undefined;
  const cancelled = new Promise<void>((resolve) => {
    cancel = resolve;
  });
  const stop = (): void => {
    endGroup(child);
    cancel();
  };
  const killNow = (): void => kill(child, 'SIGKILL');
  signal.addEventListener('abort', stop);
  process.once('exit', killNow);
  try {
    const heard = Promise.all([
      follow(child.stdout, (text) => run.line(text, 'stdout')),
      follow(child.stderr, (text) => run.line(text, 'stderr')),
    ]);
    const code = await ended(child);
    if (code === 'missing') return { kind: 'missing' };
    // Something it left running may hold the streams open.
    await Promise.race([heard, cancelled]);
    if (signal.aborted) {
      killNow();
      return { kind: 'cancelled' };
    }
    return { kind: 'ended', code };
  } finally {
    signal.removeEventListener('abort', stop);
    process.off('exit', killNow);
  }
}

/** What to start: never what a project could put in the way, in the working folder or by a relative entry of PATH. */
function programFile(program: string): string | undefined {
  if (path.isAbsolute(program)) return program;
  return /[\\/]/.test(program) ? undefined : findProgram(program, process.env);
}

function ended(child: ChildProcess): Promise<number | null | 'missing'> {
  return new Promise((resolve) => {
    child.once('error', () => resolve('missing'));
    child.once('exit', (code) => resolve(code));
  });
}

/** Resolves when the stream has ended. */
function follow(stream: Readable, line: (text: string) => void): Promise<void> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on('line', line);
    lines.on('close', resolve);
  });
}

function endGroup(child: ChildProcess): void {
  kill(child, 'SIGTERM');
  const timer = setTimeout(() => kill(child, 'SIGKILL'), patience);
  child.once('exit', () => clearTimeout(timer));
}

function kill(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    const taskkill = path.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'taskkill.exe');
    spawn(taskkill, ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true }).once(
      'error',
      () => child.kill(signal),
    );
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}
