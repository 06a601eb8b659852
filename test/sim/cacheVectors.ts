import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ContextEntry } from '../../server/src/sim/cache/model.js';
import type { BuildState } from '../../server/src/sim/cache/state.js';
import { contextNeeds } from '../../server/src/sim/context/needs.js';
import { buildGraph, shellOf } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { parseIgnore } from '../../server/src/syntax/dockerignore/parse.js';
import type { ShellParser } from '../../server/src/syntax/shell/model.js';
import { sharedDir } from '../shared.js';

type Item = string | { readonly symlink: string } | { readonly hardlink: string };

interface RecordedStep {
  readonly step: string;
  readonly cached: boolean;
}

/** A recorded pair of builds: the second one's steps. */
export interface CacheVector {
  readonly id: string;
  readonly name: string;
  readonly dockerfile: string;
  readonly tree: Readonly<Record<string, Item>>;
  readonly ignore?: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly change: Readonly<Record<string, unknown>>;
  readonly cached: readonly RecordedStep[];
  readonly cachedFreshContext?: readonly RecordedStep[];
}

/** All recorded pairs; none where the shared folder is not beside the project. */
export function cacheVectors(): readonly CacheVector[] {
  const shared = sharedDir();
  if (shared === undefined) return [];
  const text = readFileSync(path.join(shared, 'buildkit/vectors-cache.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CacheVector);
}

/** What a build is made from; the tree holds modes as `path` → bits. */
export interface VectorInput {
  readonly dockerfile: string;
  readonly ignore: string | undefined;
  readonly tree: Readonly<Record<string, Item>>;
  readonly modes: Readonly<Record<string, number>>;
  readonly args: Readonly<Record<string, string>>;
  readonly target: string | null;
  readonly outside: Readonly<Record<string, string>>;
  readonly run: Readonly<Record<string, string>>;
  readonly noCache: readonly string[];
}

function entryOf(input: VectorInput, path: string, item: Item): ContextEntry {
  const mode = input.modes[path.replace(/\/$/, '')];
  if (path.endsWith('/')) return { kind: 'folder', mode: mode ?? 0o755, content: '' };
  if (typeof item === 'string') return { kind: 'file', mode: mode ?? 0o644, content: item };
  if ('symlink' in item) return { kind: 'link', mode: 0o777, content: item.symlink };
  return entryOf(input, path, input.tree[item.hardlink] ?? '');
}

/** The state of a build of a recorded input. */
export function stateOf(input: VectorInput, parser?: ShellParser): BuildState {
  const dockerfile = parseDockerfile(input.dockerfile);
  const graph = buildGraph(dockerfile, { target: input.target, args: input.args, namedContexts: [] });
  const items = {
    ...input.tree,
    Dockerfile: input.dockerfile,
    ...(input.ignore === undefined ? {} : { '.dockerignore': input.ignore }),
  };
  const context = new Map<string, ContextEntry>();
  for (const [path, item] of Object.entries(items)) {
    const clean = path.replace(/\/$/, '');
    for (let at = clean.indexOf('/'); at > 0; at = clean.indexOf('/', at + 1)) {
      const folder = clean.slice(0, at);
      context.set(folder, { kind: 'folder', mode: input.modes[folder] ?? 0o755, content: '' });
    }
    context.set(clean, entryOf(input, path, item));
  }
  return {
    built: { dockerfile, graph, needs: contextNeeds(graph, dockerfile) },
    ignore: parseIgnore(input.ignore ?? '').patterns.map(({ text }) => text),
    context,
    outside: input.outside,
    flags: { run: input.run },
    noCache: input.noCache,
    shell: shellOf(parser),
  };
}

function without(tree: Readonly<Record<string, Item>>, path: string): Readonly<Record<string, Item>> {
  return Object.fromEntries(Object.entries(tree).filter(([name]) => name !== path));
}

/** What a recorded change makes of an input. Throws on one it does not know. */
function changed(input: VectorInput, change: CacheVector['change']): VectorInput {
  const text = (key: string): string => String(change[key]);
  const [kind = ''] = Object.keys(change);
  switch (kind) {
    case 'file':
      return { ...input, tree: { ...input.tree, [text('file')]: text('content') } };
    case 'mkdir':
      return { ...input, tree: { ...input.tree, [`${text('mkdir')}/`]: '' } };
    case 'rm':
      return { ...input, tree: without(input.tree, text('rm')) };
    case 'mv': {
      const moved = input.tree[text('mv')] ?? '';
      return { ...input, tree: { ...without(input.tree, text('mv')), [text('to')]: moved } };
    }
    case 'symlink':
      return { ...input, tree: { ...input.tree, [text('symlink')]: { symlink: text('to') } } };
    case 'hardlink':
      return { ...input, tree: { ...input.tree, [text('hardlink')]: { hardlink: text('to') } } };
    case 'chmod':
      return { ...input, modes: { ...input.modes, [text('chmod')]: Number.parseInt(text('mode'), 8) } };
    case 'dockerfile':
      return { ...input, dockerfile: text('dockerfile') };
    case 'ignore':
      return { ...input, ignore: text('ignore') };
    case 'args':
      return { ...input, args: change.args as Record<string, string> };
    case 'target':
      return { ...input, target: text('target') };
    case 'base':
      return { ...input, outside: { base: text('base') } };
    case 'url':
      return { ...input, outside: { 'http://127.0.0.1:5066/u': text('url') } };
    case 'opts':
      return withOptions(input, change.opts as Record<string, string>);
    // Nothing of what keys are made of.
    case 'touch':
    case 'chown':
    case 'xattr':
    case 'secret':
    case 'urlTouch':
    case '':
      return input;
    default:
      throw new Error(`no change is called ${kind}`);
  }
}

function withOptions(input: VectorInput, options: Readonly<Record<string, string>>): VectorInput {
  const run: Record<string, string> = {};
  let next = input;
  for (const [name, value] of Object.entries(options)) {
    if (name === 'no-cache') next = { ...next, noCache: [value] };
    else if (name === 'platform') next = { ...next, args: { ...next.args, TARGETPLATFORM: value } };
    else if (!name.startsWith('label:')) run[name] = value;
  }
  return { ...next, run };
}

/**
 * Builds of other rows that the builder had done before, where one of them counts: all rows were recorded on one builder, and
 * only so `RUN --network=none echo 1` becoming `RUN --network=default echo 1` is a hit.
 */
function otherRow({ id }: CacheVector, first: VectorInput): readonly VectorInput[] {
  return id === 'cache-160' ? [{ ...first, dockerfile: 'FROM base\nRUN echo 1\n' }] : [];
}

/** What the two builds of a vector were made from. */
export function inputsOf(row: CacheVector): readonly [VectorInput, VectorInput] {
  const first: VectorInput = {
    dockerfile: row.dockerfile,
    ignore: row.ignore,
    tree: row.tree,
    modes: {},
    args: row.args ?? {},
    target: row.target ?? null,
    outside: {},
    run: {},
    noCache: [],
  };
  return [first, changed(first, row.change)];
}

/** The builds of a vector: those before, and the one that was looked at. */
export function statesOf(
  row: CacheVector,
  parser?: ShellParser,
): { readonly before: readonly BuildState[]; readonly after: BuildState } {
  const [first, second] = inputsOf(row).map((input) => stateOf(input, parser));
  if (first === undefined || second === undefined) throw new Error('two builds');
  if (row.change.thenRevert === true) return { before: [first, second], after: first };
  const others = otherRow(row, inputsOf(row)[0]).map((input) => stateOf(input, parser));
  return { before: [...others, first], after: second };
}

/**
 * The recorded answer for each step: a COPY --link is reported twice, once for laying it over the rest, and ADD of an
 * address once more for asking it.
 */
export function recordedSteps(steps: readonly RecordedStep[]): readonly RecordedStep[] {
  const found: RecordedStep[] = [];
  for (const step of steps) {
    if (/^(?:[\w-]+: )?LINK /.test(step.step)) continue;
    const same = found.findIndex((other) => other.step === step.step && /ADD http/.test(step.step));
    if (same < 0) found.push(step);
    else found[same] = { ...step, cached: step.cached || found[same]?.cached === true };
  }
  return found;
}
