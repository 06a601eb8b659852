import { findNodeAtLocation, type Node } from 'jsonc-parser';
import type { Span } from '../../text/span.js';
import { readJson } from '../json.js';
import type { Problem } from '../problem.js';

/** A bake file in JSON. */
export interface BakeFile {
  /** In the order of the file. */
  readonly targets: readonly BakeTarget[];
  /** Group name → targets and groups in it. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Variable name → default; null without one. */
  readonly variables: ReadonlyMap<string, string | null>;
  readonly problems: readonly Problem[];
}

/** A target after `inherits`. Values that hold `${…}` which no variable's default fills are undefined. */
export interface BakeTarget {
  readonly name: string;
  readonly span: Span;
  /** `.` where none is set. Relative to the folder bake runs in, that of the file as a rule. */
  readonly context: string | undefined;
  /** As written, relative to the context; `Dockerfile` where none is set. */
  readonly dockerfile: string | undefined;
  /** The Dockerfile is written inline, so no file is built. */
  readonly inline: boolean;
  readonly target: string | null | undefined;
  /** Null = from the environment, or not known. */
  readonly args: Readonly<Record<string, string | null>>;
  /** The arguments as written, those without a text left out. */
  readonly written: Readonly<Record<string, string>>;
  readonly namedContexts: readonly string[];
}

type Plain = Record<string, unknown>;

/** Reads docker-bake.json: never throws, whatever the text. */
export function parseBakeJson(text: string): BakeFile {
  const { root, problems } = readJson(text);
  const plain = root === undefined ? undefined : plainOf(root);
  const file = isPlain(plain) ? plain : {};
  const variables = readVariables(file.variable);
  const raw = isPlain(file.target) ? file.target : {};
  const targets = Object.keys(raw).map((name) => {
    const node = root === undefined ? undefined : findNodeAtLocation(root, ['target', name]);
    return targetOf(name, flatten(name, raw, new Set()), variables, spanOf(node));
  });
  return {
    targets,
    groups: readGroups(file.group),
    variables,
    problems,
  };
}

function plainOf(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(plainOf);
  if (node.type !== 'object') return node.value;
  const entries = (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key === undefined || value === undefined ? [] : [[String(key.value), plainOf(value)] as const],
  );
  return Object.fromEntries(entries);
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function spanOf(node: Node | undefined): Span {
  return node === undefined ? { start: 0, end: 0 } : { start: node.offset, end: node.offset + node.length };
}

function strings(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((v) => typeof v === 'string');
}

function readGroups(groups: unknown): Map<string, readonly string[]> {
  if (!isPlain(groups)) return new Map();
  return new Map(
    Object.entries(groups).map(([name, group]) => [name, isPlain(group) ? strings(group.targets) : []]),
  );
}

function readVariables(variables: unknown): Map<string, string | null> {
  if (!isPlain(variables)) return new Map();
  return new Map(
    Object.entries(variables).map(([name, variable]) => {
      const value = isPlain(variable) ? variable.default : undefined;
      return [
        name,
        value === undefined || value === null || typeof value === 'object' ? null : String(value),
      ];
    }),
  );
}

/** A target over what it inherits: later names win over earlier ones, its own keys over all; args and contexts merge by key. */
function flatten(name: string, raw: Plain, seen: ReadonlySet<string>): Plain {
  const own = raw[name];
  if (!isPlain(own) || seen.has(name)) return {};
  const inner = new Set([...seen, name]);
  return [...strings(own.inherits).map((parent) => flatten(parent, raw, inner)), own].reduce<Plain>(over, {});
}

function over(base: Plain, top: Plain): Plain {
  const out: Plain = { ...base, ...top };
  for (const key of ['args', 'contexts', 'labels']) {
    const [below, above] = [base[key], top[key]];
    if (isPlain(below) && isPlain(above)) out[key] = { ...below, ...above };
  }
  return out;
}

function targetOf(
  name: string,
  plain: Plain,
  variables: ReadonlyMap<string, string | null>,
  span: Span,
): BakeTarget {
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' ? fill(value, variables) : undefined;
  const args = isPlain(plain.args) ? Object.entries(plain.args) : [];
  return {
    name,
    span,
    context: plain.context === undefined ? '.' : text(plain.context),
    dockerfile: plain.dockerfile === undefined ? 'Dockerfile' : text(plain.dockerfile),
    inline: plain['dockerfile-inline'] !== undefined,
    target: plain.target === undefined || plain.target === null ? null : text(plain.target),
    args: Object.fromEntries(args.map(([key, value]) => [key, text(value) ?? null])),
    written: Object.fromEntries(
      args.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : [])),
    ),
    namedContexts: isPlain(plain.contexts) ? Object.keys(plain.contexts) : [],
  };
}

/** `${NAME}` by the variable's default; undefined where that is not all there is. */
function fill(value: string, variables: ReadonlyMap<string, string | null>): string | undefined {
  let known = true;
  const filled = value.replace(/\$\$\{|%%\{|[$%]\{([^}]*)\}/g, (all: string, inner: string | undefined) => {
    if (inner === undefined) return all.slice(1);
    const found = all.startsWith('$') ? variables.get(inner.trim()) : undefined;
    if (found === undefined || found === null) known = false;
    return found ?? '';
  });
  return known ? filled : undefined;
}
