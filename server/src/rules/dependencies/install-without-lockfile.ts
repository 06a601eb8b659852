import { insertWordAfter } from '../../fixes/dockerfile.js';
import { contextView } from '../../project/context.js';
import { commandsOf, type StepCommand } from '../../sim/commands.js';
import { namesDevelopment } from '../../sim/consumers.js';
import type { CopyContext } from '../../sim/copies.js';
import { variablesOf } from '../../sim/installs/variables.js';
import { mayInstall } from '../../sim/installs.js';
import { filesBefore } from '../../sim/installstep.js';
import { stepsInLine } from '../../sim/lineage.js';
import {
  type LockScene,
  type LooseInstall,
  looseInstallOf,
  type Remedy,
  unpinnedOf,
} from '../../sim/lockfiles.js';
import type { StageNode, Step } from '../../sim/model.js';
import { wordsOf } from '../../sim/obstacles.js';
import { isForDevelopment } from '../../sim/purpose.js';
import type { TextEdit } from '../../text/edit.js';
import { baseName } from '../../text/paths.js';
import { span } from '../../text/span.js';
import { type DockerfileContext, dockerfileRule, type Fix, type RuleFinding } from '../rule.js';

/** Commands that could be bundler or cargo: the managers whose installs are known are asked by `mayInstall`. */
const MORE = /bundle|cargo|composer|poetry/;

/** Whether an earlier RUN, or this one, takes the lock file away or sets the tool so that it follows it. */
function isArranged({ graph }: DockerfileContext, node: StageNode, step: Step, lock: string): boolean {
  const name = baseName(lock).replace(/[.]/g, '\\.');
  const taken = new RegExp(`\\b(?:rm|mv|unlink)\\b[^\\n;&|]*(?:${name}|\\*lock|lock\\*|\\*\\.lock)`);
  const set = /\bconfig\b[^\n;&|]*(?:frozen|deployment|immutable)/;
  return stepsInLine(graph, node).some(({ instruction }) => {
    if (instruction.kind !== 'RUN' || instruction.span.start > step.instruction.span.start) return false;
    const text = instruction.script?.text ?? instruction.text;
    return taken.test(text) || set.test(text);
  });
}

/** Whether an earlier RUN, or this one, writes a list of requirements itself. */
function isWritten({ graph }: DockerfileContext, node: StageNode, step: Step, file: string): boolean {
  const name = baseName(file).replace(/[.]/g, '\\.');
  const written = new RegExp(`\\bpip-compile\\b|(?:>|\\s-o|--output(?:-file)?)[\\s=]*\\S*${name}`);
  return stepsInLine(graph, node).some(
    ({ instruction }) =>
      instruction.kind === 'RUN' &&
      instruction.span.start <= step.instruction.span.start &&
      written.test(instruction.script?.text ?? instruction.text),
  );
}

function editOf(remedy: Remedy, command: StepCommand): TextEdit | undefined {
  switch (remedy.kind) {
    case 'flag':
      return insertWordAfter(remedy.after, remedy.flag, command.exec);
    case 'word': {
      const newText = command.exec ? JSON.stringify(remedy.text) : remedy.text;
      return { span: remedy.word.span, newText };
    }
    case 'variable': {
      const start = command.words[0]?.span.start;
      if (command.exec || start === undefined) return undefined;
      return { span: span(start, start), newText: `${remedy.assignment} ` };
    }
  }
}

function titleOf(remedy: Remedy, lock: string): string {
  const what =
    remedy.kind === 'flag'
      ? `Add ${remedy.flag}`
      : remedy.kind === 'word'
        ? `Use ${remedy.text} in place of ${remedy.word.value}`
        : `Set ${remedy.assignment}`;
  return `${what}: the step follows ${baseName(lock)}, or fails`;
}

function looseFinding({ path }: DockerfileContext, { command, lock, remedy }: LooseInstall): RuleFinding {
  const edit = remedy && editOf(remedy, command);
  const fixes: Fix[] =
    remedy === undefined || edit === undefined
      ? []
      : [
          {
            title: titleOf(remedy, lock),
            applicability: 'unsafe',
            changes: () => [{ kind: 'edit', path, edits: [edit] }],
          },
        ];
  const reason =
    remedy === undefined
      ? [
          {
            at: command.span,
            message: `No fix is offered: ${baseName(lock)} does not fit its manifest, so the step would fail.`,
          },
        ]
      : [];
  return {
    at: command.span,
    message: `"${wordsOf(command)}" may install other versions than ${baseName(lock)} lists.`,
    related: reason,
    fixes,
  };
}

function* inStep(
  rule: DockerfileContext,
  context: CopyContext,
  node: StageNode,
  step: Step,
): Generator<RuleFinding> {
  const commands = commandsOf(node, step, rule.shell) ?? [];
  let files: LockScene['files'] | undefined;
  for (const command of commands) {
    const scene: LockScene = {
      // Most commands install nothing: then nobody asks.
      get files() {
        files ??= filesBefore(rule, context, node, step);
        return files;
      },
      get variables() {
        return variablesOf(command, step, commands);
      },
    };
    const loose = looseInstallOf(command, scene);
    // `npm ci || npm install`: what follows the lock file has failed.
    const fallback = command.joined === '||';
    if (loose !== undefined && !fallback && !isArranged(rule, node, step, loose.lock))
      yield looseFinding(rule, loose);
    const unpinned = loose === undefined ? unpinnedOf(command, scene) : undefined;
    if (unpinned === undefined || isWritten(rule, node, step, unpinned.file)) continue;
    const { file, loose: count, all } = unpinned;
    const which = count === all ? 'any package' : `${count} of ${all} packages`;
    yield {
      at: command.span,
      message: `Without exact versions of ${which} in ${baseName(file)}, what is installed depends on the day.`,
    };
  }
}

/** An install that may end with other versions than the project has tried. */
export default dockerfileRule(
  {
    id: 'install-without-lockfile',
    severity: 'information',
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'An install may take other versions than the lock file lists.',
  },
  function* (rule) {
    const context = contextView(rule.snapshot, rule.build);
    if (context === undefined) return;
    const steps = rule.graph.stages
      .filter(({ reachable, stage }) => reachable && !namesDevelopment(stage.name ?? ''))
      .flatMap((node) => node.steps.map((step) => ({ node, step })))
      .filter(({ step: { instruction } }) => {
        if (instruction.kind !== 'RUN') return false;
        return mayInstall(instruction) || MORE.test(instruction.script?.text ?? instruction.text);
      });
    let checked = false;
    for (const { node, step } of steps) {
      for (const finding of inStep(rule, context, node, step)) {
        // Asked last: it looks at all that runs the image.
        if (!checked && isForDevelopment(rule.snapshot, rule.builds, rule.graph)) return;
        checked = true;
        yield finding;
      }
    }
  },
);
