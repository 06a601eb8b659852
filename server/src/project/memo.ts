import { dirName } from '../text/paths.js';
import type { HistoryQuery } from './history.js';
import type { ContextQuery } from './measure.js';
import type { Entry, FactKind, Snapshot, Want } from './snapshot.js';

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
  /** The folders of the snapshot: roots of projects may be among them. */
  readonly folders: readonly string[];
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
  const { reads, measures, folders } = conclusion;
  if (!sameAnswer(folders, snapshot.folders)) return false;
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
  const { folders } = base;
  const conclusion: Conclusion = { folders, reads, measures, rests: [...rests], value };
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
export function keepLast<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
}
