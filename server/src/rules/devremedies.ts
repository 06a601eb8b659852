import { insertAfter, insertBefore, insertWordAfter, replaceWords } from '../fixes/dockerfile.js';
import { commandsOf } from '../sim/commands.js';
import type { DevInstall } from '../sim/devinstalls.js';
import {
  type Builder,
  canRunAtEnd,
  type DevSpread,
  type JoinedBuild,
  type SpreadView,
} from '../sim/devspread.js';
import { needsNoDevTool, syncsAgain } from '../sim/devtools.js';
import { lineOf } from '../sim/lineage.js';
import type { StageNode, Step } from '../sim/model.js';
import { type Place, stepsAfter } from '../sim/spread.js';
import { applyEdits, type TextEdit } from '../text/edit.js';
import { span } from '../text/span.js';
import type { DockerfileContext, Fix } from './rule.js';

/** The commands that sync an environment again, and so bring what was left out. */
function runsAgain(
  rule: DockerfileContext,
  places: readonly Place[],
): { readonly place: Place; readonly step: Step }[] {
  return places.flatMap((place) =>
    stepsAfter(place).flatMap((step) => {
      const { kind } = step.instruction;
      if (kind !== 'CMD' && kind !== 'ENTRYPOINT' && kind !== 'RUN') return [];
      return (commandsOf(place.node, step, rule.shell) ?? []).some(syncsAgain) ? [{ place, step }] : [];
    }),
  );
}

/** What makes one install leave the development part out; undefined where no edit of the command does. */
function editsOf(rule: DockerfileContext, { install, part }: DevInstall): readonly TextEdit[] | undefined {
  const { command, verb } = install;
  if (part.flag !== undefined) return [insertWordAfter(verb, part.flag, command.exec)];
  if (part.instead === undefined) return undefined;
  return replaceWords(rule.dockerfile, command.words, part.instead.words, part.instead.by, command.exec);
}

interface Plan {
  readonly edits: readonly TextEdit[];
  /** What is done, as the start of a title. */
  readonly what: string;
}

/** Lines that set a variable for the installs and for what syncs again. */
function variablePlan(
  rule: DockerfileContext,
  { members, places }: DevSpread,
  variable: string,
): Plan | undefined {
  const [first] = members;
  if (first === undefined) return undefined;
  const again = runsAgain(rule, places);
  const started = places.flatMap((place) =>
    first.part.variableAtStart === true && place.by !== undefined ? [{ place, step: place.by }] : [],
  );
  const others = [...again, ...started].filter(
    ({ place }) => !lineOf(rule.graph, place.node).includes(first.node),
  );
  const lines = [...new Set([first.step, ...others.map((o) => o.step)])];
  return {
    edits: lines.map((step) => insertBefore(rule.dockerfile, step.instruction, [`ENV ${variable}`])),
    what: again.length > 0 ? `Set ${variable} for the install and for uv run` : `Set ${variable}`,
  };
}

function flagPlan(rule: DockerfileContext, spread: DevSpread): Plan | undefined {
  const [first] = spread.members;
  if (first === undefined) return undefined;
  const { variable, flag, instead } = first.part;
  // `uv run` syncs once more, so it has to hear of it too: a variable covers both.
  const onlyVariable = flag === undefined && instead === undefined;
  if (runsAgain(rule, spread.places).length > 0 || onlyVariable)
    return variable === undefined ? undefined : variablePlan(rule, spread, variable);
  const edits = spread.members.map((member) => editsOf(rule, member));
  if (edits.some((e) => e === undefined)) return undefined;
  const what =
    flag !== undefined
      ? `Install with ${flag}`
      : instead?.told !== undefined
        ? instead.told
        : instead?.by === undefined
          ? `Install without ${instead?.words.map((w) => w.value).join(' ')}`
          : `Install by "${instead.by}"`;
  return { edits: edits.flatMap((e) => e ?? []), what };
}

/** The flag on the installs, where nothing needs what it leaves out. */
export function flagFixes(rule: DockerfileContext, spread: DevSpread): Fix[] {
  if (spread.members.some((m) => m.part.obstacle !== undefined)) return [];
  const plan = flagPlan(rule, spread);
  return plan === undefined
    ? []
    : [
        {
          title: `${plan.what}, so that development dependencies stay out of the image`,
          applicability: 'unsafe',
          changes: () => [{ kind: 'edit', path: rule.path, edits: plan.edits }],
        },
      ];
}

const MANIFESTS: Readonly<Record<string, string>> = { composer: 'composer.json', uv: 'pyproject.toml' };

function nameOf(node: StageNode): string {
  return node.stage.name === undefined ? `stage ${node.stage.index}` : `the stage ${node.stage.name}`;
}

/** Whether a step is lent secrets: what fetches packages after it lacks them. */
function hasSecrets({ instruction }: Step): boolean {
  return (
    instruction.kind === 'RUN' && instruction.mounts.some((m) => m.type === 'secret' || m.type === 'ssh')
  );
}

/** A step at the end of the stage that builds, which takes the development part out again before the folder is copied. */
export function pruneFixes(
  rule: DockerfileContext,
  view: SpreadView,
  found: DevInstall,
  { places }: DevSpread,
  builder: Builder,
): Fix[] {
  const { prune } = found.part;
  const manifest = MANIFESTS[found.install.manager] ?? 'package.json';
  const last = builder.node.steps.at(-1);
  if (prune === undefined || last === undefined || !canRunAtEnd(view, builder, manifest)) return [];
  if (found.install.manager === 'yarn' && hasSecrets(found.step)) return [];
  if (found.part.prunesAnew === true && namesFolder(view, found, builder.node)) return [];
  const shipped = places.filter((p) => p.node.shipped);
  if (runsAgain(rule, shipped).length > 0) return [];
  return [
    {
      title: `Run "${prune}" at the end of ${nameOf(builder.node)}, so that development dependencies stay out of the image`,
      applicability: 'unsafe',
      mayTakeLonger: true,
      changes: () => [
        {
          kind: 'edit',
          path: rule.path,
          edits: [insertAfter(rule.dockerfile, last.instruction, [`RUN ${prune}`])],
        },
      ],
    },
  ];
}

/** A flag for the install that leaves the part out behind the build: with it, it takes out what is there. */
export function syncFixes(
  rule: DockerfileContext,
  { shell }: SpreadView,
  { keepers, places }: DevSpread,
  { node, folder }: Builder,
): Fix[] {
  const last = keepers.findLast((k) => k.node === node && k.part.folder === folder);
  const flag = last?.part.takesOutWith;
  if (last === undefined || flag === undefined || runsAgain(rule, places).length > 0) return [];
  const { start } = last.step.instruction.span;
  const after = node.steps.filter(({ instruction: { span: at } }) => at.start > start);
  const name = folder.replace(/^.*\//, '');
  // What comes behind it may have used what it let stay.
  const idle = after.every(
    (step) =>
      step.instruction.kind !== 'RUN' ||
      commandsOf(node, step, shell)?.every((c) => needsNoDevTool(c, name)) === true,
  );
  const { verb, command } = last.install;
  return idle
    ? [
        {
          title: `Add ${flag} to the second install, so that it takes out the development dependencies of the first`,
          applicability: 'unsafe',
          changes: () => [
            { kind: 'edit', path: rule.path, edits: [insertWordAfter(verb, flag, command.exec)] },
          ],
        },
      ]
    : [];
}

/** The same as a command more of the RUN that installs and builds: what it takes out is in no layer then. */
export function joinedFixes(
  rule: DockerfileContext,
  found: DevInstall,
  { places }: DevSpread,
  { last, before }: JoinedBuild,
): Fix[] {
  const { prune } = found.part;
  if (prune === undefined || runsAgain(rule, places).length > 0) return [];
  // As the command before is joined to it, on a line of its own or not.
  const written = rule.dockerfile.text.slice(before.span.end, last.span.start);
  const joint = /^[\s\\`]*&&[\s\\`]*$/.test(written) ? written : ' && ';
  return [
    {
      title: `Add "${prune}" to the RUN that installs and builds, so that development dependencies stay out of the image`,
      applicability: 'unsafe',
      mayTakeLonger: true,
      changes: () => [
        {
          kind: 'edit',
          path: rule.path,
          edits: [{ span: span(last.span.end, last.span.end), newText: `${joint}${prune}` }],
        },
      ],
    },
  ];
}

function freeName(rule: DockerfileContext, wanted: string): string {
  const taken = new Set(rule.graph.stages.map((s) => s.stage.name?.toLowerCase()));
  for (let i = 1; ; i++) {
    const name = i === 1 ? wanted : `${wanted}-${i}`;
    if (!taken.has(name)) return name;
  }
}

/** The lines of a stage from its FROM to the install, with the flag and another name. */
function ownStage(rule: DockerfileContext, found: DevInstall, name: string): string[] | undefined {
  const { dockerfile } = rule;
  const { from, name: old } = found.node.stage;
  const edits = editsOf(rule, found);
  const until = found.step.instruction.fullSpan.end;
  if (edits === undefined || /[\r\n]/.test(dockerfile.text.slice(from.span.start, from.span.end)))
    return undefined;
  const alias: TextEdit =
    old === undefined || from.alias === undefined
      ? { span: span(from.span.end, from.span.end), newText: ` AS ${name}` }
      : { span: from.alias.span, newText: name };
  const text = applyEdits(dockerfile.text, [alias, ...edits]);
  const grown = text.length - dockerfile.text.length;
  return text.slice(from.span.start, until + grown).split(/\r\n|\n/);
}

/** A stage that installs run-time dependencies alone, from which the image then gets the folder. */
export function stageFixes(
  rule: DockerfileContext,
  view: SpreadView,
  found: DevInstall,
  { places }: DevSpread,
  { node, folder, carriers }: Builder,
): Fix[] {
  const { part, install } = found;
  const [carrier] = carriers;
  const by = carrier?.step.instruction;
  const target = carrier?.node;
  if (by?.kind !== 'COPY' || target === undefined || carriers.length !== 1) return [];
  if (part.obstacle !== undefined || install.unsure || folder !== part.folder) return [];
  const [source] = by.sources;
  const written = source === undefined ? undefined : carrier?.step.expand(source.raw);
  if (by.sources.length !== 1 || written === undefined || `/${written.replace(/^\/|\/$/g, '')}` !== folder)
    return [];
  if (runsAgain(rule, places).length > 0 || writesInto(view, found, node)) return [];
  const flag = by.flags.find((f) => f.name === 'from');
  const name = freeName(rule, 'prod-deps');
  const lines = ownStage(rule, found, name);
  if (flag?.valueSpan === undefined || lines === undefined) return [];
  const edits: TextEdit[] = [
    insertBefore(rule.dockerfile, target.stage.from, [...lines, '']),
    { span: flag.valueSpan, newText: name },
  ];
  return [
    {
      title: `Install run-time dependencies alone in a stage ${name}, and copy ${folder.replace(/^.*\//, '')} from there`,
      applicability: 'unsafe',
      mayTakeLonger: true,
      changes: () => [{ kind: 'edit', path: rule.path, edits }],
    },
  ];
}

/** Whether a step of the builder may write into the folder, or copies the source before the install. */
function writesInto(view: SpreadView, found: DevInstall, node: StageNode): boolean {
  if (found.part.isWrittenInto === true) return true;
  const broad = found.node.steps.some(
    ({ instruction: i }) =>
      (i.kind === 'COPY' || i.kind === 'ADD') &&
      i.span.start < found.step.instruction.span.start &&
      i.from === undefined &&
      i.sources.some((s) => /^(\.|\.\/|\/|\*)$/.test(s.value)),
  );
  return broad || namesFolder(view, found, node);
}

/** Whether a command of the builder names the folder: it may write into it. */
function namesFolder(view: SpreadView, found: DevInstall, node: StageNode): boolean {
  const folderName = found.part.folder.replace(/^.*\//, '');
  return lineOf(view.files.graph, node).some((stage) =>
    stage.steps.some(
      (s) =>
        commandsOf(stage, s, view.shell)?.some((c) => c.words.some((w) => w.value.includes(folderName))) ===
        true,
    ),
  );
}
