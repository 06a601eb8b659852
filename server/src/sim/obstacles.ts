import { baseName, dirName, isInside } from '../text/paths.js';
import { folderOf, inFolder, type StepCommand } from './commands.js';
import { bringsWhole, type CopyContext, type LocalCopy, wouldBringFrom } from './copies.js';
import { crossingReason } from './crossing.js';
import { isNeutralIn } from './installers.js';
import { installOf } from './installs.js';
import {
  type BuildView,
  type DependencyStep,
  type InstallStep,
  neededBy,
  stepsBefore,
} from './installstep.js';
import { namedReasons, startReasons } from './sourcenames.js';
import { namesMoved, surroundingReasons } from './surroundings.js';

/** What stands in the way of moving copies behind an install, or makes it unsafe. */
export interface Obstacles {
  readonly blocked: string[];
  readonly doubts: string[];
  /** What the step makes and no ignore file keeps from the copies: a line there is all it takes. */
  readonly exposed: Exposed[];
}

/** A path of the context that would overwrite what a step made. */
export interface Exposed {
  readonly path: string;
  /** Something is there now. */
  readonly there: boolean;
}

/** Folders that hold installed packages and nothing of the project. */
const PACKAGES = /(^|\/)(node_modules|vendor|vendor\/bundle|\.bundle|\.?v?env)$/;

/** Whether a folder of the context that an install fills holds nothing else: no line may keep a program's own files out. */
export function holdsPackagesAlone(path: string): boolean {
  return PACKAGES.test(path);
}

/** Counts exposed paths as what they are without a line in the ignore file. */
export function withoutLines({ blocked, doubts, exposed }: Obstacles): Obstacles {
  const reasons = exposed
    .filter(({ there }) => there)
    .map(({ path }) =>
      path === '.'
        ? 'it installs into the folder of the source'
        : `${path} of the context would overwrite what was installed${holdsPackagesAlone(path) ? ': put it into the ignore file first' : ''}`,
    );
  const later = exposed
    .filter(({ there }) => !there)
    .map(
      ({ path }) =>
        `${path} is not in the ignore file: once it exists, the copy overwrites what was installed`,
    );
  return { blocked: [...blocked, ...reasons], doubts: [...doubts, ...later], exposed: [] };
}

/** Copies that run after the step must not bring what it makes. */
export function checkOutputs(
  found: DependencyStep,
  moved: readonly LocalCopy[],
  context: CopyContext,
  out: Obstacles,
): void {
  for (const output of found.closures.flatMap(({ outputs }) => outputs)) {
    for (const path of moved.flatMap((copy) => wouldBringFrom(copy, output))) {
      const ignored =
        context.isIgnored(path) || (context.isIgnored(`${path}/a`) && context.isIgnored(`${path}/.a`));
      const letIn = ignored && context.hasExceptions ? letInAgain(path, context) : undefined;
      if (letIn !== undefined)
        out.blocked.push(
          `an exception of the ignore file lets ${letIn} in, which would overwrite what was installed`,
        );
      else if (ignored) continue;
      else if (!out.exposed.some((e) => e.path === path))
        out.exposed.push({ path, there: context.exists(path) });
    }
  }
}

/** A path right below an ignored folder, or one deeper as of scopes, that the ignore file lets in again. */
function letInAgain(folder: string, context: CopyContext): string | undefined {
  return context.expand(`${folder}/*`)[0] ?? context.expand(`${folder}/*/*`)[0];
}

/**
 * The folder of the context a file comes from lies behind a link: a COPY of the file makes a real folder in its place,
 * which the COPY of the source could then not replace by the link.
 */
function behindLink(path: string, copy: LocalCopy, context: CopyContext): boolean {
  const source = copy.sources.find((s) => s.folder && (s.path === '.' || isInside(s.path, path)));
  for (let at = dirName(path); source !== undefined && at !== source.path && at !== '.'; at = dirName(at)) {
    const entry = context.entries(dirName(at))?.find((e) => e.name === baseName(at));
    if (entry?.kind === 'link') return true;
  }
  return false;
}

/** The files and folders that COPY lines of their own have to bring. */
export function checkFolders(found: DependencyStep, context: CopyContext, out: Obstacles): void {
  const { user } = found.step;
  const folders = new Set(found.closures.flatMap((closure) => closure.folders));
  for (const needed of neededBy(found)) {
    const { copy, path } = found.image.sourceOf(needed) ?? {};
    if (copy === undefined || path === undefined) continue;
    if (behindLink(path, copy, context)) out.blocked.push(`${dirName(path)} is reached by a link`);
    const folder = folders.has(needed) ? needed : dirName(needed);
    if (folders.has(needed) && !comesWhole(found, needed, path, copy))
      out.blocked.push(`${path} is put together by several COPY lines`);
    // A folder that COPY makes for a file is only its owner's to write; one it copies keeps its mode.
    const owned = copy.instruction.flags.some((f) => f.name === 'chown');
    const root = user === undefined || /^(root|0)(:|$)/.test(user);
    if (!root && !owned && folder !== copy.destination)
      out.doubts.push(
        `${user} may not be allowed to write into ${folders.has(needed) ? path : dirName(path)} then`,
      );
  }
}

/** Whether all of a folder comes from one copy. */
function comesWhole({ copies }: DependencyStep, folder: string, path: string, copy: LocalCopy): boolean {
  const others = copies.slice(copies.indexOf(copy) + 1);
  return bringsWhole(copy, path) && !others.some(({ destination }) => isInside(folder, destination));
}

/** Why narrower copies can't take the place of `copies`, or lines can't be put beside them. */
export function sourceReasons(
  view: BuildView,
  found: DependencyStep,
  copies: readonly LocalCopy[],
): string[] {
  const out: string[] = [];
  if (copies.some(({ step }) => !found.node.steps.includes(step)))
    out.push('the source is copied in a stage that this one is FROM');
  // A fixed path would be wrong for another value of the argument, or another context.
  if (copies.some((c) => c.instruction.sources.some((w) => w.raw.includes('$'))))
    out.push('the source is named by a variable');
  const contexts = new Set(view.builds.filter((b) => !b.remote).map((b) => b.context));
  if (contexts.size > 1) out.push('this Dockerfile is built with several contexts');
  if (copies.some((c) => c.destination === '/')) out.push('the source is copied over the root of the image');
  return out;
}

/** Whether `moved` may go behind the install of `found`. */
export function obstaclesOf(
  view: BuildView,
  context: CopyContext,
  found: InstallStep,
  moved: readonly LocalCopy[],
): Obstacles {
  const out: Obstacles = { blocked: [], doubts: [], exposed: [] };
  for (const closure of found.closures) {
    out.blocked.push(...closure.open);
    out.doubts.push(...closure.doubts);
  }
  const installs = found.commands.filter((c) => installOf(c) !== undefined);
  if (installs.length !== found.installs.length)
    out.blocked.push('another install in the same RUN reads files that are not known');
  const other = found.commands.find((c) => installOf(c) === undefined && !isNeutralIn(found.commands, c));
  if (other !== undefined) out.blocked.push(`"${wordsOf(other)}" in the same RUN may read the source`);
  out.blocked.push(...sourceReasons(view, found, moved));
  if (touchesCopied(found, moved)) out.blocked.push('the same RUN changes files of the source');
  const gone = goneFolder(found, moved);
  if (gone !== undefined) out.blocked.push(`a command of the RUN starts in ${gone}, which the source brings`);
  const first = moved[0];
  for (const step of found.node.steps) {
    const at = step.instruction.span.start;
    if (first === undefined || at <= first.instruction.span.start || at >= found.step.instruction.span.start)
      continue;
    if (moved.some((c) => c.step === step)) continue;
    const reason = crossingReason(view, found.node, moved, step, context);
    if (reason !== undefined) out.blocked.push(reason);
    else if (step.instruction.kind === 'RUN') out.doubts.push('a RUN between them moves along');
  }
  checkOutputs(found, moved, context, out);
  checkFolders(found, context, out);
  const known = new Set(neededBy(found));
  const before = stepsBefore(view.graph, found.node, found.step);
  const later = { copies: moved, known, context };
  const needing = found.installs.map(({ install }) => install.command);
  out.blocked.push(...namedReasons(later, found.commands, needing));
  out.blocked.push(...startReasons(later, found.node, found.step, before));
  for (const { install } of found.installs)
    out.blocked.push(...surroundingReasons(moved, known, found.step, install.folder, context, before));
  return out;
}

/** A folder that a command of the RUN starts in and that only `moved` bring. */
function goneFolder(found: InstallStep, moved: readonly LocalCopy[]): string | undefined {
  const here = folderOf(found.node, found.step);
  return found.commands
    .flatMap(({ folder }) => folder ?? [])
    .find(
      (folder) =>
        !isInside(folder, here) &&
        moved.some(({ destination }) => isInside(destination, folder)) &&
        !neededBy(found).some((path) => isInside(folder, path)),
    );
}

/** Whether the RUN writes into a folder of the source, where the copy would then overwrite it. */
function writesThere({ folder, redirects }: StepCommand, moved: readonly LocalCopy[]): boolean {
  return redirects.some(({ target }) => {
    if (target?.literal !== true || folder === undefined) return false;
    const place = inFolder(folder, target.value);
    return moved.some(({ destination }) => isInside(destination, place));
  });
}

/** Whether another command of the install's RUN names a path inside what is copied after it then, or one writes into it. */
function touchesCopied(found: InstallStep, moved: readonly LocalCopy[]): boolean {
  if (found.commands.some((c) => writesThere(c, moved))) return true;
  return found.commands.some(
    (c) =>
      installOf(c) === undefined &&
      c.words[0]?.value !== 'cd' &&
      namesMoved(
        c.words.map((w) => w.value),
        moved,
      ),
  );
}

/** A command as it is shown to people. */
export function wordsOf(command: StepCommand): string {
  const text = command.words.map((w) => w.value).join(' ');
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
