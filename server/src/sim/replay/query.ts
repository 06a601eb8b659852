import type { Build } from '../../project/build.js';
import type { HistoryQuery } from '../../project/history.js';
import type { Snapshot } from '../../project/snapshot.js';
import type { ContextNeeds } from '../context/model.js';
import { ignorePatternsOf } from '../context/query.js';
import type { ReplayWish } from './model.js';

/** The question how commits touched what a build takes; undefined for a remote context, and where no step needs it. */
export function historyQuery(
  snapshot: Snapshot,
  build: Build,
  needs: ContextNeeds,
  { commits, since }: Pick<ReplayWish, 'commits' | 'since'>,
): HistoryQuery | undefined {
  if (build.remote || commits <= 0) return undefined;
  return {
    root: build.context,
    commits,
    since,
    ignore: ignorePatternsOf(snapshot, build).patterns,
    follow: needs.follow,
    sources: needs.uses.flatMap(({ sources }) => sources.map(({ query }) => query)),
    modes: false,
  };
}
