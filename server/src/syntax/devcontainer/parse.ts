import { findNodeAtLocation, type Node } from 'jsonc-parser';
import type { Span } from '../../text/span.js';
import { readJson } from '../json.js';
import type { Problem } from '../problem.js';

/** A devcontainer.json, as far as it says how an image is built. Paths are as written, relative to its folder. */
export interface DevcontainerFile {
  /** Undefined where it builds no Dockerfile. */
  readonly build: DevcontainerBuild | undefined;
  /** `dockerComposeFile`; empty without one. */
  readonly composeFiles: readonly string[];
  /** The service of the compose files it runs in. */
  readonly service: string | undefined;
  readonly problems: readonly Problem[];
}

/** A value that holds `${localEnv:…}` or another variable is undefined. */
export interface DevcontainerBuild {
  readonly span: Span;
  readonly dockerfile: string | undefined;
  /** `.` where none is set: the folder of devcontainer.json. */
  readonly context: string | undefined;
  readonly target: string | null | undefined;
  /** Null = not known. */
  readonly args: Readonly<Record<string, string | null>>;
}

/** Reads devcontainer.json (JSON with comments): never throws, whatever the text. */
export function parseDevcontainer(text: string): DevcontainerFile {
  const { root, problems } = readJson(text);
  const value = (...path: string[]): unknown => (root === undefined ? undefined : valueAt(root, path));
  const compose = value('dockerComposeFile');
  const service = value('service');
  return {
    build: root === undefined ? undefined : buildOf(root),
    composeFiles: (Array.isArray(compose) ? compose : [compose]).filter((f) => typeof f === 'string'),
    service: typeof service === 'string' ? service : undefined,
    problems,
  };
}

function buildOf(root: Node): DevcontainerBuild | undefined {
  const dockerfile = valueAt(root, ['build', 'dockerfile']) ?? valueAt(root, ['dockerFile']);
  if (typeof dockerfile !== 'string') return undefined;
  const context = valueAt(root, ['build', 'context']) ?? valueAt(root, ['context']) ?? '.';
  const target = valueAt(root, ['build', 'target']) ?? null;
  const node = findNodeAtLocation(root, ['build']) ?? findNodeAtLocation(root, ['dockerFile']) ?? root;
  return {
    span: { start: node.offset, end: node.offset + node.length },
    dockerfile: known(dockerfile),
    context: known(context),
    target: target === null ? null : known(target),
    args: Object.fromEntries(argsOf(findNodeAtLocation(root, ['build', 'args']))),
  };
}

function argsOf(node: Node | undefined): (readonly [string, string | null])[] {
  return (node?.type === 'object' ? (node.children ?? []) : []).flatMap(({ children: [key, value] = [] }) =>
    key === undefined ? [] : [[String(key.value), known(value?.value) ?? null] as const],
  );
}

function valueAt(root: Node, path: readonly string[]): unknown {
  const node = findNodeAtLocation(root, [...path]);
  if (node?.type === 'array') return (node.children ?? []).map((child) => child.value as unknown);
  return node?.type === 'object' ? undefined : (node?.value as unknown);
}

/** The string; undefined for anything else and where a variable decides. */
function known(value: unknown): string | undefined {
  return typeof value === 'string' && !value.includes('${') ? value : undefined;
}
