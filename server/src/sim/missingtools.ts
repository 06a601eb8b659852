import { baseName, isInside, joinPath } from '../text/paths.js';
import { commandsOf, folderOf, inFolder, programOf, type StepCommand } from './commands.js';
import type { DevInstall } from './devinstalls.js';
import type { LaterCommand, MissingTool } from './devparts/model.js';
import { pathHead } from './devparts/place.js';
import { needsNoDevTool } from './devtools.js';
import type { ManagerName } from './installs/model.js';
import { installOf, mayInstall } from './installs.js';
import { lineOf } from './lineage.js';
import type { ShellOf, StageNode, Step } from './model.js';
import { lookedInto, mayComeElse, unpacksOver } from './otherbringers.js';
import { type Place, placesOf, stepsAfter } from './spread.js';
import { type FilesView, stageFiles } from './stagefiles.js';

/** A command that cannot do without a tool that an install left out. */
export interface BrokenCommand {
  readonly install: DevInstall;
  readonly step: Step;
  readonly command: StepCommand;
  readonly missing: MissingTool;
}

/** Programs that run what they are given and install nothing of a project by themselves. */
const RUNS_FILES =
  /^(node|npx|php|python[0-9.]*|git|java|openssl|prisma|pip[0-9.]*|corepack|envsubst|jq|yq)$/;

/**
 * Whether a command fails its RUN where it fails itself: nothing catches it, and what follows runs only if it succeeds.
 * `sh -c "a; b"` goes on after a.
 */
function failsItsStep(commands: readonly StepCommand[], command: StepCommand): boolean {
  if (command.inside.length > 0) return false;
  const top = commands.filter((c) => c.inside.length === 0);
  const at = top.indexOf(command);
  const stopsAtErrors = top
    .slice(0, at)
    .some((c) => programOf(c) === 'set' && c.words.slice(1).some((w) => /^-[a-z]*e/.test(w.value)));
  for (let i = at; i >= 0; i--) {
    const joined = top[i]?.joined;
    if (joined === '||' || joined === '|') return false;
    if (joined !== '&&') break;
  }
  for (const next of commands.slice(commands.indexOf(command) + 1)) {
    if (next.inside.includes('substitution')) continue;
    if (next.joined === '||' || next.joined === '|' || next.joined === '&') return false;
    if (next.joined === ';' || next.inside.length > 0) return stopsAtErrors;
  }
  return true;
}

/** Whether anything the stage saw before names the tool or its package: it may have been installed by itself. */
function isMentioned(
  view: FilesView,
  shell: ShellOf,
  node: StageNode,
  step: Step,
  before: readonly StepCommand[],
  { tool, package: name, named: isNamed }: MissingTool,
): boolean {
  // A file that imports the package is mentioned where it is copied.
  const words = [...(isNamed ? [tool.replace(/^.*\//, '')] : []), name].map((w) =>
    w.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  const named = new RegExp(`(^|[^\\w-])(${words.join('|')})([^\\w-]|$)`);
  const at = step.instruction.span.start;
  const texts = lineOf(view.graph, node).flatMap((stage) =>
    stage.steps
      .filter((s) => s.instruction.span.start < at)
      .flatMap((s) =>
        s.instruction.kind === 'RUN'
          ? (commandsOf(stage, s, shell) ?? []).map((c) => c.words.map((w) => w.value).join(' '))
          : [s.instruction.text],
      ),
  );
  return [...texts, ...before.map((c) => c.words.map((w) => w.value).join(' '))].some((t) => named.test(t));
}

/** Whether a mount of the step lies over the folder. */
function isMountedOver(node: StageNode, step: Step, folder: string): boolean {
  const { instruction } = step;
  return (
    instruction.kind === 'RUN' &&
    instruction.mounts.some((m) => {
      if (m.target === undefined) return m.type !== 'secret' && m.type !== 'ssh';
      const target = inFolder(folderOf(node, step), m.target);
      return isInside(target, folder) || isInside(folder, target);
    })
  );
}

/** These install into one environment, whatever the folder of the project. */
const PYTHON: ReadonlySet<ManagerName> = new Set(['pip', 'pipenv', 'poetry', 'uv']);

/** Whether another install, or a copy, brings the same folder to a place. */
function isBroughtElse(
  view: FilesView,
  shell: ShellOf,
  found: DevInstall,
  place: Place,
  all: readonly DevInstall[],
): boolean {
  const name = baseName(found.part.folder);
  const folders = lookedInto(place.folder);
  if (stageFiles(view, place.node).exists(place.folder)) return true;
  return view.graph.stages.some((node) =>
    node.steps.some((step) => {
      if (step === found.step || step.instruction.kind !== 'RUN' || !mayInstall(step.instruction))
        return false;
      return (commandsOf(node, step, shell) ?? []).some((command) => {
        const install = installOf(command);
        const known = all.find((o) => o.install.command === command);
        if (install === undefined || (known !== undefined && typeof known.part.choice === 'object'))
          return false;
        const shared = PYTHON.has(install.manager) && PYTHON.has(found.install.manager);
        const folder = known?.part.folder ?? (shared ? found.part.folder : joinPath(install.folder, name));
        const places = placesOf(view.graph, node, step, folder, view.escape);
        return (
          places === undefined || places.some((p) => p.node === place.node && folders.includes(p.folder))
        );
      });
    }),
  );
}

/** The first command at a place that surely starts a tool which was left out; undefined where anything before may bring it. */
function brokenAt(
  view: FilesView,
  shell: ShellOf,
  found: DevInstall,
  place: Place,
): BrokenCommand | undefined {
  const name = baseName(place.folder);
  const own = place.node === found.node ? [found.step] : [];
  for (const step of [...own, ...stepsAfter(place)]) {
    if (step.instruction.keyword === 'ONBUILD') return undefined;
    if (step.instruction.kind !== 'RUN') continue;
    const commands = commandsOf(place.node, step, shell);
    if (commands === undefined || isMountedOver(place.node, step, place.folder)) return undefined;
    const files = stageFiles(view, place.node, step);
    const path = pathHead(view.graph, place.node, step);
    const from = step === found.step ? commands.indexOf(found.install.command) + 1 : 0;
    for (const command of commands.slice(from)) {
      if (installOf(command) !== undefined) return undefined;
      const later: LaterCommand = { command, step, commands, files, folder: place.folder, path };
      const missing = found.part.missingIn(later);
      const before = commands.slice(0, commands.indexOf(command));
      if (missing !== undefined && failsItsStep(commands, command))
        return isMentioned(view, shell, place.node, step, before, missing) ||
          mayComeElse(view, place, step, missing, path)
          ? undefined
          : { install: found, step, command, missing };
      const harmless =
        needsNoDevTool(command, name) ||
        RUNS_FILES.test(programOf(command)) ||
        found.part.bringsNothing(later);
      if (!harmless || unpacksOver(command, place.folder)) return undefined;
    }
  }
  return undefined;
}

/** Commands that cannot do without a development tool that an install before them surely left out, one an install. */
export function brokenCommands(
  view: FilesView,
  shell: ShellOf,
  all: readonly DevInstall[],
): readonly BrokenCommand[] {
  return all.flatMap((found): BrokenCommand[] => {
    if (typeof found.part.choice === 'string') return [];
    const places = placesOf(view.graph, found.node, found.step, found.part.folder, view.escape) ?? [];
    for (const place of places.filter((p) => p.node.reachable)) {
      const broken = brokenAt(view, shell, found, place);
      if (broken !== undefined && !isBroughtElse(view, shell, found, place, all)) return [broken];
    }
    return [];
  });
}
