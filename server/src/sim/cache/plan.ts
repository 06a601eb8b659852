import type { Dockerfile } from '../../syntax/dockerfile/model.js';
import type { Built } from '../context/built.js';
import { contextNeeds } from '../context/needs.js';
import type { ShellOf } from '../model.js';
import { buildGraph } from '../stages.js';
import { effects, type Effect as RunEffect } from './effects.js';
import { mayWrite, wantedFolder } from './layers.js';
import type { Because, CachePlan, Rerun, Root, Touched } from './model.js';
import { lineOf, onlyTheBuild } from './reasons.js';
import { type Below, type Input, type Vertex, type Vertices, verticesOf } from './vertices.js';

/** What becomes of one step, or of the files after it. */
interface State {
  readonly cached: true | false | 'maybe';
  /** The step at which it begins: itself, or one before; -1 for the base of a stage. */
  readonly origin: number;
  readonly because: Because | null;
  /** `argument NAME`, `source 3` */
  readonly roots: ReadonlySet<string>;
}

const same: State = { cached: true, origin: -1, because: null, roots: new Set() };

/** What another value of an argument changes by itself. */
interface Effect {
  readonly vertices: ReadonlySet<number>;
  /** Those of them of which more than the environment changes. */
  readonly beyond: ReadonlySet<number>;
  /** Stages that start from something else. */
  readonly stages: ReadonlySet<number>;
}

/** One question: what was touched, and what was decided so far. */
interface Asked {
  readonly vertices: Vertices;
  readonly dockerfile: Dockerfile;
  readonly effect: (vertex: Vertex) => RunEffect | undefined;
  readonly touched: Touched;
  readonly effects: ReadonlyMap<string, Effect>;
  /** By step. With --link what it brings, without what is below. */
  readonly steps: State[];
  /** The files after each step. */
  readonly after: State[];
}

/** The worst of several: what surely runs again, else what may; with the roots of all that are as bad. */
function worst(states: readonly State[]): State {
  const found = states.find(({ cached }) => cached === false) ?? states.find(({ cached }) => cached !== true);
  if (found === undefined) return same;
  const roots = states.filter(({ cached }) => cached === found.cached).flatMap((state) => [...state.roots]);
  return { ...found, roots: new Set(roots) };
}

function changedArguments(asked: Asked, isHit: (effect: Effect) => boolean): readonly string[] {
  return [...asked.effects].filter(([, effect]) => isHit(effect)).map(([name]) => name);
}

function byArguments(names: readonly string[], origin: number): State {
  const [first] = names;
  if (first === undefined) return same;
  const because: Because = { kind: 'argument', detail: first, parentLine: null };
  return { cached: false, origin, because, roots: new Set(names.map((name) => `argument ${name}`)) };
}

/** The files a step or a stage begins with. */
function stateBelow(asked: Asked, below: Below): State {
  if (below.kind === 'step') return asked.after[below.vertex] ?? same;
  return byArguments(
    changedArguments(asked, ({ stages }) => stages.has(below.stage)),
    -1,
  );
}

/** What a step makes of the state it inherits. */
function inherited(asked: Asked, state: State): State {
  const origin = asked.vertices.list[state.origin];
  if (origin === undefined) return state;
  const { text } = origin.step.instruction;
  return {
    ...state,
    because: { kind: 'parent', detail: text, parentLine: lineOf(asked.dockerfile, origin) },
  };
}

/** What a source that was touched does to the step that takes it. */
function bySource(asked: Asked, source: number, origin: number): State {
  if (!asked.touched.sources.has(source)) return same;
  const written = asked.vertices.sources[source]?.written ?? '';
  const because: Because = { kind: 'file', detail: written, parentLine: null };
  return { cached: false, origin, because, roots: new Set([`source ${source}`]) };
}

/** Whether a path of a stage may hold something else than before: not where all that could have written it is as it was. */
function mayDiffer(asked: Asked, from: Below, path: string): boolean {
  for (let below = from; ; ) {
    if (stateBelow(asked, below).cached === true) return false;
    const vertex = below.kind === 'step' ? asked.vertices.list[below.vertex] : undefined;
    if (vertex === undefined) return true;
    const isConstant =
      vertex.target === undefined &&
      asked.effect(vertex) !== undefined &&
      changedArguments(asked, ({ beyond }) => beyond.has(vertex.index)).length === 0;
    if (mayWrite(asked, vertex, path) && !isConstant && ownState(asked, vertex).cached !== true) return true;
    if (vertex.target === undefined && !isConstant) return true;
    below = vertex.below;
  }
}

/** What a stage brings to a step that takes a path of it. */
function byStage(asked: Asked, input: Input, origin: number): State {
  if (input.kind !== 'stage') return same;
  const end = stateBelow(asked, input.below);
  if (end.cached === true || !mayDiffer(asked, input.below, wantedFolder(input))) return same;
  const from = asked.vertices.list[end.origin];
  const detail = onlyTheBuild(input.path, input.stage.stage.label);
  const parentLine = from === undefined ? null : lineOf(asked.dockerfile, from);
  return { cached: 'maybe', origin, because: { kind: 'parent', detail, parentLine }, roots: end.roots };
}

/** What happens to a step because of itself and of what it takes, whatever is below. */
function ownState(asked: Asked, { index, inputs }: Vertex): State {
  return worst([
    byArguments(
      changedArguments(asked, ({ vertices }) => vertices.has(index)),
      index,
    ),
    ...inputs.map((input) =>
      input.kind === 'context' ? bySource(asked, input.source, index) : byStage(asked, input, index),
    ),
  ]);
}

function decide(asked: Asked): void {
  for (const vertex of asked.vertices.list) {
    const own = ownState(asked, vertex);
    const below = inherited(asked, stateBelow(asked, vertex.below));
    const all = worst([own, below]);
    const begins = all.origin < 0 && all.cached !== true && !vertex.link;
    const after = begins ? { ...all, origin: vertex.index } : all;
    asked.steps.push(vertex.link ? own : after);
    asked.after.push(after);
  }
}

function rootOf(key: string): Root {
  const at = key.indexOf(' ');
  const name = key.slice(at + 1);
  return key.startsWith('source ') ? { kind: 'source', source: Number(name) } : { kind: 'argument', name };
}

/** What decides about a step, but for the files that lie below it and those it takes. */
function signature(vertex: Vertex, { sources }: Vertices, withEnvironment: boolean): string {
  const inputs = vertex.inputs.map((input) => {
    if (input.kind === 'context') return sources[input.source]?.query;
    return input.kind === 'stage' ? [input.stage.stage.index, input.path] : input;
  });
  const below = vertex.below.kind === 'step' ? vertex.below.vertex : 'base';
  const parts = vertex.operation.parts.filter(({ kind }) => withEnvironment || kind !== 'environment');
  return JSON.stringify([parts.map(({ value }) => value), below, inputs]);
}

/** The build with another value of an argument. */
function withArgument(built: Built, name: string, value: string): Vertices {
  const { options } = built.graph;
  const graph = buildGraph(built.dockerfile, { ...options, args: { ...options.args, [name]: value } });
  return verticesOf({ ...built, graph, needs: contextNeeds(graph, built.dockerfile) });
}

/** What depends on the value of an argument: it is built with two that no Dockerfile has. */
function effectOf(built: Built, vertices: Vertices, name: string): Effect {
  const one = withArgument(built, name, 'plimsoll-1');
  const two = withArgument(built, name, 'plimsoll-2');
  const place = ({ node, step }: Vertex): string => `${node.stage.index} ${step.instruction.span.start}`;
  const changed = (withEnvironment: boolean): ReadonlySet<number> => {
    const keyed = (all: Vertices): Map<string, string> =>
      new Map(all.list.map((vertex) => [place(vertex), signature(vertex, all, withEnvironment)]));
    const first = keyed(one);
    const second = keyed(two);
    return new Set(
      vertices.list
        .filter((vertex) => first.get(place(vertex)) !== second.get(place(vertex)))
        .map(({ index }) => index),
    );
  };
  const stages = [...vertices.starts.keys()].filter(
    (index) => JSON.stringify(one.starts.get(index)) !== JSON.stringify(two.starts.get(index)),
  );
  return { vertices: changed(true), beyond: changed(false), stages: new Set(stages) };
}

/**
 * What runs again of a build when sources or argument values change and the Dockerfile and its ignore file do not. Answers
 * are remembered: the plan is to be kept as long as `built`. `shell` reads what RUN steps do.
 */
export function cachePlan(built: Built, shell: ShellOf): CachePlan {
  const vertices = verticesOf(built);
  const changes = new Map<string, Effect>();
  const known = effects(shell);
  const answers = new Map<string, readonly Rerun[]>();
  const effect = (name: string): Effect => {
    const found = changes.get(name) ?? effectOf(built, vertices, name);
    changes.set(name, found);
    return found;
  };
  const answer = (touched: Touched): readonly Rerun[] => {
    const asked: Asked = {
      vertices,
      dockerfile: built.dockerfile,
      effect: known,
      touched,
      effects: new Map([...touched.arguments].sort().map((name) => [name, effect(name)])),
      steps: [],
      after: [],
    };
    decide(asked);
    return asked.steps.flatMap(({ cached, because, roots }, step): Rerun[] =>
      cached === true || because === null ? [] : [{ step, cached, because, roots: [...roots].map(rootOf) }],
    );
  };
  return {
    steps: vertices.list.map(({ step, node }) => ({ step, node })),
    sources: vertices.sources,
    rerun(touched) {
      const key = `${[...touched.sources].sort((a, b) => a - b)} ${JSON.stringify([...touched.arguments].sort())}`;
      const known = answers.get(key) ?? answer(touched);
      answers.set(key, known);
      return known;
    },
  };
}
