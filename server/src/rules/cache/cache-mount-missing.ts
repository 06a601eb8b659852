import { mountEdits } from '../../fixes/storemounts.js';
import { emptyRunners, namesLegacyBuilder, type Runners } from '../../project/builders.js';
import { contextView } from '../../project/context.js';
import { stepsBefore } from '../../sim/installstep.js';
import { lineOf } from '../../sim/lineage.js';
import type { StageNode, Step } from '../../sim/model.js';
import { wordsOf } from '../../sim/obstacles.js';
import { astrayIn } from '../../sim/stores/faults.js';
import { groupOf, type StoreGroup } from '../../sim/stores/group.js';
import type { StoreUse, ToolName } from '../../sim/stores/model.js';
import { isProduct, obstacleTo } from '../../sim/stores/obstacles.js';
import { labelOf } from '../../sim/stores/tools.js';
import { isMounted, mayUseStore, type StoreStep, type StoreView, storeStepOf } from '../../sim/stores.js';
import { knowsMounts } from '../../syntax/dockerfile/frontend.js';
import { type DockerfileContext, dockerfileRule, type Fix, type RuleFinding } from '../rule.js';

/** A command that downloads into a folder that is no mount. */
interface Download {
  readonly step: StoreStep;
  readonly use: StoreUse;
}

/**
 * Whether a change of the project can run a step again: something of it, or of another stage, is copied above. Without that
 * a step runs again when its own line or the base image changes, and what apk then downloads takes seconds.
 */
function followsProject(view: StoreView, node: StageNode, step: Step): boolean {
  return stepsBefore(view.graph, node, step).some(({ stage, instruction }) => {
    if (instruction.kind !== 'COPY' && instruction.kind !== 'ADD') return false;
    return instruction.from === undefined
      ? instruction.sources.some(({ raw }) => !/^["']?(https?:|git@)/.test(raw))
      : view.graph.stages[stage]?.needs.some(({ by }) => by === instruction) === true;
  });
}

/** The first download of each tool in a stage; what a stage it is FROM downloads with the same tool is told there. */
function* downloadsOf(view: StoreView): Generator<Download> {
  const told: { readonly tool: ToolName; readonly stage: number }[] = [];
  for (const node of view.graph.stages.filter(({ reachable }) => reachable)) {
    const line = lineOf(view.graph, node).map(({ stage }) => stage.index);
    for (const step of node.steps) {
      if (!mayUseStore(step.instruction)) continue;
      const found = storeStepOf(view, node, step);
      for (const use of found?.uses ?? []) {
        const { tool, downloads, stores } = use;
        if (found === undefined || !downloads || stores === undefined || isMounted(found, stores)) continue;
        // cache-mount-ineffective puts that mount where it belongs.
        if (astrayIn(found).some((one) => one.use.tool === tool)) continue;
        if (tool === 'apk' && !followsProject(view, node, step)) continue;
        if (told.some((one) => one.tool === tool && line.includes(one.stage))) continue;
        told.push({ tool, stage: node.stage.index });
        yield { step: found, use };
      }
    }
  }
}

function titleOf(group: StoreGroup): string {
  const { tool, members } = group;
  const steps = members.length === 1 ? 'this step' : `${members.length} steps`;
  const restores = members.some(({ uses }) => uses.some(({ offline }) => offline?.value === '--no-restore'));
  const more = restores ? ', and let each restore what the cache lacks' : '';
  return `Keep the downloads of ${labelOf(tool)} in a cache mount for ${steps}${more}`;
}

function listed(paths: readonly string[]): string {
  return paths.length < 2 ? (paths[0] ?? '') : `${paths.slice(0, -1).join(', ')} and ${paths.at(-1)}`;
}

function findingOf(
  rule: DockerfileContext,
  view: StoreView,
  { step, use }: Download,
  runners: Runners,
): RuleFinding | undefined {
  const group = groupOf(view, step, use);
  if (isProduct(view, group)) return undefined;
  const obstacle = runners.all
    ? 'each build that was found runs in a workflow whose runners start empty, where it would gain nothing'
    : obstacleTo(view, group);
  const made = obstacle === undefined ? mountEdits(view, group) : { reason: obstacle };
  const fixes: Fix[] =
    'reason' in made
      ? []
      : [
          {
            title: titleOf(group),
            applicability: 'unsafe',
            changes: () => [{ kind: 'edit', path: rule.path, edits: made.edits }],
          },
        ];
  const places = listed((use.stores ?? []).map(({ path }) => path));
  const inCi = runners.some && !runners.all ? ' A workflow runner that starts empty gains nothing.' : '';
  return {
    at: use.command.span,
    message: `"${wordsOf(use.command)}" downloads everything anew whenever this step runs again; a cache mount at ${places} would keep it on the machine that builds.${inCi}`,
    related: [
      ...group.members
        .filter((member) => member.step !== step)
        .map((member) => ({
          at: member.step.run.span,
          message: member.uses.length > 0 ? 'This step uses the same downloads.' : 'This step may read them.',
        })),
      ...('reason' in made ? [{ at: step.run.span, message: `No fix is offered: ${made.reason}.` }] : []),
    ],
    fixes,
  };
}

/** A step downloads packages into a folder that lasts no longer than the step. */
export default dockerfileRule(
  {
    id: 'cache-mount-missing',
    severity: 'hint',
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'Packages are downloaded anew each time their step runs.',
  },
  function* (rule) {
    const { dockerfile, graph, shell, snapshot, builds, build } = rule;
    if (!knowsMounts(dockerfile) || dockerfile.escape !== '\\') return;
    const view: StoreView = { dockerfile, graph, shell, context: contextView(snapshot, build) };
    let runners: Runners | undefined;
    for (const download of downloadsOf(view)) {
      if (runners === undefined) {
        if (namesLegacyBuilder(snapshot, build)) return;
        runners = emptyRunners(snapshot, builds);
      }
      const finding = findingOf(rule, view, download, runners);
      if (finding !== undefined) yield finding;
    }
  },
);
