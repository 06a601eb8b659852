import type { ContextFiles } from '../project/closures/model.js';
import type { Entry } from '../project/snapshot.js';
import { expandWord } from '../syntax/dockerfile/expand.js';
import type { CopyInstruction } from '../syntax/dockerfile/model.js';
import { baseName, isInside, joinPath, relativePath } from '../text/paths.js';
import { folderOf, inFolder } from './commands.js';
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

/** What a COPY or ADD takes from the build context, and where it puts it. */
export interface LocalCopy {
  readonly step: Step;
  readonly instruction: CopyInstruction;
  /** Paths in the context, wildcards resolved. */
  readonly sources: readonly { readonly path: string; readonly folder: boolean }[];
  /** Absolute in the image (see `folderOf` for an unknown WORKDIR). */
  readonly destination: string;
  /** A file goes into the destination rather than becoming it. */
  readonly into: boolean;
}

/**
 * What a step copies from the build context; undefined for any other step and where it can't be told: --from, --parents,
 * --exclude, heredocs, addresses, archives that ADD unpacks, unknown variables.
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
  if (instruction.flags.some((f) => !['chown', 'chmod', 'link'].includes(f.name))) return undefined;
  const lookup = (name: string): string | undefined => step.environment.get(name);
  const written = expandWord(instruction.destination.raw, lookup, escapeChar);
  if (written === undefined) return undefined;
  const sources: { path: string; folder: boolean }[] = [];
  for (const word of instruction.sources) {
    const value = expandWord(word.raw, lookup, escapeChar);
    if (value === undefined || /^([a-z][a-z0-9+.-]*:\/\/|git@)/i.test(value)) return undefined;
    for (const path of context.expand(value)) {
      const folder = path === '.' || context.entries(path) !== undefined;
      if (
        !folder &&
        instruction.kind === 'ADD' &&
        /\.(tar|tgz|tbz2?|txz|tar\.\w+|gz|bz2|xz|zst)$/i.test(path)
      )
        return undefined;
      sources.push({ path, folder });
    }
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

/** The path in the context that a copy puts at `target` of the image; undefined where it does not bring it. */
export function broughtFrom(copy: LocalCopy, target: string, context: CopyContext): string | undefined {
  for (const source of [...copy.sources].reverse()) {
    let path: string | undefined;
    if (source.folder) {
      if (isInside(copy.destination, target))
        path = joinPath(source.path, relativePath(copy.destination, target));
    } else {
      const place = copy.into ? joinPath(copy.destination, baseName(source.path)) : copy.destination;
      if (place === target) path = source.path;
    }
    if (path !== undefined && context.exists(path) && !context.isIgnored(path)) return path;
  }
  return undefined;
}

/** Where in the image a copy puts each of its sources. */
export function placesOf({ sources, destination, into }: LocalCopy): string[] {
  return sources.map(({ path, folder }) =>
    into && !folder ? joinPath(destination, baseName(path)) : destination,
  );
}

/** Where a copy would put a path that does not exist yet, or is ignored: the path in the context, whether there or not. */
export function wouldBringFrom(copy: LocalCopy, target: string): string[] {
  return copy.sources
    .filter((s) => s.folder && isInside(copy.destination, target))
    .map((s) => joinPath(s.path, relativePath(copy.destination, target)));
}

/** Files that lie in nearly every context and are no source: a change in them is no source edit. */
const NO_SOURCE =
  /^(Dockerfile.*|.*\.Dockerfile|Containerfile|\.dockerignore|.*\.dockerignore|(docker-)?compose.*\.ya?ml|\.git|\.gitignore|\.gitattributes|LICENSE.*|README.*)$/i;

/** Whether a copy brings nothing but the paths given (and files that are no source). */
export function takesOnly(copy: LocalCopy, paths: ReadonlySet<string>, context: CopyContext): boolean {
  const inside = (folder: string): boolean =>
    (context.entries(folder) ?? []).every((entry) => {
      const path = joinPath(folder, entry.name);
      if (paths.has(path) || NO_SOURCE.test(entry.name)) return true;
      if (entry.kind === 'folder') return folderIsHarmless(path);
      return context.isIgnored(path);
    });
  // An ignored folder may hold paths that an exception lets in again.
  const folderIsHarmless = (path: string): boolean =>
    context.isIgnored(path) && !(context.hasExceptions && !/(^|\/)(node_modules|\.venv|vendor)$/.test(path))
      ? true
      : inside(path);
  return copy.sources.every((s) => (s.folder ? inside(s.path) : true));
}
