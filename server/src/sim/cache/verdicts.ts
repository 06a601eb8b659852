import { effects } from './effects.js';
import { inputsLikeness, type Run } from './inputs.js';
import type { Cached, StepVerdict } from './model.js';
import { reasonOf } from './reasons.js';
import { type BuildState, type ReadState, readState } from './state.js';
import type { Below, Vertex } from './vertices.js';

/** What was kept of a step that ran. */
interface Kept {
  /** The name of its result. */
  readonly id: string;
  readonly run: Run;
  readonly vertex: Vertex;
  /** False where it is not certain that it built on this. */
  readonly sure: boolean;
}

/** What a builder keeps of the builds it did. */
interface Store {
  /** By what a step does and what it builds on. */
  readonly kept: Map<string, Kept[]>;
  /** Whether the builder gets the whole context anew, and so sees the modes of folders. */
  fresh: boolean;
  /** Counts results, so that each has its name. */
  results: number;
}

/** More possible files than this after one step are not told apart. */
const mostIdentities = 64;

function newRun(read: ReadState): Run {
  const after: (readonly string[])[] = [];
  const identities = (below: Below): readonly string[] =>
    below.kind === 'base' ? [below.name] : (after[below.vertex] ?? []);
  return { ...read, cached: [], results: [], after, identities, effect: effects(read.state.shell) };
}

/** What the store has for a step on one state of the files below: surely, or perhaps. */
function found(
  store: Store,
  run: Run,
  vertex: Vertex,
  below: string,
): { readonly sure?: string; readonly perhaps: readonly string[] } {
  const perhaps: string[] = [];
  const { key, keyAtRoot } = vertex.operation;
  for (const kept of store.kept.get(`${below}\n${keyAtRoot}`) ?? []) {
    const likeness = inputsLikeness(kept.run, kept.vertex, run, vertex, store.fresh);
    const isSame = kept.vertex.operation.key === key;
    if (likeness === 'same' && kept.sure && isSame) return { sure: kept.id, perhaps };
    if (likeness !== 'different') perhaps.push(kept.id);
  }
  return { perhaps };
}

/** What a step finds below it: with --link it does not look. */
function belowOf(run: Run, vertex: Vertex): readonly string[] {
  return vertex.link ? ['linked'] : run.identities(vertex.below);
}

/** The result of a step before it in the same build that does the same on the same files: BuildKit does it once. */
function twinOf(run: Run, vertex: Vertex, fresh: boolean): string | undefined {
  const below = belowOf(run, vertex).join();
  const twin = run.vertices.list
    .slice(0, vertex.index)
    .find(
      (other) =>
        other.operation.key === vertex.operation.key &&
        belowOf(run, other).join() === below &&
        inputsLikeness(run, other, run, vertex, fresh) === 'same',
    );
  return twin === undefined ? undefined : run.results[twin.index]?.at(-1);
}

function lookUp(store: Store, run: Run, vertex: Vertex): void {
  const { noCache = [] } = run.state;
  const own = twinOf(run, vertex, store.fresh) ?? `result ${store.results++}`;
  const below = belowOf(run, vertex);
  const finds = noCache.includes(vertex.node.stage.label)
    ? []
    : below.map((identity) => found(store, run, vertex, identity));
  const hits = [...new Set(finds.flatMap(({ sure, perhaps }) => (sure === undefined ? perhaps : [sure])))];
  const isSure = finds.length > 0 && finds.every(({ sure }) => sure !== undefined);
  const cached: Cached = isSure ? true : hits.length > 0 ? 'maybe' : false;
  const results = isSure ? hits : [...hits, own];
  run.cached.push(cached);
  run.results.push(results);
  if (!vertex.link) run.after.push(results);
  else {
    const all = run.identities(vertex.below).flatMap((id) => results.map((result) => `${id} + ${result}`));
    run.after.push(all.length > mostIdentities ? [...all.slice(0, mostIdentities), `${own} +`] : all);
  }
}

/** Keeps what a build did, as if it was done. */
function keep(store: Store, run: Run): void {
  for (const vertex of run.vertices.list) {
    const below = belowOf(run, vertex);
    // The last is what it is if nothing was found.
    const id = run.results[vertex.index]?.at(-1) ?? '';
    for (const identity of below) {
      const key = `${identity}\n${vertex.operation.keyAtRoot}`;
      const sure = below.length === 1 || identity === below.at(-1);
      store.kept.set(key, [{ id, run, vertex, sure }, ...(store.kept.get(key) ?? [])]);
    }
  }
}

function look(store: Store, state: BuildState): Run {
  const run = newRun(readState(state));
  for (const vertex of run.vertices.list) lookUp(store, run, vertex);
  return run;
}

/** Whether a step that ran had the context mounted so that it could be written to. */
function writesToContext(run: Run): boolean {
  return run.vertices.list.some(({ index, step, operation }) => {
    const mounts = step.instruction.kind === 'RUN' && run.cached[index] !== true;
    return mounts && operation.writesContext;
  });
}

/** How the builder meets the context. */
interface VerdictOptions {
  /** It has never seen this context (a fresh CI runner with an imported cache): modes of folders then count too. */
  readonly fresh?: boolean;
}

/**
 * Which steps of `after` BuildKit takes from its cache when it did the builds `before`, the oldest first, and why the others
 * run again. In the order of `buildSteps`.
 */
export function verdicts(
  before: readonly BuildState[],
  after: BuildState,
  options: VerdictOptions = {},
): readonly StepVerdict[] {
  const store: Store = { kept: new Map(), fresh: options.fresh === true, results: 0 };
  let last: Run | undefined;
  for (const state of before) {
    last = look(store, state);
    keep(store, last);
    // What a step may write into is not kept for the next build.
    store.fresh ||= writesToContext(last);
  }
  const run = look(store, after);
  const reason = reasonOf(last, run, store.fresh);
  return run.vertices.list.map((vertex) => {
    const cached = run.cached[vertex.index] ?? false;
    const { step, node } = vertex;
    return { step, node, cached, because: cached === true ? null : reason(vertex) };
  });
}
