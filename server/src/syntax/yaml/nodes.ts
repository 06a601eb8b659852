import { isMap, isPair, isScalar, isSeq, type Node, Scalar, YAMLMap } from 'yaml';
import type { Span } from '../../text/span.js';
import type { Problem } from '../problem.js';
import type { YamlText } from './read.js';

/** One key of a map, after merge keys. */
export interface YamlEntry {
  readonly key: string;
  readonly keyNode: Node;
  /** Aliases followed; undefined for a key without value or an alias that points nowhere. */
  readonly value: Node | undefined;
  /** The value as it stands in the map, an alias perhaps. */
  readonly written: Node | undefined;
  /** Came by an alias or a merge key. */
  readonly shared: boolean;
}

/** Looks into the nodes of one YAML text: aliases and `<<` followed, everything remembered. */
export interface YamlReader {
  /** `node` with its alias followed. */
  resolve(node: unknown): Node | undefined;
  /** The keys of a map (own before merged ones); none for anything else. */
  entries(node: unknown): ReadonlyMap<string, YamlEntry>;
  /** Plain JavaScript: maps are objects, the same node always the same object. */
  plain(node: unknown): unknown;
  /** From its first to its last character, trailing comments and line ends excluded. */
  spanOf(node: unknown): Span;
  /** Keys given twice, merge keys that merge no map. */
  problems(): readonly Problem[];
}

/** A reader of `yaml`. */
export function yamlReader(yaml: YamlText, text: string): YamlReader {
  const problems: Problem[] = [];
  const entryCache = new Map<Node, ReadonlyMap<string, YamlEntry>>();
  const plainCache = new Map<Node, unknown>();

  const resolve = (node: unknown): Node | undefined => {
    if (!isNodeLike(node)) return undefined;
    const target = yaml.aliases.get(node);
    if (target !== undefined) return target;
    return isMap(node) || isSeq(node) || isScalar(node) ? node : undefined;
  };

  const spanOf = (node: unknown): Span => nodeSpan(node, text);

  const mergeInto = (out: Map<string, YamlEntry>, written: Node, keyNode: Node): void => {
    const target = resolve(written);
    const sources = isSeq(target) ? target.items.map(resolve) : [target];
    for (const source of sources) {
      if (!isMap(source)) {
        problems.push({ message: 'A merge key takes a map or a list of maps.', span: spanOf(keyNode) });
        continue;
      }
      for (const entry of entries(source).values()) {
        if (!out.has(entry.key)) out.set(entry.key, { ...entry, shared: true });
      }
    }
  };

  const readEntries = (map: YAMLMap): ReadonlyMap<string, YamlEntry> => {
    const out = new Map<string, YamlEntry>();
    const merges: { written: Node; keyNode: Node }[] = [];
    for (const pair of map.items) {
      const keyNode = resolve(pair.key);
      if (!isScalar(keyNode)) continue;
      const written = isNodeLike(pair.value) ? pair.value : undefined;
      if (keyNode.source === '<<' && keyNode.type === Scalar.PLAIN) {
        if (written !== undefined) merges.push({ written, keyNode });
        continue;
      }
      const key = typeof keyNode.value === 'string' ? keyNode.value : (keyNode.source ?? '');
      if (out.has(key)) {
        problems.push({ message: `The key "${key}" is given twice.`, span: spanOf(keyNode) });
        continue;
      }
      const value = resolve(written);
      out.set(key, { key, keyNode, value, written, shared: value !== written });
    }
    for (const { written, keyNode } of merges) mergeInto(out, written, keyNode);
    return out;
  };

  const entries = (node: unknown): ReadonlyMap<string, YamlEntry> => {
    const map = resolve(node);
    if (!isMap(map)) return new Map();
    const known = entryCache.get(map);
    if (known !== undefined) return known;
    const read = readEntries(map);
    entryCache.set(map, read);
    return read;
  };

  const plain = (node: unknown): unknown => {
    const target = resolve(node);
    if (target === undefined) return null;
    if (isScalar(target)) return target.value ?? null;
    const known = plainCache.get(target);
    if (known !== undefined) return known;
    const value = isSeq(target)
      ? target.items.map((item) => plain(isPair(item) ? pairAsMap(item) : item))
      : fromEntries(
          [...entries(target).values()].filter(isKept).map((entry) => [entry.key, plain(entry.value)]),
        );
    plainCache.set(target, value);
    return value;
  };

  return { resolve, entries, plain, spanOf, problems: () => problems };
}

/** An object of `entries`; a key `__proto__` is a key like any other. */
export function fromEntries(entries: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  return Object.fromEntries(entries);
}

/** Compose's `!reset` takes a key away, whatever its value. */
function isKept({ written }: YamlEntry): boolean {
  return written === undefined || !('tag' in written) || written.tag !== '!reset';
}

function isNodeLike(node: unknown): node is Node {
  return typeof node === 'object' && node !== null && 'range' in node;
}

/** `[a: b]`: a pair in a flow list is a map of its own. */
function pairAsMap(pair: YAMLMap['items'][number]): YAMLMap {
  const map = new YAMLMap();
  map.items.push(pair);
  map.range = [0, 0, 0];
  return map;
}

/** From the first to the last character of `node` in `text`, trailing comments and line ends excluded. */
export function nodeSpan(node: unknown, text: string): Span {
  if (!isNodeLike(node)) return { start: 0, end: 0 };
  const [start = 0, end = 0] = node.range ?? [];
  let last: unknown = node;
  // The range of a block collection reaches past comments and line ends: its last value says where it really ends.
  while ((isMap(last) || isSeq(last)) && last.flow !== true) {
    const item: unknown = last.items.at(-1);
    const next: unknown = isPair(item) ? (item.value ?? item.key) : item;
    if (!isNodeLike(next)) break;
    last = next;
  }
  let stop = last === node ? end : Math.max(start, isNodeLike(last) ? (last.range?.[1] ?? end) : end);
  while (stop > start && /\s/.test(text.charAt(stop - 1))) stop--;
  return { start, end: stop };
}
