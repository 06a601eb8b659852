import { createMatcher, type IgnoreMatcher } from '../syntax/dockerignore/match.js';
import type { IgnorePattern } from '../syntax/dockerignore/model.js';
import { parseIgnore } from '../syntax/dockerignore/parse.js';
import { baseName, dirName, joinPath } from '../text/paths.js';
import type { Build } from './build.js';
import { entryOf, followLinks, ignoreFileOf } from './ignorefile.js';
import type { Entry, Snapshot } from './snapshot.js';
import { cleanSource, expandSource, lookUp } from './tree.js';

/** The files of a build's context. Paths are relative to it, `.` for itself. */
export interface ContextView {
  /** Absolute path of the context. */
  readonly root: string;
  /** The ignore file that is asked; null where there is none. */
  readonly ignoreFile: string | null;
  /** Why the ignore file makes every build fail; undefined where it does not. */
  readonly error: string | undefined;
  /** Whether something is there, ignored or not. */
  exists(path: string): boolean;
  /** What is there once links are followed; `link` for one that leads nowhere inside the context. */
  kindOf(path: string): Entry['kind'] | undefined;
  /** Whether the ignore file keeps the path out of the context, there or not. */
  isIgnored(path: string): boolean;
  /** The pattern that decides, an exception too; undefined where none hits. */
  decidedBy(path: string): IgnorePattern | undefined;
  /** The entries of a folder, ignored ones too; undefined where there is no such folder. */
  entries(folder: string): readonly Entry[] | undefined;
  /** The text of a file, ignored or not; undefined where there is no such file. */
  text(path: string): string | undefined;
  /** What `parser` makes of a file's text, remembered as long as the text stays the same. */
  parse<T>(path: string, parser: (text: string) => T): T | undefined;
  /** The paths a COPY source stands for, ignored ones left out, wildcards expanded. */
  expand(source: string): readonly string[];
  /** Whether an ignored folder may hold paths that an exception lets in again. */
  readonly hasExceptions: boolean;
}

const nothingIgnored: IgnoreMatcher = {
  error: undefined,
  hasExceptions: false,
  match: () => ({ ignored: false, by: undefined, error: undefined }),
};

function matcherOf(text: string): IgnoreMatcher {
  return createMatcher(parseIgnore(text));
}

/** The matcher of an ignore file, links followed as BuildKit does. */
function readMatcher(snapshot: Snapshot, path: string | null): IgnoreMatcher {
  if (path === null) return nothingIgnored;
  const target = followLinks(snapshot, dirName(path), path)?.path ?? path;
  return snapshot.parse(target, matcherOf) ?? nothingIgnored;
}

/**
 * The context of a build; undefined for a remote one. A build from a git context reads no ignore file, yet the one that
 * a local build would read is asked here: what it hides is no source that anyone relies on.
 */
export function contextView(snapshot: Snapshot, build: Build): ContextView | undefined {
  if (build.remote) return undefined;
  const root = build.context;
  const ignoreFile =
    build.ignoreFile ?? (build.kind === 'workflow' ? ignoreFileOf(snapshot, build.dockerfile, root) : null);
  const matcher = readMatcher(snapshot, ignoreFile);
  const verdict = (path: string): ReturnType<IgnoreMatcher['match']> => {
    const clean = cleanSource(path);
    return clean === '.' ? nothingIgnored.match(clean) : matcher.match(clean);
  };
  const kindOf = (path: string): Entry['kind'] | undefined => {
    const found = lookUp(snapshot, root, path);
    if (found !== undefined) return found.kind;
    const clean = cleanSource(path);
    const folder = clean.includes('/') ? lookUp(snapshot, root, dirName(clean)) : { path: root };
    return clean === '.' || folder === undefined
      ? undefined
      : entryOf(snapshot, joinPath(folder.path, baseName(clean)))?.kind;
  };
  return {
    root,
    ignoreFile,
    error: matcher.error,
    hasExceptions: matcher.hasExceptions,
    exists: (path) => kindOf(path) !== undefined,
    kindOf,
    isIgnored: (path) => verdict(path).ignored,
    decidedBy: (path) => verdict(path).by,
    entries: (folder) => {
      const found = lookUp(snapshot, root, folder);
      return found?.kind === 'folder' ? snapshot.list(found.path) : undefined;
    },
    text: (path) => {
      const found = lookUp(snapshot, root, path);
      return found?.kind === 'file' ? snapshot.text(found.path) : undefined;
    },
    parse: (path, parser) => {
      const found = lookUp(snapshot, root, path);
      return found?.kind === 'file' ? snapshot.parse(found.path, parser) : undefined;
    },
    expand: (source) => expandSource(snapshot, root, source).filter((path) => !verdict(path).ignored),
  };
}
