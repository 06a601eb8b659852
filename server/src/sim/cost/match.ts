import type { MeasuredBuild, MeasuredStep } from '../../project/measured.js';
import type { Instruction } from '../../syntax/dockerfile/model.js';
import { buildSteps } from '../cache/steps.js';
import type { Built } from '../context/built.js';
import type { StageNode, Step } from '../model.js';

/** A step of the Dockerfile as it is now, as a log would name it. */
interface Expected {
  readonly step: Step;
  readonly label: string;
  readonly index: number;
  readonly of: number;
  /** Where it begins, 0-based. */
  readonly line: number;
  /** What BuildKit may print for it. */
  fits(text: string): boolean;
}

/** How the steps of a measured build fit a Dockerfile. */
export interface Matched {
  /** Each step of the Dockerfile that the log surely means, with what was measured (several platforms: several). */
  readonly steps: ReadonlyMap<Step, readonly MeasuredStep[]>;
  /** Steps of the log that were not found. */
  readonly lost: readonly MeasuredStep[];
  /** How many of its steps were found, and how many it has. */
  readonly found: number;
  readonly of: number;
}

/**
 * Finds the steps of a measured build in a Dockerfile that may have changed since. A step is found by its stage and number
 * and confirmed by its text, or by its text alone where only one step of the Dockerfile and one of the log have it.
 */
export function matchBuild(measured: MeasuredBuild, built: Built): Matched {
  const expected = expectedSteps(built);
  const steps = new Map<Step, MeasuredStep[]>();
  const lost: MeasuredStep[] = [];
  for (const one of measured.steps) {
    const step = stepFor(one, measured, expected);
    if (step === undefined) lost.push(one);
    else steps.set(step, [...(steps.get(step) ?? []), one]);
  }
  const of = measured.steps.length;
  return { steps, lost, found: of - lost.length, of };
}

function stepFor(one: MeasuredStep, build: MeasuredBuild, expected: readonly Expected[]): Step | undefined {
  const text = plain(one.name);
  const same = expected.filter((known) => known.fits(text));
  const inStage = same.filter(({ label }) => one.stage === null || label === one.stage);
  const there = inStage.filter(({ index, of }) => index === one.index && of === one.of);
  if (there.length === 1) return there[0]?.step;
  const candidates = inStage.length > 0 ? inStage : same;
  const onLine = candidates.filter(({ line }) => line === one.line);
  if (onLine.length === 1) return onLine[0]?.step;
  const [only] = candidates;
  if (candidates.length !== 1 || only === undefined) return undefined;
  const namesakes = build.steps.filter(
    (other) =>
      other.platform === one.platform &&
      (inStage.length === 0 || other.stage === one.stage) &&
      only.fits(plain(other.name)),
  );
  return namesakes.length === 1 ? only.step : undefined;
}

/**
 * The steps of a build with the numbers BuildKit gives them: FROM counts where it names an image, `WORKDIR /` in the sum
 * only.
 */
function expectedSteps(built: Built): readonly Expected[] {
  const { graph, dockerfile } = built;
  const byStage = new Map<StageNode, Step[]>();
  for (const { node, step } of buildSteps(graph, dockerfile))
    byStage.set(node, [...(byStage.get(node) ?? []), step]);
  return [...byStage].flatMap(([node, steps]) => {
    const first = node.base.kind === 'image' ? 1 : 0;
    const uncounted = [...node.triggered, ...node.steps].filter(
      (step) => step.instruction.kind === 'WORKDIR' && !steps.includes(step),
    ).length;
    return steps.map(
      (step, i): Expected => ({
        step,
        label: node.stage.label,
        line: dockerfile.lines.positionAt(step.instruction.span.start).line,
        index: first + i + 1,
        of: first + steps.length + uncounted,
        fits: fitting(step.instruction),
      }),
    );
  });
}

/** Without what differs between versions of BuildKit: quotes, escapes, runs of white space. */
export function plain(text: string): string {
  return text
    .replace(/["'\\]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

const variable = /\$(?:\w+|\{(?:[^{}]|\{[^{}]*\})*\})/g;

/** Fewer letters than this between variables could be anything. */
const leastLetters = 4;

/**
 * Whether BuildKit may print a text for an instruction: its own, with anything where a variable stands (the name of a
 * commit must not keep a step from being found), of a heredoc the first line too.
 */
function fitting(instruction: Instruction): (text: string) => boolean {
  const [heredoc] = instruction.heredocs;
  const script = instruction.kind === 'RUN' && instruction.form === 'heredoc' ? heredoc : undefined;
  const lines = script?.body.text.trim().split('\n') ?? [];
  const summary = script === undefined ? '' : ` (${lines[0] ?? ''}${lines.length > 1 ? '...' : ''})`;
  const keyword = instruction.keyword.toUpperCase();
  const rest = instruction.text.slice(instruction.keyword.length);
  const parts = plain(`${keyword} ${rest}${summary}`).split(variable);
  const letters = parts.join('').slice(keyword.length).replace(/\W/g, '').length;
  // Without a word of its own it fits nothing.
  if (parts.length > 1 && letters < leastLetters) return () => false;
  return (text) => inOrder(parts, text);
}

/** Whether `text` is the parts in their order, with anything between them. */
function inOrder(parts: readonly string[], text: string): boolean {
  const [first = '', ...others] = parts;
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
