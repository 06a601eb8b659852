import { baseName, dirName } from '../text/paths.js';
import { commandsOf, type StepCommand } from './commands.js';
import { isUndoneInStep, keepersOf } from './devagain.js';
import type { DevInstall } from './devinstalls.js';
import type { Built, DevelopmentPart } from './devparts/model.js';
import { hasPlainBase } from './devparts/place.js';
import { needsNoDevTool } from './devtools.js';
import { flowsInto } from './flows.js';
import { healthCommands } from './health.js';
import { installOf } from './installs.js';
import { lineOf, stepsInLine } from './lineage.js';
import type { ShellOf, StageNode, Step } from './model.js';
import { type Place, placesOf, stepsAfter } from './spread.js';
import { type FilesView, stageFiles } from './stagefiles.js';
import { startOf } from './start.js';

/** What is asked of the stages. */
export interface SpreadView {
  readonly files: FilesView;
  readonly shell: ShellOf;
  /** All installs that leave their development part out. */
  readonly leaving: readonly DevInstall[];
}

/** Where the development part of installs goes, of which the image that is shipped needs nothing. */
export interface DevSpread {
  /** The installs into one folder, the first that is reported. */
  readonly members: readonly DevInstall[];
  readonly places: readonly Place[];
  /** Installs into the same folder without the part, which take nothing of it out. */
  readonly keepers: readonly DevInstall[];
  /** The stage that needs the part to build, and from which the folder is copied into the image; undefined where nothing needs it. */
  readonly builder: Builder | undefined;
  /** The RUN that installs and builds, of the part's stage that is shipped, after which nothing needs it. */
  readonly joined?: JoinedBuild;
}

/** A RUN that installs, and builds with what it installed: what is taken out at its end is in no layer. */
export interface JoinedBuild {
  readonly step: Step;
  /** The last command that may need the part, and what stands between the command before and it. */
  readonly last: StepCommand;
  readonly before: StepCommand;
}

/** A stage that is not shipped, whose steps may need development tools. */
export interface Builder {
  readonly node: StageNode;
  /** The folder there. */
  readonly folder: string;
  /** The copies that take the folder into the image. */
  readonly carriers: readonly { readonly step: Step; readonly node: StageNode; readonly folder: string }[];
}

/** Whether what a place's stage runs and starts surely needs nothing of the development part. */
function placeIsIdle(
  { files: { graph }, shell }: SpreadView,
  place: Place,
  own: readonly DevInstall[],
  part: DevelopmentPart,
  built?: Built,
): boolean {
  const folderName = baseName(place.folder);
  const runsNothing = stepsAfter(place).every((step) => {
    const { instruction } = step;
    const health = healthCommands(place.node, step);
    if (health.length > 0 && part.startNeedsDev(health, built)) return false;
    if (instruction.kind !== 'RUN') return instruction.keyword !== 'ONBUILD';
    if (own.some((o) => o.step === step)) return true;
    return commandsOf(place.node, step, shell)?.every((c) => needsNoDevTool(c, folderName)) === true;
  });
  if (!runsNothing) return false;
  const hasOwnStart = place.node.steps.some(
    (s) => s.instruction.kind === 'CMD' || s.instruction.kind === 'ENTRYPOINT',
  );
  if (!place.node.shipped && !hasOwnStart) return true;
  // A stage in between whose start comes from its base is judged by the stage that is shipped.
  if (place.node !== graph.target && !hasOwnStart) return true;
  return !part.startNeedsDev(startOf(graph, place.node, shell), built);
}

/** Whether the RUN of an install does nothing else that could need what it installed. */
function stepIsPlain({ shell }: SpreadView, found: DevInstall): boolean {
  const commands = commandsOf(found.node, found.step, shell);
  const folderName = baseName(found.part.folder);
  return commands?.every((c) => installOf(c) !== undefined || needsNoDevTool(c, folderName)) === true;
}

/**
 * All installs into the folder of `found`, and everywhere the folder goes; undefined where the image needs it, it does not
 * reach the image, or that is unknown.
 */
export function devSpread(
  view: SpreadView,
  found: DevInstall,
  all: readonly DevInstall[],
): DevSpread | undefined {
  const { graph, escape: escapeChar } = view.files;
  const places = placesOf(graph, found.node, found.step, found.part.folder, escapeChar);
  if (places === undefined) return undefined;
  const members = all.filter(
    (o) => o === found || places.some((p) => p.node === o.node && p.folder === o.part.folder),
  );
  if (!places.some((p) => p.node.shipped) || members[0] !== found) return undefined;
  const keepers = keepersOf(view.shell, found, places, view.leaving);
  if (members.some((m) => isUndoneInStep(m, view.leaving, keepers))) return undefined;
  const spread = { members, places, keepers };
  const idle =
    members.every((m) => m.part.choice === 'default' && stepIsPlain(view, m)) &&
    places.every((p) => placeIsIdle(view, p, [...members, ...keepers], found.part));
  if (idle) return { ...spread, builder: undefined };
  if (members.length > 1 || found.part.idleOnly === true) return undefined;
  const builder = builderOf(view, found, places, keepers);
  if (builder !== undefined) return { ...spread, builder };
  const joined = joinedOf(view, found, places);
  return joined && { ...spread, builder: undefined, joined };
}

/** The commands of a RUN of which each runs only if the one before it succeeded; undefined for any other. */
function chainIn(commands: readonly StepCommand[]): readonly StepCommand[] | undefined {
  const plain = commands.every(
    (c, i) => c.inside.length === 0 && !c.exec && c.joined === (i === 0 ? 'start' : '&&'),
  );
  return plain ? commands : undefined;
}

/** The RUN of an install that builds with it too, where what its stage is shipped with needs nothing of the part after it. */
function joinedOf(view: SpreadView, found: DevInstall, places: readonly Place[]): JoinedBuild | undefined {
  const { node, step, install, part } = found;
  const commands = chainIn(commandsOf(node, step, view.shell) ?? []);
  if (commands === undefined || step.instruction.heredocs.length > 0) return undefined;
  const folderName = baseName(part.folder);
  const rest = commands.slice(commands.indexOf(install.command) + 1);
  // Whatever names the folder moves it, takes it away or leaves something in it.
  if (rest.some((c) => installOf(c) !== undefined || c.words.some((w) => w.value.includes(folderName))))
    return undefined;
  const last = rest.findLast((c) => !needsNoDevTool(c, folderName));
  const before = last && commands[commands.indexOf(last) - 1];
  if (last === undefined || before === undefined || !hasPlainBase({ graph: view.files.graph, node }))
    return undefined;
  const root = dirName(part.folder);
  if (
    last.folder !== root ||
    install.folder !== root ||
    isTakenOut(view, node) ||
    installsAgain(view, found, node, root)
  )
    return undefined;
  const idle = places.every((p) =>
    placeIsIdle(view, p, [found], part, {
      files: stageFiles(view.files, node),
      root,
      shippedRoot: dirName(p.folder),
    }),
  );
  return idle ? { step, last, before } : undefined;
}

/** Words that say that somebody takes development dependencies out already, or moves what is installed elsewhere. */
const TAKES_OUT =
  /^(prune|autoclean|focus|deploy|--omit=.*|--prod|--production|--no-dev|--only=.*|node-prune|npkill)$/;

/** Whether a command is one of these installs. */
function isOneOf(installs: readonly DevInstall[], step: Step, command: StepCommand): boolean {
  return installs.some((i) => i.step === step && i.install.command.span.start === command.span.start);
}

/** Whether a command of a stage, or of those it is FROM, takes out what is for development; `keepers` do not. */
function isTakenOut(
  { files: { graph }, shell }: SpreadView,
  node: StageNode,
  keepers: readonly DevInstall[] = [],
): boolean {
  return lineOf(graph, node).some((stage) =>
    stage.steps.some(
      (s) =>
        commandsOf(stage, s, shell)?.some(
          (c) => c.words.some((w) => TAKES_OUT.test(w.value)) && !isOneOf(keepers, s, c),
        ) === true,
    ),
  );
}

/** Whether another install of a stage may bring or take what this one does in `root`. */
function installsAgain(
  { files: { graph }, shell }: SpreadView,
  found: DevInstall,
  node: StageNode,
  root: string,
  keepers: readonly DevInstall[] = [],
): boolean {
  return lineOf(graph, node).some((stage) =>
    stage.steps.some(
      (s) =>
        s.instruction.kind === 'RUN' &&
        s !== found.step &&
        commandsOf(stage, s, shell)?.some((c) => installOf(c)?.folder === root && !isOneOf(keepers, s, c)) ===
          true,
    ),
  );
}

/** The stage that is copied from, where everything that it goes to is idle and it alone needs the part. */
function builderOf(
  view: SpreadView,
  found: DevInstall,
  places: readonly Place[],
  keepers: readonly DevInstall[],
): Builder | undefined {
  const { graph, escape: escapeChar } = view.files;
  const carriers = places.flatMap(({ node, folder, by }) =>
    node.shipped && by !== undefined ? [{ step: by, node, folder }] : [],
  );
  const sources = new Set(
    carriers.map(({ step, node }) => flowsInto(graph, node, escapeChar).find((f) => f.step === step)?.from),
  );
  const [node] = sources;
  const place = places.find((p) => p.node === node);
  const last = node?.steps.at(-1);
  if (node === undefined || sources.size !== 1 || place === undefined || last === undefined || node.shipped)
    return undefined;
  const { folder } = place;
  const root = dirName(folder);
  if (isTakenOut(view, node, keepers) || !hasPlainBase({ graph, node })) return undefined;
  if (installsAgain(view, found, node, root, keepers) || carriers.length === 0) return undefined;
  const [carrier] = carriers;
  const built: Built = {
    files: stageFiles(view.files, node),
    root,
    shippedRoot: dirName(carrier?.folder ?? folder),
  };
  const onward = (placesOf(graph, node, last, folder, escapeChar) ?? []).filter((p) => p.node !== node);
  const idle = onward.every((p) => placeIsIdle(view, p, keepers, found.part, built));
  return idle && onward.length > 0 ? { node, folder, carriers } : undefined;
}

/** Whether a command can run at the end of a builder as the install could: same folder, and allowed to write there. */
export function canRunAtEnd(view: SpreadView, { node, folder }: Builder, file: string): boolean {
  const last = node.steps.at(-1);
  if (last === undefined || /^(WORKDIR|USER|SHELL)$/.test(last.instruction.keyword)) return false;
  const users = new Set(
    stepsInLine(view.files.graph, node)
      .filter((s) => s.instruction.kind === 'RUN')
      .map((s) => s.user),
  );
  const isRoot = last.user === undefined || /^(root|0)(:|$)/.test(last.user);
  if (last.workdir !== dirName(folder) || !(isRoot || (users.size === 1 && users.has(last.user))))
    return false;
  return stageFiles(view.files, node).exists(`${dirName(folder)}/${file}`);
}
