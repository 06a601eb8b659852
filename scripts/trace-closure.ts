import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  ECOSYSTEMS,
  ecosystemNames,
  readEcosystem,
  type Trace,
  type TraceRequest,
  type Traces,
} from './ecosystems/model.js';
import { makeWorkspace, plainEnvironment, shell, type Workspace } from './ecosystems/workspace.js';
import { readingOf, treeOf } from './trace/reading.js';
import { readStrace, SYSCALLS } from './trace/strace.js';

const usage = `trace-closure [ECOSYSTEM...]
    Runs the package managers of test/ecosystems (or of those named) under strace and writes what they read of the project
    to trace.json, and their lock files to locks/. Wants strace, the managers on the PATH, and their registries.
`;

/** Runs a command in a copy of the project and tells what it read. */
function traceOne(project: Workspace, request: TraceRequest): Trace {
  const { folder = '.', name, command } = request;
  const workspace = project.copy();
  const log = `${workspace.folder}.strace`;
  try {
    const before = treeOf(workspace.folder);
    const cwd = path.join(workspace.folder, folder);
    const done = spawnSync(
      'strace',
      ['-f', '-y', '--seccomp-bpf', '-s', '4096', '-e', `trace=${SYSCALLS}`, '-o', log, 'sh', '-ec', command],
      // Reads that go through io_uring are not seen.
      { cwd, env: { ...plainEnvironment(), UV_USE_IO_URING: '0' }, encoding: 'utf8', maxBuffer: 1 << 28 },
    );
    if (done.status !== 0) {
      const said = `${done.stdout}${done.stderr}`.trim().split('\n').slice(-15).join('\n');
      throw new Error(`"${command}" failed: ${said}`);
    }
    const reading = readingOf(workspace.folder, before, readStrace(readFileSync(log, 'utf8'), cwd));
    return { name, command, folder, ...reading };
  } finally {
    rmSync(log, { force: true });
    workspace.remove();
  }
}

function traceAll(root: string, id: string): Traces {
  const ecosystem = readEcosystem(root, id);
  const versions = ecosystem.versions.map((command): [string, string] => [
    command,
    shell(command, root).trim().split('\n')[0] ?? '',
  ]);
  const project = makeWorkspace(root, id, ecosystem);
  try {
    const traces = ecosystem.traces.map((request) => traceOne(project, request));
    return { versions: Object.fromEntries(versions), traces };
  } finally {
    project.remove();
  }
}

/** Traces the ecosystems named, all without names; the exit code. */
export function main(args: readonly string[], root: string): number {
  if (args.some((arg) => arg.startsWith('-'))) {
    console.error(usage);
    return 2;
  }
  if (spawnSync('strace', ['--version']).error !== undefined) {
    console.error('trace-closure wants strace, which is not on the PATH (Debian: apt-get install strace).');
    return 2;
  }
  let failed = 0;
  for (const id of args.length > 0 ? args : ecosystemNames(root)) {
    try {
      const traces = traceAll(root, id);
      writeFileSync(path.join(root, ECOSYSTEMS, id, 'trace.json'), `${JSON.stringify(traces, null, 2)}\n`);
      for (const { name, read, listed, missing } of traces.traces)
        console.log(
          `${id}, ${name}: ${read.length} read, ${listed.length} listed, ${missing.length} missing`,
        );
    } catch (error) {
      failed++;
      console.error(`${id}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return failed === 0 ? 0 : 1;
}
