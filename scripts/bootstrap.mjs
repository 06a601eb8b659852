// Makes a fresh clone ready: installs the development packages and builds dist/, each only when needed.
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { npm, root, run, Stop, sleep } from './system.mjs';

const SOURCES = [
  'client',
  'server',
  'scripts/notices.mjs',
  'esbuild.mjs',
  'package.json',
  'package-lock.json',
];
const STAMP = 'dist/.built';

/** Packages and build, in that order. */
export async function bootstrap(say = console.log) {
  installPackages(say);
  await buildIfStale(say);
}

/** `npm ci` unless node_modules already holds what the lock file names. */
export function installPackages(say = console.log) {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) throw new Stop(`Node.js 20 or newer is needed; this is ${process.version}`);
  // A link leads to the packages of another working copy, which are not ours to replace.
  const modules = path.join(root, 'node_modules');
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  if (packagesMatchLock()) return;
  say('Installing development packages (npm ci) …');
  npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], root, 'npm ci');
}

/** Compares the lock file with the one npm keeps inside node_modules; packages for other platforms are not in the latter. */
function packagesMatchLock() {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf('node_modules/.package-lock.json');
  if (wanted === undefined || present === undefined) return false;
  const same = (name) => present[name]?.version === wanted[name]?.version;
  return (
    Object.entries(wanted).every(([name, { optional }]) => name === '' || optional === true || same(name)) &&
    Object.keys(present).every(same)
  );
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Runs esbuild.mjs when a source is newer than the last build. Safe to call from several processes at once. */
export async function buildIfStale(say = () => {}) {
  if (!stale()) return;
  const release = await lock();
  try {
    if (!stale()) return;
    // The moment before the build: what is saved while it runs makes the next one necessary.
    const started = new Date();
    say('Building dist/ …');
    run(process.execPath, [path.join(root, 'esbuild.mjs')], root, 'the build');
    writeFileSync(path.join(root, STAMP), '');
    utimesSync(path.join(root, STAMP), started, started);
  } finally {
    release();
  }
}

function stale() {
  const stamp = statSync(path.join(root, STAMP), { throwIfNoEntry: false });
  if (stamp === undefined) return true;
  return SOURCES.some((source) => newest(path.join(root, source)) > stamp.mtimeMs);
}

function newest(file) {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isDirectory()) return stat?.mtimeMs ?? 0;
  return readdirSync(file).reduce(
    (latest, name) => Math.max(latest, newest(path.join(file, name))),
    stat.mtimeMs,
  );
}

/** Waits for another process that builds; one that left its lock behind a minute ago is not waited for. */
async function lock() {
  const folder = path.join(root, '.cache/building');
  mkdirSync(path.dirname(folder), { recursive: true });
  for (let i = 0; ; i++) {
    try {
      mkdirSync(folder);
      return () => rmdirSync(folder);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (i > 600) return () => rmdirSync(folder);
      await sleep(100);
    }
  }
}
