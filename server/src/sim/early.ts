import type { Instruction, OtherInstruction } from '../syntax/dockerfile/model.js';
import { commandsOf } from './commands.js';
import { isCheap } from './envcommands.js';
import type { ReadView } from './envmanifests.js';
import { namesAny, takesAny } from './envnames.js';
import { readingOf } from './envreads.js';
import type { StageGraph, StageNode, Step } from './model.js';

/** What is asked of a Dockerfile. */
export interface EarlyView extends ReadView {
  readonly graph: StageGraph;
}

type Setting = Extract<Instruction, { kind: 'ARG' | 'ENV' }>;

/** A variable as an ARG or ENV of a stage sets it. */
export interface Declared {
  readonly name: string;
  readonly instruction: Setting;
  readonly index: number;
  readonly step: Step;
}

/** A LABEL that takes a variable: it is part of no step, so it moves along. */
interface Labelled {
  readonly instruction: OtherInstruction;
  readonly step: Step;
}

/** What depends on an argument and has to move with it. */
export type Member = Declared | Labelled;

/** An argument that stands ahead of steps which do not read it. */
export interface EarlyArgument {
  readonly argument: Declared;
  /** It and what is made of it (`ENV B=$A`, `LABEL b=$A`) ahead of the last of `early`, in order: what has to move together. */
  readonly group: readonly Member[];
  /** The ENV of the group, where it stands ahead of all of `early`. */
  readonly environment: Declared | undefined;
  /** RUNs that get it and do not read it, in the order of the file; some in stages FROM this one. One of them takes time. */
  readonly early: readonly [Step, ...Step[]];
  /** Why one of `early` might read it after all. */
  readonly doubts: readonly string[];
  /** A later step names it. */
  readonly named: boolean;
  /** Where the group can stand instead; undefined where no place in this stage would do. */
  readonly place:
    | { readonly where: 'before' | 'after'; readonly instruction: Instruction }
    | 'nowhere'
    | undefined;
}

/** What is found on the way down from a variable. */
interface Way {
  readonly names: Set<string>;
  /** Variables that the values of the group are made of. */
  readonly parts: Set<string>;
  /** Keys of the labels in the group. */
  readonly labels: Set<string>;
  readonly group: Member[];
  readonly early: Step[];
  readonly doubts: string[];
}

/** Where a way ends: at a step that reads the variable, or at the end of the stage. */
interface End {
  readonly use: Step | undefined;
  readonly named: boolean;
}

function textOf({ dockerfile }: EarlyView, { fullSpan }: Instruction): string {
  return dockerfile.text.slice(fullSpan.start, fullSpan.end);
}

/** The variables an ARG or ENV sets, with the text of their values. */
function set(instruction: Setting): readonly { name: string; value: string }[] {
  return instruction.kind === 'ARG'
    ? instruction.declarations.map(({ name, value }) => ({ name, value: value?.raw ?? '' }))
    : instruction.pairs.map(({ name, value }) => ({ name, value: value.raw }));
}

function addParts(value: string, parts: Set<string>): void {
  for (const [, name = ''] of value.matchAll(/\$\{?([A-Za-z_]\w*)/g)) parts.add(name);
}

/** Takes along what the rest of the argument's own instruction makes of it (`ARG A B=$A`); false where it is set again there. */
function passOwn({ step, instruction, index }: Declared, way: Way): boolean {
  const all = set(instruction);
  for (const [i, { name, value }] of all.entries()) {
    if (i <= index) continue;
    const follows = takesAny(value, way.names);
    if (way.parts.has(name) || (way.names.has(name) && !follows)) return false;
    if (!follows) continue;
    way.group.push({ name, instruction, index: i, step });
    way.names.add(name);
    addParts(value, way.parts);
  }
  return true;
}

/** Goes past an ARG or ENV, taking along what is made of the group; false where the group cannot go past it. */
function passDeclarations(step: Step, instruction: Setting, way: Way): boolean {
  const all = set(instruction);
  const follows = all.map(({ value }) => takesAny(value, way.names));
  const blocks = all.some(
    ({ name }, i) => way.parts.has(name) || (way.names.has(name) && follows[i] !== true),
  );
  if (blocks) return false;
  all.forEach(({ name, value }, index) => {
    if (follows[index] !== true) return;
    way.group.push({ name, instruction, index, step });
    way.names.add(name);
    addParts(value, way.parts);
  });
  return true;
}

/** The keys a LABEL sets, as written. */
function labelKeys({ words }: OtherInstruction): readonly string[] {
  const written = words.map(({ raw }) => raw);
  const legacy = written[0]?.includes('=') === false;
  return (legacy ? written.slice(0, 1) : written).map((word) =>
    word.replace(/=.*$/s, '').replace(/["']/g, ''),
  );
}

/** Goes past a LABEL, taking it along where it takes a variable of the group; false where it must not change places with one. */
function passLabel(step: Step, instruction: OtherInstruction, takes: boolean, way: Way): boolean {
  const keys = labelKeys(instruction);
  if (keys.some((key) => way.labels.has(key) || key.includes('$'))) return false;
  if (!takes) return true;
  way.group.push({ instruction, step });
  for (const key of keys) way.labels.add(key);
  for (const { raw } of instruction.words) addParts(raw, way.parts);
  return true;
}

/** Goes down `steps` as long as none reads the variable. */
function walk(view: EarlyView, node: StageNode, steps: readonly Step[], way: Way): End {
  for (const step of steps) {
    const { instruction } = step;
    if (instruction.kind === 'RUN') {
      const reading = readingOf(view, node, step, way.names);
      if (reading.kind === 'named' || reading.kind === 'may')
        return { use: step, named: reading.kind === 'named' };
      way.early.push(step);
      if (reading.kind === 'unsure') way.doubts.push(reading.why);
    } else if (instruction.kind === 'ARG' || instruction.kind === 'ENV') {
      if (!passDeclarations(step, instruction, way)) return { use: step, named: true };
    } else if (instruction.kind === 'ONBUILD') {
      if (namesAny(textOf(view, instruction), way.names)) return { use: step, named: true };
    } else {
      const takes = takesAny(textOf(view, instruction), way.names);
      if (instruction.kind === 'OTHER' && instruction.keyword === 'LABEL') {
        if (!passLabel(step, instruction, takes, way)) return { use: step, named: true };
      } else if (takes) return { use: step, named: true };
    }
  }
  return { use: undefined, named: false };
}

/** Goes on in the stages FROM `node`: whether one of them reads the variable. What a build leaves out still counts as a reader. */
function walkChildren(view: EarlyView, node: StageNode, way: Way): boolean {
  let used = false;
  for (const child of view.graph.stages) {
    if (child.base.kind !== 'stage' || child.base.index !== node.stage.index) continue;
    const inner: Way = {
      names: new Set(way.names),
      parts: new Set(way.parts),
      labels: new Set(way.labels),
      group: [],
      early: [],
      doubts: [],
    };
    const end = walk(view, child, [...child.triggered, ...child.steps], inner);
    const below = end.use === undefined && walkChildren(view, child, inner);
    const takes = inner.group.length > 0 || end.use !== undefined || below;
    used = used || takes;
    if (!child.reachable) continue;
    way.early.push(...inner.early);
    way.doubts.push(...inner.doubts);
  }
  return used;
}

/** Whether a step takes time worth speaking of. */
function takesTime(view: EarlyView, step: Step): boolean {
  const node = view.graph.stages[step.stage];
  const commands = node && commandsOf(node, step, view.shell);
  return commands?.some((command) => !isCheap(command)) === true;
}

/** Whether a constant ENV of the same name hides the argument, or it is declared before: here or in a stage this one is FROM. */
function isDecidedBefore(graph: StageGraph, node: StageNode, { name, step }: Declared): boolean {
  const sets = ({ instruction }: Step): boolean =>
    (instruction.kind === 'ENV' || instruction.kind === 'ARG') &&
    set(instruction).some((one) => one.name === name);
  const before = node.steps.slice(0, node.steps.indexOf(step));
  if (before.some(sets) || node.triggered.some(sets)) return true;
  for (let at: StageNode | undefined = node; at?.base.kind === 'stage'; ) {
    at = graph.stages[at.base.index];
    if (at?.steps.some(sets) === true) return true;
  }
  return false;
}

/** The members of a group that stand ahead of the last early step: the others may stay. */
function movingOf(group: readonly Member[], here: readonly Step[]): readonly Member[] {
  const last = here.at(-1)?.instruction.span.start ?? Number.POSITIVE_INFINITY;
  return group.filter(({ instruction }) => instruction.span.start < last);
}

function placeOf(
  view: EarlyView,
  way: Way,
  use: Step | undefined,
  here: readonly Step[],
  usedBelow: boolean,
): EarlyArgument['place'] {
  const takes = (steps: readonly Step[]): boolean => steps.some((step) => takesTime(view, step));
  if (use === undefined && !usedBelow && way.group.every(({ instruction }) => instruction.kind === 'ARG'))
    return 'nowhere';
  const last = here.at(-1);
  if (last === undefined || !takes(here) || takes(way.early.slice(here.length))) return undefined;
  const next = way.group[movingOf(way.group, here).length]?.instruction ?? use?.instruction;
  return next === undefined
    ? { where: 'after', instruction: last.instruction }
    : { where: 'before', instruction: next };
}

function isEnvironment(member: Member): member is Declared {
  return member.instruction.kind === 'ENV';
}

/** What stands between `argument` and its first use that need not run again when its value changes; undefined where nothing does. */
export function earlyArgument(
  view: EarlyView,
  node: StageNode,
  argument: Declared,
): EarlyArgument | undefined {
  if (isDecidedBefore(view.graph, node, argument)) return undefined;
  const way: Way = {
    names: new Set([argument.name]),
    parts: new Set(),
    labels: new Set(),
    group: [argument],
    early: [],
    doubts: [],
  };
  addParts(set(argument.instruction)[argument.index]?.value ?? '', way.parts);
  if (!passOwn(argument, way)) return undefined;
  const end = walk(view, node, node.steps.slice(node.steps.indexOf(argument.step) + 1), way);
  const here = [...way.early];
  const usedBelow = end.use === undefined && walkChildren(view, node, way);
  const [first, ...others] = way.early;
  const dear = way.early.find((step) => takesTime(view, step));
  if (first === undefined || dear === undefined) return undefined;
  const environment = way.group.find(isEnvironment);
  const isAhead =
    environment !== undefined && environment.instruction.span.start < dear.instruction.span.start;
  return {
    argument,
    group: movingOf(way.group, here),
    environment: isAhead ? environment : undefined,
    early: [first, ...others],
    doubts: [...new Set(way.doubts)],
    named: end.named,
    place: placeOf(view, way, end.use, here, usedBelow),
  };
}

/** The arguments that the stages a build needs declare, in the order of the file. */
export function declaredArguments(graph: StageGraph): readonly (readonly [StageNode, Declared])[] {
  return graph.stages
    .filter(({ reachable }) => reachable)
    .flatMap((node) =>
      node.steps.flatMap((step) => {
        const { instruction } = step;
        if (instruction.kind !== 'ARG') return [];
        return instruction.declarations.map(
          ({ name }, index) => [node, { name, instruction, index, step }] as const,
        );
      }),
    );
}
