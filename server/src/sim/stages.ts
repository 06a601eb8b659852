import { expandWord } from '../syntax/dockerfile/expand.js';
import type { Dockerfile, Instruction, Stage } from '../syntax/dockerfile/model.js';
import { withInlineScripts } from '../syntax/shell/commands.js';
import type { ShellParser, ShellScript } from '../syntax/shell/model.js';
import { allVariables, type Environment, noVariables } from './environment.js';
import type { ShellOf, StageBase, StageGraph, StageNode, Step } from './model.js';
import {
  type BuildArgs,
  expandIn,
  globalEnvironment,
  lookupIn,
  type Scope,
  scopeAfter,
  scopeOfChild,
  unknownToken,
  withTokens,
} from './scope.js';

/** What a build says about the stages. */
export interface GraphOptions {
  /** Stage to build: a name or an index; null for the last. */
  readonly target: string | null;
  readonly args: BuildArgs;
  /** Names of `additional_contexts`: they stand before stages and images of that name. */
  readonly namedContexts: readonly string[];
  /**
   * Put a token in the place of every value that cannot be known, the same for the same unknown: two texts with tokens are
   * equal where they surely come to the same. The function names images: two that are the same have one name. Left out: such
   * values are undefined.
   */
  readonly tokens?: (image: string) => string;
}

interface Context {
  readonly dockerfile: Dockerfile;
  readonly args: BuildArgs;
  readonly globals: Environment;
  readonly contexts: ReadonlySet<string>;
  readonly tokens: ((image: string) => string) | undefined;
}

type Need = StageNode['needs'][number];

interface Draft {
  readonly stage: Stage;
  readonly base: StageBase;
  readonly steps: readonly Step[];
  readonly triggered: readonly Step[];
  readonly needs: readonly Need[];
  /** What holds after the last step. */
  readonly after: Scope;
}

/** The index of the last stage before `before` that has `name`, without case. */
function stageNamed(stages: readonly Stage[], name: string, before: number): number | undefined {
  const wanted = name.toLowerCase();
  for (let i = Math.min(before, stages.length) - 1; i >= 0; i--) {
    if (stages[i]?.name?.toLowerCase() === wanted) return i;
  }
  return undefined;
}

function baseOf(context: Context, stage: Stage): StageBase {
  const own = stage.name?.toLowerCase();
  // A context of the stage's own name takes the whole stage's place.
  if (own !== undefined && context.contexts.has(own)) return { kind: 'context', name: own };
  const raw = stage.from.image?.raw;
  const { escape: escapeChar, stages } = context.dockerfile;
  const name = raw === undefined ? undefined : expandWord(raw, lookupIn(context.globals), escapeChar);
  if (name === undefined || name === '') return { kind: 'image', name: undefined };
  const index = stageNamed(stages, name, stage.index);
  if (index !== undefined) return { kind: 'stage', index };
  if (context.contexts.has(name.toLowerCase())) return { kind: 'context', name };
  if (name === 'scratch') return { kind: 'scratch' };
  return { kind: 'image', name };
}

const WINDOWS_IMAGE = /(?:^|\/)windows(?:\/|$|:)|nanoserver|servercore/i;

function isWindows(stage: Stage, base: StageBase): boolean {
  if (/^windows\b/i.test(stage.from.platform ?? '')) return true;
  return base.kind === 'image' && WINDOWS_IMAGE.test(base.name ?? stage.from.image?.raw ?? '');
}

function scopeAtStart(context: Context, stage: Stage, base: StageBase, before: readonly Draft[]): Scope {
  const parent = base.kind === 'stage' ? before[base.index] : undefined;
  if (parent !== undefined) return scopeOfChild(parent.after);
  const empty = base.kind === 'scratch';
  const tokens = context.tokens && baseTokens(stage, base, context.tokens);
  const variables = tokens === undefined ? noVariables : { own: tokens.variables, below: undefined };
  return {
    environment: variables,
    image: variables,
    closed: empty,
    token: tokens?.of,
    workdir: empty ? '/' : tokens?.of('.'),
    user: empty ? 'root' : tokens?.of('@'),
    shell: undefined,
    // A backtick as escape character is only ever chosen for Windows paths.
    posixShell: context.dockerfile.escape === '\\' && !isWindows(stage, base),
  };
}

interface Tokens {
  readonly of: (name: string) => string;
  /** Stands for all variables of the base: their place among the others counts. */
  readonly variables: Environment;
}

function baseTokens(stage: Stage, base: StageBase, nameOf: (image: string) => string): Tokens {
  const name = base.kind === 'image' ? nameOf(base.name ?? stage.from.image?.raw ?? '') : base.kind;
  return {
    of: (variable) => unknownToken(`${name}:${variable}`),
    variables: new Map([[unknownToken('base'), '']]),
  };
}

/** The stage a COPY --from or a mount's from= means; undefined for the context, an image or a stage that comes later. */
function sourceStage(context: Context, name: string, before: number, byIndex: boolean): number | undefined {
  if (name.includes('$') || context.contexts.has(name.toLowerCase())) return undefined;
  if (byIndex && /^\d+$/.test(name)) {
    const index = Number(name);
    return index < before ? index : undefined;
  }
  return stageNamed(context.dockerfile.stages, name, before);
}

function needsOf(context: Context, instruction: Instruction, index: number): Need[] {
  if (instruction.kind === 'COPY' && instruction.from !== undefined) {
    const stage = sourceStage(context, instruction.from, index, true);
    return stage === undefined ? [] : [{ stage, by: instruction, how: 'copy' }];
  }
  if (instruction.kind !== 'RUN') return [];
  return instruction.mounts.flatMap((mount): Need[] => {
    const stage = mount.from === undefined ? undefined : sourceStage(context, mount.from, index, false);
    return stage === undefined ? [] : [{ stage, by: instruction, how: 'mount' }];
  });
}

/** What ONBUILD of the stage this one is FROM runs before its own instructions. */
function triggersOf(base: StageBase, before: readonly Draft[]): Instruction[] {
  const parent = base.kind === 'stage' ? before[base.index] : undefined;
  return (parent?.stage.instructions ?? []).flatMap((i) =>
    i.kind === 'ONBUILD' && i.trigger !== undefined ? [i.trigger] : [],
  );
}

/** The step of `instruction`; its environment is only put together when someone asks. */
function stepAt(scope: Scope, instruction: Instruction, stage: number, escapeChar: '\\' | '`'): Step {
  let environment: Environment | undefined;
  return {
    instruction,
    stage,
    get environment() {
      environment ??= allVariables(scope.environment, true);
      return environment;
    },
    workdir: scope.workdir,
    user: scope.user,
    posixShell: scope.posixShell,
    shell: scope.shell,
    expand: (raw) => expandIn(scope, { raw }, escapeChar),
  };
}

function draftOf(context: Context, stage: Stage, before: readonly Draft[]): Draft {
  const base = baseOf(context, stage);
  const { escape: escapeChar } = context.dockerfile;
  const needs: Need[] = base.kind === 'stage' ? [{ stage: base.index, by: stage.from, how: 'from' }] : [];
  let scope = scopeAtStart(context, stage, base, before);
  const run = (instruction: Instruction): Step => {
    const step = stepAt(scope, instruction, stage.index, escapeChar);
    needs.push(...needsOf(context, instruction, stage.index));
    scope = scopeAfter(scope, instruction, context.args, context.globals, escapeChar);
    return step;
  };
  const triggered = triggersOf(base, before).map(run);
  const steps = stage.instructions.map(run);
  return { stage, base, steps, triggered, needs, after: scope };
}

function targetIndex(stages: readonly Stage[], target: string | null): number | undefined {
  if (target === null || target === '') return stages.length > 0 ? stages.length - 1 : undefined;
  const named = stageNamed(stages, target, stages.length);
  if (named !== undefined) return named;
  return /^\d+$/.test(target) && Number(target) < stages.length ? Number(target) : undefined;
}

function reach(
  drafts: readonly Draft[],
  from: number | undefined,
  hows: readonly Need['how'][],
): Set<number> {
  const found = new Set<number>();
  const todo = from === undefined ? [] : [from];
  for (let index = todo.pop(); index !== undefined; index = todo.pop()) {
    if (found.has(index)) continue;
    found.add(index);
    for (const need of drafts[index]?.needs ?? []) if (hows.includes(need.how)) todo.push(need.stage);
  }
  return found;
}

/** The stages of `dockerfile` as one build sees them (SPEC B1): what each is built on, what its steps see, what is needed. */
export function buildGraph(dockerfile: Dockerfile, options: GraphOptions): StageGraph {
  const { stages } = dockerfile;
  if (stages.length === 0) return { stages: [], target: undefined, options };
  const globals = globalEnvironment(dockerfile.globalArgs, options.args, options.target, dockerfile.escape);
  const context: Context = {
    dockerfile,
    args: options.args,
    globals: options.tokens ? withTokens(globals) : globals,
    contexts: new Set(options.namedContexts.map((name) => name.toLowerCase())),
    tokens: options.tokens,
  };
  const drafts: Draft[] = [];
  for (const stage of stages) drafts.push(draftOf(context, stage, drafts));
  const target = targetIndex(stages, options.target);
  const reachable = reach(drafts, target, ['from', 'copy', 'mount']);
  const shipped = reach(drafts, target, ['from']);
  const nodes = drafts.map(
    ({ stage, base, steps, triggered, needs }, i): StageNode => ({
      stage,
      base,
      steps,
      triggered,
      needs,
      reachable: reachable.has(i),
      shipped: shipped.has(i),
    }),
  );
  return { stages: nodes, target: target === undefined ? undefined : nodes[target], options };
}

/**
 * Reads the shell text of steps with `parser`; undefined for a step without one: the exec form, another shell, or no
 * parser yet. What `sh -c '…'` runs is read too. Scripts are remembered per instruction.
 */
export function shellOf(
  parser: ShellParser | undefined,
  cache: Map<Instruction, ShellScript> = new Map(),
): ShellOf {
  const read = (step: Step): ShellScript | undefined => {
    const { instruction } = step;
    if (parser === undefined || !step.posixShell) return undefined;
    if (!('script' in instruction) || instruction.script === undefined) return undefined;
    const known = cache.get(instruction);
    if (known !== undefined) return known;
    const { script } = instruction;
    const parsed = withInlineScripts(parser(script), script, parser);
    cache.set(instruction, parsed);
    return parsed;
  };
  return Object.assign(read, { commands: new Map() });
}
