import { isInside } from '../text/paths.js';
import type { BuildStep } from './buildstep.js';
import { commandsOf, folderOf, programOf } from './commands.js';
import { type CopyContext, type LocalCopy, localCopyOf } from './copies.js';
import { type BuildView, neededBy, stepsBefore } from './installstep.js';
import type { StageNode, Step } from './model.js';
import { isNeutral } from './neutral.js';
import { checkFolders, checkOutputs, type Obstacles, sourceReasons, withoutLines } from './obstacles.js';
import { type Moved, namedReasons, startReasons } from './sourcenames.js';
import { placesOf } from './spread.js';
import { surroundingReasons } from './surroundings.js';

/** Variables that have a say in where a download comes from or goes to. */
const SAYS =
  /^(GO|CGO|CARGO|RUST|MAVEN|MVN|M2|JAVA|JDK|GRADLE|NUGET|DOTNET|MIX|HEX|REBAR|SBT|COURSIER|IVY|HTTPS?_|NO_|ALL_|FTP_|PATH$|HOME$|USER|XDG|SSL|CURL|GIT|SSH|LD_|TMP|LANG|LC_)/i;

/** System programs that may bring what a download needs. */
const BRINGS = /^(apt|apt-get|apk|yum|dnf|microdnf|zypper|dpkg|update-ca-certificates|npm|pip|python)/;

/** Why a download that stands before `step` may find less there than behind it; undefined where it finds the same. */
function betweenReason(
  view: BuildView,
  context: CopyContext,
  { node, folders }: BuildStep,
  step: Step,
): string | undefined {
  const { instruction } = step;
  if (instruction.kind === 'RUN') {
    const commands = commandsOf(node, step, view.shell);
    const harmless = commands?.every((c) => isNeutral(c) && !BRINGS.test(programOf(c))) === true;
    return harmless ? undefined : 'a RUN stands between, which may bring what the download needs';
  }
  if (instruction.kind !== 'COPY' && instruction.kind !== 'ADD') return undefined;
  const place = localCopyOf(node, step, context, view.dockerfile.escape)?.destination;
  // Credentials and settings lie outside of the project.
  const own =
    place !== undefined && folders.some((folder) => isInside(folder, place) || isInside(place, folder));
  return own
    ? undefined
    : `another ${instruction.keyword} stands between, which may bring what the download needs`;
}

function stepsBetween(node: StageNode, first: Step, last: Step): readonly Step[] {
  return node.steps.filter(
    ({ instruction: { span } }) =>
      span.start > first.instruction.span.start && span.start < last.instruction.span.start,
  );
}

/** What may run the build's download otherwise than the build does: variables, user, shell. */
function surroundingsReason(node: StageNode, before: Step, step: Step): string | undefined {
  if (before.user !== step.user) return 'USER stands between';
  if (before.shell?.join(' ') !== step.shell?.join(' ')) return 'SHELL stands between';
  const names = new Set([...before.environment.keys(), ...step.environment.keys()]);
  const set = new Set(
    stepsBetween(node, before, step).flatMap(({ instruction: one }) =>
      (one.kind === 'ENV' ? one.pairs : one.kind === 'ARG' ? one.declarations : []).map(({ name }) => name),
    ),
  );
  const changed = [...names, ...set].find((name) => {
    const value = step.environment.get(name);
    // Of two values that are not known nobody can say that they are equal; an argument may be given one.
    return (
      SAYS.test(name) && (before.environment.get(name) !== value || (value === undefined && set.has(name)))
    );
  });
  return changed === undefined ? undefined : `${changed} is set between`;
}

/** Where in the image that is shipped a download leaves more than the build would. */
function shippedFill(view: BuildView, found: BuildStep): string | undefined {
  const fills = found.builds.flatMap(({ prefetch }) => prefetch.fills);
  return fills.find((fill) => {
    const places = placesOf(view.graph, found.node, found.step, fill, view.dockerfile.escape);
    return places === undefined || places.some(({ node }) => node.shipped);
  });
}

/** Why a download would start another program, or read what it can't read yet: what the build starts, and its variables. */
function programReasons(moved: Moved, { commands, needing }: BuildStep): string[] {
  return needing.flatMap((command) => {
    // Paths among its words are what it builds.
    const bare = { ...command, words: command.words.slice(0, 1) };
    return namedReasons(moved, [...commands.slice(0, commands.indexOf(command)), bare], [bare]);
  });
}

/** What stands in the way of a download that runs where `broad`, the first of the copies of the source, stands now. */
export function fetchObstacles(
  view: BuildView,
  context: CopyContext,
  found: BuildStep,
  broad: readonly LocalCopy[],
): Obstacles {
  const out: Obstacles = { blocked: [], doubts: [], exposed: [] };
  const [first] = broad;
  if (first === undefined) return out;
  for (const { open, doubts } of found.closures) {
    out.blocked.push(...open);
    out.doubts.push(...doubts);
  }
  out.blocked.push(...sourceReasons(view, found, broad));
  const { node, step } = found;
  for (const between of stepsBetween(node, first.step, step)) {
    const reason = betweenReason(view, context, found, between);
    if (reason !== undefined) out.blocked.push(reason);
  }
  const around = surroundingsReason(node, first.step, step);
  if (around !== undefined) out.blocked.push(around);
  for (const needed of neededBy(found)) {
    const copy = found.image.sourceOf(needed)?.copy;
    const absolute = /^["']?\//.test(copy?.instruction.destination?.raw ?? '/');
    if (copy !== undefined && !absolute && folderOf(node, copy.step) !== folderOf(node, first.step))
      out.blocked.push('WORKDIR stands between');
  }
  const later = found.copies.filter(
    ({ instruction: { span } }) => span.start >= first.instruction.span.start,
  );
  const moved = { copies: later, known: new Set(neededBy(found)), context };
  const before = stepsBefore(view.graph, node, step);
  out.blocked.push(...programReasons(moved, found), ...startReasons(moved, node, step, before));
  for (const { prefetch } of found.builds)
    out.blocked.push(...surroundingReasons(later, moved.known, step, prefetch.folder, context, before));
  for (const { prefetch } of found.builds) {
    const isThere = neededBy(found).some((path) => isInside(prefetch.folder, path));
    if (!isThere && prefetch.folder !== folderOf(node, first.step))
      out.blocked.push(`${prefetch.folder} is not there yet`);
  }
  checkOutputs(found, broad, context, out);
  checkFolders(found, context, out);
  const fill = shippedFill(view, found);
  if (fill !== undefined)
    out.doubts.push(`${fill} of the image then holds all that is listed, not only what is used`);
  return withoutLines(out);
}
