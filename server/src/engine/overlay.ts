import { classifyName } from '../project/classify.js';
import type { ContextQuery } from '../project/measure.js';
import { over } from '../project/memo.js';
import type { Entry, TrackedSnapshot } from '../project/snapshot.js';
import { parseCache } from '../project/snapshot.js';
import { compareBytes } from '../text/order.js';
import { isInside, relativePath } from '../text/paths.js';

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The entries of `folder` with the files of `texts` laid over: new ones added, sizes of changed ones corrected. */
function overlayList(
  known: readonly Entry[] | undefined,
  folder: string,
  texts: ReadonlyMap<string, string>,
): readonly Entry[] | undefined {
  const prefix = folder.endsWith('/') ? folder : `${folder}/`;
  const added = new Map<string, Entry>();
  for (const [path, text] of texts) {
    if (!path.startsWith(prefix)) continue;
    const [name = '', ...deeper] = path.slice(prefix.length).split('/');
    added.set(
      name,
      deeper.length > 0 ? { name, kind: 'folder' } : { name, kind: 'file', size: utf8Length(text) },
    );
  }
  if (added.size === 0) return known;
  const kept = (known ?? []).filter((e) => !added.has(e.name) || e.kind === 'folder' || e.kind === 'link');
  const keptNames = new Set(kept.map((e) => e.name));
  return [...kept, ...[...added.values()].filter((e) => !keptNames.has(e.name))].sort((a, b) =>
    compareBytes(a.name, b.name),
  );
}

/** The files of `known` below `root` with those of `texts` that Plimsoll reads. */
function overlayIndex(
  known: readonly string[],
  root: string,
  texts: ReadonlyMap<string, string>,
): readonly string[] {
  const created = [...texts.keys()].filter(
    (path) => isInside(root, path) && classifyName(path) !== undefined && !known.includes(path),
  );
  return created.length === 0 ? known : [...known, ...created].sort();
}

/** An answer, and the answer below that it was made of. */
interface Laid<T> {
  readonly from: T;
  readonly answer: T;
}

/** What `lay` makes of `from`, once for as long as the answer below stays the same: facts may be added to it. */
function laid<T>(kept: Map<string, Laid<T>>, key: string, from: T, lay: (from: T) => T): T {
  const known = kept.get(key);
  if (known !== undefined && known.from === from) return known.answer;
  const answer = lay(from);
  kept.set(key, { from, answer });
  return answer;
}

/** `query`, with the sizes of those files of `texts` that lie in its context. */
function withTexts(query: ContextQuery, texts: ReadonlyMap<string, string>): ContextQuery {
  const inside = [...texts].filter(([path]) => isInside(query.root, path));
  if (inside.length === 0) return query;
  const sizes = inside.map(([path, text]) => [relativePath(query.root, path), utf8Length(text)] as const);
  return { ...query, texts: { ...query.texts, ...Object.fromEntries(sizes.sort()) } };
}

/**
 * `base` as it would be with the files of `texts` (absolute path → whole text) written. Files not yet there are created.
 * Parses of changed files are kept apart, so that trying a fix does not push out what is known of the real text.
 */
export function overlaySnapshot(base: TrackedSnapshot, texts: ReadonlyMap<string, string>): TrackedSnapshot {
  const cache = parseCache();
  const lists = new Map<string, Laid<readonly Entry[] | undefined>>();
  const indexes = new Map<string, Laid<readonly string[]>>();
  return {
    folders: base.folders,
    ...(base.memo === undefined ? {} : { memo: base.memo }),
    ...(base.notes === undefined ? {} : { notes: base.notes }),
    checked: new Map(),
    over: over(base, texts.keys()),
    text: (path) => texts.get(path) ?? base.text(path),
    list: (folder) => laid(lists, folder, base.list(folder), (known) => overlayList(known, folder, texts)),
    index: (root) => laid(indexes, root, base.index(root), (known) => overlayIndex(known, root, texts)),
    measure: (query) => base.measure(withTexts(query, texts)),
    history: (query) => base.history(query),
    parse(path, parser) {
      const text = texts.get(path);
      return text === undefined ? base.parse(path, parser) : cache.get(path, text, parser);
    },
    wanted: () => base.wanted(),
    misses: () => base.misses(),
  };
}
