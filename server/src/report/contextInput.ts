import type { Build } from '../project/build.js';
import type { ContextMeasure, ContextQuery } from '../project/measure.js';
import type { Snapshot } from '../project/snapshot.js';
import type { ContextNeeds, ContextUse } from '../sim/context/model.js';
import { contextNeeds } from '../sim/context/needs.js';
import { contextQuery, ignorePatternsOf } from '../sim/context/query.js';
import type { ShellOf, StageGraph } from '../sim/model.js';
import type { Dockerfile, Instruction } from '../syntax/dockerfile/model.js';
import type { IgnoreFile } from '../syntax/dockerignore/model.js';

/** A build whose context is to be reported: what rules get too, and what is wished to know. */
export interface ContextInput {
  readonly snapshot: Snapshot;
  readonly build: Build;
  /** All builds of the Dockerfile. */
  readonly builds: readonly Build[];
  readonly dockerfile: Dockerfile;
  readonly graph: StageGraph;
  readonly shell: ShellOf;
  /** An absolute path as the front door shows it. */
  readonly shown: (path: string) => string;
  /** Count what is ignored too. */
  readonly all?: boolean;
  /** How many of the largest paths to name; 20 when left out. */
  readonly top?: number;
  /** Name every path that is sent. */
  readonly list?: boolean;
  /** At most so many nodes of the tree of what is sent; none when left out. */
  readonly tree?: number;
  /** Paths, relative to the context, of which to say why they are in or out. */
  readonly explain?: readonly string[];
}

export const usualTop = 20;

/** What a report is made of. */
export interface ContextFacts {
  readonly needs: ContextNeeds;
  readonly ignore: { readonly file: string | null; readonly parsed: IgnoreFile | undefined };
  /** Undefined for a remote context, or where nothing is loaded and nobody asked for all. */
  readonly query: ContextQuery | undefined;
  /** Undefined where there is no query, where it is not answered yet, and where the context is no folder. */
  readonly measure: ContextMeasure | undefined;
  /** By source of the query: the instruction (or mount) it belongs to. */
  readonly useOf: readonly ContextUse[];
}

/** Nothing is loaded, yet someone wants to know what lies there: the whole context, of which only `all` is then looked at. */
function queryOfAll(input: ContextInput, patterns: readonly string[]): ContextQuery | undefined {
  if (input.all !== true || input.build.remote) return undefined;
  return {
    root: input.build.context,
    ignore: patterns,
    follow: null,
    sources: [],
    probes: [],
    texts: {},
    all: true,
    top: 0,
    list: false,
    tree: 0,
  };
}

/** Asks the snapshot for all a report needs. */
export function contextFacts(input: ContextInput): ContextFacts {
  const { snapshot, build, dockerfile, graph } = input;
  const needs = contextNeeds(graph, dockerfile);
  const ignore = ignorePatternsOf(snapshot, build);
  const query =
    contextQuery(snapshot, build, needs, {
      all: input.all ?? false,
      top: input.top ?? usualTop,
      // What is sent tells for sure whether a path is in.
      list: input.list === true || (input.explain ?? []).length > 0,
      tree: input.tree ?? 0,
    }) ?? queryOfAll(input, ignore.patterns);
  return {
    needs,
    ignore: { file: ignore.file, parsed: ignore.ignore },
    query,
    measure: query && snapshot.measure(query),
    useOf: needs.uses.flatMap((use) => use.sources.map(() => use)),
  };
}

/** The 0-based line an instruction starts on. */
export function lineOf(dockerfile: Dockerfile, instruction: Instruction): number {
  return dockerfile.lines.positionAt(instruction.span.start).line;
}

/** The lines of the sources with the given indexes, each once, in order. */
export function linesOf(
  dockerfile: Dockerfile,
  facts: ContextFacts,
  sources: readonly number[],
): readonly number[] {
  const lines = sources.flatMap((i) => {
    const use = facts.useOf[i];
    return use === undefined ? [] : [lineOf(dockerfile, use.instruction)];
  });
  return [...new Set(lines)].sort((a, b) => a - b);
}
