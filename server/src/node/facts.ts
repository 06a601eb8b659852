import { classifyName } from '../project/classify.js';
import type { ContextMeasure, ContextQuery } from '../project/measure.js';
import {
  type Entry,
  type FactKind,
  type Facts,
  type Lookup,
  type ParseCache,
  type TrackedSnapshot,
  trackedSnapshot,
  type Want,
} from '../project/snapshot.js';
import { baseName, dirName, isInside } from '../text/paths.js';
import type { DiskFs, Unread } from './fs.js';
import { walk } from './walk.js';

/** How far a walk has come. */
export interface WalkProgress {
  readonly folders: number;
  readonly files: number;
  readonly bytes: number;
}

/** How something is to be measured. */
export interface MeasureWish {
  /** Walk the whole disk again: nothing that is remembered of the context counts, neither answers nor times of folders. */
  readonly fresh?: boolean;
  /** Hears of a walk that takes more than a second, a few times a second. */
  readonly progress?: (progress: WalkProgress) => void;
}

/** Measures contexts, off the main thread. */
export interface Measurer {
  /**
   * Null where the context is no folder. Callers of one query at one time share the work, which ends when the last of
   * them aborts. Rejects when `signal` aborts, and where the walk itself fails (the next one starts afresh).
   */
  measure(
    query: ContextQuery,
    wish?: MeasureWish & { readonly signal?: AbortSignal },
  ): Promise<ContextMeasure | null>;
  /** Files or folders that changed, came or went: what is remembered of them is read again. */
  changed(paths: readonly string[]): void;
  /** Forgets all that is remembered. */
  clear(): void;
  /** Ends the worker. */
  close(): Promise<void>;
}

export interface FactStoreOptions {
  readonly fs: DiskFs;
  /** Without it contexts are not measured. */
  readonly measurer?: Measurer;
  /** Texts of open editors by core path: they win over the disk. The store reads this map at every use, so the owner may change it. */
  readonly overlays?: ReadonlyMap<string, string>;
  /** Facts loaded at once. */
  readonly parallel?: number;
  readonly ignoreCase?: boolean;
  /** Characters of texts and number of facts up to which `trim` forgets nothing. */
  readonly keep?: { readonly characters: number; readonly facts: number };
}

/** Loads and keeps what the core asks for. */
export interface FactStore {
  /**
   * Loads what is not there yet; with `wish.fresh` measurements too that are. Concurrent calls share their work, and a
   * measurement that nobody waits for any more is given up. Rejects only when `signal` aborts.
   */
  load(wants: readonly Want[], signal?: AbortSignal, wish?: MeasureWish): Promise<void>;
  /** An immutable view of what is loaded, overlays applied. */
  facts(): Facts;
  /** Forgets what the given paths (files or folders that changed, came or went) may have changed. */
  invalidate(paths: readonly string[]): void;
  /** As `invalidate` for files that hold something else now but neither came nor went: folders and indexes stay. */
  changed(paths: readonly string[]): void;
  /** Forgets everything. */
  clear(): void;
  /** Where more is loaded than `keep` allows, forgets what no snapshot has asked for since the last time it did so. */
  trim(): void;
  /** Why the text of a loaded path is not there; undefined where it is, or was never asked for. */
  unread(path: string): Unread | undefined;
  /** Folders that the walks could not read. */
  unreadableFolders(): readonly string[];
}

/** What is loaded. The maps only grow; forgetting replaces them, so a snapshot taken before keeps its answers. */
interface Loaded {
  readonly texts: Map<string, string | null>;
  readonly folders: Map<string, readonly Entry[] | null>;
  readonly indexes: Map<string, readonly string[]>;
  readonly measures: Map<string, ContextMeasure | null>;
  readonly unread: Map<string, Unread>;
  readonly unreadable: Map<string, readonly string[]>;
}

function nothingLoaded(): Loaded {
  return {
    texts: new Map(),
    folders: new Map(),
    indexes: new Map(),
    measures: new Map(),
    unread: new Map(),
    unreadable: new Map(),
  };
}

/** `fs` for a walk of `root`: the folders above it, which many walks look at, are not listed again. */
function knownAbove(root: string, loaded: Loaded, fs: DiskFs): DiskFs {
  const isAbove = (folder: string): boolean => folder !== root && isInside(folder, root);
  return {
    readText: fs.readText,
    list: async (folder) => (isAbove(folder) ? loaded.folders.get(folder) : undefined) ?? fs.list(folder),
  };
}

/** A file that lies in no project may have a whole home folder around it: its index ends here. */
const maxIndexFolders = 50_000;

async function loadInto(
  loaded: Loaded,
  want: Want,
  options: FactStoreOptions,
  wish: MeasureWish,
): Promise<void> {
  if (want.kind === 'text') {
    const read = await options.fs.readText(want.path);
    loaded.texts.set(want.path, 'text' in read ? read.text : null);
    if ('unread' in read) loaded.unread.set(want.path, read.unread);
  } else if (want.kind === 'list') {
    loaded.folders.set(want.path, await options.fs.list(want.path));
  } else if (want.kind === 'measure') {
    const query = JSON.parse(want.path) as ContextQuery;
    loaded.measures.set(want.path, (await options.measurer?.measure(query, wish)) ?? null);
  } else {
    const found = await walk(want.path, {
      fs: knownAbove(want.path, loaded, options.fs),
      ignoreCase: options.ignoreCase ?? false,
      maxFolders: maxIndexFolders,
    });
    loaded.indexes.set(want.path, found.files);
    loaded.unreadable.set(want.path, found.unreadable);
  }
}

/** Whether what happened to `path` can change which files an index lists. */
function affectsIndexes(path: string): boolean {
  const name = baseName(path);
  return classifyName(path) !== undefined || name === '.gitignore' || !name.includes('.', 1);
}

function without<T>(map: ReadonlyMap<string, T>, gone: (key: string) => boolean): Map<string, T> {
  return new Map([...map].filter(([key]) => !gone(key)));
}

/** The root of the context that a measurement is about. */
function measuredRoot(key: string): string {
  return (JSON.parse(key) as ContextQuery).root;
}

function withoutMeasuresOf<T>(measures: ReadonlyMap<string, T>, paths: readonly string[]): Map<string, T> {
  return without(measures, (key) => {
    const root = measuredRoot(key);
    return paths.some((path) => isInside(root, path) || isInside(path, root));
  });
}

/** A changed text changes no listing, but for what a .gitignore hides from the walk. */
function forgetTexts(loaded: Loaded, paths: readonly string[]): Loaded {
  const hiding = paths.filter((path) => baseName(path) === '.gitignore');
  const given = new Set(paths);
  const after = hiding.length > 0 ? forget(loaded, hiding) : loaded;
  return {
    ...after,
    texts: without(after.texts, (key) => given.has(key)),
    measures: withoutMeasuresOf(after.measures, paths),
    unread: without(after.unread, (key) => given.has(key)),
  };
}

function forget(loaded: Loaded, paths: readonly string[]): Loaded {
  const below = (key: string): boolean => paths.some((path) => isInside(path, key));
  const parents = new Set(paths.map(dirName));
  const indexing = paths.filter(affectsIndexes);
  const stale = (root: string): boolean =>
    indexing.some((path) => isInside(root, path) || isInside(path, root));
  return {
    texts: without(loaded.texts, below),
    folders: without(loaded.folders, (key) => below(key) || parents.has(key)),
    indexes: without(loaded.indexes, stale),
    measures: withoutMeasuresOf(loaded.measures, paths),
    unread: without(loaded.unread, below),
    unreadable: without(loaded.unreadable, stale),
  };
}

/** Paths that were asked for, by kind. */
type Asked = Readonly<Record<FactKind, Set<string>>>;

function nothingAsked(): Asked {
  return { text: new Set(), list: new Set(), index: new Set(), measure: new Set() };
}

const usualKeep = { characters: 2_000_000, facts: 2_000 };

function isMoreThan(loaded: Loaded, keep: typeof usualKeep): boolean {
  const { texts, folders, indexes, measures } = loaded;
  let characters = 0;
  for (const text of texts.values()) characters += text?.length ?? 0;
  return (
    characters > keep.characters || texts.size + folders.size + indexes.size + measures.size > keep.facts
  );
}

function onlyAsked(loaded: Loaded, asked: Asked): Loaded {
  return {
    texts: without(loaded.texts, (key) => !asked.text.has(key)),
    folders: without(loaded.folders, (key) => !asked.list.has(key)),
    indexes: without(loaded.indexes, (key) => !asked.index.has(key)),
    measures: without(loaded.measures, (key) => !asked.measure.has(key)),
    unread: without(loaded.unread, (key) => !asked.text.has(key)),
    unreadable: without(loaded.unreadable, (key) => !asked.index.has(key)),
  };
}

/** `map`, with what is asked of it noted in `asked`. */
function noting<T>(map: ReadonlyMap<string, T>, asked: Set<string>): Lookup<T> {
  return {
    get(path) {
      asked.add(path);
      return map.get(path);
    },
  };
}

/** A fact store over a disk. */
export function createFactStore(options: FactStoreOptions): FactStore {
  let loaded = nothingLoaded();
  let asked = nothingAsked();
  let running = new Map<string, Promise<void>>();

  const known = ({ kind, path }: Want): boolean => {
    if (kind === 'text') return loaded.texts.has(path) || options.overlays?.has(path) === true;
    if (kind === 'measure') return loaded.measures.has(path);
    return kind === 'list' ? loaded.folders.has(path) : loaded.indexes.has(path);
  };
  const once = (want: Want, wish: MeasureWish): Promise<void> => {
    const key = `${want.kind}:${want.path}`;
    const under = running.get(key);
    if (under !== undefined) return under;
    // Loads that began before an invalidation fill maps that nobody asks any more.
    const mine = running;
    const promise = loadInto(loaded, want, options, wish).finally(() => mine.delete(key));
    running.set(key, promise);
    return promise;
  };
  return {
    async load(wants, signal, wish = {}) {
      const again = ({ kind }: Want): boolean => kind === 'measure' && wish.fresh === true;
      const missing = wants.filter((want) => again(want) || !known(want));
      const parallel = options.parallel ?? 32;
      for (let i = 0; i < missing.length; i += parallel) {
        signal?.throwIfAborted();
        await Promise.all(missing.slice(i, i + parallel).map((want) => once(want, wish)));
      }
      signal?.throwIfAborted();
    },
    facts() {
      const texts = noting(loaded.texts, asked.text);
      const folders = noting(loaded.folders, asked.list);
      const indexes = noting(loaded.indexes, asked.index);
      const measured =
        options.measurer === undefined ? {} : { measures: noting(loaded.measures, asked.measure) };
      const overlays = new Map(options.overlays ?? []);
      if (overlays.size === 0) return { texts, folders, indexes, ...measured };
      return {
        texts: { get: (path) => overlays.get(path) ?? texts.get(path) },
        folders,
        ...measured,
        indexes: { get: (root) => withOpen(root, indexes.get(root), overlays) },
      };
    },
    invalidate(paths) {
      options.measurer?.changed(paths);
      loaded = forget(loaded, paths);
      running = new Map();
    },
    changed(paths) {
      options.measurer?.changed(paths);
      loaded = forgetTexts(loaded, paths);
      running = new Map();
    },
    clear() {
      options.measurer?.clear();
      loaded = nothingLoaded();
      running = new Map();
    },
    trim() {
      if (!isMoreThan(loaded, options.keep ?? usualKeep)) return;
      loaded = onlyAsked(loaded, asked);
      asked = nothingAsked();
      running = new Map();
    },
    unread: (path) => loaded.unread.get(path),
    unreadableFolders: () => [...new Set([...loaded.unreadable.values()].flat())].sort(),
  };
}

/** Files open in an editor that are not on the disk yet belong to the project too. */
function withOpen(
  root: string,
  files: readonly string[] | undefined,
  overlays: ReadonlyMap<string, string>,
): readonly string[] | undefined {
  if (files === undefined) return undefined;
  const more = [...overlays.keys()].filter(
    (path) => isInside(root, path) && classifyName(path) !== undefined && !files.includes(path),
  );
  return more.length > 0 ? [...files, ...more].sort() : files;
}

/** Rounds of asking after which a function that always wants more is given up on. */
const maxRounds = 40;

/**
 * Runs a pure function on snapshots of the store until nothing it asks for is lacking, loading in between, and returns
 * its last result. After 40 rounds the result is returned as it is, with what is still lacking counted as not there.
 */
export async function resolveWith<T>(
  store: FactStore,
  folders: readonly string[],
  cache: ParseCache,
  run: (snapshot: TrackedSnapshot) => T,
  signal?: AbortSignal,
): Promise<T> {
  for (let round = 1; ; round++) {
    signal?.throwIfAborted();
    const snapshot = trackedSnapshot(store.facts(), folders, cache);
    const result = run(snapshot);
    const wanted = snapshot.wanted();
    if (wanted.length === 0 || round >= maxRounds) return result;
    await store.load(wanted, signal);
  }
}
