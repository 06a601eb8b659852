import type { CopyInstruction, Instruction, RunInstruction } from '../../syntax/dockerfile/model.js';
import { joinPath } from '../../text/paths.js';
import type { Built } from '../context/built.js';
import type { UsedSource } from '../context/model.js';
import { builtStages, hasFlag, isAddress, isReplaced } from '../context/needs.js';
import type { StageGraph, StageNode, Step } from '../model.js';
import { buildGraph } from '../stages.js';
import type { BuildStep } from './model.js';
import {
  destinationOf,
  isLinked,
  type Operation,
  operationOf,
  type Part,
  type StepOptions,
} from './operation.js';
import { buildSteps } from './steps.js';

/** What a step builds on: another step, or what a stage starts from. */
export type Below =
  | { readonly kind: 'step'; readonly vertex: number }
  /** An image, a named context, or nothing (`scratch`). */
  | { readonly kind: 'base'; readonly name: string; readonly stage: number };

/** What a step takes, besides what it builds on. */
export type Input =
  /** Index into the sources of the build. */
  | { readonly kind: 'context'; readonly source: number }
  /** A path of a stage: `below` is what the stage ends with. */
  | {
      readonly kind: 'stage';
      readonly stage: StageNode;
      readonly below: Below;
      readonly path: string;
      /** Wildcards count: those of a mount do not. */
      readonly wildcards: boolean;
      /** Only some of what lies there is taken: --exclude, --parents. */
      readonly choosy: boolean;
    }
  /** An image, a named context or an address, and the path taken of it. */
  | { readonly kind: 'outside'; readonly name: string; readonly path: string }
  /** A source of the context that depends on what only the base image sets. */
  | { readonly kind: 'unknown'; readonly written: string };

/** One step of a build, with all that decides whether it runs again. */
export interface Vertex extends BuildStep {
  readonly index: number;
  readonly operation: Operation;
  /** The step as the graph with tokens has it. */
  readonly tokens: Step;
  /** With --link the files are brought without what is below, and laid over it afterwards. */
  readonly link: boolean;
  readonly below: Below;
  readonly inputs: readonly Input[];
  /** COPY, ADD: where to, absolute, `/` at its end where it is surely a folder; WORKDIR: the folder; RUN: undefined. */
  readonly target: string | undefined;
}

/** The steps of a build as a graph. */
export interface Vertices {
  readonly list: readonly Vertex[];
  /** What the build takes from its context, in the order of `contextNeeds`. */
  readonly sources: readonly UsedSource[];
  /** What each built stage starts from, by its index. */
  readonly starts: ReadonlyMap<number, Below>;
}

/** What stands behind names of images and addresses, where it is known: a digest. Others are what they were. */
export type Outside = Readonly<Record<string, string>>;

/** What decides about a build besides `Built`. */
export interface BuildFlags {
  /** Flags that all RUNs see, by name: hosts, limits, shared memory. */
  readonly run: Readonly<Record<string, string>>;
}

interface Draft {
  readonly built: Built;
  readonly graph: StageGraph;
  readonly outside: Outside;
  readonly options: StepOptions;
  readonly sources: readonly UsedSource[];
  readonly ofStep: ReadonlyMap<Step, readonly number[]>;
  readonly list: Vertex[];
  /** What each stage ends with, by its index. */
  readonly ends: Map<number, Below>;
}

/** The graph of a build in which what cannot be known has a token in its place; stages and steps stand as in `built`. */
function tokenGraph({ dockerfile, graph }: Built, outside: Outside): StageGraph {
  return buildGraph(dockerfile, { ...graph.options, tokens: (image) => outside[image] ?? image });
}

function runFlags({ graph }: Built, flags: BuildFlags): readonly Part[] {
  const { BUILDKIT_SANDBOX_HOSTNAME: hostname } = graph.options.args;
  const given = Object.entries(flags.run).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...(hostname === undefined
      ? []
      : [{ kind: 'argument', name: 'BUILDKIT_SANDBOX_HOSTNAME', value: String(hostname) } as const]),
    ...given.map(([name, value]) => ({ kind: 'argument', name: `--${name}`, value }) as const),
  ];
}

function platformOf(draft: Draft, node: StageNode): string {
  const { platform } = node.stage.from;
  const own = platform === undefined ? undefined : node.steps[0]?.expand(platform);
  return own ?? platform ?? draft.graph.options.args.TARGETPLATFORM ?? '';
}

/** What a stage starts from; `node` is of the graph with tokens. */
function startOf(draft: Draft, node: StageNode): Below {
  const { base, stage } = node;
  if (base.kind === 'stage') return endOf(draft, base.index);
  const of = (name: string): Below => ({ kind: 'base', name, stage: stage.index });
  if (base.kind === 'scratch') return of('scratch');
  if (base.kind === 'context') return of(`context ${base.name}`);
  const image = base.name ?? stage.from.image?.raw ?? '';
  return of(`image ${draft.outside[image] ?? image} ${platformOf(draft, node)}`);
}

function endOf(draft: Draft, index: number): Below {
  const known = draft.ends.get(index);
  if (known !== undefined) return known;
  const node = draft.graph.stages[index];
  // A stage of which nothing is built before: only its base counts.
  return node === undefined ? { kind: 'base', name: 'scratch', stage: index } : startOf(draft, node);
}

/** The stage a need of the stage's instruction leads to. */
function stageNeeded(draft: Draft, node: StageNode, by: Instruction, from: string): StageNode | undefined {
  const wanted = from.toLowerCase();
  const found = node.needs
    .filter((need) => need.by === by)
    .map(({ stage }) => draft.graph.stages[stage])
    .filter((one) => one !== undefined);
  return (
    found.find((one) => one.stage.name?.toLowerCase() === wanted) ??
    (found.length === 1 ? found[0] : found.find(({ stage }) => String(stage.index) === from))
  );
}

function fromStage(draft: Draft, node: StageNode, by: Instruction, from: string, path: string): Input {
  const choosy =
    by.kind === 'COPY' && (hasFlag(by, 'parents') || by.flags.some(({ name }) => name === 'exclude'));
  const stage = stageNeeded(draft, node, by, from);
  if (stage === undefined) return { kind: 'outside', name: `image ${from}`, path };
  if (isReplaced(stage)) return { kind: 'outside', name: `context ${from}`, path };
  const wildcards = by.kind === 'COPY';
  return { kind: 'stage', stage, below: endOf(draft, stage.stage.index), path, wildcards, choosy };
}

function copyInputs(
  draft: Draft,
  node: StageNode,
  step: Step,
  copy: CopyInstruction,
  known: readonly number[],
): readonly Input[] {
  if (copy.kind === 'COPY' && copy.from !== undefined) {
    const { from } = copy;
    return copy.sources.map(({ raw }) =>
      fromStage(draft, node, copy, from, joinPath('/', step.expand(raw) ?? raw)),
    );
  }
  const bySpan = new Map(known.map((source) => [draft.sources[source]?.span, source]));
  return copy.sources.map(({ raw, value, span }): Input => {
    const source = bySpan.get(span);
    if (source !== undefined) return { kind: 'context', source };
    const written = step.expand(raw) ?? value;
    return copy.kind === 'ADD' && isAddress(written)
      ? { kind: 'outside', name: written, path: '/' }
      : { kind: 'unknown', written };
  });
}

/** Types of mounts that bring files along, whose content therefore counts. */
function runInputs(
  draft: Draft,
  node: StageNode,
  step: Step,
  run: RunInstruction,
  known: readonly number[],
): readonly Input[] {
  const own = known.map((source): Input => ({ kind: 'context', source }));
  const others = run.mounts.flatMap((mount): Input[] => {
    const type = step.expand(mount.type)?.toLowerCase();
    if (type !== 'bind' && type !== 'cache') return [];
    const path = joinPath(
      '/',
      mount.source === undefined ? '/' : (step.expand(mount.source) ?? mount.source),
    );
    if (mount.from !== undefined && mount.from !== '') return [fromStage(draft, node, run, mount.from, path)];
    const isKnown = known.some((source) => {
      const span = draft.sources[source]?.span;
      return span !== undefined && mount.flag.span.start <= span.start && span.end <= mount.flag.span.end;
    });
    return type === 'cache' || isKnown ? [] : [{ kind: 'unknown', written: path }];
  });
  return [...own, ...others];
}

function targetOf(step: Step): string | undefined {
  const { instruction } = step;
  if (instruction.kind === 'COPY' || instruction.kind === 'ADD') return destinationOf(step, instruction);
  if (instruction.kind === 'WORKDIR')
    return joinPath(step.workdir ?? '/', step.expand(instruction.value?.raw ?? '') ?? '');
  return undefined;
}

function vertexOf(draft: Draft, { step, node }: BuildStep, tokens: BuildStep, below: Below): Vertex {
  const { instruction } = step;
  const known = draft.ofStep.get(step) ?? [];
  const isCopy = instruction.kind === 'COPY' || instruction.kind === 'ADD';
  const inputs = isCopy
    ? copyInputs(draft, tokens.node, tokens.step, instruction, known)
    : instruction.kind === 'RUN'
      ? runInputs(draft, tokens.node, tokens.step, instruction, known)
      : [];
  // On nothing there is nothing to be linked to: the same as without the flag.
  const link = isCopy && isLinked(instruction) && !(below.kind === 'base' && below.name === 'scratch');
  return {
    step,
    node,
    index: draft.list.length,
    operation: operationOf(tokens.step, draft.options, link),
    tokens: tokens.step,
    link,
    below,
    inputs,
    target: targetOf(tokens.step),
  };
}

/** The steps of a build with what they build on and take. */
export function verticesOf(built: Built, flags: BuildFlags = { run: {} }, outside: Outside = {}): Vertices {
  const { needs, dockerfile } = built;
  const graph = tokenGraph(built, outside);
  const sources = needs.uses.flatMap((use) => use.sources);
  const ofStep = new Map<Step, number[]>();
  let at = 0;
  for (const use of needs.uses) {
    ofStep.set(use.step, [...(ofStep.get(use.step) ?? []), ...use.sources.map(() => at++)]);
  }
  const epoch = graph.options.args.SOURCE_DATE_EPOCH ?? undefined;
  const options: StepOptions = { epoch, run: runFlags(built, flags) };
  const draft: Draft = { built, graph, outside, options, sources, ofStep, list: [], ends: new Map() };
  const steps = buildSteps(built.graph, dockerfile);
  const tokens = tokenSteps(built.graph, graph);
  const starts = new Map<number, Below>();
  const reached = builtStages(built.graph);
  for (const node of built.graph.stages) {
    const own = graph.stages[node.stage.index];
    if (!reached.has(node) || own === undefined) continue;
    let below = startOf(draft, own);
    starts.set(node.stage.index, below);
    for (const one of steps.filter((step) => step.node === node)) {
      const token = tokens.get(one.step);
      if (token === undefined) continue;
      draft.list.push(vertexOf(draft, one, { step: token, node: own }, below));
      below = { kind: 'step', vertex: draft.list.length - 1 };
    }
    draft.ends.set(node.stage.index, below);
  }
  return { list: draft.list, sources, starts };
}

/** The steps of a graph with tokens that stand for those of `graph`. */
function tokenSteps(graph: StageGraph, tokens: StageGraph): ReadonlyMap<Step, Step> {
  const found = new Map<Step, Step>();
  for (const [i, node] of graph.stages.entries()) {
    const other = tokens.stages[i];
    const own = [...node.triggered, ...node.steps];
    const theirs = other === undefined ? [] : [...other.triggered, ...other.steps];
    for (const [at, step] of own.entries()) {
      const token = theirs[at];
      if (token !== undefined) found.set(step, token);
    }
  }
  return found;
}
