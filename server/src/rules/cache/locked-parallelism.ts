import { commandsOf, inFolder } from '../../sim/commands.js';
import { recognise } from '../../sim/cost/recognise.js';
import { isCheap } from '../../sim/envcommands.js';
import type { StageGraph, StageNode, Step } from '../../sim/model.js';
import { wordsOf } from '../../sim/obstacles.js';
import { packageStepOf } from '../../sim/packages.js';
import type { CopyInstruction, Mount } from '../../syntax/dockerfile/model.js';
import { baseName } from '../../text/paths.js';
import { type DockerfileContext, dockerfileRule, type RuleFinding } from '../rule.js';

/** All stages that a stage waits for before its step `before` (all of its steps, without one), itself not. */
function waitedFor(graph: StageGraph, node: StageNode, before?: number): ReadonlySet<number> {
  const found = new Set<number>();
  const todo = node.needs
    .filter(({ by, how }) => how === 'from' || before === undefined || by.span.start < before)
    .map(({ stage }) => stage);
  for (let index = todo.pop(); index !== undefined; index = todo.pop()) {
    if (found.has(index)) continue;
    found.add(index);
    todo.push(...(graph.stages[index]?.needs ?? []).map(({ stage }) => stage));
  }
  return found;
}

/** Whether a step runs a command of which it is known that it takes time. */
function takesTime({ graph, shell }: DockerfileContext, step: Step): boolean {
  const node = graph.stages[step.stage];
  const commands = node && commandsOf(node, step, shell);
  return commands?.some((one) => !isCheap(one) && recognise(one).kind === 'family') === true;
}

/** Folders that the package manager reads: what is copied there may be meant for it. */
const system =
  /^\/(?:$|(?:etc|bin|sbin|lib\w*|var|root|tmp|keys?|debs?|rpms?|repos?|packages?)(?:\/|$)|usr\/(?:$|s?bin|lib\w*|share\/(?:keyrings|ca-certificates)|local\/(?:$|s?bin|share\/ca-certificates)))/;

/** Whether an ENV names the place (`PATH=/opt/venv/bin:$PATH`): the programs that install may come from there. */
function isNamedByEnv({ dockerfile }: DockerfileContext, step: Step, place: string): boolean {
  const folder = inFolder(step.workdir ?? '/', place);
  const names = new Set([place.replace(/\/+$/, ''), folder === '/' ? '' : folder]);
  return dockerfile.instructions.some(
    (one) => one.kind === 'ENV' && [...names].some((name) => name.length > 1 && one.text.includes(name)),
  );
}

/** Whether packages can be installed without what a copy brings. */
function isApart(rule: DockerfileContext, step: Step, { destination }: CopyInstruction): boolean {
  const node = rule.graph.stages[step.stage];
  const packages = node && packageStepOf(node, step, rule.shell);
  const place = destination?.value ?? '';
  if (packages === undefined || packages.lists.length > 0 || place === '' || place.includes('$'))
    return false;
  if (system.test(place) || isNamedByEnv(rule, step, place)) return false;
  const name = baseName(place.replace(/\/+$/, ''));
  return name === '' || name === '.' || !step.instruction.text.includes(name);
}

/** The steps directly below a copy that could run beside the stage it waits for. */
function heldUp(rule: DockerfileContext, node: StageNode, copy: CopyInstruction): readonly Step[] {
  const out: Step[] = [];
  for (const step of node.steps) {
    const { instruction } = step;
    if (instruction.span.start <= copy.span.start) continue;
    const isCopy = instruction.kind === 'COPY' || instruction.kind === 'ADD';
    if (isCopy && system.test(instruction.destination?.value ?? '/')) break;
    if (instruction.kind !== 'RUN') continue;
    if (!isApart(rule, step, copy)) break;
    out.push(step);
  }
  return out;
}

/** A copy out of a stage that takes time to make, above steps that have no need of it. */
interface EarlyCopy {
  readonly copy: CopyInstruction;
  readonly source: StageNode;
  readonly held: readonly Step[];
}

function earlyCopies(rule: DockerfileContext, node: StageNode): readonly EarlyCopy[] {
  const { graph } = rule;
  return node.needs.flatMap(({ by, stage, how }) => {
    const source = graph.stages[stage];
    if (how !== 'copy' || by.kind !== 'COPY' || source === undefined) return [];
    if (waitedFor(graph, node, by.span.start).has(stage)) return [];
    const made = [stage, ...waitedFor(graph, source)].flatMap((i) => graph.stages[i]?.steps ?? []);
    if (!made.some((step) => takesTime(rule, step))) return [];
    const held = heldUp(rule, node, by);
    return held.length === 0 ? [] : [{ copy: by, source, held }];
  });
}

function named(stages: readonly StageNode[]): string {
  const labels = [...new Set(stages.map(({ stage }) => stage.label))];
  if (labels.length === 1) return `the stage ${labels[0]}`;
  return labels.length === 2
    ? `the stages ${labels.join(' and ')}`
    : `the stages ${labels[0]}, ${labels[1]} and ${labels.length - 2} more`;
}

/** One finding for the copies that hold up the same step. */
function* waits(rule: DockerfileContext, node: StageNode): Generator<RuleFinding> {
  const copies = earlyCopies(rule, node);
  for (const step of new Set(copies.map(({ held }) => held[0]))) {
    const above = copies.filter(({ held }) => held[0] === step);
    const [first, ...others] = above;
    const command = step && packageStepOf(node, step, rule.shell)?.command;
    if (first === undefined || command === undefined) continue;
    const sources = above.map(({ source }) => source);
    const whose = sources.length === 1 ? 'that stage' : 'one of them';
    yield {
      at: first.copy.span,
      message: `"${wordsOf(command)}" waits for ${named(sources)}, of which it needs nothing, and runs again whenever ${whose} makes something else.`,
      related: [
        ...others.map(({ copy }) => ({ at: copy.span, message: 'It waits for this too.' })),
        ...first.held.map(({ instruction }) => ({ at: instruction.span, message: 'This step waits.' })),
      ],
      pays: first.held,
    };
  }
}

/** Caches whose package manager lets several write at once. */
const shareable = /(?:^|\/)(?:\.npm|\.cache\/(?:pip|uv|go-build|pnpm)|go\/pkg\/mod|_cacache)\/?$/;

interface Locked {
  readonly node: StageNode;
  readonly step: Step;
  readonly mount: Mount;
}

function lockedMounts(rule: DockerfileContext): readonly Locked[] {
  return rule.graph.stages
    .filter(({ reachable }) => reachable)
    .flatMap((node) =>
      node.steps.flatMap((step) => {
        const { instruction } = step;
        if (instruction.kind !== 'RUN' || !takesTime(rule, step)) return [];
        return instruction.mounts
          .filter(({ type, sharing, target }) => {
            return type === 'cache' && sharing === 'locked' && target !== undefined && shareable.test(target);
          })
          .map((mount) => ({ node, step, mount }));
      }),
    );
}

/** Two stages that could run at once wait for each other at the lock of one cache. */
function* lockedCaches(rule: DockerfileContext): Generator<RuleFinding> {
  const all = lockedMounts(rule);
  for (const [i, one] of all.entries()) {
    const idOf = ({ id, target }: Mount): string | undefined => id ?? target;
    const other = all.slice(0, i).find(({ node, mount }) => {
      const apart =
        node !== one.node &&
        !waitedFor(rule.graph, one.node).has(node.stage.index) &&
        !waitedFor(rule.graph, node).has(one.node.stage.index);
      return apart && idOf(mount) === idOf(one.mount);
    });
    if (other === undefined) continue;
    yield {
      at: one.mount.flag.span,
      message: `Only one step at a time may have the cache ${idOf(one.mount)}, so this one and that of the stage ${other.node.stage.label} wait for each other; its package manager shares it without a lock.`,
      related: [{ at: other.mount.flag.span, message: 'The other lock of the same cache.' }],
    };
  }
}

/** What could run side by side runs one after the other. */
export default dockerfileRule(
  {
    id: 'locked-parallelism',
    severity: 'information',
    profile: 'thorough',
    since: '0.1.0',
    fixes: 'never',
    summary: 'Steps wait for another stage, or for the lock of a cache, without need.',
  },
  function* (rule) {
    for (const node of rule.graph.stages.filter(({ reachable }) => reachable)) yield* waits(rule, node);
    yield* lockedCaches(rule);
  },
);
