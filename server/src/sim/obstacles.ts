import { baseName, dirName, isInside, joinPath } from '../text/paths.js';
import { commandsOf, type StepCommand } from './commands.js';
import { broughtFrom, type CopyContext, type LocalCopy, localCopyOf, wouldBringFrom } from './copies.js';
import { installOf } from './installs.js';
import type { BuildView, InstallStep } from './installstep.js';
import type { StageNode, Step } from './model.js';
import { isNeutral } from './neutral.js';
import { namesMoved, surroundingReasons } from './surroundings.js';

/** What stands in the way of moving copies behind an install, or makes it unsafe. */
export interface Obstacles {
  readonly blocked: string[];
  readonly doubts: string[];
}

const INERT = new Set([
  'LABEL',
  'EXPOSE',
  'CMD',
  'ENTRYPOINT',
  'HEALTHCHECK',
  'STOPSIGNAL',
  'MAINTAINER',
  'ONBUILD',
  'SHELL',
  'USER',
]);

/** Whether the places two copies write to can touch. */
function overlap(a: string, b: string): boolean {
  return isInside(a, b) || isInside(b, a);
}

/** Why `moved`, copies of the stage `node`, may not go behind `crossed`; undefined where they may. */
export function crossingReason(
  view: BuildView,
  node: StageNode,
  moved: readonly LocalCopy[],
  crossed: Step,
  context: CopyContext,
): string | undefined {
  const { instruction } = crossed;
  const written = moved.flatMap((c) => [
    ...c.instruction.sources,
    ...(c.instruction.destination ? [c.instruction.destination] : []),
  ]);
  switch (instruction.kind) {
    case 'ENV':
    case 'ARG':
      return written.some((w) => w.raw.includes('$')) ? `${instruction.keyword} stands between` : undefined;
    case 'WORKDIR':
      return moved.some((c) => !/^["']?\//.test(c.instruction.destination?.raw ?? ''))
        ? 'WORKDIR stands between'
        : undefined;
    case 'RUN': {
      const commands = commandsOf(node, crossed, view.shell);
      if (instruction.mounts.some((m) => m.type === 'bind')) return 'a RUN with a bind mount stands between';
      const touching = commands?.some((c) =>
        namesMoved(
          c.words.map((w) => w.value),
          moved,
        ),
      );
      return commands?.every(isNeutral) === true && touching === false
        ? undefined
        : 'a RUN that may read the source stands between';
    }
    case 'COPY':
    case 'ADD': {
      const local = localCopyOf(node, crossed, context, view.dockerfile.escape);
      if (local !== undefined) return overlayReason(local, moved, context);
      const place = instruction.destination?.value ?? '';
      const apart =
        /^\/[^$]*$/.test(place) && moved.every((c) => !overlap(c.destination, joinPath('/', place)));
      return apart ? undefined : `another ${instruction.keyword} stands between`;
    }
    default:
      return INERT.has(instruction.keyword) ? undefined : `${instruction.keyword} stands between`;
  }
}

/** A copy that stays must not bring what a moved one brings too: the later one wins, and their order changes. */
function overlayReason(
  stays: LocalCopy,
  moved: readonly LocalCopy[],
  context: CopyContext,
): string | undefined {
  const flags = (copy: LocalCopy): string =>
    copy.instruction.flags
      .map((f) => `${f.name}=${f.value ?? ''}`)
      .sort()
      .join(' ');
  for (const source of stays.sources) {
    const place =
      stays.into && !source.folder ? joinPath(stays.destination, baseName(source.path)) : stays.destination;
    for (const copy of moved) {
      if (source.folder ? overlap(place, copy.destination) : false)
        return 'another COPY of a folder stands between';
      const other = source.folder ? undefined : broughtFrom(copy, place, context);
      if (other !== undefined && (other !== source.path || flags(copy) !== flags(stays)))
        return `${source.path} is copied twice`;
    }
  }
  return undefined;
}

/** The moved copies must not bring what the install makes. */
function checkOutputs(
  found: InstallStep,
  moved: readonly LocalCopy[],
  context: CopyContext,
  out: Obstacles,
): void {
  for (const output of found.installs.flatMap(({ closure }) => closure.outputs)) {
    for (const path of moved.flatMap((copy) => wouldBringFrom(copy, output))) {
      const ignored =
        context.isIgnored(path) || (context.isIgnored(`${path}/a`) && context.isIgnored(`${path}/.a`));
      const letIn = ignored && context.hasExceptions ? letInAgain(path, context) : undefined;
      if (letIn !== undefined)
        out.blocked.push(
          `an exception of the ignore file lets ${letIn} in, which would overwrite what was installed`,
        );
      else if (ignored) continue;
      else if (context.exists(path))
        out.blocked.push(
          `${path} of the context would overwrite what was installed: put it into the ignore file first`,
        );
      else
        out.doubts.push(
          `${path} is not in the ignore file: once it exists, the copy overwrites what was installed`,
        );
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

function checkFolders(found: InstallStep, context: CopyContext, out: Obstacles): void {
  const { user } = found.step;
  for (const file of found.installs.flatMap(({ closure }) => closure.files)) {
    const { copy, path } = found.image.sourceOf(file) ?? {};
    if (copy === undefined || path === undefined) continue;
    if (behindLink(path, copy, context)) out.blocked.push(`${dirName(path)} is reached by a link`);
    // A folder that COPY makes for a file is only its owner's to write; one it copies keeps its mode.
    const owned = copy.instruction.flags.some((f) => f.name === 'chown');
    const root = user === undefined || /^(root|0)(:|$)/.test(user);
    if (!root && !owned && dirName(file) !== copy.destination)
      out.doubts.push(`${user} may not be allowed to write into ${dirName(path)} then`);
  }
}

/** Whether `moved` may go behind the install of `found`. */
export function obstaclesOf(
  view: BuildView,
  context: CopyContext,
  found: InstallStep,
  moved: readonly LocalCopy[],
): Obstacles {
  const out: Obstacles = { blocked: [], doubts: [] };
  for (const { closure } of found.installs) {
    out.blocked.push(...closure.open);
    out.doubts.push(...closure.doubts);
  }
  const installs = found.commands.filter((c) => installOf(c) !== undefined);
  if (installs.length !== found.installs.length)
    out.blocked.push('another install in the same RUN reads files that are not known');
  const other = found.commands.find((c) => installOf(c) === undefined && !isNeutral(c));
  if (other !== undefined) out.blocked.push(`"${wordsOf(other)}" in the same RUN may read the source`);
  // A fixed path would be wrong for another value of the argument, or another context.
  if (moved.some((c) => c.instruction.sources.some((w) => w.raw.includes('$')))) {
    out.blocked.push('the source is named by a variable');
  }
  const contexts = new Set(view.builds.filter((b) => !b.remote).map((b) => b.context));
  if (contexts.size > 1) out.blocked.push('this Dockerfile is built with several contexts');
  if (touchesCopied(found, moved)) out.blocked.push('the same RUN changes files of the source');
  if (moved.some((c) => c.destination === '/'))
    out.blocked.push('the source is copied over the root of the image');
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
  const known = new Set(found.installs.flatMap(({ closure }) => closure.files));
  for (const { install } of found.installs)
    out.blocked.push(...surroundingReasons(moved, known, found.step, install.folder, context));
  return out;
}

/** Whether another command of the install's RUN names a path inside what is copied after it then. */
function touchesCopied(found: InstallStep, moved: readonly LocalCopy[]): boolean {
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
