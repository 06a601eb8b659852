import { argumentsOf, commandsOf, type StepCommand } from '../../sim/commands.js';
import type { StageNode, Step } from '../../sim/model.js';
import { isNeutral } from '../../sim/neutral.js';
import { effectiveCommand } from '../../syntax/shell/commands.js';
import { isInside } from '../../text/paths.js';
import { withFollowed, wordsAsText } from './follow.js';
import { buildsWithGit, recordsCommit, textBuildsWithGit } from './gitprojects.js';
import { isUnderstood } from './gitunseen.js';
import type { BuildView } from './model.js';
import { type ScriptText, scriptTexts, textReadsGit } from './scripts.js';
import { type Arrival, arrivalsOf } from './sharing.js';
import type { Survey } from './survey.js';

/** Git commands that read no repository of the context. */
const elsewhere = new Set([
  'clone',
  'config',
  'init',
  'lfs',
  'ls-remote',
  '--version',
  'version',
  'help',
  'credential',
]);

/** The subcommand after options such as `-C dir` and `-c key=value`; '' for none. */
function gitVerb(args: readonly string[]): string {
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    if (word === '-C' || word === '-c') i++;
    else if (!word.startsWith('-') || word === '--version') return word;
  }
  return '';
}

/** Whether git, run there, may find what was copied: where either can't be told, it may. */
function mayFind(command: StepCommand, arrivals: readonly Arrival[] | undefined): boolean {
  const { folder } = command;
  if (arrivals === undefined || folder === undefined) return true;
  if (argumentsOf(command).some((a) => /^(-C|--git-dir|--work-tree)/.test(a))) return true;
  return arrivals.some(({ at }) => {
    const copied = at.slice(0, at.lastIndexOf('/')) || '/';
    const unknown = copied.startsWith('/?') || folder.startsWith('/?');
    return unknown || isInside(copied, folder) || isInside(folder, copied);
  });
}

function runsGit(command: StepCommand, arrivals: readonly Arrival[] | undefined): boolean {
  const { name, words } = effectiveCommand(command);
  if (name !== 'git') return /^(git-.*|jj|hg|svn)$/.test(name ?? '');
  const args = words.slice(1).map((w) => w.value);
  return !elsewhere.has(gitVerb(args)) && mayFind(command, arrivals);
}

type Reason = string | undefined;

function stepReason(
  view: BuildView,
  survey: Survey,
  node: StageNode,
  step: Step,
  arrivals: readonly Arrival[] | undefined,
): Reason {
  const { instruction } = step;
  if (!['RUN', 'CMD', 'ENTRYPOINT'].includes(instruction.kind)) return undefined;
  const commands = commandsOf(node, step, view.shell);
  if (commands === undefined) return 'a step can not be read';
  for (const command of commands) {
    if (runsGit(command, arrivals)) return 'a step runs git';
    const built = buildsWithGit(command, step, node, view, survey);
    if (built !== undefined) return built;
    if (carriesGit(command)) return 'a step runs git';
    for (const { path, text } of withFollowed(textsOf(command, survey), survey)) {
      if (text === '') return `${path} can't be read`;
      if (textReadsGit(text)) return `${path} runs git`;
      const within = textBuildsWithGit(text, survey);
      if (within !== undefined) return `${path}: ${within}`;
    }
  }
  return undefined;
}

/** What a command runs of the project's own, as far as its name and words say. */
function textsOf(command: StepCommand, survey: Survey): readonly ScriptText[] {
  const scripts = scriptTexts(command, survey);
  return isNeutral(command)
    ? scripts
    : [...scripts, wordsAsText(command.words.slice(1).map(({ value }) => value))];
}

/** Whether words that another program is given (`eval`, `find -exec`, `python -c`) run git. */
function carriesGit(command: StepCommand): boolean {
  const { name, words } = effectiveCommand(command);
  return name !== 'git' && textReadsGit(words.map(({ value }) => value).join(' '));
}

/** Whether a file that an instruction writes down itself runs git. */
function writesGit({ instruction }: Step): boolean {
  if (instruction.kind !== 'COPY' && instruction.kind !== 'ADD') return false;
  return instruction.heredocs.some(({ body }) => textReadsGit(body.text));
}

/**
 * Why a build may need the version control data at `folder` of its context, one phrase; undefined where nothing that it
 * runs is known to read them.
 */
export function readsRepository(view: BuildView, survey: Survey, folder: string): Reason {
  const arrivals = arrivalsOf(view, folder);
  for (const node of view.graph.stages.filter((n) => n.reachable)) {
    for (const step of node.steps) {
      const reason = stepReason(view, survey, node, step, arrivals);
      if (reason !== undefined) return reason;
      if (writesGit(step)) return 'a file that the Dockerfile writes runs git';
    }
  }
  return undefined;
}

/** Whether a file of the project that a build runs or starts names `name`, or can't be read. */
export function namesInScripts({ graph, shell }: BuildView, survey: Survey, name: string): boolean {
  return graph.stages.some(
    (node) =>
      node.reachable &&
      node.steps.some((step) => {
        if (!['RUN', 'CMD', 'ENTRYPOINT'].includes(step.instruction.kind)) return false;
        const commands = commandsOf(node, step, shell);
        return (
          commands?.every((command) =>
            withFollowed(textsOf(command, survey), survey).every(
              ({ text }) => text !== '' && !text.includes(name),
            ),
          ) !== true
        );
      }),
  );
}

/** Whether a build runs or starts something of which nobody here knows what it reads. */
export function mayReadUnseen({ graph, shell }: BuildView, survey: Survey): boolean {
  return graph.stages.some(
    (node) =>
      node.reachable &&
      node.steps.some((step) => {
        if (!['RUN', 'CMD', 'ENTRYPOINT'].includes(step.instruction.kind)) return false;
        return commandsOf(node, step, shell)?.every((command) => isUnderstood(command, survey)) !== true;
      }),
  );
}

/** Whether the commit comes into the image in a place that nothing is known to read: the result differs in that. */
export function leavesCommit({ graph, shell }: BuildView): boolean {
  return graph.stages.some(
    (node) =>
      node.reachable &&
      node.steps.some((step) => commandsOf(node, step, shell)?.some(recordsCommit) === true),
  );
}
