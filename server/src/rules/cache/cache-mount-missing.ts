import { type Edits, mountEdits, sameEdit } from '../../fixes/storemounts.js';
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
import type { TextEdit } from '../../text/edit.js';
import { dockerfileRule, type Fix, type RuleFinding } from '../rule.js';

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

/** A download, the steps that share its store, and what a fix would write. */
interface Judged extends Download {
  readonly group: StoreGroup;
  readonly made: Edits;
}

function judged(view: StoreView, { step, use }: Download, runners: Runners): Judged | undefined {
  const group = groupOf(view, step, use);
  if (isProduct(view, group)) return undefined;
  const obstacle = runners.all ? startsEmpty : obstacleTo(view, group);
  const made = obstacle === undefined ? mountEdits(view, group) : { reason: obstacle };
  return { step, use, group, made };
}

const startsEmpty =
  'each build that was found runs in a workflow whose runners start empty, where it would gain nothing';

/**
 * Downloads about which there is one thing to say: those of one tool that one fix mounts, and those without a fix for the
 * same reason. The first of the file stands at the front.
 */
function together(all: readonly Judged[]): readonly (readonly [Judged, ...Judged[]])[] {
  const causes = new Map<string, [Judged, ...Judged[]]>();
  for (const one of all) {
    const { tool } = one.group;
    const reason = 'reason' in one.made ? one.made.reason : '';
    const key = reason === startsEmpty ? reason : `${tool} ${reason}`;
    const known = causes.get(key);
    if (known === undefined) causes.set(key, [one]);
    else known.push(one);
  }
  return [...causes.values()];
}

function editsOf(all: readonly Judged[]): readonly TextEdit[] {
  const edits = all.flatMap(({ made }) => ('edits' in made ? made.edits : []));
  // One ENV may serve several stages.
  return edits.filter((edit, i) => edits.findIndex((other) => sameEdit(edit, other)) === i);
}

function fixOf(path: string, all: readonly [Judged, ...Judged[]]): Fix {
  const [{ group }] = all;
  const members = all.flatMap((one) => one.group.members);
  const steps = members.length === 1 ? 'this step' : `${members.length} steps`;
  const restores = members.some(({ uses }) => uses.some(({ offline }) => offline?.value === '--no-restore'));
  const more = restores ? ', and let each restore what the cache lacks' : '';
  return {
    title: `Keep the downloads of ${labelOf(group.tool)} in a cache mount for ${steps}${more}`,
    applicability: 'unsafe',
    changes: () => [{ kind: 'edit', path, edits: editsOf(all) }],
  };
}

function listed(paths: readonly string[]): string {
  return paths.length < 2 ? (paths[0] ?? '') : `${paths.slice(0, -1).join(', ')} and ${paths.at(-1)}`;
}

function placesOf({ use }: Download): string {
  return listed((use.stores ?? []).map(({ path }) => path));
}

function messageOf([first, ...others]: readonly [Judged, ...Judged[]], runners: Runners): string {
  const inCi = runners.some && !runners.all ? ' A workflow runner that starts empty gains nothing.' : '';
  const command = `"${wordsOf(first.use.command)}"`;
  if (others.length === 0)
    return `${command} downloads everything anew whenever this step runs again; a cache mount at ${placesOf(first)} would keep it on the machine that builds.${inCi}`;
  const more = others.length === 1 ? 'another command' : `${others.length} more commands`;
  const alike = others.every((other) => placesOf(other) === placesOf(first));
  const mounts = alike ? `cache mounts at ${placesOf(first)}` : 'cache mounts';
  return `${command} and ${more} download everything anew whenever their steps run again; ${mounts} would keep it on the machine that builds.${inCi}`;
}

type Related = NonNullable<RuleFinding['related']>;

function relatedTo(first: Judged, { step, use, group }: Judged): Related {
  const own =
    step === first.step && use === first.use
      ? []
      : [
          {
            at: use.command.span,
            message: `"${wordsOf(use.command)}" downloads everything anew too; its cache mount would be at ${placesOf({ step, use })}.`,
            same: true as const,
          },
        ];
  const sharing = group.members
    .filter((member) => member.step !== step)
    .map((member) => ({
      at: member.step.run.span,
      message: member.uses.length > 0 ? 'This step uses the same downloads.' : 'This step may read them.',
    }));
  return [...own, ...sharing];
}

function findingOf(path: string, all: readonly [Judged, ...Judged[]], runners: Runners): RuleFinding {
  const [first] = all;
  const { made } = first;
  return {
    at: first.use.command.span,
    message: messageOf(all, runners),
    related: [
      ...all.flatMap((one) => relatedTo(first, one)),
      ...('reason' in made
        ? [{ at: first.step.run.span, message: `No fix is offered: ${made.reason}.` }]
        : []),
    ],
    fixes: 'reason' in made ? [] : [fixOf(path, all)],
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
    const [...downloads] = downloadsOf(view);
    if (downloads.length === 0 || namesLegacyBuilder(snapshot, build)) return;
    const runners = emptyRunners(snapshot, builds);
    const all = downloads.flatMap((download) => judged(view, download, runners) ?? []);
    for (const cause of together(all)) yield findingOf(rule.path, cause, runners);
  },
);
