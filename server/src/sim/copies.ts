import type { ContextFiles } from '../project/closures/model.js';
import type { Entry } from '../project/snapshot.js';
import { hasWildcard } from '../project/tree.js';
import { expandWord } from '../syntax/dockerfile/expand.js';
import type { CopyInstruction } from '../syntax/dockerfile/model.js';
import { baseName, isInside, joinPath, relativePath } from '../text/paths.js';
import { folderOf, inFolder } from './commands.js';
import { copyQuery } from './context/needs.js';
import { type Choice, choiceOf } from './copychoice.js';
import type { StageNode, Step } from './model.js';

/** A build context as COPY sees it; paths are relative to it, `.` for itself. */
export interface CopyContext extends ContextFiles {
  /** The entries of a folder, ignored ones too; undefined where there is no such folder. */
  entries(folder: string): readonly Entry[] | undefined;
  /** The paths a COPY source stands for, ignored ones left out, wildcards expanded. */
  expand(source: string): readonly string[];
  /** Whether an ignored folder may hold paths that an exception lets in again. */
  readonly hasExceptions: boolean;
}

/** One thing a copy takes: a file, or what lies in a folder. */
export interface LocalSource {
  /** In the context, wildcards resolved; for --parents the folder from which paths are kept. */
  readonly path: string;
  readonly folder: boolean;
  /** Which of what lies in the folder is taken (--parents, --exclude); undefined where all of it is. */
  readonly choice: Choice | undefined;
}

/** What a COPY or ADD takes from the build context, and where it puts it. */
export interface LocalCopy {
  readonly step: Step;
  readonly instruction: CopyInstruction;
  readonly sources: readonly LocalSource[];
  /** Absolute in the image (see `folderOf` for an unknown WORKDIR). */
  readonly destination: string;
  /** A file goes into the destination rather than becoming it. */
  readonly into: boolean;
}

const KNOWN_FLAGS = new Set(['chown', 'chmod', 'link', 'parents', 'exclude']);
const ADDRESS = /^([a-z][a-z0-9+.-]*:\/\/|git@)/i;
const ARCHIVE = /\.(tar|tgz|tbz2?|txz|tar\.\w+|gz|bz2|xz|zst)$/i;

/** What one source, its variables put in, stands for; undefined where that can't be told. */
function sourcesOf(
  instruction: CopyInstruction,
  written: string,
  context: CopyContext,
): LocalSource[] | undefined {
  const query = copyQuery(instruction, written);
  if (query.parents) {
    const path = query.pivot?.folder ?? '.';
    if (hasWildcard(path)) return undefined;
    const choice = choiceOf(query.pivot?.pattern ?? query.path, query.exclude);
    return choice && [{ path, folder: true, choice }];
  }
  const choice = query.exclude.length === 0 ? undefined : choiceOf(undefined, query.exclude);
  if (query.exclude.length > 0 && choice === undefined) return undefined;
  return context.expand(written).map((path) => {
    const folder = path === '.' || context.entries(path) !== undefined;
    return { path, folder, choice: folder ? choice : undefined };
  });
}

/**
 * What a step copies from the build context; undefined for any other step and where it can't be told: --from, heredocs,
 * addresses, archives that ADD unpacks, unknown variables.
 */
export function localCopyOf(
  node: StageNode,
  step: Step,
  context: CopyContext,
  escapeChar: '\\' | '`',
): LocalCopy | undefined {
  const instruction = step.instruction;
  if ((instruction.kind !== 'COPY' && instruction.kind !== 'ADD') || instruction.from !== undefined)
    return undefined;
  if (instruction.heredocs.length > 0 || instruction.destination === undefined) return undefined;
  if (instruction.flags.some((f) => !KNOWN_FLAGS.has(f.name))) return undefined;
  const lookup = (name: string): string | undefined => step.environment.get(name);
  const written = expandWord(instruction.destination.raw, lookup, escapeChar);
  if (written === undefined) return undefined;
  const sources: LocalSource[] = [];
  for (const word of instruction.sources) {
    const value = expandWord(word.raw, lookup, escapeChar);
    if (value === undefined || ADDRESS.test(value)) return undefined;
    const found = sourcesOf(instruction, value, context);
    if (found === undefined) return undefined;
    if (instruction.kind === 'ADD' && found.some(({ folder, path }) => !folder && ARCHIVE.test(path)))
      return undefined;
    sources.push(...found);
  }
  const base = folderOf(node, step);
  const destination = inFolder(base, written);
  const into =
    sources.length > 1 ||
    instruction.sources.length > 1 ||
    /(^|\/)\.{0,2}$/.test(written) ||
    isInside(destination, base);
  return { step, instruction, sources, destination, into };
}

/** A path of the context as seen from a folder of it that holds it. */
function below(folder: string, path: string): string {
  return relativePath(joinPath('/', folder), joinPath('/', path));
}

/** Where in the image a source of a copy lands. */
function placeOf({ destination, into }: LocalCopy, { path, folder }: LocalSource): string {
  return into && !folder ? joinPath(destination, baseName(path)) : destination;
}

/** The path in the context that a copy puts at `target` of the image; undefined where it does not bring it. */
export function broughtFrom(copy: LocalCopy, target: string, context: CopyContext): string | undefined {
  for (const source of copy.sources.toReversed()) {
    const place = placeOf(copy, source);
    if (source.folder ? !isInside(place, target) : place !== target) continue;
    const rest = relativePath(place, target);
    const path = source.folder ? joinPath(source.path, rest) : source.path;
    if (!context.exists(path) || context.isIgnored(path)) continue;
    if (source.choice === undefined || source.choice.takes(rest)) return path;
    if (source.choice.leadsOn(rest) && holdsTaken(source, source.choice, path, context)) return path;
  }
  return undefined;
}

/** Folders looked into before a folder with wildcards counts as there. */
const mostFolders = 200;

/** Whether anything below the folder `path` is taken: only then --parents makes it. */
function holdsTaken(source: LocalSource, choice: Choice, path: string, context: CopyContext): boolean {
  const todo = [path];
  for (let looked = 0; ; looked++) {
    const folder = todo.pop();
    if (folder === undefined) return false;
    if (looked >= mostFolders) return true;
    for (const { name, kind } of context.entries(folder) ?? []) {
      const at = joinPath(folder, name);
      const rest = below(source.path, at);
      if (context.isIgnored(at)) continue;
      if (choice.takes(rest)) return true;
      if (kind === 'folder' && choice.leadsOn(rest)) todo.push(at);
    }
  }
}

/** Whether a copy brings all that lies in the folder `path` of the context to where it also brings the folder. */
export function bringsWhole(copy: LocalCopy, path: string): boolean {
  return copy.sources.some(
    ({ folder, choice, path: from }) =>
      folder && isBelow(from, path) && (choice === undefined || choice.takesAll(below(from, path))),
  );
}

function isBelow(folder: string, path: string): boolean {
  return folder === '.' || isInside(folder, path);
}

/** Where in the image a copy puts each of its sources. */
export function placesOf(copy: LocalCopy): string[] {
  return copy.sources.map((source) => placeOf(copy, source));
}

/** Where in the image a copy puts what lies at `path` of the context; empty where it does not take it. */
export function landingsOf(copy: LocalCopy, path: string): string[] {
  return copy.sources.flatMap((source) => {
    const place = placeOf(copy, source);
    if (!source.folder) return source.path === path ? [place] : [];
    if (!isBelow(source.path, path)) return [];
    const rest = below(source.path, path);
    if (source.choice?.takes(rest) === false && !source.choice.leadsOn(rest)) return [];
    return [joinPath(place, rest)];
  });
}

/** Where a copy would put a path that does not exist yet, or is ignored: the path in the context, whether there or not. */
export function wouldBringFrom(copy: LocalCopy, target: string): string[] {
  return copy.sources.flatMap(({ path, folder, choice }) => {
    if (!folder || !isInside(copy.destination, target)) return [];
    const rest = relativePath(copy.destination, target);
    const taken = choice === undefined || choice.takes(rest) || choice.leadsOn(rest);
    return taken ? [joinPath(path, rest)] : [];
  });
}

/** Files that lie in nearly every context and are no source: a change in them is no source edit. */
const NO_SOURCE =
  /^(Dockerfile.*|.*\.Dockerfile|Containerfile|\.dockerignore|.*\.dockerignore|(docker-)?compose.*\.ya?ml|\.git|\.gitignore|\.gitattributes|LICENSE.*|README.*)$/i;

/** Whether a copy brings nothing but the paths given, what lies below them, and files that are no source. */
export function takesOnly(copy: LocalCopy, paths: ReadonlySet<string>, context: CopyContext): boolean {
  const names = new Set([...paths].map(baseName));
  return copy.sources.every(
    (source) =>
      !source.folder ||
      // Only files named like what is needed: `--parents **/package.json`.
      source.choice?.isLike(names) === true ||
      isWithin(paths, source.path) ||
      holdsOnly(source, paths, context),
  );
}

function isWithin(paths: ReadonlySet<string>, path: string): boolean {
  if (paths.has(path)) return true;
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
    if (paths.has(path.slice(0, at))) return true;
  return false;
}

function holdsOnly(source: LocalSource, paths: ReadonlySet<string>, context: CopyContext): boolean {
  const { choice } = source;
  const inside = (folder: string): boolean =>
    (context.entries(folder) ?? []).every((entry) => {
      const path = joinPath(folder, entry.name);
      if (paths.has(path) || NO_SOURCE.test(entry.name)) return true;
      const rest = below(source.path, path);
      const taken = choice === undefined || choice.takes(rest);
      if (entry.kind !== 'folder') return !taken || context.isIgnored(path);
      return (!taken && choice?.leadsOn(rest) === false) || folderIsHarmless(path);
    });
  // An ignored folder may hold paths that an exception lets in again.
  const folderIsHarmless = (path: string): boolean =>
    context.isIgnored(path) && !(context.hasExceptions && !/(^|\/)(node_modules|\.venv|vendor)$/.test(path))
      ? true
      : inside(path);
  return inside(source.path);
}
