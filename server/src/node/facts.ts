import { classifyName } from '../project/classify.js';
import { gitNotAsked } from '../project/history.js';
import type { ContextMeasure, ContextQuery } from '../project/measure.js';
import {
  type Facts,
  type Lookup,
  type ParseCache,
  type TrackedSnapshot,
  trackedSnapshot,
  type Want,
} from '../project/snapshot.js';
import type { RevisionAnswer, RevisionQuery } from '../sim/replay/revision.js';
import { isInside } from '../text/paths.js';
import type { DiskFs, Unread } from './fs.js';
import type { History } from './historian.js';
import { createHistories } from './histories.js';
import {
  type Loaded,
  nothingAsked,
  nothingLoaded,
  onlyAsked,
  sizeOf,
  type Touched,
  touchedBy,
  touchedByContent,
  withoutTouched,
} from './loaded.js';
import { createMeasures } from './measures.js';
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
  /** Without it git is not asked. */
  readonly history?: History;
  /** Whether git may be asked from the start; see `trustGit`. True when left out. */
  readonly gitTrusted?: boolean;
  /** Texts of open editors by core path: they win over the disk. The store reads this map at every use, so the owner may change it. */
  readonly overlays?: ReadonlyMap<string, string>;
  /** Facts loaded at once. */
  readonly parallel?: number;
  readonly ignoreCase?: boolean;
  /** Characters of texts and number of facts up to which `trim` forgets nothing. */
  readonly keep?: { readonly characters: number; readonly facts: number };
  /** Hears why a context could not be measured, or its history not be read; it then counts as none. */
  readonly failed?: (error: unknown) => void;
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
  /**
   * Forgets what the given paths (files or folders that changed, came or went) may have changed: whether anything known
   * did. Measurements and histories stay as they are until `remeasure`.
   */
  invalidate(paths: readonly string[]): boolean;
  /** As `invalidate` for files that hold something else now but neither came nor went: folders and indexes stay. */
  changed(paths: readonly string[]): boolean;
  /** Whether measurements or histories may be out of date. */
  isStale(): boolean;
  /** Measures, and asks git, again for what may be out of date; whether any answer is another one now. Rejects only when `signal` aborts. */
  remeasure(signal?: AbortSignal): Promise<boolean>;
  /** For disks that nobody watches: counts measurements and histories as out of date; `all`: forgets what was read too. */
  doubt(what: 'all' | 'measured'): void;
  /** Forgets everything. */
  clear(): void;
  /** Where more is loaded than `keep` allows, forgets what no snapshot has asked for since the last time it did so. */
  trim(): void;
  /**
   * Whether git may be asked: not before the workspace is trusted, since a repository's own configuration can name programs.
   * What was answered is forgotten. `program`: absolute path of git, or its name in PATH.
   */
  trustGit(trusted: boolean, program?: string): void;
  /**
   * A context at a revision and on the disk, open texts aside; nothing of it is kept. The gap `off` where git is not asked.
   * Rejects when `signal` aborts, and where the thread that asks fails.
   */
  compare(query: RevisionQuery, signal?: AbortSignal): Promise<RevisionAnswer>;
  /** Why the text of a loaded path is not there; undefined where it is, or was never asked for. */
  unread(path: string): Unread | undefined;
  /** Folders that the walks could not read. */
  unreadableFolders(): readonly string[];
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

/** Reads one fact; what is resolved puts it where facts are kept. */
async function readFact(
  { kind, path }: Want,
  loaded: Loaded,
  options: FactStoreOptions,
): Promise<(into: Loaded) => void> {
  if (kind === 'text') {
    const read = await options.fs.readText(path);
    return ({ texts, unread }) => {
      texts.set(path, 'text' in read ? read.text : null);
      if ('unread' in read) unread.set(path, read.unread);
    };
  }
  if (kind === 'list') {
    const entries = await options.fs.list(path);
    return ({ folders }) => void folders.set(path, entries);
  }
  const found = await walk(path, {
    fs: knownAbove(path, loaded, options.fs),
    ignoreCase: options.ignoreCase ?? false,
    maxFolders: maxIndexFolders,
  });
  return ({ indexes, unreadable }) => {
    indexes.set(path, found.files);
    unreadable.set(path, found.unreadable);
  };
}

/** A fact that is being read. */
interface Reading {
  readonly want: Want;
  /** What is read may have changed since: it is not kept. */
  outdated: boolean;
  readonly done: Promise<void>;
}

const usualKeep = { characters: 2_000_000, facts: 2_000 };

/** `map`, with what is asked of it noted in `asked`, those asked last at the end. */
function noting<T>(map: Lookup<T>, asked: Set<string>): Lookup<T> {
  return {
    get(path) {
      asked.delete(path);
      asked.add(path);
      return map.get(path);
    },
  };
}

/** Resolves with `work`, or rejects as soon as `signal` aborts. */
async function unlessAborted(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return void (await work);
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A fact store over a disk. */
export function createFactStore(options: FactStoreOptions): FactStore {
  let loaded = nothingLoaded();
  let asked = nothingAsked();
  const running = new Map<string, Reading>();
  const measures = createMeasures(options.measurer, (error) => options.failed?.(error));
  const histories = createHistories(options.history, (error) => options.failed?.(error));
  const slow = [measures, histories];
  let gitTrusted = options.gitTrusted ?? true;

  const known = ({ kind, path }: Want): boolean => {
    if (kind === 'text') return loaded.texts.has(path) || options.overlays?.has(path) === true;
    if (kind === 'measure') return measures.has(path);
    if (kind === 'history') return histories.has(path);
    return kind === 'list' ? loaded.folders.has(path) : loaded.indexes.has(path);
  };
  const once = (want: Want): Promise<void> => {
    const key = `${want.kind}:${want.path}`;
    const under = running.get(key);
    if (under !== undefined && !under.outdated) return under.done;
    const reading: { -readonly [K in keyof Reading]: Reading[K] } = {
      want,
      outdated: false,
      done: Promise.resolve(),
    };
    reading.done = readFact(want, loaded, options).then((keep) => {
      if (!reading.outdated) keep(loaded);
      if (running.get(key) === reading) running.delete(key);
    });
    running.set(key, reading);
    return reading.done;
  };
  const read = async (wants: readonly Want[], signal: AbortSignal | undefined): Promise<void> => {
    const parallel = options.parallel ?? 32;
    for (let i = 0; i < wants.length; i += parallel) {
      signal?.throwIfAborted();
      await unlessAborted(Promise.all(wants.slice(i, i + parallel).map(once)), signal);
    }
  };
  const forget = (touched: Touched): boolean => {
    for (const reading of running.values()) {
      const { kind, path } = reading.want;
      if (kind !== 'measure' && kind !== 'history') reading.outdated ||= touched(kind, path);
    }
    const before = loaded;
    loaded = withoutTouched(loaded, touched);
    return loaded !== before;
  };
  const forgetAll = (): void => {
    for (const reading of running.values()) reading.outdated = true;
    loaded = nothingLoaded();
  };
  return {
    async load(wants, signal, wish = {}) {
      signal?.throwIfAborted();
      const again = ({ kind }: Want): boolean => kind === 'measure' && wish.fresh === true;
      const missing = wants.filter((want) => again(want) || !known(want));
      const keysOf = (kind: Want['kind']): readonly string[] =>
        missing.filter((want) => want.kind === kind).map(({ path }) => path);
      // A walk may take long: nothing else waits for it to begin.
      const measuring = keysOf('measure').map((key) => measures.load(key, signal, wish));
      const asking = gitTrusted ? keysOf('history').map((key) => histories.load(key, signal, {})) : [];
      const files = missing.filter(({ kind }) => kind !== 'measure' && kind !== 'history');
      await Promise.all([...measuring, ...asking, read(files, signal)]);
      signal?.throwIfAborted();
    },
    facts() {
      const texts = noting(loaded.texts, asked.text);
      const folders = noting(loaded.folders, asked.list);
      const indexes = noting(loaded.indexes, asked.index);
      const measured =
        options.measurer === undefined ? {} : { measures: noting(measures.answers(), asked.measure) };
      const asks = options.history !== undefined && gitTrusted;
      const replayed = asks ? { histories: noting(histories.answers(), asked.history) } : {};
      const overlays = new Map(options.overlays ?? []);
      if (overlays.size === 0) return { texts, folders, indexes, ...measured, ...replayed };
      return {
        texts: { get: (path) => overlays.get(path) ?? texts.get(path) },
        folders,
        ...measured,
        ...replayed,
        indexes: { get: (root) => withOpen(root, indexes.get(root), overlays) },
      };
    },
    invalidate(paths) {
      options.measurer?.changed(paths);
      for (const answers of slow) answers.changed(paths);
      return forget(touchedBy(paths));
    },
    changed(paths) {
      options.measurer?.changed(paths);
      for (const answers of slow) answers.changed(paths);
      return forget(touchedByContent(paths));
    },
    isStale: () => slow.some((answers) => answers.isStale()),
    async remeasure(signal) {
      const changes = await Promise.all(slow.map((answers) => answers.refresh(signal)));
      return changes.includes(true);
    },
    doubt(what) {
      for (const answers of slow) answers.doubt();
      if (what === 'all') forgetAll();
    },
    clear() {
      options.measurer?.clear();
      for (const answers of slow) answers.clear();
      forgetAll();
    },
    trim() {
      const { characters, facts } = options.keep ?? usualKeep;
      const size = sizeOf(loaded);
      const answered = slow.reduce((sum, answers) => sum + answers.size(), 0);
      if (size.characters <= characters && size.facts + answered <= facts) return;
      loaded = onlyAsked(loaded, asked);
      measures.keepOnly(asked.measure);
      histories.keepOnly(asked.history);
      asked = nothingAsked();
    },
    trustGit(trusted, program) {
      options.history?.useProgram(program);
      histories.clear();
      gitTrusted = trusted;
    },
    async compare(query, signal) {
      if (options.history !== undefined && gitTrusted) return options.history.compare(query, signal);
      return { state: null, gap: { kind: 'off', message: gitNotAsked } };
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
