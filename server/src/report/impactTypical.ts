import { counted, grouped } from '../text/counted.js';
import type { ImpactCommits, ImpactPicture, ImpactStep } from './impactModel.js';

/** Whether a sum over some steps leaves out a part of one that nobody knows. */
export function isPartlyKnown(steps: readonly ImpactStep[]): boolean {
  return steps.some(({ seconds }) => seconds.value !== null && seconds.atLeast === true);
}

/** What runs again on a typical commit. */
interface TypicalReruns {
  /** Steps that did in more than half of all commits, and steps there are. */
  readonly again: number;
  readonly of: number;
  /** Half of the commits or more re-ran nothing. Else none of the steps may be typical, but that one of them ran again is. */
  readonly none: boolean;
}

/** How many of a build's steps run again on a typical commit; null without history. */
export function typicalReruns({
  commits,
  stages,
}: Pick<ImpactPicture, 'commits' | 'stages'>): TypicalReruns | null {
  if (commits === null || commits.replayed === 0) return null;
  const steps = stages.flatMap((stage) => stage.steps);
  const again = steps.filter((step) => 2 * step.rebuilds > commits.replayed).length;
  return { again, of: steps.length, none: 2 * commits.rebuilding <= commits.replayed };
}

/** `160 of the last 200 commits` */
export function rebuildingText({ rebuilding, replayed }: ImpactCommits): string {
  return `${grouped(rebuilding)} of the last ${counted(replayed, 'commit')}`;
}

/** Said where no commit surely ran a step again; null where one did, or without history. */
export function nothingAgain({ commits, stages }: Pick<ImpactPicture, 'commits' | 'stages'>): string | null {
  if (commits === null || commits.rebuilding > 0) return null;
  const open = stages.some(({ steps }) => steps.some(({ maybe }) => maybe > 0));
  const last =
    commits.replayed === 1 ? 'the last commit' : `any of the last ${counted(commits.replayed, 'commit')}`;
  return `No step ${open ? 'surely ' : ''}ran again after ${last}.`;
}
