import { compareBytes } from '../text/order.js';
import { dirName } from '../text/paths.js';
import { type HistoryAnswer, type HistoryQuery, historyOff } from './history.js';
import type { ContextMeasure, ContextQuery } from './measure.js';

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

/** A question that was asked for a conclusion, and its answer. */
interface Read {
  readonly kind: FactKind;
  readonly path: string;
  readonly answer: unknown;
}

function keyOf({ kind, path }: Want): string {
  return `${kind}:${path}`;
}

/** A snapshot with files written over it, and which of its answers are others now. */
export interface Over {
  readonly base: Snapshot;
  /** Keys of all questions but measurements that may have another answer. */
  readonly keys: ReadonlySet<string>;
  /** Whether they have, by key, as far as anyone has looked. */
  readonly changed: Map<string, boolean>;
}

/** `base` with the files at `paths` written over it: their texts, the folders they lie in and what there is below them may be others. */
export function over(base: Snapshot, paths: Iterable<string>): Over {
  const keys = new Set<string>();
  for (const path of paths) {
    keys.add(keyOf({ kind: 'text', path }));
    for (let at = path; at !== dirName(at); ) {
      at = dirName(at);
      keys.add(keyOf({ kind: 'list', path: at }));
      keys.add(keyOf({ kind: 'index', path: at }));
    }
  }
  return { base, keys, changed: new Map() };
}

/** A conclusion, all that was asked for it by key, and the conclusions it rests on. */
interface Conclusion {
  readonly reads: ReadonlyMap<string, Read>;
  /** Those of `reads` that are measurements: written files may change any of them. */
  readonly measures: readonly Read[];
  readonly rests: readonly Conclusion[];
  readonly value: unknown;
}

/**
 * Conclusions by name, the names used last at the end and at most `most` of them: for each the latest few, since a tried
 * fix changes the answers for a while.
 */
export interface Memo {
  readonly most: number;
  readonly byName: Map<string, readonly Conclusion[]>;
}

/** Conclusions known to hold, or not, for one snapshot: with nothing lacking its answers never change. */
export type Checked = Map<Conclusion, boolean>;

/** Conclusions kept for one name. */
const keptConclusions = 3;

function ask(snapshot: Snapshot, { kind, path }: Want): unknown {
  if (kind === 'text') return snapshot.text(path);
  if (kind === 'measure') return snapshot.measure(JSON.parse(path) as ContextQuery);
  if (kind === 'history') return snapshot.history(JSON.parse(path) as HistoryQuery);
  return kind === 'list' ? snapshot.list(path) : snapshot.index(path);
}

/** Whether two answers say the same: texts by value, lists name by name; sizes aside, on which no conclusion may rest. */
function sameAnswer(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((x: string | Entry, i) => {
    const y = b[i] as string | Entry;
    if (typeof x === 'string' || typeof y === 'string') return x === y;
    return x === y || (x.name === y.name && x.kind === y.kind && x.target === y.target);
  });
}

/** A snapshot that notes what is asked of it, and which conclusions were used. */
interface Recording extends Snapshot {
  readonly recorded: {
    /** What is recorded: conclusions inside a conclusion are noted as such, not question by question. */
    readonly base: Snapshot;
    readonly reads: Map<string, Read>;
    readonly rests: Set<Conclusion>;
  };
}

function recording(snapshot: Snapshot): Recording {
  const reads = new Map<string, Read>();
  const note = <T>(kind: FactKind, path: string, answer: T): T => {
    reads.set(keyOf({ kind, path }), { kind, path, answer });
    return answer;
  };
  const { memo, notes, checked, misses } = snapshot;
  return {
    folders: snapshot.folders,
    ...(memo === undefined ? {} : { memo }),
    ...(notes === undefined ? {} : { notes }),
    ...(checked === undefined ? {} : { checked }),
    ...(misses === undefined ? {} : { misses }),
    recorded: { base: snapshot, reads, rests: new Set() },
    text: (path) => note('text', path, snapshot.text(path)),
    list: (folder) => note('list', folder, snapshot.list(folder)),
    index: (root) => note('index', root, snapshot.index(root)),
    measure: (query) => note('measure', JSON.stringify(query), snapshot.measure(query)),
    history: (query) => note('history', JSON.stringify(query), snapshot.history(query)),
    parse(path, parser) {
      note('text', path, snapshot.text(path));
      return snapshot.parse(path, parser);
    },
  };
}

/** Whether all that a conclusion rests on is answered by `snapshot` as it was then. What is lacking is noted again. */
function holds(snapshot: Snapshot, conclusion: Conclusion): boolean {
  const known = snapshot.checked?.get(conclusion);
  if (known !== undefined) return known;
  const before = snapshot.misses?.();
  const valid = answersHold(snapshot, conclusion) && conclusion.rests.every((rest) => holds(snapshot, rest));
  if (before !== undefined && snapshot.misses?.() === before) snapshot.checked?.set(conclusion, valid);
  return valid;
}

function answersHold(snapshot: Snapshot, conclusion: Conclusion): boolean {
  const { reads, measures } = conclusion;
  const same = (read: Read): boolean => sameAnswer(read.answer, ask(snapshot, read));
  const below = snapshot.over;
  if (below === undefined || !holds(below.base, conclusion)) return [...reads.values()].every(same);
  // What holds below an overlay holds in it, unless one of the few answers that are others was asked for.
  const kept = (key: string): boolean => {
    const read = reads.get(key);
    return read === undefined || !below.keys.has(key) || !hasChanged(snapshot, below, key, read);
  };
  const few = below.keys.size < reads.size ? below.keys : reads.keys();
  return [...few].every(kept) && measures.every(same);
}

function hasChanged(snapshot: Snapshot, { base, changed }: Over, key: string, read: Read): boolean {
  const known = changed.get(key);
  if (known !== undefined) return known;
  const before = snapshot.misses?.();
  const differs = !sameAnswer(ask(base, read), ask(snapshot, read));
  if (before !== undefined && snapshot.misses?.() === before) changed.set(key, differs);
  return differs;
}

/**
 * What `compute` concludes from a snapshot, remembered under `name` as long as all it asked is still answered the same.
 * The questions are asked again for each snapshot, so what is lacking is still noted. `compute` must depend on nothing
 * else, nor on the sizes of files: a fix that is tried changes those.
 */
export function derive<T>(snapshot: Snapshot, name: string, compute: (snapshot: Snapshot) => T): T {
  const { memo } = snapshot;
  if (memo === undefined) return compute(snapshot);
  const outer = (snapshot as Partial<Recording>).recorded;
  const base = outer?.base ?? snapshot;
  const kept = memo.byName.get(name) ?? [];
  const valid = kept.find((conclusion) => holds(base, conclusion));
  if (valid !== undefined) {
    keepLast(memo.byName, name, kept);
    outer?.rests.add(valid);
    return valid.value as T;
  }
  const before = base.misses?.();
  const inside = recording(base);
  const value = compute(inside);
  const { reads, rests } = inside.recorded;
  const measures = [...reads.values()].filter(({ kind }) => kind === 'measure');
  const conclusion: Conclusion = { reads, measures, rests: [...rests], value };
  if (before !== undefined && base.misses?.() === before) base.checked?.set(conclusion, true);
  outer?.rests.add(conclusion);
  keepLast(memo.byName, name, [conclusion, ...kept].slice(0, keptConclusions));
  for (const oldest of memo.byName.keys()) {
    if (memo.byName.size <= memo.most) break;
    memo.byName.delete(oldest);
  }
  return value;
}

/** Puts `value` at the end of a map whose keys stand in the order of their last use. */
function keepLast<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
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
