import { insertWordAfter, replaceWords } from '../../fixes/dockerfile.js';
import { contextView } from '../../project/context.js';
import { devInstalls } from '../../sim/devinstalls.js';
import type { Omission } from '../../sim/devparts/model.js';
import { type BrokenCommand, brokenCommands } from '../../sim/missingtools.js';
import { wordsOf } from '../../sim/obstacles.js';
import type { TextEdit } from '../../text/edit.js';
import { span } from '../../text/span.js';
import { filesView } from '../files.js';
import { type DockerfileContext, dockerfileRule, type Fix, type RuleFinding } from '../rule.js';

function editsOf(
  rule: DockerfileContext,
  { install: found }: BrokenCommand,
): readonly TextEdit[] | undefined {
  const { install, part } = found;
  const { words, undo } = part.choice as Omission;
  const { command, verb } = install;
  const flag = undo !== undefined && 'flag' in undo ? undo.flag : undefined;
  const variable = undo !== undefined && 'variable' in undo ? undo.variable : undefined;
  const edits = [...(replaceWords(rule.dockerfile, command.words, words, flag, command.exec) ?? [])];
  if (words.length > 0 && edits.length === 0) return undefined;
  if (words.length === 0 && flag !== undefined) edits.push(insertWordAfter(verb, flag, command.exec));
  if (variable !== undefined) {
    const first = command.words[0];
    if (first === undefined || command.exec) return undefined;
    edits.push({ span: span(first.span.start, first.span.start), newText: `${variable} ` });
  }
  return edits.length === 0 ? undefined : edits;
}

function titleOf({ install: found, missing }: BrokenCommand): string {
  const { words, undo, by } = found.part.choice as Omission;
  const told = undo === undefined ? '' : 'flag' in undo ? undo.flag : undo.variable;
  const what =
    told === ''
      ? `Install without ${words.length > 0 ? words.map((w) => w.value).join(' ') : by}`
      : words.length > 0
        ? `Install with ${told} instead of ${by}`
        : `Install with ${told}`;
  return `${what}, so that ${missing.package} is there`;
}

function fixesOf(rule: DockerfileContext, broken: BrokenCommand): readonly Fix[] {
  const edits = editsOf(rule, broken);
  if (edits === undefined) return [];
  return [
    {
      title: titleOf(broken),
      applicability: 'unsafe',
      mayTakeLonger: true,
      changes: () => [{ kind: 'edit', path: rule.path, edits }],
    },
  ];
}

/** The instruction that sets a variable for the install: the last ENV of the stages it builds on. */
function setBy(rule: DockerfileContext, { install: found }: BrokenCommand): RuleFinding['related'] {
  const { by, words } = found.part.choice as Omission;
  const [name, value] = by.split('=');
  if (words.length > 0 || value === undefined) return [];
  const set = rule.graph.stages
    .flatMap((node) => node.steps.map((step) => step.instruction))
    .filter((i) => i.span.start < found.step.instruction.span.start)
    .findLast(
      (i) =>
        (i.kind === 'ENV' && i.pairs.some((p) => p.name === name)) ||
        (i.kind === 'ARG' && i.declarations.some((d) => d.name === name)),
    );
  return set === undefined ? [] : [{ at: set.span, message: `${by} is set here.` }];
}

function findingOf(rule: DockerfileContext, broken: BrokenCommand): RuleFinding {
  const { install: found, command, missing } = broken;
  const { by } = found.part.choice as Omission;
  const { tool, package: name, named } = missing;
  const what = !named
    ? `${name}, which ${tool} loads`
    : tool === name || tool.endsWith(`/${name}`)
      ? `${tool}`
      : `${tool} of ${name}`;
  return {
    at: command.span,
    severity: missing.named ? 'error' : 'warning',
    message: `"${wordsOf(command)}" needs ${what}, a development dependency that "${wordsOf(found.install.command)}" leaves out because of ${by}.`,
    related: [
      { at: found.install.command.span, message: 'The development dependencies are left out here.' },
      ...(setBy(rule, broken) ?? []),
    ],
    fixes: fixesOf(rule, broken),
  };
}

/** A step starts a development tool that the install before it left out: the build fails. */
export default dockerfileRule(
  {
    id: 'build-needs-dev-deps',
    severity: ['error', 'warning'],
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'A build step needs a development dependency that the install before it leaves out.',
  },
  function* (rule) {
    const context = contextView(rule.snapshot, rule.build);
    if (context === undefined) return;
    const view = filesView(rule, context);
    const all = devInstalls(view, rule.shell);
    for (const broken of brokenCommands(view, rule.shell, all)) yield findingOf(rule, broken);
  },
);
