import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Tree, TreeValue } from '../case.js';
import { writeTree } from '../disk.js';
import type { State } from './pair.js';

/** A state on the disk, that can be turned into another. */
export interface LaidState {
  /** Absolute path of the context. */
  readonly context: string;
  readonly dockerfile: string;
  /** Makes of it what `next` says. Entries that are the same in both are not touched, not even their times. */
  alter(next: State): void;
  remove(): void;
}

/** The Dockerfile and the ignore file are ordinary files of the context. */
function wholeTree(state: State): Tree {
  return {
    ...state.tree,
    Dockerfile: state.dockerfile,
    ...(state.ignore === undefined ? {} : { '.dockerignore': state.ignore }),
  };
}

function equal(a: TreeValue | undefined, b: TreeValue): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

function isFolder(name: string): boolean {
  return name.endsWith('/');
}

function remove(context: string, from: Tree, to: Tree): void {
  const names = Object.keys(from).filter((name) => !(name in to));
  for (const name of names) {
    const below = isFolder(name) ? name : `${name}/`;
    if (Object.keys(to).some((kept) => kept.startsWith(below))) continue;
    rmSync(path.join(context, name), { recursive: true, force: true });
  }
}

/** Folders that no entry needs any more stay, as they do where a person deletes a file; git removes them. */
function prune(context: string, from: Tree, to: Tree): void {
  const parents = (tree: Tree): Set<string> =>
    new Set(
      Object.keys(tree).flatMap((name) => {
        const parts = name
          .replace(/\/$/, '')
          .split('/')
          .slice(0, isFolder(name) ? undefined : -1);
        return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
      }),
    );
  const kept = parents(to);
  for (const folder of [...parents(from)]
    .filter((name) => !kept.has(name))
    .sort()
    .reverse())
    rmSync(path.join(context, folder), { recursive: true, force: true });
}

function write(context: string, name: string, value: TreeValue): void {
  const at = path.join(context, name);
  const { symlink, content = '', mode } = typeof value === 'object' ? value : { content: String(value) };
  if (isFolder(name)) {
    mkdirSync(at, { recursive: true });
    chmodSync(at, Number.parseInt(mode ?? '755', 8));
    return;
  }
  rmSync(at, { recursive: true, force: true });
  mkdirSync(path.dirname(at), { recursive: true });
  if (symlink !== undefined) {
    symlinkSync(symlink, at);
    return;
  }
  writeFileSync(at, content);
  chmodSync(at, Number.parseInt(mode ?? '644', 8));
  // A file that keeps its size and its time is not seen as changed.
  utimesSync(at, new Date(), new Date());
}

/** Lays a state out in a folder of its own, under a name that no other ever has. */
export async function layState(first: State, base = os.tmpdir()): Promise<LaidState> {
  const outer = mkdtempSync(path.join(base, 'plimsoll-record-'));
  const unique = `c${path.basename(outer).slice(-6)}${process.hrtime.bigint().toString(36)}`;
  const context = path.join(outer, unique);
  mkdirSync(context);
  await writeTree(context, wholeTree(first));
  let now = wholeTree(first);
  return {
    context,
    dockerfile: path.join(context, 'Dockerfile'),
    alter(next) {
      const to = wholeTree(next);
      remove(context, now, to);
      const changed = Object.entries(to).filter(([name, value]) => !equal(now[name], value));
      for (const [name, value] of changed.sort(([a], [b]) => (a < b ? -1 : 1))) write(context, name, value);
      prune(context, now, to);
      now = to;
    },
    remove: () => rmSync(outer, { recursive: true, force: true }),
  };
}
