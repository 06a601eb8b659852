import type { Build } from '../../project/build.js';
import { followLinks } from '../../project/ignorefile.js';
import type { ContextQuery } from '../../project/measure.js';
import type { Snapshot } from '../../project/snapshot.js';
import type { IgnoreFile } from '../../syntax/dockerignore/model.js';
import { parseIgnore } from '../../syntax/dockerignore/parse.js';
import { dirName } from '../../text/paths.js';
import type { ContextNeeds } from './model.js';

/** The patterns BuildKit reads for a build, and where they stand. */
export interface BuildIgnore {
  readonly patterns: readonly string[];
  /** The ignore file, as the build names it; null where none is read. */
  readonly file: string | null;
  readonly ignore: IgnoreFile | undefined;
}

const none: BuildIgnore = { patterns: [], file: null, ignore: undefined };

/** The ignore file of a build, links followed as BuildKit does; nothing for a remote context. */
export function ignorePatternsOf(snapshot: Snapshot, build: Build): BuildIgnore {
  const { ignoreFile } = build;
  if (build.remote || ignoreFile === null) return none;
  const target = followLinks(snapshot, dirName(ignoreFile), ignoreFile)?.path ?? ignoreFile;
  const ignore = snapshot.parse(target, parseIgnore);
  return ignore === undefined
    ? { ...none, file: ignoreFile }
    : { patterns: ignore.patterns.map(({ text }) => text), file: ignoreFile, ignore };
}

/** What may be asked beyond what is sent. */
export type Wish = Partial<Pick<ContextQuery, 'probes' | 'all' | 'top' | 'list' | 'tree'>>;

const usualTop = 20;

/**
 * The question what a build sends of its context; undefined for a remote context, and where no step needs it. Without a
 * wish: no probes, no tree, the 20 largest paths. Questions that differ cost a walk each.
 */
export function contextQuery(
  snapshot: Snapshot,
  build: Build,
  needs: ContextNeeds,
  wish: Wish = {},
): ContextQuery | undefined {
  if (build.remote || !needs.loaded) return undefined;
  return {
    root: build.context,
    ignore: ignorePatternsOf(snapshot, build).patterns,
    follow: needs.follow,
    sources: needs.uses.flatMap(({ sources }) => sources.map(({ query }) => query)),
    probes: wish.probes ?? [],
    texts: {},
    all: wish.all ?? false,
    top: wish.top ?? usualTop,
    list: wish.list ?? false,
    tree: wish.tree ?? 0,
  };
}
