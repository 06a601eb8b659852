// What the scripts need to know of the machine: programs, npm, processes. Plain Node 20, no dependency.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const windows = process.platform === 'win32';

/** A mistake of the person or a lack of the machine: its text is printed alone, and `code` is the exit code. */
export class Stop extends Error {
  constructor(message, code = 1) {
    super(message);
    this.code = code;
  }
}

/** Whether the module at `url` is the script that was started. */
export function isMain(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);
}

/** Runs `main` and turns a Stop into its one line; anything else keeps its stack. */
export async function runScript(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(`plimsoll: ${error.message}`);
    process.exitCode = error.code;
  }
}

/** The first of `names` on PATH as an absolute path, else undefined. */
export function findProgram(...names) {
  const endings = windows ? (process.env.PATHEXT ?? '.EXE;.CMD;.BAT').split(';') : [''];
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
      for (const ending of endings) {
        const file = path.join(folder, name + ending);
        if (folder !== '' && isProgram(file)) return file;
      }
    }
  }
  return undefined;
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The line that installs Debian packages here. */
export function aptLine(packages) {
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${sudo}apt-get update && ${sudo}apt-get install -y ${packages.join(' ')}`;
}

/** Command and arguments that run npm, whichever way this script was started. */
export function npmCommand(args) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('npm-cli.js') && existsSync(script)) return [process.execPath, [script, ...args]];
  const beside = path.join(path.dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js');
  if (existsSync(beside)) return [process.execPath, [beside, ...args]];
  const npm = findProgram('npm');
  if (npm === undefined) throw new Stop('npm is not on PATH; it comes with Node.js (https://nodejs.org)');
  return [npm, args];
}

/** Runs npm to its end; its output is shown only when it fails. */
export function npm(args, cwd, what) {
  const [command, all] = npmCommand(args);
  run(command, all, cwd, what);
}

/** Runs a program to its end; its output is shown only when it fails. */
export function run(command, args, cwd, what) {
  const shell = windows && /\.(cmd|bat)$/i.test(command);
  const done = spawnSync(shell ? `"${command}"` : command, args, {
    cwd,
    shell,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (done.status === 0) return;
  const output = `${done.stdout ?? ''}${done.stderr ?? ''}`.trim().split('\n').slice(0, 30).join('\n');
  throw new Stop(`${what} failed${done.error ? ` (${done.error.message})` : ''}:\n${output}`);
}

/** Starts a program as the leader of its own process group, so that `endGroup` reaches all its children. */
export function startGroup(command, args, options = {}) {
  const shell = windows && /\.(cmd|bat)$/i.test(command);
  const quoted = shell ? args.map((a) => (/[\s&()^]/.test(a) ? `"${a}"` : a)) : args;
  return spawn(shell ? `"${command}"` : command, quoted, { ...options, shell, detached: !windows });
}

/** Ends a process that `startGroup` started and all its children; resolves when it is gone. */
export async function endGroup(child) {
  if (child.pid === undefined) return;
  const gone =
    child.exitCode !== null || child.signalCode !== null
      ? Promise.resolve()
      : new Promise((resolve) => child.once('exit', resolve));
  if (windows) {
    spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
    return gone;
  }
  signalGroup(child.pid, 'SIGTERM');
  await Promise.race([gone, sleep(3000)]);
  for (let i = 0; i < 20 && signalGroup(child.pid, 0); i++) await sleep(100);
  signalGroup(child.pid, 'SIGKILL');
}

/** False when no process of the group is left. */
function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
