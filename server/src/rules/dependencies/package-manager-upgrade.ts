import { blockOf, insertBefore, removalOf } from '../../fixes/dockerfile.js';
import { contextView } from '../../project/context.js';
import {
  argumentsOf,
  commandsOf,
  folderOf,
  isLiteral,
  programOf,
  type StepCommand,
} from '../../sim/commands.js';
import { type LocalCopy, localCopyOf } from '../../sim/copies.js';
import { stepsBefore } from '../../sim/installstep.js';
import type { StageNode, Step } from '../../sim/model.js';
import { wordsOf } from '../../sim/obstacles.js';
import { goesHome, goesIntoSystem, surroundingReasons } from '../../sim/surroundings.js';
import type { RunInstruction } from '../../syntax/dockerfile/model.js';
import type { TextEdit } from '../../text/edit.js';
import { span } from '../../text/span.js';
import { type DockerfileContext, dockerfileRule, type Fix } from '../rule.js';

/** Distributions that install others. */
const PYTHON_TOOLS =
  /^(pip|setuptools|wheel|poetry|pipenv|uv|pip-tools|pdm|hatch|build)(\[[\w,-]+\])?([=<>!~].*)?$/i;
const NODE_TOOLS = /^(npm|pnpm|yarn|bun|corepack)(@.*)?$/;

function installsOnly(args: readonly string[], tools: RegExp): boolean {
  const at = args.findIndex((arg) => arg === 'install' || arg === 'i' || arg === 'add');
  const names = args.slice(at + 1).filter((arg) => !arg.startsWith('-'));
  return at >= 0 && names.length > 0 && names.every((name) => tools.test(name));
}

/** Whether a command does nothing but bring a package manager, or a newer one; it reads nothing of a project. */
function bringsManager(command: StepCommand): boolean {
  if (!isLiteral(command) || command.redirects.length > 0 || command.inside.length > 0) return false;
  const program = programOf(command);
  const args = argumentsOf(command);
  const [first, second] = args;
  // A list of names in a file, and an environment in the project, may be anything.
  if (args.some((arg) => /^(-r|-c|-e|-t|--requirement|--constraint|--editable|--target|--prefix)/.test(arg)))
    return false;
  if (/^pip[0-9.]*$/.test(program) && command.words[0]?.value === program)
    return first === 'install' && installsOnly(args, PYTHON_TOOLS);
  if (/^python[0-9.]*$/.test(program) && command.words[0]?.value === program)
    return first === '-m' && second === 'pip' && installsOnly(args.slice(2), PYTHON_TOOLS);
  if (program === 'npm')
    return args.some((arg) => arg === '-g' || arg === '--global') && installsOnly(args, NODE_TOOLS);
  if (program === 'gem')
    return (first === 'update' && second === '--system') || (first === 'install' && second === 'bundler');
  if (program === 'corepack') return first === 'prepare' && second !== undefined && NODE_TOOLS.test(second);
  return (program === 'composer' && first === 'self-update') || (program === 'rustup' && first === 'update');
}

/** The copies of project files ahead of `step`; settings of the system or of a user may be meant for the package manager. */
function copiesBefore(
  rule: DockerfileContext,
  node: StageNode,
  step: Step,
  context: NonNullable<ReturnType<typeof contextView>>,
): LocalCopy[] {
  return node.steps
    .filter((other) => other.instruction.span.start < step.instruction.span.start)
    .flatMap((other) => localCopyOf(node, other, context, rule.dockerfile.escape) ?? [])
    .filter((copy) => !goesIntoSystem(copy) && !goesHome(copy, step));
}

/** The first of `copies` with nothing but copies and what no program sees between it and `step`. */
function placeFor(node: StageNode, step: Step, copies: readonly LocalCopy[]): LocalCopy | undefined {
  let place: LocalCopy | undefined;
  for (const other of node.steps.toReversed()) {
    if (other.instruction.span.start >= step.instruction.span.start) continue;
    const copy = copies.find(({ instruction }) => instruction === other.instruction);
    if (copy !== undefined) place = copy;
    else if (
      !['WORKDIR', 'LABEL', 'EXPOSE', 'CMD', 'ENTRYPOINT', 'STOPSIGNAL', 'VOLUME'].includes(
        other.instruction.keyword,
      )
    )
      break;
  }
  return place;
}

/** The edits that take the upgrade to before `place`; undefined where it can't be cut out. */
function editsOf(
  { dockerfile }: DockerfileContext,
  place: LocalCopy,
  run: RunInstruction,
  commands: readonly StepCommand[],
  upgrade: StepCommand,
): readonly TextEdit[] | undefined {
  const { text } = dockerfile;
  if (commands.every((command) => bringsManager(command))) {
    const block = blockOf(dockerfile, run);
    const lines = text.slice(block.start, block.end).replace(/(\r\n|\r|\n)$/, '');
    return [
      insertBefore(dockerfile, place.instruction, lines.split(/\r\n|\r|\n/)),
      { span: removalOf(dockerfile, block), newText: '' },
    ];
  }
  const at = commands.indexOf(upgrade);
  const next = commands[at + 1];
  const alone = commands.slice(0, at).every((command) => programOf(command) === 'set');
  const written = text.slice(upgrade.span.start, upgrade.span.end);
  const movable =
    run.form === 'shell' &&
    run.heredocs.length === 0 &&
    run.flags.every(({ name, value }) => name === 'mount' && (value ?? '').includes('type=cache'));
  if (!alone || !movable || next === undefined || next.joined !== '&&' || /[\r\n#]/.test(written))
    return undefined;
  const between = text.slice(upgrade.span.end, next.span.start);
  if (between.includes('#')) return undefined;
  const flags = run.flags.map((flag) => `${text.slice(flag.span.start, flag.span.end)} `).join('');
  const keyword = text.slice(run.keywordSpan.start, run.keywordSpan.end);
  return [
    insertBefore(dockerfile, place.instruction, [`${keyword} ${flags}${written}`]),
    { span: span(upgrade.span.start, next.span.start), newText: '' },
  ];
}

/** A package manager is upgraded below the project's files, so each change of them does it again. */
export default dockerfileRule(
  {
    id: 'package-manager-upgrade',
    severity: 'information',
    profile: 'thorough',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'A package manager is upgraded or installed again with every change of files it does not read.',
  },
  function* (rule) {
    const context = contextView(rule.snapshot, rule.build);
    if (context === undefined) return;
    for (const node of rule.graph.stages.filter(({ reachable }) => reachable)) {
      for (const step of node.steps) {
        const { instruction } = step;
        if (instruction.kind !== 'RUN' || instruction.mounts.some(({ type }) => type === 'bind')) continue;
        const commands = commandsOf(node, step, rule.shell) ?? [];
        const upgrade = commands.find(bringsManager);
        if (upgrade === undefined) continue;
        const copies = copiesBefore(rule, node, step, context);
        const [first] = copies;
        if (first === undefined) continue;
        const before = stepsBefore(rule.graph, node, step);
        if (surroundingReasons(copies, new Set(), step, folderOf(node, step), context, before).length > 0)
          continue;
        const place = placeFor(node, step, copies);
        const edits = place && editsOf(rule, place, instruction, commands, upgrade);
        const fix: Fix | undefined = edits && {
          title: `Run "${wordsOf(upgrade)}" before the project's files are copied`,
          applicability: 'unsafe',
          changes: () => [{ kind: 'edit', path: rule.path, edits }],
        };
        yield {
          at: upgrade.span,
          message: `"${wordsOf(upgrade)}" runs again with every change of the files copied above it, and reads none of them.`,
          related: [
            { at: first.instruction.span, message: 'A change of what is copied here runs it again.' },
          ],
          pays: commands.every(bringsManager) ? [step] : [],
          fixes: fix === undefined ? [] : [fix],
        };
      }
    }
  },
);
