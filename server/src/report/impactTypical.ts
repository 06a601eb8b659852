import type { ImpactPicture } from './impactModel.js';

/** How many of a build's steps run again on a typical commit: those that did in more than half of all; null without history. */
export function typicalReruns({
  commits,
  stages,
}: Pick<ImpactPicture, 'commits' | 'stages'>): { readonly again: number; readonly of: number } | null {
  if (commits === null || commits.replayed === 0) return null;
  const steps = stages.flatMap((stage) => stage.steps);
  const again = steps.filter((step) => 2 * step.rebuilds > commits.replayed).length;
  return { again, of: steps.length };
}

/** Said where no commit surely ran a step again; null where one did, or without history. */
export function nothingAgain({ commits, stages }: Pick<ImpactPicture, 'commits' | 'stages'>): string | null {
  if (commits === null || commits.rebuilding > 0) return null;
  const open = stages.some(({ steps }) => steps.some(({ maybe }) => maybe > 0));
  const last = commits.replayed === 1 ? 'the last commit' : `any of the last ${commits.replayed} commits`;
  return `No step ${open ? 'surely ' : ''}ran again after ${last}.`;
}
