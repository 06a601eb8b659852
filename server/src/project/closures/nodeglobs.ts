import { joinPath } from '../../text/paths.js';
import type { ContextFiles } from './model.js';

/** The folders that patterns of workspaces stand for. */
export interface FoundFolders {
  /** In the order of the patterns, sorted within each, left out ones gone. Relative to the folder of the patterns. */
  readonly folders: readonly string[];
  /** A pattern whose meaning is not known; the folders may be others then. */
  readonly unknown: string | undefined;
}

/** Folders looked into for one list of patterns: beyond that the answer counts as not known. */
const MAX_FOLDERS = 3000;

/** `{a,b}` written out; undefined where it nests or does not end. */
function alternatives(pattern: string): string[] | undefined {
  const open = pattern.indexOf('{');
  if (open < 0) return pattern.includes('}') ? undefined : [pattern];
  const close = pattern.indexOf('}', open);
  const inside = pattern.slice(open + 1, close);
  if (close < 0 || inside.includes('{') || !inside.includes(',')) return undefined;
  const rest = alternatives(pattern.slice(close + 1));
  return rest?.flatMap((tail) => inside.split(',').map((part) => `${pattern.slice(0, open)}${part}${tail}`));
}

/** Whether a segment means the same to every manager's matcher. */
function isKnown(segment: string): boolean {
  return !/[+@!?*]\(|[[\]\\()|]/.test(segment) && (segment === '**' || !segment.includes('**'));
}

function segmentMatcher(segment: string): RegExp {
  const text = segment
    .replace(/[.+^$()|{}[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  // A wildcard at the start does not stand for a dot.
  return new RegExp(`^${/^[*?]/.test(segment) ? '(?!\\.)' : ''}${text}$`);
}

function segmentsOf(pattern: string): string[] {
  return pattern.split('/').filter((part) => part !== '' && part !== '.');
}

interface Walk {
  readonly context: ContextFiles;
  readonly base: string;
  visited: number;
}

function foldersIn(walk: Walk, at: string): string[] {
  walk.visited++;
  if (walk.visited > MAX_FOLDERS) return [];
  return (walk.context.entries(joinPath(walk.base, at)) ?? [])
    .filter((entry) => entry.kind !== 'file' && entry.kind !== 'other' && entry.name !== 'node_modules')
    .filter(
      (entry) => entry.kind !== 'link' || walk.context.entries(joinPath(walk.base, joinPath(at, entry.name))),
    )
    .map((entry) => (at === '.' ? entry.name : `${at}/${entry.name}`));
}

function* below(walk: Walk, at: string, segments: readonly string[]): Generator<string> {
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    yield at;
    return;
  }
  if (segment === '**') {
    yield* below(walk, at, rest);
    for (const folder of foldersIn(walk, at)) {
      if (!folder.slice(folder.lastIndexOf('/') + 1).startsWith('.')) yield* below(walk, folder, segments);
    }
    return;
  }
  if (!/[*?]/.test(segment)) {
    yield* below(walk, at === '.' ? segment : `${at}/${segment}`, rest);
    return;
  }
  const matcher = segmentMatcher(segment);
  for (const folder of foldersIn(walk, at)) {
    if (matcher.test(folder.slice(folder.lastIndexOf('/') + 1))) yield* below(walk, folder, rest);
  }
}

/** Whether a path hits the segments of a pattern. */
function hits(path: readonly string[], segments: readonly string[]): boolean {
  const [segment, ...rest] = segments;
  if (segment === undefined) return path.length === 0;
  if (segment === '**') return hits(path, rest) || (path.length > 0 && hits(path.slice(1), segments));
  const [first, ...others] = path;
  return first !== undefined && segmentMatcher(segment).test(first) && hits(others, rest);
}

/**
 * The folders below `base` that `patterns` of workspaces stand for, whether they hold a manifest or not: `*`, `**`, `?`
 * and `{a,b}`; `!x` leaves out what stands before it (pnpm leaves it out wherever it stands: then these are more than
 * its packages). node_modules is never looked into.
 */
export function foldersOf(context: ContextFiles, base: string, patterns: readonly string[]): FoundFolders {
  const walk: Walk = { context, base, visited: 0 };
  let folders: string[] = [];
  for (const written of patterns) {
    const leftOut = /^!+/.exec(written)?.[0].length ?? 0;
    const list = alternatives(written.slice(leftOut).trim());
    if (list === undefined || leftOut > 1 || /^([/~]|[a-z]:)/i.test(list[0] ?? ''))
      return { folders, unknown: written };
    for (const pattern of list) {
      const segments = segmentsOf(pattern);
      if (!segments.every(isKnown) || segments.includes('..')) return { folders, unknown: written };
      if (leftOut === 1) folders = folders.filter((folder) => !hits(segmentsOf(folder), segments));
      else folders = [...new Set([...folders, ...[...below(walk, '.', segments)].sort()])];
    }
  }
  return { folders, unknown: walk.visited > MAX_FOLDERS ? patterns.join(' ') : undefined };
}
