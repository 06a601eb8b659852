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
