import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What the program does when it is called: the first whose words all stand in its arguments. */
export interface FakeCall {
  readonly when: readonly string[];
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
  /** Starts a process of its own, writes the ids of both to `pids`, and waits until it is killed. */
  readonly hangs?: boolean;
}

export interface FakeDocker {
  readonly program: string;
  /** Arguments of each call so far, and the folder it was made in. */
  readonly calls: () => readonly { readonly args: readonly string[]; readonly folder: string }[];
  /** Ids of the processes that hang. */
  readonly pids: () => readonly number[];
  remove(): void;
}

const source = (scenario: readonly FakeCall[], folder: string): string => `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const { spawn } = require('node:child_process');
const args = process.argv.slice(2);
const log = ${JSON.stringify(path.join(folder, 'calls'))};
appendFileSync(log, JSON.stringify({ args, folder: process.cwd() }) + '\\n');
const call = ${JSON.stringify(scenario)}.find(({ when }) => when.every((word) => args.includes(word)));
if (call === undefined) {
  process.stderr.write('ERROR: unknown command: "' + args[0] + '"\\n');
  process.exit(1);
}
if (call.stdout) process.stdout.write(call.stdout);
if (call.stderr) process.stderr.write(call.stderr);
if (call.hangs) {
  process.on('SIGTERM', () => {});
  const own = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  appendFileSync(${JSON.stringify(path.join(folder, 'pids'))}, process.pid + '\\n' + own.pid + '\\n');
  setInterval(() => {}, 1000);
} else process.exitCode = call.code ?? 0;
`;

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}

/** A program that answers as docker would, in a folder of its own. Not for Windows, which runs no scripts so. */
export function fakeDocker(scenario: readonly FakeCall[]): FakeDocker {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-docker-'));
  const program = path.join(folder, 'docker');
  writeFileSync(program, source(scenario, folder));
  chmodSync(program, 0o755);
  return {
    program,
    calls: () =>
      linesOf(path.join(folder, 'calls')).map(
        (line) => JSON.parse(line) as { args: string[]; folder: string },
      ),
    pids: () => linesOf(path.join(folder, 'pids')).map(Number),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
