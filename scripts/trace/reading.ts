import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Access } from './strace.js';

/** What a command read of a project: see `Trace`. */
export interface Reading {
  readonly read: readonly string[];
  readonly listed: readonly string[];
  readonly missing: readonly string[];
}

/** Every path below `folder`, relative to it, with whether it is a folder. */
export function treeOf(folder: string): ReadonlyMap<string, boolean> {
  const out = new Map<string, boolean>([['.', true]]);
  const walk = (at: string): void => {
    for (const entry of readdirSync(path.join(folder, at), { withFileTypes: true })) {
      const name = at === '.' ? entry.name : `${at}/${entry.name}`;
      out.set(name, entry.isDirectory());
      if (entry.isDirectory()) walk(name);
    }
  };
  walk('.');
  return out;
}

/** The folders above a path and itself, the outermost first. */
function withParents(name: string): readonly string[] {
  const parts = name.split('/');
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

/** Where a path leads: links in the folders above it resolved, as they are after the command. */
function resolved(at: string): string {
  const folder = path.dirname(at);
  if (folder === at) return at;
  try {
    return path.join(realpathSync(folder), path.basename(at));
  } catch {
    return path.join(resolved(folder), path.basename(at));
  }
}

function isLink(at: string): boolean {
  return lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/**
 * What `accesses` say of the project in `folder`: `before` is its tree as it was. What the command made itself is left out,
 * and folders that were only passed through.
 */
export function readingOf(
  folder: string,
  before: ReadonlyMap<string, boolean>,
  accesses: readonly Access[],
): Reading {
  const relative = (at: string): string | undefined => {
    const name = path.relative(folder, at).split(path.sep).join('/') || '.';
    // Programs that are given an address ask first whether it is a path.
    return name.startsWith('..') || /^[a-z][a-z0-9+.-]+:\//i.test(name) ? undefined : name;
  };
  const made = new Set<string>([...treeOf(folder).keys()].filter((name) => !before.has(name)));
  for (const { path: at, kind } of accesses) {
    const name = kind === 'make' ? relative(at) : undefined;
    if (name !== undefined && !before.has(name)) made.add(name);
  }
  const read = new Set<string>();
  const listed = new Set<string>();
  const missing = new Set<string>();
  const note = (at: string, { kind, found }: Access): void => {
    const name = relative(at);
    if (name === undefined || kind === 'make' || withParents(name).some((part) => made.has(part))) return;
    const isFolder = before.get(name);
    if (kind === 'list') listed.add(name);
    else if (isFolder === undefined && !found) missing.add(name);
    else if (isFolder === false) read.add(name);
  };
  const whereTo = new Map<string, string>();
  for (const access of accesses) {
    const at = whereTo.get(access.path) ?? resolved(access.path);
    whereTo.set(access.path, at);
    note(at, access);
    if (isLink(at)) note(safeRealpath(at), access);
  }
  const sorted = (names: ReadonlySet<string>): readonly string[] => [...names].sort();
  return { read: sorted(read), listed: sorted(listed), missing: sorted(missing) };
}

function safeRealpath(at: string): string {
  try {
    return realpathSync(at);
  } catch {
    return at;
  }
}
