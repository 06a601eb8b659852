import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  ftruncateSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { bytesOfName, nameOfBytes } from '../../server/src/node/names.js';
import type { BuildCase, OddEntry, Tree, TreeValue } from './case.js';

/** The time of all files whose own does not matter: only the length of its number counts on the wire. */
const usualTime = 1_700_000_000.123_456_7;

/** A case on the disk. */
export interface LaidCase {
  /** Absolute path of the context: its base name is used once only, since BuildKit remembers what it was sent from where. */
  readonly context: string;
  readonly dockerfile: string;
  remove(): void;
}

/** Makes `from` by running a program, then gives it the name it is to have, which no program takes if it is odd. */
function makeBy(command: string, args: readonly string[], from: string, to: Buffer): void {
  const done = spawnSync(command, args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command}: ${done.stderr || String(done.error)}`);
  renameSync(from, to);
}

function makeSocket(from: string, to: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(from, () => {
      // Node removes what it bound when it closes: by then it has another name.
      renameSync(from, to);
      server.close(() => resolve());
    });
  });
}

function writeSized(at: Buffer, entry: OddEntry): void {
  if (entry.content !== undefined) {
    writeFileSync(at, bytesOfName(entry.content));
  } else if (entry.sparse === true) {
    const file = openSync(at, 'w');
    ftruncateSync(file, entry.size ?? 0);
    closeSync(file);
  } else {
    writeFileSync(at, Buffer.alloc(entry.size ?? 0, 'x'));
  }
}

function oddEntry(value: TreeValue): OddEntry {
  if (typeof value === 'number') return { size: value };
  return typeof value === 'string' ? { content: value } : value;
}

/** `\` and what stands for it in a name are the same to `path`, so names are put together as bytes. */
function below(folder: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), bytesOfName(name)]);
}

function makeFolders(root: string, name: string): void {
  for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) {
    const folder = below(root, name.slice(0, at));
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o755 });
  }
}

async function makeEntry(root: string, name: string, entry: OddEntry): Promise<void> {
  makeFolders(root, name);
  const at = below(root, name);
  const spare = path.join(path.dirname(root), 'spare');
  if (name.endsWith('/')) return;
  if (entry.symlink !== undefined) symlinkSync(bytesOfName(entry.symlink), at);
  else if (entry.hardlink !== undefined) linkSync(below(root, entry.hardlink), at);
  else if (entry.fifo === true) makeBy('mkfifo', [spare], spare, at);
  else if (entry.socket === true) await makeSocket(spare, at);
  else if (entry.device !== undefined) makeBy('mknod', [spare, ...entry.device.split(' ')], spare, at);
  else {
    writeSized(at, entry);
    chmodSync(at, 0o644);
  }
}

function setXattr(at: Buffer, [name, value]: readonly [string, string]): void {
  const args = ['-n', name, '-v', value, '-h', at.toString()];
  const done = spawnSync('setfattr', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`setfattr: ${done.stderr || String(done.error)}`);
}

/** Lays a tree out below a folder that is there. Names are written in order; hard links come after what they are names of. */
export async function writeTree(root: string, tree: Tree): Promise<void> {
  const entries = Object.entries(tree).map(([name, value]) => [name, oddEntry(value)] as const);
  const last = (entry: OddEntry): number => (entry.hardlink === undefined ? 0 : 1);
  for (const [name, entry] of [...entries].sort(([, a], [, b]) => last(a) - last(b)))
    await makeEntry(root, name, entry);
  for (const [name, entry] of entries) {
    const at = below(root, name);
    for (const pair of Object.entries(entry.xattrs ?? {})) setXattr(at, pair);
    if (entry.symlink === undefined && entry.mode !== undefined)
      chmodSync(at, Number.parseInt(entry.mode, 8));
  }
  const times = entries
    .filter(([, { hardlink }]) => hardlink === undefined)
    .map(([name, { mtime }]) => [name.replace(/\/$/, ''), mtime] as const);
  setTimes(root, new Map(times));
}

/** Node takes a time before 1970 for now, so another program sets it, under a name that it takes. */
function setTime(root: string, name: string, time: number): void {
  const at = below(root, name);
  if (time >= 0) {
    lutimesSync(at, time, time);
    return;
  }
  const spare = path.join(path.dirname(root), 'spare');
  renameSync(at, spare);
  makeBy('touch', ['-h', '-d', `@${time}`, spare], spare, at);
}

/** Sets the time of everything below `root`, from the bottom up, since what happens in a folder changes its own. */
function setTimes(root: string, times: ReadonlyMap<string, number | undefined>, folder = ''): void {
  const at = folder === '' ? Buffer.from(root) : below(root, folder);
  for (const entry of readdirSync(at, { withFileTypes: true, encoding: 'buffer' })) {
    const name = nameOfBytes(entry.name);
    const inside = folder === '' ? name : `${folder}/${name}`;
    if (entry.isDirectory()) setTimes(root, times, inside);
    // Another name of a file says nothing of its time.
    if (times.has(inside) || entry.isDirectory()) setTime(root, inside, times.get(inside) ?? usualTime);
  }
}

/** Lays a case out in a folder of its own below `base`, under a name that no other case ever has. */
export async function layCase(build: BuildCase, base = os.tmpdir()): Promise<LaidCase> {
  const outer = mkdtempSync(path.join(base, 'plimsoll-record-'));
  const context = path.join(
    outer,
    `c${path.basename(outer).slice(-6)}${process.hrtime.bigint().toString(36)}`,
  );
  mkdirSync(context);
  const name = build.dockerfileName ?? 'Dockerfile';
  const texts = {
    [name]: build.dockerfile,
    ...(build.ignore === undefined ? {} : { '.dockerignore': build.ignore }),
  };
  await writeTree(context, { ...build.tree, ...texts });
  return {
    context,
    dockerfile: path.join(context, name),
    remove: () => rmSync(outer, { recursive: true, force: true }),
  };
}
