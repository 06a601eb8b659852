import { copyLine, moveAfter } from '../../fixes/dockerfile.js';
import { destinationText, listed } from '../../fixes/narrowcopy.js';
import { contextView } from '../../project/context.js';
import { broughtFrom, type CopyContext, type LocalCopy, localCopyOf, takesOnly } from '../../sim/copies.js';
import { crossingReason } from '../../sim/crossing.js';
import { broadCopies, installStepOf, stepsBefore } from '../../sim/installstep.js';
import type { StageNode } from '../../sim/model.js';
import { wordsOf } from '../../sim/obstacles.js';
import { type PackageStep, packageStepOf } from '../../sim/packages.js';
import { mayGoFirst } from '../../sim/partedstep.js';
import { goesHome, goesIntoSystem, surroundingReasons } from '../../sim/surroundings.js';
import { baseName, dirName } from '../../text/paths.js';
import { type DockerfileContext, dockerfileRule, type Fix, type RuleFinding } from '../rule.js';

/** Broad copies, and the package steps right behind them that could go first. */
interface Late {
  readonly node: StageNode;
  readonly copies: readonly LocalCopy[];
  readonly steps: readonly PackageStep[];
}

/** A file that a step reads its list from, and the copy that brings it. */
interface ListFile {
  readonly file: string;
  readonly path: string;
  readonly copy: LocalCopy;
}

/** Whether a copy brings a folder with more in it than lists; settings, certificates and programs are part of the system. */
function isBroad(copy: LocalCopy, context: CopyContext): boolean {
  const apart = !goesIntoSystem(copy) && !goesHome(copy, copy.step) && copy.destination !== '/';
  const folders = copy.sources.some(({ folder }) => folder);
  return apart && folders && !takesOnly(copy, new Set(), context);
}

/** The lists of a step that copies bring; undefined where one of them comes from elsewhere. */
function listFiles(
  steps: readonly PackageStep[],
  copies: readonly LocalCopy[],
  context: CopyContext,
): readonly ListFile[] | undefined {
  const found: ListFile[] = [];
  for (const file of new Set(steps.flatMap(({ lists }) => lists))) {
    const copy = copies.findLast((one) => broughtFrom(one, file, context) !== undefined);
    const path = copy && broughtFrom(copy, file, context);
    if (copy === undefined || path === undefined) return undefined;
    found.push({ file, path, copy });
  }
  return found;
}

/** Copies of a stage with the package steps that follow them: those up to the first step that may read what was copied. */
function* lateSteps(rule: DockerfileContext, context: CopyContext, node: StageNode): Generator<Late> {
  let copies: LocalCopy[] = [];
  let steps: PackageStep[] = [];
  const end = function* (): Generator<Late> {
    if (steps.length > 0) yield { node, copies, steps };
    [copies, steps] = [[], []];
  };
  for (const step of node.steps) {
    const copy = localCopyOf(node, step, context, rule.dockerfile.escape);
    if (copy !== undefined && isBroad(copy, context)) {
      if (steps.length > 0) yield* end();
      copies.push(copy);
      continue;
    }
    if (copies.length === 0) continue;
    const install = installStepOf(rule, context, node, step);
    const broad = install === undefined ? [] : broadCopies(install, context);
    if (install !== undefined && broad.some((one) => copies.some((c) => c.step === one.step))) {
      // What manifests list is the matter of another rule, whose fix takes the steps before it along.
      if (mayGoFirst(rule, context, install, broad)) [copies, steps] = [[], []];
      else {
        yield* end();
        copies = [];
      }
      continue;
    }
    const found = install === undefined ? packageStepOf(node, step, rule.shell) : undefined;
    const lists = found && listFiles([found], copies, context);
    if (found !== undefined && lists !== undefined) steps.push(found);
    else if (crossingReason(rule, node, copies, step, context) !== undefined) yield* end();
  }
  yield* end();
}

/** COPY lines for the lists; undefined where they can't be written. */
function narrowLines(rule: DockerfileContext, lists: readonly ListFile[]): readonly string[] | undefined {
  const lines: string[] = [];
  for (const { file, path, copy } of lists) {
    const destination = destinationText(copy, dirName(file));
    const same = baseName(path) === baseName(file);
    const line =
      destination === undefined || !same
        ? undefined
        : copyLine(rule.dockerfile, copy.instruction, [path], destination, copy.instruction.json);
    if (line === undefined) return undefined;
    lines.push(line);
  }
  return [...new Set(lines)];
}

/** Why the copies can't go behind the last of the steps. */
function obstacle(
  rule: DockerfileContext,
  context: CopyContext,
  { node, copies, steps }: Late,
): string | undefined {
  const [first] = copies;
  const last = steps.at(-1);
  if (first === undefined || last === undefined) return 'there is nothing to move';
  const between = node.steps.filter(
    ({ instruction: { span } }) =>
      span.start > first.instruction.span.start && span.start < last.step.instruction.span.start,
  );
  const known = new Set(steps.map(({ step }) => step));
  for (const step of between) {
    const reason = known.has(step) ? undefined : crossingReason(rule, node, copies, step, context);
    if (reason !== undefined) return reason;
  }
  if (copies.some((copy) => copy.instruction.sources.some(({ raw }) => raw.includes('$'))))
    return 'the source is named by a variable';
  const lists = new Set(steps.flatMap((step) => step.lists));
  return steps.flatMap(({ step }) =>
    surroundingReasons(copies, lists, step, '/', context, stepsBefore(rule.graph, node, step)),
  )[0];
}

function fixOf(rule: DockerfileContext, late: Late, lists: readonly ListFile[]): Fix | undefined {
  const last = late.steps.at(-1);
  const lines = narrowLines(rule, lists);
  if (last === undefined || lines === undefined) return undefined;
  const names = lists.map(({ path }) => baseName(path));
  return {
    title:
      names.length === 0
        ? 'Copy after the packages are installed'
        : `Copy only ${listed(names)} before the packages are installed, the rest after it`,
    applicability: 'unsafe',
    changes: () => [
      {
        kind: 'edit',
        path: rule.path,
        edits: moveAfter(
          rule.dockerfile,
          late.copies.map(({ instruction }) => instruction),
          last.step.instruction,
          lines,
        ),
      },
    ],
  };
}

function findingOf(rule: DockerfileContext, context: CopyContext, late: Late): RuleFinding | undefined {
  const [copy] = late.copies;
  const [first] = late.steps;
  const lists = listFiles(late.steps, late.copies, context);
  if (copy === undefined || first === undefined || lists === undefined) return undefined;
  const reason = obstacle(rule, context, late);
  const fix = reason === undefined ? fixOf(rule, late, lists) : undefined;
  const needs = lists.length === 0 ? 'none of it' : `only ${listed(lists.map(({ path }) => path))}`;
  const at = first.step.instruction.span;
  return {
    at: copy.instruction.span,
    message: `Every change of what is copied here re-runs "${wordsOf(first.command)}", which needs ${needs}.`,
    pays: late.steps.map(({ step }) => step),
    related: [
      { at, message: 'This step runs again.' },
      ...(reason === undefined ? [] : [{ at, message: `No fix is offered: ${reason}.` }]),
    ],
    fixes: fix === undefined ? [] : [fix],
  };
}

/** A step that installs packages by name needs nothing of the source that is copied before it. */
export default dockerfileRule(
  {
    id: 'copy-split',
    severity: 'information',
    profile: 'thorough',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'A folder is copied before packages are installed that need nothing, or only a list, of it.',
  },
  function* (rule) {
    const context = contextView(rule.snapshot, rule.build);
    if (context === undefined) return;
    for (const node of rule.graph.stages.filter(({ reachable }) => reachable)) {
      for (const late of lateSteps(rule, context, node)) {
        const finding = findingOf(rule, context, late);
        if (finding !== undefined) yield finding;
      }
    }
  },
);
