import type { ReportedBuild } from './contextModel.js';
import type { ImpactPicture, ImpactStage, ImpactStep, RebuildSeconds, Seconds } from './impactModel.js';
import { jsonDocument } from './names.js';

/** The fields of an estimate in the order of the guide. */
function secondsJson({ value, low, high, basis, source }: Seconds): unknown {
  return { value, low, high, basis, source };
}

function rebuildJson({ meanSeconds, p50Seconds, p90Seconds }: RebuildSeconds): unknown {
  return {
    meanSeconds: secondsJson(meanSeconds),
    p50Seconds: secondsJson(p50Seconds),
    p90Seconds: secondsJson(p90Seconds),
  };
}

function stepJson({ label }: ImpactStage, step: ImpactStep): unknown {
  return {
    line: step.line,
    stage: label,
    instruction: step.instruction,
    rebuilds: step.rebuilds,
    maybe: step.maybe,
    seconds: secondsJson(step.seconds),
    causes: step.causes.map(({ path, commits, kind }) => ({ path, commits, kind })),
    onCriticalPath: step.onCriticalPath,
  };
}

function togetherJson(fixes: ImpactPicture['safeFixes']): unknown {
  return fixes === null ? null : { rebuild: rebuildJson(fixes.rebuild), savedPercent: fixes.savedPercent };
}

/** The JSON document of `impact`, version 1 (docs/guide/cli.md), with a final newline. Without `fixes` those fields are left out. */
export function impactJson(picture: ImpactPicture, build: ReportedBuild, fixes: boolean): string {
  const { commits, scenarios, rebuild } = picture;
  return jsonDocument({
    version: 1,
    build,
    commits:
      commits === null
        ? null
        : {
            replayed: commits.replayed,
            touchingContext: commits.touchingContext,
            rebuilding: commits.rebuilding,
            newest: commits.newest,
            oldest: commits.oldest,
          },
    gap: picture.gap,
    scenarios:
      scenarios?.map(({ name, edit, steps, seconds }) => ({
        name,
        edit,
        steps,
        seconds: secondsJson(seconds),
      })) ?? null,
    steps: picture.stages.flatMap((stage) => stage.steps.map((step) => stepJson(stage, step))),
    clean: { seconds: secondsJson(picture.clean) },
    rebuild: rebuild === null ? null : rebuildJson(rebuild),
    volatileArguments: picture.volatile,
    ...(fixes
      ? {
          fixes: picture.fixes.map((fix) => ({
            rule: fix.rule,
            path: fix.path,
            line: fix.line,
            title: fix.title,
            applicability: fix.applicability,
            rebuild: fix.rebuild === null ? null : rebuildJson(fix.rebuild),
            savedPercent: fix.savedPercent,
            affected: fix.affected,
            bytesSaved: fix.bytesSaved,
          })),
          allFixes: togetherJson(picture.allFixes),
          safeFixes: togetherJson(picture.safeFixes),
        }
      : {}),
    notes: picture.notes,
  });
}
