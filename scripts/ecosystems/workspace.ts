import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ECOSYSTEMS, type Ecosystem, filesBelow } from './model.js';

/** A copy of an ecosystem's project, with its lock files, in a folder of its own. */
export interface Workspace {
  /** Real path of the project. */
  readonly folder: string;
  /** One more copy of it, as it is now. */
  copy(): Workspace;
  /** Takes all rights from everybody but the owner, as a checkout under umask 077 is. */
  makePrivate(): void;
  remove(): void;
}

/** The environment a person's shell would have: without what `npm run` and CI add. */
export function plainEnvironment(): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value === undefined || /^(npm_|INIT_CWD$|NODE$|COLOR$|CI$)/i.test(name)) continue;
    out[name] = value;
  }
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  out.PATH = folders.filter((folder) => !/[\\/]node_modules[\\/]/.test(`${folder}/`)).join(path.delimiter);
  return out;
}

/** Runs a shell command; its output. Throws with what it said where it fails, naming the program where that is missing. */
export function shell(command: string, cwd: string): string {
  const done = spawnSync('sh', ['-ec', command], {
    cwd,
    env: plainEnvironment(),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (done.status === 0) return done.stdout;
  throw new Error(`"${command}" failed: ${done.stderr.trim().split('\n').slice(-15).join('\n')}`);
}

/** An address names the machine's way to a registry: none of that is kept. */
function withoutAddresses(text: string): string {
  return text.replace(/\b(https?:\/\/)[^\s/"'<>),\]}]+/g, '$1registry.invalid');
}

/** Makes the lock files of a project copy and keeps them, scrubbed, beside the project. */
function refreshLocks(root: string, id: string, command: string, folder: string): void {
  const before = new Set(filesBelow(folder));
  shell(command, folder);
  const made = filesBelow(folder).filter((name) => !before.has(name));
  if (made.length === 0 || made.length > 20)
    throw new Error(`${id}: \`locks\` made ${made.length} files; it should make lock files and nothing else`);
  const kept = path.join(root, ECOSYSTEMS, id, 'locks');
  rmSync(kept, { recursive: true, force: true });
  for (const name of made) {
    mkdirSync(path.dirname(path.join(kept, name)), { recursive: true });
    writeFileSync(path.join(kept, name), withoutAddresses(readFileSync(path.join(folder, name), 'utf8')));
  }
}

function workspaceOf(source: string): Workspace {
  const top = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'plimsoll-ecosystem-')));
  const folder = path.join(top, 'project');
  cpSync(source, folder, { recursive: true });
  return {
    folder,
    copy: () => workspaceOf(folder),
    makePrivate: () => {
      const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      for (const at of ['.', ...all].map((name) => path.join(folder, name)))
        chmodSync(at, statSync(at).mode & 0o700);
    },
    remove: () => rmSync(top, { recursive: true, force: true }),
  };
}

/** Copies a project to a temporary folder and makes its lock files. The folder is gone again where that fails. */
export function makeWorkspace(root: string, id: string, ecosystem: Ecosystem): Workspace {
  const made = workspaceOf(path.join(root, ECOSYSTEMS, id, 'project'));
  try {
    if (ecosystem.locks !== undefined) refreshLocks(root, id, ecosystem.locks, made.folder);
    return made;
  } catch (error) {
    made.remove();
    throw error;
  }
}
