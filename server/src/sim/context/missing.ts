import type { Build } from '../../project/build.js';
import { type ContextView, contextView } from '../../project/context.js';
import { type Entry, entryNamed, type Snapshot } from '../../project/snapshot.js';
import { cleanSource, hasWildcard } from '../../project/tree.js';
import type { IgnorePattern } from '../../syntax/dockerignore/model.js';
import { parseIgnore } from '../../syntax/dockerignore/parse.js';
import { joinPath } from '../../text/paths.js';
import type { ContextNeeds, ContextUse, UsedSource } from './model.js';
import { below } from './trees.js';

/** Why BuildKit does not find a source. Paths are relative to the context. */
export type MissingReason =
  /** `at`: the first part of the path that is not there. */
  | { readonly kind: 'missing'; readonly at: string }
  /** `..` led out of the context and was dropped; what is left is not there. `meant`: the absolute path it was written for. */
  | { readonly kind: 'outside'; readonly meant: string }
  /** The path as it is on the disk. */
  | { readonly kind: 'case'; readonly actual: string }
  /** Whether it is there at all. */
  | {
      readonly kind: 'ignored';
      readonly path: string;
      readonly by: IgnorePattern;
      readonly file: string;
      readonly there: boolean;
    }
  /** A link on the way whose target is not there; `by` where it is there but ignored. */
  | {
      readonly kind: 'link';
      readonly link: string;
      readonly target: string;
      readonly by: IgnorePattern | undefined;
    }
  /** Something on the way is a file. */
  | { readonly kind: 'file'; readonly file: string }
  /** The wildcard matches nothing and its folder is not sent for any other source, so that the folder itself is lacking. */
  | { readonly kind: 'unmatched'; readonly folder: string };

/** A source that makes the build fail. */
export interface MissingSource {
  readonly use: ContextUse;
  readonly source: UsedSource;
  readonly reason: MissingReason;
}

/** Links followed for one path before BuildKit gives up. */
const maxLinks = 255;
/** Entries looked at below an ignored folder for one that an exception lets in. */
const maxEntries = 5000;

interface Walk {
  readonly snapshot: Snapshot;
  readonly view: ContextView;
  /** Whether the ignore file counts: BuildKit reads none for a git context. */
  readonly ignores: boolean;
}

/** What became of a path: where it ended, why it did not get there, or that this can't be known. */
type Outcome =
  | { readonly path: string; readonly kind: Entry['kind'] }
  | { readonly reason: MissingReason }
  | undefined;

/** An entry of that name, but for upper and lower case. */
function otherCase(entries: readonly Entry[], name: string): Entry | undefined {
  const wanted = name.toLowerCase();
  return entries.find((entry) => entry.name.toLowerCase() === wanted);
}

interface FollowState {
  readonly folder: string;
  readonly rest: readonly string[];
  readonly links: number;
  /** The last link followed and where it led. */
  readonly via: { readonly link: string; readonly target: string } | undefined;
}

function notThere(state: FollowState, at: string): Outcome {
  const { via } = state;
  return { reason: via === undefined ? { kind: 'missing', at } : { kind: 'link', ...via, by: undefined } };
}

/** One step of `follow`: the next part of the path. */
function step(walk: Walk, state: FollowState, name: string): FollowState | Outcome {
  const here = state.folder === '' ? walk.view.root : joinPath(walk.view.root, state.folder);
  const entries = walk.snapshot.list(here);
  if (entries === undefined) return undefined;
  const path = below(state.folder, name);
  const entry = entryNamed(entries, name);
  const [, ...rest] = state.rest;
  if (entry === undefined) {
    const other = state.via === undefined ? otherCase(entries, name) : undefined;
    if (other === undefined) return notThere(state, path);
    const actual = followActual(walk, [below(state.folder, other.name)], rest);
    return actual === undefined ? notThere(state, path) : { reason: { kind: 'case', actual } };
  }
  if (entry.kind === 'link') {
    if (entry.target === undefined) return undefined;
    if (state.links >= maxLinks) return notThere(state, path);
    const target = entry.target.replaceAll('\\', '/');
    const full = cleanSource(target.startsWith('/') ? target : `${state.folder}/${target}`);
    const parts = full === '.' ? [] : full.split('/');
    return {
      folder: '',
      rest: [...parts, ...rest],
      links: state.links + 1,
      via: { link: path, target },
    };
  }
  if (rest.length === 0) return { path, kind: entry.kind };
  if (entry.kind !== 'folder') return { reason: { kind: 'file', file: path } };
  return { ...state, folder: path, rest };
}

/** The rest of a path below the last of `found`, each part in the case it has on the disk; undefined where it ends. */
function followActual(walk: Walk, found: readonly string[], rest: readonly string[]): string | undefined {
  const at = found.at(-1) ?? '';
  const [name, ...more] = rest;
  if (name === undefined) return at;
  const entries = walk.snapshot.list(joinPath(walk.view.root, at));
  const entry = entries === undefined ? undefined : (entryNamed(entries, name) ?? otherCase(entries, name));
  return entry === undefined ? undefined : followActual(walk, [below(at, entry.name)], more);
}

/** Where a literal path leads in the context, links followed as BuildKit does (SPEC B2), ignored or not. */
function follow(walk: Walk, clean: string): Outcome {
  let state: FollowState = {
    folder: '',
    rest: clean === '.' ? [] : clean.split('/'),
    links: 0,
    via: undefined,
  };
  for (;;) {
    const [name] = state.rest;
    if (name === undefined) return { path: state.folder || '.', kind: 'folder' };
    const next = step(walk, state, name);
    if (next === undefined || !('rest' in next)) return next;
    state = next;
  }
}

/** Whether an exception may let in something at or below a path, or (undefined) it can't be said at reasonable cost. */
function letsIn(walk: Walk, path: string, budget: { left: number }): boolean | undefined {
  if (!walk.view.isIgnored(path)) return true;
  for (const entry of walk.view.entries(path) ?? []) {
    if (budget.left-- <= 0) return undefined;
    const below = `${path}/${entry.name}`;
    const found = entry.kind === 'folder' ? letsIn(walk, below, budget) : !walk.view.isIgnored(below);
    if (found !== false) return found;
  }
  return false;
}

/** Whether some exception could let in what may come to lie below `path`. */
function exceptionBelow(walk: Walk, path: string): boolean {
  const { ignoreFile } = walk.view;
  const patterns = ignoreFile === null ? [] : (walk.snapshot.parse(ignoreFile, parseIgnore)?.patterns ?? []);
  return patterns.some(
    ({ text, exception }) => exception && (hasWildcard(text) || text.startsWith(`!${path}/`)),
  );
}

/** The pattern that keeps a path, and all below it, out of the context; undefined where none does, or it can't be said. */
function ignoredBy(
  walk: Walk,
  path: string,
  kind: Entry['kind'] | undefined,
): { readonly by: IgnorePattern; readonly file: string } | undefined {
  const { view } = walk;
  if (!walk.ignores || path === '.' || view.ignoreFile === null || !view.isIgnored(path)) return undefined;
  const by = view.decidedBy(path);
  if (by === undefined) return undefined;
  if (view.hasExceptions && kind === 'folder' && letsIn(walk, path, { left: maxEntries }) !== false)
    return undefined;
  if (view.hasExceptions && kind === undefined && exceptionBelow(walk, path)) return undefined;
  return { by, file: view.ignoreFile };
}

function outsideOr(walk: Walk, source: UsedSource, reason: MissingReason): MissingReason {
  const levels = source.written.split('/');
  let depth = 0;
  for (const part of levels) {
    if (part === '' || part === '.') continue;
    depth += part === '..' ? -1 : 1;
    if (depth < 0 && !source.written.startsWith('/'))
      return { kind: 'outside', meant: joinPath(walk.view.root, source.written) };
  }
  return reason;
}

/** Why a literal source is not found; undefined where it is, or where this can't be known. */
function literal(walk: Walk, source: UsedSource): MissingReason | undefined {
  const { path } = source.query;
  const found = follow(walk, path);
  if (found === undefined) return undefined;
  const own = ignoredBy(walk, path, 'reason' in found ? undefined : found.kind);
  if ('reason' in found) {
    const { reason } = found;
    if (reason.kind === 'case') return reason;
    if (own !== undefined) return { kind: 'ignored', path, ...own, there: false };
    return outsideOr(walk, source, reason);
  }
  if (own !== undefined) return { kind: 'ignored', path, ...own, there: true };
  if (found.path === path) return undefined;
  const target = ignoredBy(walk, found.path, found.kind);
  return target === undefined ? undefined : { kind: 'link', link: path, target: found.path, by: target.by };
}

/** Whether the folder is sent for some source other than by its wildcard. */
function isSent(walk: Walk, folder: string, follows: readonly string[] | null): boolean {
  if (follows === null) return true;
  return follows.some((path) => {
    if (path === folder || folder.startsWith(`${path}/`)) return true;
    if (!hasWildcard(path)) return path.startsWith(`${folder}/`) && walk.view.exists(path);
    if (path.includes('**')) return true;
    return walk.view
      .expand(path)
      .some((p) => p === folder || p.startsWith(`${folder}/`) || folder.startsWith(`${p}/`));
  });
}

/** Why a source with wildcards makes the build fail: the folder it looks into is not sent (SPEC B2). */
function wildcard(
  walk: Walk,
  source: UsedSource,
  follows: readonly string[] | null,
): MissingReason | undefined {
  const parts = source.query.path.split('/');
  const first = parts.findIndex(hasWildcard);
  const folder = parts.slice(0, first).join('/');
  if (folder === '' || source.query.path.includes('**') || source.query.parents) return undefined;
  const base: UsedSource = { ...source, query: { ...source.query, path: folder } };
  const reason = literal(walk, base);
  if (reason !== undefined) return reason;
  if (walk.view.expand(source.query.path).length > 0 || isSent(walk, folder, follows)) return undefined;
  // A link that the wildcard meets on its way is sent, and its folder with it.
  const links = walk.view.entries(folder)?.some(({ kind }) => kind === 'link');
  return links === false ? { kind: 'unmatched', folder } : undefined;
}

/**
 * Every source of the build's reachable stages that BuildKit would not find, with the reason, in the order of `needs`.
 * A source is left out where this can't be known: remote contexts, an ignore file that fails by itself, unread folders.
 */
export function missingSources(
  snapshot: Snapshot,
  build: Build,
  needs: ContextNeeds,
): readonly MissingSource[] {
  const view = contextView(snapshot, build);
  if (view === undefined || view.error !== undefined || snapshot.list(view.root) === undefined) return [];
  const walk: Walk = { snapshot, view, ignores: build.git !== true };
  return needs.uses.flatMap((use) =>
    use.sources.flatMap((source): MissingSource[] => {
      if (source.query.path === '.') return [];
      const wild = source.query.wildcards && hasWildcard(source.query.path);
      const reason = wild ? wildcard(walk, source, needs.follow) : literal(walk, source);
      return reason === undefined ? [] : [{ use, source, reason }];
    }),
  );
}
