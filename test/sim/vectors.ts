import type { ContextMeasure, ContextQuery } from '../../server/src/project/measure.js';
import { measureContext } from '../../server/src/sim/context/measure.js';
import type { ContextNeeds } from '../../server/src/sim/context/model.js';
import { contextNeeds } from '../../server/src/sim/context/needs.js';
import { buildGraph } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { parseIgnore } from '../../server/src/syntax/dockerignore/parse.js';
import { type TreeItem, treeOf } from '../harness/tree.js';

/** A recorded build: what lay in the context, and what BuildKit transferred of it. */
export interface ContextVector {
  readonly id: string;
  readonly tree: Readonly<Record<string, TreeItem>>;
  readonly dockerfile: string;
  readonly dockerfileName?: string;
  readonly ignore?: string;
  readonly target?: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly contextLoaded: boolean;
  readonly followPaths?: readonly string[] | null;
  readonly excludes?: readonly string[] | null;
  readonly entries?: readonly string[];
  /** Files whose content was asked for. */
  readonly sentFiles?: number;
  readonly contentBytes?: number;
  readonly wireBytes?: number;
  readonly error?: string;
}

/** The context of a recorded build: its Dockerfile and ignore file are files of it too. */
export function itemsOf(row: ContextVector): Readonly<Record<string, TreeItem>> {
  return {
    [row.dockerfileName ?? 'Dockerfile']: row.dockerfile,
    ...(row.ignore === undefined ? {} : { '.dockerignore': row.ignore }),
    ...row.tree,
  };
}

/** The ignore file that decides, links followed. */
function ignoreText(row: ContextVector): string {
  const items = itemsOf(row);
  const read = (path: string): string | undefined => {
    const item = items[path];
    if (typeof item === 'string') return item;
    return typeof item === 'object' && 'symlink' in item ? read(item.symlink) : undefined;
  };
  return read(`${row.dockerfileName ?? 'Dockerfile'}.dockerignore`) ?? read('.dockerignore') ?? '';
}

/** What the simulation makes of a recorded build. */
export function simulate(
  row: ContextVector,
  wish: Partial<ContextQuery> = {},
): { readonly needs: ContextNeeds; readonly query: ContextQuery; readonly measure: ContextMeasure } {
  const dockerfile = parseDockerfile(row.dockerfile);
  const graph = buildGraph(dockerfile, {
    target: row.target ?? null,
    args: row.args ?? {},
    namedContexts: [],
  });
  const needs = contextNeeds(graph, dockerfile);
  const query: ContextQuery = {
    root: '/context',
    ignore: parseIgnore(ignoreText(row)).patterns.map(({ text }) => text),
    follow: needs.follow,
    sources: needs.uses.flatMap(({ sources }) => sources.map(({ query: source }) => source)),
    probes: [],
    texts: {},
    all: false,
    top: 20,
    list: true,
    tree: 0,
    ...wish,
  };
  return { needs, query, measure: measureContext(query, treeOf(itemsOf(row))) };
}
