import { compareBytes } from '../text/order.js';
import { type HistoryAnswer, type HistoryQuery, historyOff } from './history.js';
import type { ContextMeasure, ContextQuery } from './measure.js';
import { type Checked, keepLast, type Memo, type Over } from './memo.js';

/**
 * What the core may know of the world: an immutable view of files. A question whose answer is not there yet is noted in
 * `wanted` and answered as if nothing existed; the engine then drops what was concluded from it, the adapter loads the
 * wanted facts and asks again. So the core stays pure and synchronous, and only what a rule looks at is ever read.
 */
export interface Snapshot {
  /** The text of a file (editor text before disk), without reading more than a few MB; undefined where there is none. */
  text(path: string): string | undefined;
  /** The entries of a folder by name in byte order; undefined where there is no such folder. */
  list(folder: string): readonly Entry[] | undefined;
  /** All files Plimsoll reads (by name, see classify.ts) below a project root, sorted. */
  index(root: string): readonly string[];
  /** What a build reads and sends of its context; undefined where there is no such folder, or the disk can't be walked. */
  measure(query: ContextQuery): ContextMeasure | undefined;
  /** How commits touched what a build takes; undefined only while that is lacking: `gap` says where there is none. */
  history(query: HistoryQuery): HistoryAnswer | undefined;
  /** What `parser` makes of a file's text, remembered as long as the text stays the same; undefined where there is none. */
  parse<T>(path: string, parser: (text: string) => T): T | undefined;
  /** Workspace folders, or the folders given to the CLI: project roots where no `.git` or `.plimsoll.yaml` says otherwise. */
  readonly folders: readonly string[];
  /** What `derive` remembers; without it everything is computed anew. */
  readonly memo?: Memo;
  /** What `remembered` remembers. */
  readonly notes?: Notes;
  /** Which conclusions of `memo` hold here. Not shared with a snapshot that answers otherwise. */
  readonly checked?: Checked;
  /** Where it is another snapshot with some files written over. */
  readonly over?: Over;
  /** How many questions have gone unanswered so far, repeats included: compare before and after to see whether a conclusion is sound. */
  misses?(): number;
}

export interface Entry {
  readonly name: string;
  /** `link` is a symbolic link, not followed. `other`: sockets, devices. */
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Bytes of a file, where known. */
  readonly size?: number;
  /** Target of a link, where known. */
  readonly target?: string;
}

export type FactKind = 'text' | 'list' | 'index' | 'measure' | 'history';

/** A fact the core asked for and did not have: `kind` and absolute path; for `measure` and `history` the JSON of the query. */
export interface Want {
  readonly kind: FactKind;
  readonly path: string;
}

/** The part of a Map that facts need. */
export interface Lookup<T> {
  get(path: string): T | undefined;
}

/** Facts loaded so far; null = known not to exist. A fact once given never changes, but facts may be added. */
export interface Facts {
  readonly texts: Lookup<string | null>;
  readonly folders: Lookup<readonly Entry[] | null>;
  readonly indexes: Lookup<readonly string[]>;
  /** By the JSON of the query; left out where nobody walks: then every measurement is known not to exist. */
  readonly measures?: Lookup<ContextMeasure | null>;
  /** By the JSON of the query; left out where nobody may ask git. */
  readonly histories?: Lookup<HistoryAnswer>;
}

/** A snapshot that notes what it lacks, and whether anything was lacking since `mark`. */
export interface TrackedSnapshot extends Snapshot {
  /** Facts asked for and not there, each once. */
  wanted(): readonly Want[];
  /** How many questions have gone unanswered so far, repeats included: compare before and after to see whether a conclusion is sound. */
  misses(): number;
}

/** Remembers what parsers made of texts, one value per parser and path. The owner of the engine creates one and keeps it. */
export interface ParseCache {
  get<T>(path: string, text: string, parser: (text: string) => T): T;
  readonly memo: Memo;
  readonly notes: Notes;
}

/** What was worked out from objects that never change, by function: kept as long as the object is. */
export type Notes = WeakMap<object, Map<unknown, unknown>>;

/** What `compute` (a function that lives as long as the program) makes of an immutable object, worked out once. */
export function remembered<O extends object, T>(
  snapshot: Snapshot,
  subject: O,
  compute: (subject: O) => T,
): T {
  const { notes } = snapshot;
  if (notes === undefined) return compute(subject);
  const known = notes.get(subject) ?? new Map<unknown, unknown>();
  if (known.has(compute)) return known.get(compute) as T;
  const value = compute(subject);
  notes.set(subject, known.set(compute, value));
  return value;
}

/** The entry called `name`, found by halves, since entries stand in byte order; undefined where there is none. */
export function entryNamed(entries: readonly Entry[] | undefined, name: string): Entry | undefined {
  let low = 0;
  let high = entries?.length ?? 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entries?.[middle];
    const order = entry === undefined ? 0 : compareBytes(entry.name, name);
    if (order === 0) return entry;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

/** How much a parse cache keeps. What it forgets is worked out again when asked for: no answer changes. */
export interface CacheLimits {
  /** Characters of all texts whose parses are kept, and some for each text. The text used last is always kept. */
  readonly characters: number;
  /** Names under which `derive` keeps conclusions. */
  readonly conclusions: number;
}

/** A few hundred files of the usual size. */
const usualLimits: CacheLimits = { characters: 1_500_000, conclusions: 2000 };

/** Characters that a text counts for besides its own: what is kept for an empty one. */
const costOfText = 500;

interface ParsedText {
  readonly text: string;
  readonly values: Map<unknown, unknown>;
}

/** An empty parse cache. It forgets the texts used longest ago once it holds more than `limits`. */
export function parseCache(limits: CacheLimits = usualLimits): ParseCache {
  const byPath = new Map<string, ParsedText>();
  let size = 0;
  let last: ParsedText | undefined;
  const cost = ({ text }: ParsedText): number => text.length + costOfText;
  const forgetOldest = (): void => {
    for (const [path, oldest] of byPath) {
      if (size <= limits.characters || oldest === last) break;
      byPath.delete(path);
      size -= cost(oldest);
    }
  };
  const parsedText = (path: string, text: string): ParsedText => {
    const known = byPath.get(path);
    if (known !== undefined && known.text === text) {
      if (known !== last) keepLast(byPath, path, known);
      return known;
    }
    if (known !== undefined) size -= cost(known);
    const fresh: ParsedText = { text, values: new Map() };
    size += cost(fresh);
    keepLast(byPath, path, fresh);
    return fresh;
  };
  return {
    get<T>(path: string, text: string, parser: (text: string) => T): T {
      last = parsedText(path, text);
      const { values } = last;
      forgetOldest();
      if (values.has(parser)) return values.get(parser) as T;
      const value = parser(text);
      values.set(parser, value);
      return value;
    },
    memo: { most: limits.conclusions, byName: new Map() },
    notes: new WeakMap(),
  };
}

/** A snapshot over `facts`, in which `folders` are the roots. */
export function trackedSnapshot(
  facts: Facts,
  folders: readonly string[],
  cache: ParseCache = parseCache(),
): TrackedSnapshot {
  const wants = new Map<string, Want>();
  let misses = 0;
  const miss = (kind: FactKind, path: string): void => {
    misses++;
    const key = `${kind}:${path}`;
    if (!wants.has(key)) wants.set(key, { kind, path });
  };
  /** The answer to a query, kept by its JSON. */
  const answer = <T>(kind: FactKind, known: Lookup<T | null> | undefined, query: unknown): T | undefined => {
    if (known === undefined) return undefined;
    const key = JSON.stringify(query);
    const found = known.get(key);
    if (found === undefined) miss(kind, key);
    return found ?? undefined;
  };
  return {
    folders,
    memo: cache.memo,
    notes: cache.notes,
    checked: new Map(),
    text(path) {
      const known = facts.texts.get(path);
      if (known === undefined) miss('text', path);
      return known ?? undefined;
    },
    list(folder) {
      const known = facts.folders.get(folder);
      if (known === undefined) miss('list', folder);
      return known ?? undefined;
    },
    index(root) {
      const known = facts.indexes.get(root);
      if (known === undefined) miss('index', root);
      return known ?? [];
    },
    measure: (query) => answer('measure', facts.measures, query),
    history: (query) =>
      facts.histories === undefined ? historyOff : answer('history', facts.histories, query),
    parse(path, parser) {
      const text = this.text(path);
      return text === undefined ? undefined : cache.get(path, text, parser);
    },
    wanted: () => [...wants.values()],
    misses: () => misses,
  };
}
