import { moveDeclarations, removeDeclarations } from '../fixes/declarations.js';
import { blockOf } from '../fixes/dockerfile.js';
import { projectRootOf } from '../project/config.js';
import { contextView } from '../project/context.js';
import type { VolatileArgument } from '../project/volatile.js';
import { isPlaceholder } from '../project/volatileargs.js';
import { volatileArguments } from '../project/volatilesearch.js';
import { commandsOf } from '../sim/commands.js';
import {
  type Declared,
  declaredArguments,
  type EarlyArgument,
  earlyArgument,
  type Member,
} from '../sim/early.js';
import { isCheap } from '../sim/envcommands.js';
import type { Step } from '../sim/model.js';
import { wordsOf } from '../sim/obstacles.js';
import { type Changes, changesByName, isBustName } from '../syntax/changing/changes.js';
import type { TextEdit } from '../text/edit.js';
import { relativePath } from '../text/paths.js';
import type { DockerfileContext, Fix, Related, RuleFinding } from './rule.js';

/** An argument that changes by itself and stands ahead of steps that do not read it. */
interface Early {
  readonly found: EarlyArgument;
  readonly changes: Changes;
  /** Who passes it; undefined where only its name says that it changes. */
  readonly passed: VolatileArgument | undefined;
}

/** Arguments whose value BuildKit treats in a way of its own. */
const exempt =
  /^(?:SOURCE_DATE_EPOCH|(?:https?|ftp|all|no)_proxy|BUILDKIT_\w+|(?:TARGET|BUILD)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT))$/i;

/** How often an argument that nobody is seen to pass changes, going by its name; a default that means something fixes it. */
function saidByName(rule: DockerfileContext, { name, instruction, index }: Declared): Changes | undefined {
  if (rule.builds.some(({ args }) => typeof args[name] === 'string')) return undefined;
  const globals = rule.dockerfile.globalArgs.flatMap(({ declarations }) => declarations);
  const own = instruction.kind === 'ARG' ? instruction.declarations[index]?.value : undefined;
  const value = own ?? globals.find((one) => one.name === name)?.value;
  return value === undefined || isPlaceholder(value.raw) ? changesByName(name) : undefined;
}

/** A word about the cache in the comment above says that the place is chosen on purpose. */
function isOnPurpose(rule: DockerfileContext, { instruction, name }: Declared): boolean {
  const { text } = rule.dockerfile;
  const above = text.slice(blockOf(rule.dockerfile, instruction).start, instruction.span.start);
  return isBustName(name) || /cache|rebuild|re-run|invalidat|\bbust/i.test(above);
}

function earlyArguments(rule: DockerfileContext): readonly Early[] {
  const declared = declaredArguments(rule.graph).filter(([, { name }]) => !exempt.test(name));
  if (declared.length === 0) return [];
  const { dockerfile, graph, shell } = rule;
  const view = { dockerfile, graph, shell, context: contextView(rule.snapshot, rule.build) };
  const found = declared.flatMap(([node, argument]) => earlyArgument(view, node, argument) ?? []);
  if (found.length === 0) return [];
  const passed = new Map<string, VolatileArgument>();
  for (const build of rule.builds) {
    for (const one of volatileArguments(rule.snapshot, build))
      if (!passed.has(one.name)) passed.set(one.name, one);
  }
  return found.flatMap((early): Early[] => {
    const { argument } = early;
    const by = passed.get(argument.name);
    const changes = by?.changes ?? saidByName(rule, argument);
    if (changes === undefined) return [];
    // One that is there to make steps run again has its use in the next one, unless a later one names it.
    if (isOnPurpose(rule, argument) && !early.named) return [];
    return [{ found: early, changes, passed: by }];
  });
}

/** The steps that take time first. */
function dearestFirst(rule: DockerfileContext, steps: readonly Step[]): readonly Step[] {
  const takesTime = (step: Step): boolean => commandOf(rule, step) !== undefined;
  return [...steps.filter(takesTime), ...steps.filter((step) => !takesTime(step))];
}

/** The first command of a step that takes time, as it is shown. */
function commandOf(rule: DockerfileContext, step: Step): string | undefined {
  const node = rule.graph.stages[step.stage];
  const command = node && commandsOf(node, step, rule.shell)?.find((one) => !isCheap(one));
  return command && wordsOf(command);
}

function stepsText(rule: DockerfileContext, steps: readonly Step[]): string {
  const [first, ...others] = steps;
  const shown = first && commandOf(rule, first);
  const more =
    others.length === 0 ? '' : others.length === 1 ? ' and another step' : ` and ${others.length} more steps`;
  return `"${shown ?? ''}"${more}, which ${others.length === 0 ? 'does' : 'do'} not use it`;
}

function messageOf(
  rule: DockerfileContext,
  { found, changes, passed }: Early,
  steps: readonly Step[],
): string {
  const { name } = found.argument;
  const every = changes === 'commit' ? 'every commit' : 'every build';
  const { environment } = found;
  const what =
    environment === undefined || environment.name === name ? name : `${environment.name}, made of ${name},`;
  return passed === undefined
    ? `${what} sounds like a value that changes with ${every}: each new one re-runs ${stepsText(rule, steps)}.`
    : `${what} changes with ${every} and re-runs ${stepsText(rule, steps)}.`;
}

function words(group: readonly Member[]): string {
  const variables = group.flatMap((one) => ('name' in one ? [`${one.instruction.kind} ${one.name}`] : []));
  const labels = group.length - variables.length;
  const all = [
    ...variables,
    ...(labels === 0 ? [] : labels === 1 ? ['its LABEL'] : [`its ${labels} LABELs`]),
  ];
  return all.length < 3 ? all.join(' and ') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

function editsOf(
  rule: DockerfileContext,
  { group }: EarlyArgument,
  place: NonNullable<EarlyArgument['place']>,
): readonly TextEdit[] | undefined {
  return place === 'nowhere'
    ? removeDeclarations(rule.dockerfile, group)
    : moveDeclarations(rule.dockerfile, group, place.where, place.instruction);
}

function isRun(place: Exclude<NonNullable<EarlyArgument['place']>, 'nowhere'>): boolean {
  return place.instruction.kind === 'RUN';
}

/** The fix, or why there is none. */
function fixOf(rule: DockerfileContext, early: EarlyArgument): Fix | string {
  const { group, named, place, doubts } = early;
  if (place === undefined) return 'stages that build on this one need it at different places';
  const edits = editsOf(rule, early, place);
  if (edits === undefined) return 'a comment stands between the variables of one instruction';
  const [doubt] = isBustName(early.argument.name)
    ? ['what stands above its use runs again less often then']
    : doubts;
  const title =
    place === 'nowhere'
      ? `Remove ${words(group)}, which nothing reads`
      : place.where === 'after'
        ? `Move ${words(group)} below the last RUN of the stage: none reads it`
        : `Move ${words(group)} down to just before ${isRun(place) && !named ? 'the first step that may read it' : 'the first use'}`;
  return {
    title: doubt === undefined ? title : `${title} (${doubt})`,
    applicability: doubt === undefined ? 'safe' : 'unsafe',
    changes: () => [{ kind: 'edit', path: rule.path, edits }],
  };
}

function relatedOf(
  rule: DockerfileContext,
  { found, passed }: Early,
  steps: readonly Step[],
  reason: string | undefined,
): readonly Related[] {
  const root = projectRootOf(rule.snapshot, rule.path);
  const where = passed && relativePath(root, passed.path);
  return [
    ...(passed === undefined
      ? []
      : [{ path: passed.path, at: passed.at, message: `Its value comes from ${where}: ${passed.value}.` }]),
    ...steps.map(({ instruction }) => ({ at: instruction.span, message: 'This step runs again.' })),
    ...(reason === undefined
      ? []
      : [{ at: found.argument.instruction.span, message: `No fix is offered: ${reason}.` }]),
  ];
}

/** What there is to say of arguments that change by themselves: of those that an ENV brings to the steps, or of the others. */
export function* earlyFindings(rule: DockerfileContext, by: 'ARG' | 'ENV'): Generator<RuleFinding> {
  for (const early of earlyArguments(rule)) {
    const { found, passed } = early;
    const { argument, environment } = found;
    if ((by === 'ENV') !== (environment !== undefined)) continue;
    const { instruction, index } = environment ?? argument;
    const spans = instruction.kind === 'ARG' ? instruction.declarations : instruction.pairs;
    const steps = dearestFirst(rule, found.early);
    const fix = fixOf(rule, found);
    yield {
      at: (spans.length > 1 ? spans[index]?.span : undefined) ?? instruction.span,
      message: messageOf(rule, early, steps),
      severity: passed === undefined ? 'information' : 'warning',
      related: relatedOf(rule, early, steps, typeof fix === 'string' ? fix : undefined),
      pays: steps,
      fixes: typeof fix === 'string' ? [] : [fix],
    };
  }
}
