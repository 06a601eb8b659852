import type { VolatileArgument } from '../project/volatile.js';
import { amountText } from '../report/layout.js';
import type { StageNode, Step } from '../sim/model.js';
import type { Cause, Replay, ReplayedStep } from '../sim/replay/model.js';
import type { Dockerfile, Instruction } from '../syntax/dockerfile/model.js';
import { counted } from '../text/counted.js';
import { encloses, type Span } from '../text/span.js';
import type { Rebuilt } from './rebuilds.js';
import { timeInFull } from './rebuildWords.js';
import { limitsOf, measuredSources, type Sized } from './sizes.js';
import { code } from './words.js';

/** Names that a row lists. */
const named = 8;

/** What is said of a step, and of which part of the text. */
export interface StepHover {
  readonly span: Span;
  readonly rows: readonly (readonly [string, string])[];
}

/**
 * What the step at `offset` depends on, how often it ran again and why, and what it takes; undefined where there is none.
 * `waiting`: git has not answered yet.
 */
export function stepHover(
  rebuilt: Rebuilt,
  sized: Sized | undefined,
  offset: number,
  waiting = false,
): StepHover | undefined {
  const { replay, dockerfile } = rebuilt;
  const at = { start: offset, end: offset };
  const found = replay.steps.find(({ step }) => encloses(step.instruction.span, at));
  if (found === undefined) return undefined;
  const rows = [
    ['Ran again', waiting ? stillAsked : ranAgain(replay, found)],
    ['Because of', waiting ? '' : found.causes.map((cause) => causeText(cause)).join(', ')],
    ['Takes', timeInFull(found.seconds)],
    ['Critical path', waiting ? '' : criticalText(replay, found)],
    ['Files', sized === undefined ? '' : filesText(sized, found.step.instruction)],
    ['Built on', builtOnText(replay, dockerfile, found)],
    ['Arguments', argumentsText(replay.volatile, found)],
    ['Environment', environmentText(found)],
  ] as const;
  return { span: found.step.instruction.span, rows: rows.filter(([, text]) => text !== '') };
}

const stillAsked = 'git is still being asked: look again in a moment';

/** Rows as a Markdown table, or line by line. */
export function rowsText({ rows }: StepHover, markdown: boolean): string {
  if (!markdown) return rows.map(([label, text]) => `${label}: ${text}`).join('\n');
  const lines = rows.map(([label, text]) => `| ${label} | ${text.replaceAll('|', '\\|')} |`);
  return ['| This step | |', '|:--|:--|', ...lines].join('\n');
}

function ranAgain({ commits, gap }: Replay, { rebuilds, maybe }: ReplayedStep): string {
  if (commits === null) return `not known: ${gap?.message ?? 'there is no history.'}`;
  const perhaps = maybe === 0 ? '' : `, and perhaps in ${maybe} more`;
  return `in ${rebuilds} of the last ${counted(commits.replayed, 'commit')}${perhaps}`;
}

function causeText({ kind, name, commits }: Cause): string {
  const what = kind === 'argument' ? `argument ${code(name)}` : code(name);
  return `${what} (${counted(commits, 'commit')})`;
}

function criticalText(
  { commits }: Replay,
  { onCriticalPath, onCleanPath, rebuilds, seconds }: ReplayedStep,
): string {
  // Of what nobody knows the time, nobody knows whether others wait for it.
  if (seconds.value === null) return '';
  if (commits === null || rebuilds === 0) {
    return onCleanPath ? 'yes, in a clean build' : 'no: other steps take longer meanwhile';
  }
  return onCriticalPath ? 'yes: a rebuild waits for it' : 'no: other steps take longer meanwhile';
}

function filesText(sized: Sized, instruction: Instruction): string {
  const own = measuredSources(sized).filter(({ use }) => use.instruction === instruction);
  const about = limitsOf(sized).length > 0 ? 'about ' : '';
  const texts = own.map(({ source, measure }) => `${code(source.written)}: ${about}${amountText(measure)}`);
  return [...new Set(texts)].join('; ');
}

function builtOnText({ steps }: Replay, dockerfile: Dockerfile, { node, step }: ReplayedStep): string {
  const labelOf = (index: number): string | undefined =>
    steps.find((one) => one.node.stage.index === index)?.node.stage.label ?? dockerfile.stages[index]?.label;
  const taken = node.needs
    .filter(({ by }) => by === step.instruction)
    .flatMap(({ stage }) => labelOf(stage) ?? []);
  return [...new Set([...taken.map(code), ...baseText(node, labelOf)])].join(', ');
}

/** What the stage of a step is built on: all of its steps depend on that. */
function baseText({ base }: StageNode, labelOf: (index: number) => string | undefined): readonly string[] {
  if (base.kind === 'stage') {
    const label = labelOf(base.index);
    return label === undefined ? [] : [`${code(label)} below it`];
  }
  return base.kind === 'image' && base.name !== undefined ? [`image ${code(base.name)} below it`] : [];
}

/** ARGs of the stage that stand before a step: all of them count for a RUN, for others those it names (SPEC C1). */
function argumentsText(volatile: readonly VolatileArgument[], { node, step }: ReplayedStep): string {
  const names = ownNames(node, step, 'ARG');
  const texts = names.map((name) => {
    const changing = volatile.find((one) => one.name === name);
    if (changing === undefined) return code(name);
    return `${code(name)} (another value with every ${changing.changes})`;
  });
  return listed(texts);
}

function environmentText({ node, step }: ReplayedStep): string {
  const args = new Set(declaredBefore(node, step, 'ARG'));
  const own = new Set(declaredBefore(node, step, 'ENV'));
  const all = [...step.environment.keys()].filter((name) => own.has(name) || !args.has(name));
  return listed(all.filter((name) => counts(step, name)).map(code));
}

function listed(texts: readonly string[]): string {
  const more = texts.length - named;
  return [...texts.slice(0, named), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function ownNames(node: StageNode, step: Step, kind: 'ARG' | 'ENV'): readonly string[] {
  return [...new Set(declaredBefore(node, step, kind))].filter(
    (name) => step.environment.has(name) && counts(step, name),
  );
}

/** Whether a variable decides about a step: every one does for a RUN, else those whose value it takes. */
function counts({ instruction }: Step, name: string): boolean {
  if (instruction.kind === 'RUN') return true;
  return instruction.text.split('$').some((rest) => {
    const word = /^\{?([A-Za-z0-9_]*)/.exec(rest)?.[1];
    return word === name;
  });
}

function declaredBefore({ stage }: StageNode, { instruction }: Step, kind: 'ARG' | 'ENV'): readonly string[] {
  return stage.instructions
    .filter(({ span }) => span.start < instruction.span.start)
    .flatMap((one): readonly string[] => {
      if (kind === 'ARG') return one.kind === 'ARG' ? one.declarations.map(({ name }) => name) : [];
      return one.kind === 'ENV' ? one.pairs.map(({ name }) => name) : [];
    });
}
