import { insertBefore, insertWordAfter } from '../../fixes/dockerfile.js';
import { contextView } from '../../project/context.js';
import { commandsOf, type StepCommand } from '../../sim/commands.js';
import { type DevInstall, devInstalls } from '../../sim/devinstalls.js';
import type { DevelopmentPart } from '../../sim/devparts/model.js';
import { needsNoDevTool, syncsAgain } from '../../sim/devtools.js';
import { healthCommands } from '../../sim/health.js';
import { installOf } from '../../sim/installs.js';
import type { StageNode, Step } from '../../sim/model.js';
import { isForDevelopment } from '../../sim/purpose.js';
import { type Place, placesOf, stepsAfter } from '../../sim/spread.js';
import { startOf } from '../../sim/start.js';
import type { TextEdit } from '../../text/edit.js';
import { baseName } from '../../text/paths.js';
import { filesView } from '../files.js';
import { type DockerfileContext, dockerfileRule, type Fix, type RuleFinding } from '../rule.js';

/** Whether what a place's stage runs and starts surely needs nothing of the development part. */
function placeIsIdle(
  rule: DockerfileContext,
  place: Place,
  own: readonly DevInstall[],
  part: DevelopmentPart,
): boolean {
  const folderName = baseName(place.folder);
  const runsNothing = stepsAfter(place).every((step) => {
    const { instruction } = step;
    const health = healthCommands(place.node, step);
    if (health.length > 0 && part.startNeedsDev(health)) return false;
    if (instruction.kind !== 'RUN') return instruction.keyword !== 'ONBUILD';
    if (own.some((o) => o.step === step)) return true;
    return commandsOf(place.node, step, rule.shell)?.every((c) => needsNoDevTool(c, folderName)) === true;
  });
  if (!runsNothing) return false;
  const hasOwnStart = place.node.steps.some(
    (s) => s.instruction.kind === 'CMD' || s.instruction.kind === 'ENTRYPOINT',
  );
  if (!place.node.shipped && !hasOwnStart) return true;
  // A stage in between whose start comes from its base is judged by the stage that is shipped.
  if (place.node !== rule.graph.target && !hasOwnStart) return true;
  return !part.startNeedsDev(startOf(rule.graph, place.node, rule.shell));
}

/** Whether the RUN of an install does nothing else that could need what it installed. */
function stepIsPlain(rule: DockerfileContext, found: DevInstall): boolean {
  const commands = commandsOf(found.node, found.step, rule.shell);
  const folderName = baseName(found.part.folder);
  return commands?.every((c) => installOf(c) !== undefined || needsNoDevTool(c, folderName)) === true;
}

interface Spread {
  readonly members: readonly DevInstall[];
  readonly places: readonly Place[];
}

/** All installs into the folder of `found`, and everywhere the folder goes; undefined where it is needed or unknown. */
function idleSpread(
  rule: DockerfileContext,
  found: DevInstall,
  all: readonly DevInstall[],
): Spread | undefined {
  const places = placesOf(rule.graph, found.node, found.step, found.part.folder, rule.dockerfile.escape);
  if (places === undefined) return undefined;
  const members = all.filter(
    (o) => o === found || places.some((p) => p.node === o.node && p.folder === o.part.folder),
  );
  if (!places.some((p) => p.node.shipped) || members[0] !== found) return undefined;
  const idle =
    members.every((m) => stepIsPlain(rule, m)) &&
    places.every((p) => placeIsIdle(rule, p, members, found.part));
  return idle ? { members, places } : undefined;
}

function runsAgain(rule: DockerfileContext, places: readonly Place[]): { place: Place; step: Step }[] {
  return places.flatMap((place) =>
    stepsAfter(place).flatMap((step) => {
      const { kind } = step.instruction;
      if (kind !== 'CMD' && kind !== 'ENTRYPOINT' && kind !== 'RUN') return [];
      const commands: readonly StepCommand[] = commandsOf(place.node, step, rule.shell) ?? [];
      return commands.some(syncsAgain) ? [{ place, step }] : [];
    }),
  );
}

function editsOf(rule: DockerfileContext, { members, places }: Spread): readonly TextEdit[] | undefined {
  const again = runsAgain(rule, places);
  const variable = members[0]?.part.variable;
  const edits = members.map(({ install, part }) =>
    insertWordAfter(install.verb, part.flag, install.command.exec),
  );
  if (again.length === 0) return edits;
  // `uv run` syncs once more, so it has to hear of it too: a variable covers both.
  if (variable === undefined) return undefined;
  const first = members[0];
  if (first === undefined) return undefined;
  const inherits = (node: StageNode): boolean =>
    node === first.node || (node.base.kind === 'stage' && inheritsFrom(rule, node.base.index, first.node));
  const others = again.filter(({ place }) => !inherits(place.node));
  const lines = [...new Set([first.step, ...others.map((o) => o.step)])];
  return lines.map((step) => insertBefore(rule.dockerfile, step.instruction, [`ENV ${variable}`]));
}

function inheritsFrom(rule: DockerfileContext, index: number, wanted: StageNode): boolean {
  const node = rule.graph.stages[index];
  if (node === undefined) return false;
  return node === wanted || (node.base.kind === 'stage' && inheritsFrom(rule, node.base.index, wanted));
}

function fixOf(rule: DockerfileContext, spread: Spread): Fix[] {
  if (spread.members.some((m) => m.part.obstacle !== undefined)) return [];
  const edits = editsOf(rule, spread);
  if (edits === undefined) return [];
  const { part, install } = spread.members[0] ?? {};
  if (part === undefined || install === undefined) return [];
  const variable = edits.some((e) => e.newText.startsWith('ENV ')) ? part.variable : undefined;
  const what =
    variable === undefined ? `Install with ${part.flag}` : `Set ${variable} for the install and for uv run`;
  return [
    {
      title: `${what}, so that development dependencies stay out of the image`,
      applicability: 'unsafe',
      changes: () => [{ kind: 'edit', path: rule.path, edits }],
    },
  ];
}

function findingOf(rule: DockerfileContext, found: DevInstall, spread: Spread): RuleFinding {
  const { part, install } = found;
  const count = part.names.size;
  const text = install.command.words.map((w) => w.value).join(' ');
  const carriers = spread.places.flatMap((p) =>
    p.node.shipped && p.by !== undefined && p.by !== found.step ? [p.by] : [],
  );
  return {
    at: install.command.span,
    message: `"${text.length > 60 ? `${text.slice(0, 57)}…` : text}" puts ${count} development ${count === 1 ? 'dependency' : 'dependencies'} into the image, and nothing after it uses ${count === 1 ? 'it' : 'them'}.`,
    related: [
      ...carriers.map((step) => ({
        at: step.instruction.span,
        message: `This brings ${part.folder} into the image.`,
      })),
      ...(part.obstacle === undefined
        ? []
        : [{ at: install.command.span, message: `No fix is offered: ${part.obstacle}.` }]),
    ],
    fixes: fixOf(rule, spread),
  };
}

/** Development dependencies are installed into an image that never uses them. */
export default dockerfileRule(
  {
    id: 'dev-deps-in-image',
    severity: 'warning',
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'Development dependencies reach the image although nothing there uses them.',
  },
  function* (rule) {
    const context = contextView(rule.snapshot, rule.build);
    if (context === undefined) return;
    const all = devInstalls(filesView(rule, context), rule.shell).filter((i) => i.part.choice === 'default');
    if (all.length === 0 || isForDevelopment(rule.snapshot, rule.builds, rule.graph)) return;
    for (const found of all) {
      const spread = idleSpread(rule, found, all);
      if (spread !== undefined) yield findingOf(rule, found, spread);
    }
  },
);
