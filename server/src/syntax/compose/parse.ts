import { isMap, isSeq, type Node } from 'yaml';
import { lineIndex } from '../../text/lines.js';
import { fromEntries, type YamlEntry, type YamlReader, yamlReader } from '../yaml/nodes.js';
import { readYaml } from '../yaml/read.js';
import type { ComposeFile, ComposeInclude, ComposeService, ComposeValue } from './model.js';

/** Top-level keys of the Compose specification: a file that has one of them is not of the old form without `services:`. */
const topLevelKeys = new Set([
  'version',
  'name',
  'services',
  'include',
  'networks',
  'volumes',
  'secrets',
  'configs',
  'models',
]);

/**
 * Reads one compose file: never throws, whatever the text. In a stream of several documents each counts, as for Compose;
 * a service may then appear more than once, and the later one overrides the earlier.
 */
export function parseCompose(text: string): ComposeFile {
  const yaml = readYaml(text);
  const reader = yamlReader(yaml, text);
  const roots = yaml.documents.map((document) => reader.entries(document.contents));
  const services = roots.flatMap((root) => servicesOf(root, reader));
  const includes = roots.flatMap((root) => includesOf(root.get('include'), reader));
  const name = roots.map((root) => reader.plain(root.get('name')?.value)).find((n) => typeof n === 'string');
  return {
    text,
    lines: lineIndex(text),
    document: yaml.documents[0],
    name: typeof name === 'string' ? name : undefined,
    services,
    includes,
    comments: yaml.comments,
    problems: [...yaml.problems, ...reader.problems()].sort((a, b) => a.span.start - b.span.start),
  };
}

function servicesOf(root: ReadonlyMap<string, YamlEntry>, reader: YamlReader): ComposeService[] {
  const services = root.get('services');
  if (services !== undefined) {
    return [...reader.entries(services.value).values()].map((entry) => serviceOf(entry, reader));
  }
  // Compose 1 files before 2016 have their services at the top level.
  const entries = [...root.values()].filter(({ key }) => !key.startsWith('x-'));
  if (entries.some(({ key }) => topLevelKeys.has(key))) return [];
  const looksOld = entries.some(({ value }) => {
    const keys = reader.entries(value);
    return keys.has('image') || keys.has('build');
  });
  return looksOld ? entries.map((entry) => serviceOf(entry, reader)) : [];
}

function serviceOf(entry: YamlEntry, reader: YamlReader): ComposeService {
  const nameSpan = reader.spanOf(entry.keyNode);
  const end = entry.written === undefined || entry.shared ? nameSpan.end : reader.spanOf(entry.written).end;
  const values = new Map<string, ComposeValue>();
  for (const inner of reader.entries(entry.value).values()) {
    values.set(inner.key, composeValue(inner, entry.shared, reader));
  }
  return {
    name: entry.key,
    nameSpan,
    span: { start: nameSpan.start, end: Math.max(nameSpan.end, end) },
    node: !entry.shared && isMap(entry.value) ? entry.value : undefined,
    values,
    removed: removedKeys(entry, [], reader),
  };
}

/** Paths of the values tagged `!reset` or `!override`, those inside anchors not looked for. */
function removedKeys(entry: YamlEntry, path: readonly string[], reader: YamlReader): (readonly string[])[] {
  if (tagOf(entry.written) !== undefined) return [path];
  if (entry.shared) return [];
  return [...reader.entries(entry.value).values()].flatMap((inner) =>
    removedKeys(inner, [...path, inner.key], reader),
  );
}

function composeValue(entry: YamlEntry, shared: boolean, reader: YamlReader): ComposeValue {
  return {
    value: reader.plain(entry.value),
    span: entry.value === undefined ? reader.spanOf(entry.keyNode) : reader.spanOf(entry.value),
    keySpan: reader.spanOf(entry.keyNode),
    shared: shared || entry.shared,
    tag: tagOf(entry.written),
    node: entry.value,
  };
}

function tagOf(node: Node | undefined): ComposeValue['tag'] {
  const tag = node !== undefined && 'tag' in node ? node.tag : undefined;
  return tag === '!reset' ? 'reset' : tag === '!override' ? 'override' : undefined;
}

function includesOf(entry: YamlEntry | undefined, reader: YamlReader): ComposeInclude[] {
  const list = entry?.value;
  if (!isSeq(list)) return [];
  return list.items.map((item) => {
    const value = reader.plain(item);
    const long =
      typeof value === 'object' && value !== null
        ? (value as Record<string, unknown>)
        : fromEntries([['path', value]]);
    const folder = long.project_directory;
    return {
      paths: strings(long.path),
      projectDirectory: typeof folder === 'string' ? folder : undefined,
      envFiles: strings(long.env_file),
      span: reader.spanOf(item),
    };
  });
}

/** A string or a list of strings as a list. */
function strings(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((v) => typeof v === 'string');
}
