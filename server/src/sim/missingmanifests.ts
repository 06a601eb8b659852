import type { Closure, Need } from '../project/closures/model.js';
import type { Entry } from '../project/snapshot.js';
import { baseName, dirName, isInside, joinPath, relativePath } from '../text/paths.js';
import { closureOf, type ImageFiles } from './closures.js';
import { commandsOf } from './commands.js';
import { broughtFrom, type CopyContext, type LocalCopy, localCopyOf } from './copies.js';
import { nodeMajor } from './devparts/place.js';
import { type Install, installOf, mayInstall } from './installs.js';
import { type BuildView, type InstallStep, stepsBefore } from './installstep.js';
import {
  certainFailure,
  isDeliberate,
  kindOfManifest,
  knowsMembers,
  lockNames,
  type ManifestKind,
  settingsMatter,
} from './manifestkinds.js';
import { writesManifests } from './manifestwrites.js';
import type { Step } from './model.js';
import { mayWrite } from './otherways.js';

/** A file or folder that an install would read, which lies in the context and not in the image. */
export interface MissingManifest {
  /** In the context. */
  readonly path: string;
  /** Absolute in the image. */
  readonly target: string;
  readonly folder: boolean;
  readonly kind: ManifestKind;
  /** The install surely fails without it. */
  readonly fails: boolean;
  /** Why it does, where it is neither a lock file nor a manifest. */
  readonly need?: Need['kind'];
  /** The ignore file keeps it out of the context. */
  readonly ignored: boolean;
  readonly install: Install;
  /** What brings the manifest it belongs to; undefined for a bind mount. */
  readonly near: LocalCopy | undefined;
}

/** Where a folder of the context lies in the image, as the manifest that is there shows. */
interface Mapping {
  readonly image: string;
  readonly context: string;
  readonly near: LocalCopy | undefined;
}

/** The highest folders that correspond, where a file of the context lies at `target`: what their paths share at the end is cut off. */
function mappingOf(target: string, path: string, near: LocalCopy | undefined): Mapping | undefined {
  if (baseName(target) !== baseName(path)) return undefined;
  let image = dirName(target);
  let context = dirName(path);
  while (context !== '.' && image !== '/' && baseName(image) === baseName(context)) {
    image = dirName(image);
    context = dirName(context);
  }
  return { image, context, near };
}

/** The image as it would be with all that the context holds below the folders that correspond. */
function withAll(
  image: ImageFiles,
  { image: root, context: from }: Mapping,
  context: CopyContext,
): ImageFiles {
  const pathOf = (path: string): string | undefined =>
    isInside(root, path) ? joinPath(from, relativePath(root, path)) : undefined;
  const isSent = (path: string | undefined): path is string =>
    path !== undefined && context.exists(path) && !context.isIgnored(path);
  const sourceOf: ImageFiles['sourceOf'] = (path) => {
    const there = image.sourceOf(path);
    const other = pathOf(path);
    return there ?? (isSent(other) ? { copy: undefined, path: other } : undefined);
  };
  return {
    sourceOf,
    exists: (path) => sourceOf(path) !== undefined,
    isIgnored: () => false,
    text: (path) => {
      const source = sourceOf(path);
      return source === undefined ? undefined : context.text(source.path);
    },
    entries: (path) => {
      const found = new Map<string, Entry>();
      const other = pathOf(path);
      for (const entry of other === undefined ? [] : (context.entries(other) ?? []))
        if (isSent(joinPath(other ?? '.', entry.name))) found.set(entry.name, entry);
      for (const entry of image.entries(path) ?? []) found.set(entry.name, entry);
      return found.size === 0 ? undefined : [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}

/** Whether the folder is in the image with all files that lie right in it. */
function isWhole(image: ImageFiles, path: string, target: string, context: CopyContext): boolean {
  return (
    image.exists(target) &&
    (context.entries(path) ?? []).every(
      ({ name, kind }) =>
        kind !== 'file' || context.isIgnored(joinPath(path, name)) || image.exists(joinPath(target, name)),
    )
  );
}

/** What is asked of one install. */
interface Scene {
  readonly view: BuildView;
  readonly context: CopyContext;
  readonly found: InstallStep;
  readonly install: Install;
  /** Steps before it. */
  readonly before: readonly Step[];
  /** Local copies of the stage behind it. */
  readonly later: readonly LocalCopy[];
  readonly mapping: Mapping;
  /** What it would read if all of the context were there. */
  readonly wanted: Closure;
}

/** The path in the context that lies at `target` once all of it is there; undefined for what lies elsewhere. */
function pathFor({ image, context }: Mapping, target: string): string | undefined {
  return isInside(image, target) ? joinPath(context, relativePath(image, target)) : undefined;
}

function judge(scene: Scene, target: string, folder: boolean, ignored: boolean): MissingManifest[] {
  const { view, context, found, install, before, later, mapping, wanted } = scene;
  const path = pathFor(mapping, target);
  const kind = kindOfManifest(install, target, folder);
  if (path === undefined || kind === undefined) return [];
  if (folder ? isWhole(found.image, path, target, context) : found.image.exists(target)) return [];
  const others = kind === 'lock' ? lockNames(install).map((name) => joinPath(dirName(target), name)) : [];
  if (others.some((other) => found.image.exists(other))) return [];
  if (kind === 'settings' && !settingsMatter(path, context.text(path) ?? '')) return [];
  if (kind === 'lock' && isLockedBefore(scene)) return [];
  const fails = certainFailure(install, wanted.ecosystem, kind);
  // Somebody thought of that.
  if (fails && hasOtherWay(scene)) return [];
  // A member that never comes is left out of this image on purpose.
  const comesLater = later.some((copy) => broughtFrom(copy, target, context) !== undefined);
  if (kind === 'member' && !fails && (!comesLater || knowsMembers(install, found.step))) return [];
  // What is left out now is made good by the same manager's next install.
  if (kind !== 'lock' && !fails && isInstalledAgain(scene)) return [];
  if (mayWrite(view, context, found, before, target)) return [];
  return [{ path, target, folder, kind, fails, ignored, install, near: mapping.near }];
}

/** Whether an install before it in the same RUN writes the lock file. */
function isLockedBefore({ found, install }: Scene): boolean {
  const at = found.commands.indexOf(install.command);
  return found.commands.slice(0, at).some((command) => {
    const other = installOf(command);
    return other?.manager === install.manager && other.folder === install.folder && writesManifests(other);
  });
}

/** Whether something else is done where the install fails: `npm ci || npm install`. */
function hasOtherWay({ found, install }: Scene): boolean {
  const after = found.commands.slice(found.commands.indexOf(install.command) + 1);
  return after.find(({ joined }) => joined !== '&&')?.joined === '||';
}

/** Whether a later step of the stage installs with the same manager. */
function isInstalledAgain({ view, found, install }: Scene): boolean {
  const { start } = found.step.instruction.span;
  return found.node.steps.some(
    (step) =>
      step.instruction.kind === 'RUN' &&
      step.instruction.span.start > start &&
      mayInstall(step.instruction) &&
      (commandsOf(found.node, step, view.shell) ?? []).some(
        (command) => installOf(command)?.manager === install.manager,
      ),
  );
}

/** What `needs` names and the image has nothing of, though it lies in the context. */
function judgeNeeds(scene: Scene, needs: readonly Need[], fails: boolean): MissingManifest[] {
  const { view, context, found, install, before, mapping } = scene;
  return needs.flatMap(({ path: target, folder, kind }): MissingManifest[] => {
    if (found.image.exists(target) || found.image.entries(target) !== undefined) return [];
    const path = pathFor(mapping, target);
    if (path === undefined || !context.exists(path)) return [];
    // npm 6 runs no script of the project as root.
    if (kind === 'script' && (nodeMajor(view.graph, found.node) ?? 99) < 15) return [];
    if (mayWrite(view, context, found, before, target)) return [];
    const ignored = context.isIgnored(path);
    return [{ path, target, folder, kind: 'part', fails, need: kind, ignored, install, near: mapping.near }];
  });
}

/** Those of `all` that stand for a path of their own, the first of each. */
function once(all: readonly MissingManifest[]): MissingManifest[] {
  return all.filter(({ target }, i) => all.findIndex((other) => other.target === target) === i);
}

/** What the manifests that are missing name in turn: the install would fail with them alone. */
function namedThen(scene: Scene, missing: readonly MissingManifest[]): MissingManifest[] {
  if (missing.every(({ kind }) => kind !== 'settings' && kind !== 'member')) return [];
  return judgeNeeds(
    scene,
    (scene.wanted.needs ?? []).filter(({ kind }) => kind !== 'script'),
    false,
  );
}

function ignoredLocks({ context, install, mapping }: Scene): readonly string[] {
  return lockNames(install)
    .map((name) => joinPath(install.folder, name))
    .filter((target) => {
      const path = pathFor(mapping, target);
      return path !== undefined && context.exists(path) && context.isIgnored(path);
    });
}

/**
 * What the installs of `found` would read if it were there, and that lies in the context beside the manifests that are;
 * none where it may come by another way.
 */
export function missingManifests(
  view: BuildView,
  context: CopyContext,
  found: InstallStep,
): readonly MissingManifest[] {
  const before = stepsBefore(view.graph, found.node, found.step);
  const { start } = found.step.instruction.span;
  const later = found.node.steps
    .filter(({ instruction }) => instruction.span.start > start)
    .flatMap((step) => localCopyOf(found.node, step, context, view.dockerfile.escape) ?? []);
  return found.installs.flatMap(({ install, closure }) => {
    if (install.unsure || isDeliberate(install, found.image, found.step)) return [];
    const first = closure.files.find((file) => found.image.sourceOf(file) !== undefined);
    const source = first === undefined ? undefined : found.image.sourceOf(first);
    if (first === undefined || source === undefined) return [];
    const mapping = mappingOf(first, source.path, source.copy);
    const wanted =
      mapping && closureOf(install, found.step, withAll(found.image, mapping, context), found.commands);
    if (mapping === undefined || wanted === undefined) return [];
    const scene = { view, context, found, install, before, later, mapping, wanted };
    const missing = [
      ...judgeNeeds(scene, closure.needs ?? [], true),
      ...wanted.files.flatMap((file) => judge(scene, file, false, false)),
      ...wanted.folders.flatMap((folder) => judge(scene, folder, true, false)),
      ...ignoredLocks(scene).flatMap((lock) => judge(scene, lock, false, true)),
    ];
    return once([...missing, ...namedThen(scene, missing)]);
  });
}
