import { classifyName } from '../project/classify.js';
import type { Entry, FactKind } from '../project/snapshot.js';
import { baseName, dirName, isInside } from '../text/paths.js';
import type { Unread } from './fs.js';
import { neverEntered } from './walk.js';

/** What is loaded of files. The maps only grow; forgetting replaces them, so a snapshot taken before keeps its answers. */
export interface Loaded {
  readonly texts: Map<string, string | null>;
  readonly folders: Map<string, readonly Entry[] | null>;
  readonly indexes: Map<string, readonly string[]>;
  readonly unread: Map<string, Unread>;
  readonly unreadable: Map<string, readonly string[]>;
}

/** Nothing yet. */
export function nothingLoaded(): Loaded {
  return {
    texts: new Map(),
    folders: new Map(),
    indexes: new Map(),
    unread: new Map(),
    unreadable: new Map(),
  };
}

/** Paths that were asked for, by kind, those asked last at the end. */
export type Asked = Readonly<Record<FactKind, Set<string>>>;

/** Nothing yet. */
export function nothingAsked(): Asked {
  return { text: new Set(), list: new Set(), index: new Set(), measure: new Set(), history: new Set() };
}

/** What lies in a folder that no index enters. */
const hidden = new RegExp(`/(?:${[...neverEntered].join('|').replaceAll('.', '\\.')})(?:/|$)`);

/** Whether what happened to `path` can change which files the index of `root` lists. */
function affectsIndex(root: string, path: string): boolean {
  if (isInside(path, root)) return true;
  if (!isInside(root, path)) return false;
  if (hidden.test(path.slice(root.length))) return false;
  const name = baseName(path);
  return name === '.gitignore' || !name.includes('.', 1) || classifyName(path) !== undefined;
}

/** The keys of `map` that `gone` names: undefined where there are none, else a map without them. */
function without<T>(map: Map<string, T>, gone: (key: string) => boolean): Map<string, T> | undefined {
  const left = new Map([...map].filter(([key]) => !gone(key)));
  return left.size === map.size ? undefined : left;
}

/** `loaded` with the maps of `changes` in place of its own; `loaded` itself where there are none. */
function replaced(loaded: Loaded, changes: { readonly [K in keyof Loaded]: Loaded[K] | undefined }): Loaded {
  if (Object.values(changes).every((map) => map === undefined)) return loaded;
  return {
    texts: changes.texts ?? loaded.texts,
    folders: changes.folders ?? loaded.folders,
    indexes: changes.indexes ?? loaded.indexes,
    unread: changes.unread ?? loaded.unread,
    unreadable: changes.unreadable ?? loaded.unreadable,
  };
}

/** `path` and the folders above it, to the root. */
function* upwards(path: string): Iterable<string> {
  for (let at = path; ; at = dirName(at)) {
    yield at;
    if (dirName(at) === at) return;
  }
}

/** What happened to the disk, as a test of what is known or being loaded. */
export type Touched = (kind: Exclude<FactKind, 'measure' | 'history'>, key: string) => boolean;

/** What files or folders that came, went or are something else now may have changed. */
export function touchedBy(paths: readonly string[]): Touched {
  const given = new Set(paths);
  const parents = new Set(paths.map(dirName));
  const indexes = new Map<string, boolean>();
  const isIndexTouched = (root: string): boolean => {
    const isTouched = indexes.get(root) ?? paths.some((path) => affectsIndex(root, path));
    indexes.set(root, isTouched);
    return isTouched;
  };
  return (kind, key) => {
    if (kind === 'index') return isIndexTouched(key);
    if (kind === 'list' && parents.has(key)) return true;
    for (const folder of upwards(key)) if (given.has(folder)) return true;
    return false;
  };
}

/** What new contents of files may have changed: no listing, but for what a .gitignore hides. */
export function touchedByContent(paths: readonly string[]): Touched {
  const given = new Set(paths);
  const hiding = paths.filter((path) => baseName(path) === '.gitignore');
  return (kind, key) => {
    if (kind === 'text') return given.has(key);
    return kind === 'index' && hiding.some((path) => affectsIndex(key, path));
  };
}

/**
 * Without what was touched: `loaded` itself where nothing that is known was. What it costs hangs on what is known rather
 * than on the number of paths.
 */
export function withoutTouched(loaded: Loaded, touched: Touched): Loaded {
  return replaced(loaded, {
    texts: without(loaded.texts, (key) => touched('text', key)),
    folders: without(loaded.folders, (key) => touched('list', key)),
    indexes: without(loaded.indexes, (key) => touched('index', key)),
    unread: without(loaded.unread, (key) => touched('text', key)),
    unreadable: without(loaded.unreadable, (key) => touched('index', key)),
  });
}

/** Characters of texts and number of facts, for a bound. */
export function sizeOf({ texts, folders, indexes }: Loaded): { characters: number; facts: number } {
  let characters = 0;
  for (const text of texts.values()) characters += text?.length ?? 0;
  return { characters, facts: texts.size + folders.size + indexes.size };
}

/** Only what was asked for. */
export function onlyAsked(loaded: Loaded, asked: Asked): Loaded {
  return replaced(loaded, {
    texts: without(loaded.texts, (key) => !asked.text.has(key)),
    folders: without(loaded.folders, (key) => !asked.list.has(key)),
    indexes: without(loaded.indexes, (key) => !asked.index.has(key)),
    unread: without(loaded.unread, (key) => !asked.text.has(key)),
    unreadable: without(loaded.unreadable, (key) => !asked.index.has(key)),
  });
}
