import type { Build } from '../../project/build.js';
import type { MeasuredBuild } from '../../project/measured.js';
import type { Snapshot } from '../../project/snapshot.js';
import type { CachePlan } from '../cache/model.js';
import type { Built } from '../context/built.js';
import { beginningOf } from '../cost/beginning.js';
import { stepSeconds } from '../cost/seconds.js';
import { wallTimer } from '../cost/walltime.js';
import type { ShellOf } from '../model.js';
import { unknownSeconds } from './amounts.js';
import type { ReplayParts } from './numbers.js';

/** How long the steps of a plan take, alone and together. */
export function timesOf(
  snapshot: Snapshot,
  build: Build,
  built: Built,
  { steps }: CachePlan,
  shell: ShellOf,
  measured: readonly MeasuredBuild[],
): Pick<ReplayParts, 'seconds' | 'wall' | 'starts'> {
  const input = { snapshot, build, built, shell, measured };
  const seconds = stepSeconds(input);
  const timer = wallTimer({ built, steps, seconds, beginning: beginningOf(input) });
  return {
    seconds: steps.map(({ step }) => seconds.get(step) ?? unknownSeconds('nothing is known of this step')),
    wall: timer.time,
    starts: timer.startTimes,
  };
}
