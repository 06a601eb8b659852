import type { Build } from '../project/build.js';
import { contextView } from '../project/context.js';
import { localBuild } from '../project/local.js';
import type { Snapshot } from '../project/snapshot.js';
import { buildsAround } from '../project/targets.js';
import { whyStep } from '../report/why.js';
import type { WhyStep } from '../report/whyModel.js';
import { cachePlan } from '../sim/cache/plan.js';
import { type Built, builtOf } from '../sim/context/built.js';
import { explainPath } from '../sim/context/explain.js';
import type { ShellOf } from '../sim/model.js';
import { counted } from '../text/counted.js';
import { isInside, relativePath } from '../text/paths.js';
import { explanationOf } from './why.js';

/** What a change of a file re-runs of one build. */
export interface FileReruns {
  readonly build: Build;
  readonly steps: readonly WhyStep[];
  /** One sentence. */
  readonly text: string;
}

/** What a change of the file at `path` re-runs, in each build whose context holds it; undefined where no build is known. */
export function stepsOfFile(
  snapshot: Snapshot,
  path: string,
  shell: (built: Built) => ShellOf,
): readonly FileReruns[] | undefined {
  const builds = buildsAround(snapshot, path).map((build) => localBuild(snapshot, build));
  if (builds.length === 0) return undefined;
  const around = builds.filter(({ remote, context }) => !remote && isInside(context, path));
  return around.flatMap((build) => {
    const built = builtOf(snapshot, build);
    return built === undefined ? [] : [rerunsOf(snapshot, build, built, path, shell(built))];
  });
}

function rerunsOf(snapshot: Snapshot, build: Build, built: Built, path: string, shell: ShellOf): FileReruns {
  const file = relativePath(build.context, path);
  const plan = cachePlan(built, shell);
  const view = contextView(snapshot, build);
  const { uses } = built.needs;
  const taking = view === undefined ? [] : explainPath(view, uses, file).copiedBy;
  // One source of an instruction, changed, is as good as another.
  const first = taking.map((use) =>
    uses.slice(0, uses.indexOf(use)).reduce((sum, { sources }) => sum + sources.length, 0),
  );
  const reruns = plan.rerun({ sources: new Set(first), arguments: new Set() });
  const steps = reruns.flatMap(({ step, cached, because }) => {
    const found = plan.steps[step];
    // The plan knows the source, not which of its files is meant.
    const told = because.kind === 'file' ? { ...because, detail: file } : because;
    return found === undefined ? [] : [whyStep(built.dockerfile, { ...found, cached, because: told })];
  });
  return { build, steps, text: textOf(snapshot, build, path, steps) };
}

function textOf(snapshot: Snapshot, build: Build, path: string, steps: readonly WhyStep[]): string {
  const name = relativePath(build.context, path);
  const own =
    path === build.dockerfile
      ? ' An edit of the Dockerfile itself also re-runs the steps that become others.'
      : path === build.ignoreFile
        ? ' An edit of the ignore file also re-runs the steps whose files become others.'
        : '';
  if (steps.length === 0) {
    const why = explanationOf(snapshot, build, path)?.text;
    return `A change of ${name} re-runs no step.${why === undefined ? '' : ` ${why}`}${own}`;
  }
  const sure = steps.filter(({ cached }) => cached === false).length;
  const maybe = steps.length - sure;
  const perhaps = maybe === 0 ? '' : `, and perhaps ${maybe} more`;
  return `A change of ${name} re-runs ${counted(sure, 'step')}${perhaps}, from line ${(steps[0]?.line ?? 0) + 1} on.${own}`;
}
