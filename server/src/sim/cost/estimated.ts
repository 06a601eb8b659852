import type { Basis } from '../../project/estimate.js';
import type { CopyInstruction, RunInstruction } from '../../syntax/dockerfile/model.js';
import type { BuildStep } from '../cache/model.js';
import { commandsOf, type StepCommand } from '../commands.js';
import { installOf } from '../installs.js';
import { parentOf } from '../lineage.js';
import type { StageNode, Step } from '../model.js';
import { countOf } from './counts.js';
import { container, copying } from './families.js';
import type { Family } from './family.js';
import type { StepSeconds } from './model.js';
import {
  estimate,
  multiplied,
  noRange,
  plus,
  type Range,
  rangeOf,
  times,
  unknown,
  without,
} from './ranges.js';
import { recognise } from './recognise.js';
import type { SecondsInput } from './seconds.js';
import { type Surroundings, surroundingsOf } from './surroundings.js';

/** From so many seconds on, what is known of a RUN is worth telling although nothing is known of the rest. */
const worthTelling = 10;

const megabyte = 1_000_000;

/** A part of a RUN whose time is known, more or less. */
interface Part {
  readonly family: Family | undefined;
  readonly range: Range;
  readonly basis: Basis;
  readonly source: string;
}

/** What a RUN comes down to. */
interface Sum {
  readonly parts: readonly Part[];
  /** What nobody knows, one phrase each. */
  readonly unknown: readonly string[];
}

/** What a step takes, as far as that can be told without a build. */
export interface Estimated {
  readonly seconds: StepSeconds;
  /** What it takes most of the time for; undefined where that is no family of commands. */
  readonly family: Family | undefined;
}

/** A build, and which of its steps count as having been there before another. */
interface Costed extends SecondsInput {
  counts(earlier: Step): boolean;
}

/** Seconds of steps by what the project shows and the families of commands; `counts`: earlier steps that may spare work. */
export function estimator(
  build: SecondsInput,
  counts: (earlier: Step) => boolean = () => true,
): (buildStep: BuildStep) => Estimated {
  const input = { ...build, counts };
  const around = surroundingsOf(input);
  return (buildStep) => {
    const { instruction } = buildStep.step;
    if (instruction.kind === 'RUN') return runSeconds(input, around, buildStep, instruction);
    const seconds =
      instruction.kind === 'COPY' || instruction.kind === 'ADD'
        ? copySeconds(input, around, buildStep, instruction)
        : estimate(rangeOf(copying.fixed), 'assumed', copying.source);
    return { seconds, family: undefined };
  };
}

function copySeconds(
  { built }: SecondsInput,
  around: Surroundings,
  { step }: BuildStep,
  instruction: CopyInstruction,
): StepSeconds {
  const fixed = rangeOf(copying.fixed);
  if (instruction.sources.some(({ value }) => /^([a-z][a-z0-9+.-]*:\/\/|git@)/i.test(value)))
    return estimate(plus(fixed, rangeOf(copying.address)), 'assumed', 'a download: our own estimate');
  if (instruction.sources.length === 0) return estimate(fixed, 'assumed', copying.source);
  const taken = built.needs.uses.some((use) => use.step === step) ? around.takenBy(step) : undefined;
  if (taken === undefined)
    return estimate(plus(fixed, rangeOf(copying.otherwise)), 'assumed', copying.source);
  const files = times(rangeOf(copying.file), taken.files);
  const bytes = times(rangeOf(copying.megabyte), taken.bytes / megabyte);
  return estimate(plus(fixed, plus(files, bytes)), 'simulated', `the files it copies; ${copying.source}`);
}

function runSeconds(
  input: Costed,
  around: Surroundings,
  buildStep: BuildStep,
  instruction: RunInstruction,
): Estimated {
  const commands = commandsOf(buildStep.node, buildStep.step, input.shell);
  if (commands === undefined)
    return { seconds: unknown('its commands cannot be read: import a build log'), family: undefined };
  const sum = sumOf(commands, (command) => partOf(command, input, around, buildStep, instruction));
  const start = rangeOf(container.seconds);
  const known = sum.parts.reduce((range, part) => plus(range, part.range), noRange);
  const main = [...sum.parts].sort((a, b) => b.range.value - a.range.value);
  const family = main[0]?.family;
  const [lacking] = sum.unknown;
  if (lacking !== undefined && known.value < worthTelling)
    return { seconds: unknown(`nothing is known of ${lacking}: import a build log`), family };
  const told = main.filter(({ range }, i) => i === 0 || range.value >= known.value / 4).slice(0, 2);
  const sources = told.length === 0 ? [container.source] : [...new Set(told.map(({ source }) => source))];
  if (lacking !== undefined) sources.push(`at least: nothing is known of ${lacking}`);
  const seconds = estimate(plus(start, known), main[0]?.basis ?? 'assumed', sources.join('; '));
  return { seconds: lacking === undefined ? seconds : { ...seconds, atLeast: true }, family };
}

/** Adds up commands; of those of which a condition chooses one, it is any. */
function sumOf(
  commands: readonly StepCommand[],
  partOfCommand: (command: StepCommand) => Part | 'light' | { readonly unknown: string },
): Sum {
  const parts: Part[] = [];
  const alternatives: Part[] = [];
  const unknowns: string[] = [];
  for (const command of commands) {
    // What stands behind `||` runs where something failed, a function where it is called.
    if (command.words.length === 0 || command.joined === '||' || command.inside.includes('function'))
      continue;
    const part = partOfCommand(command);
    if (part === 'light') continue;
    if ('unknown' in part) unknowns.push(part.unknown);
    else if (command.inside.includes('loop')) unknowns.push('how often its loop runs');
    else if (command.inside.includes('if') || command.inside.includes('case')) alternatives.push(part);
    else parts.push(part);
  }
  return { parts: [...parts, ...oneOf(alternatives)], unknown: [...new Set(unknowns)] };
}

/** One of several parts, nobody knows which: one whose project files are there before others. */
function oneOf(alternatives: readonly Part[]): readonly Part[] {
  const sure = alternatives.filter(({ basis }) => basis === 'simulated');
  const [first, ...others] = [...(sure.length > 0 ? sure : alternatives)].sort(
    (a, b) => b.range.value - a.range.value,
  );
  if (first === undefined) return [];
  const high = Math.max(first.range.high, ...others.map(({ range }) => range.high));
  return [{ ...first, range: { low: 0, value: first.range.value, high } }];
}

function partOf(
  command: StepCommand,
  input: Costed,
  around: Surroundings,
  { node, step }: BuildStep,
  instruction: RunInstruction,
): Part | 'light' | { readonly unknown: string } {
  const known = recognise(command);
  if (known.kind === 'light') return 'light';
  if (known.kind === 'unknown')
    return { unknown: known.program === '' ? 'its commands' : `\`${known.program}\`` };
  const { family, words } = known;
  const megabytes = (): number | undefined => {
    const taken = input.built.needs.uses
      .filter((use) => use.step.stage === node.stage.index && use.kind !== 'mount')
      .filter((use) => use.instruction.span.start < step.instruction.span.start)
      .map((use) => around.takenBy(use.step)?.bytes);
    const bytes = taken.filter((one) => one !== undefined);
    return bytes.length === 0 || bytes.length < taken.length
      ? undefined
      : bytes.reduce((sum, one) => sum + one, 0) / megabyte;
  };
  const counted =
    family.each === undefined
      ? undefined
      : countOf(family.each.count, {
          command,
          words,
          files: family.each.count.of === 'named' ? undefined : around.filesAt(node, step),
          megabytes: family.each.count.of === 'megabytes' ? megabytes() : undefined,
        });
  const part = priced(family, counted);
  const shorter = [
    withMounts(family, instruction, part),
    withEarlier(family, (title) => ranBefore(title, command, input, node, step), part),
  ];
  // Both spare the same work.
  return shorter.reduce((best, one) => (one.range.value < best.range.value ? one : best), part);
}

/** What is left of a part where an earlier step did the same, or downloaded for it. */
function withEarlier(
  { title, again, fetched }: Family,
  ranBefore: (title: string) => boolean,
  part: Part,
): Part {
  if (again !== undefined && ranBefore(title))
    return {
      ...part,
      range: multiplied(part.range, rangeOf(again)),
      source: `${part.source}; not the first in its stage`,
    };
  if (fetched === undefined || !ranBefore(fetched.by)) return part;
  return {
    ...part,
    range: multiplied(part.range, rangeOf(fetched.left)),
    source: `${part.source}; downloaded in a step before`,
  };
}

/** Whether two commands may do the same: installs of two projects don't. */
function isAlike(one: StepCommand, other: StepCommand): boolean {
  const [here, there] = [installOf(one), installOf(other)];
  return here === undefined || there === undefined || here.folder === there.folder;
}

/** Whether an earlier RUN of the stage, or of those it is FROM, has a command of the family with that title for the same project. */
function ranBefore(title: string, command: StepCommand, input: Costed, node: StageNode, step: Step): boolean {
  const earlier = node.steps.filter(
    (other) =>
      other.instruction.kind === 'RUN' &&
      input.counts(other) &&
      (step.stage !== node.stage.index || other.instruction.span.start < step.instruction.span.start),
  );
  const below = parentOf(input.built.graph, node);
  return (
    earlier.some((other) =>
      commandsOf(node, other, input.shell)?.some((one) => {
        const known = recognise(one);
        return known.kind === 'family' && known.family.title === title && isAlike(command, one);
      }),
    ) ||
    (below !== undefined && ranBefore(title, command, input, below, step))
  );
}

function priced(family: Family, counted: ReturnType<typeof countOf>): Part {
  const fixed = rangeOf(family.fixed);
  const { each, otherwise, title, source } = family;
  if (each === undefined || counted === undefined)
    return {
      family,
      range: otherwise === undefined ? fixed : rangeOf(otherwise),
      basis: 'assumed',
      source: `${title}: ${source}`,
    };
  const { number, from } = counted;
  const shown = Math.round(number * 10) / 10;
  const things = `${shown} ${each.noun}${shown === 1 || /[A-Z]$/.test(each.noun) ? '' : 's'}`;
  return {
    family,
    range: plus(fixed, times(rangeOf(each.seconds), number)),
    basis: from === null ? 'assumed' : 'simulated',
    source: `${title}, ${things}${from === null ? '' : ` in ${from}`}: ${source}`,
  };
}

/** A cache mount counts as filled: what runs again has run before. */
function withMounts({ warm }: Family, { mounts }: RunInstruction, part: Part): Part {
  if (warm === undefined) return part;
  const folders = new RegExp(warm.folders);
  if (!mounts.some(({ type, target }) => type === 'cache' && target !== undefined && folders.test(target)))
    return part;
  return {
    ...part,
    range: without(part.range, rangeOf(warm.saves)),
    source: `${part.source}; its cache mount filled`,
  };
}
