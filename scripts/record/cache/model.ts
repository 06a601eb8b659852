import type { Cached, ContextEntry } from '../../../server/src/sim/cache/model.js';
import type { BuildState } from '../../../server/src/sim/cache/state.js';
import { verdicts } from '../../../server/src/sim/cache/verdicts.js';
import { contextNeeds } from '../../../server/src/sim/context/needs.js';
import { buildGraph } from '../../../server/src/sim/stages.js';
import { parseDockerfile } from '../../../server/src/syntax/dockerfile/parse.js';
import { parseIgnore } from '../../../server/src/syntax/dockerignore/parse.js';
import type { TreeValue } from '../case.js';
import type { CachePair, State } from './pair.js';
import { byStage } from './steps.js';

/** What the simulation says of a pair: by index of the stage one letter for each step, `1` cached, `0` not, `?` maybe. */
export type Predicted = Readonly<Record<string, string>>;

function entryOf(name: string, value: TreeValue): ContextEntry {
  const { symlink, content = '', mode } = typeof value === 'object' ? value : { content: String(value) };
  const bits = mode === undefined ? undefined : Number.parseInt(mode, 8);
  if (name.endsWith('/')) return { kind: 'folder', mode: bits ?? 0o755, content: '' };
  if (symlink !== undefined) return { kind: 'link', mode: 0o777, content: symlink };
  return { kind: 'file', mode: bits ?? 0o644, content };
}

/** What lies in the context of a state, by path; its folders too. */
function contextOf(state: State): ReadonlyMap<string, ContextEntry> {
  const all: Readonly<Record<string, TreeValue>> = {
    ...state.tree,
    Dockerfile: state.dockerfile,
    ...(state.ignore === undefined ? {} : { '.dockerignore': state.ignore }),
  };
  const context = new Map<string, ContextEntry>();
  // Folders that are told of come first, so that their modes hold.
  const names = Object.keys(all).sort((a, b) => Number(b.endsWith('/')) - Number(a.endsWith('/')));
  for (const name of names) {
    const path = name.replace(/\/$/, '');
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
      const folder = path.slice(0, at);
      if (!context.has(folder)) context.set(folder, { kind: 'folder', mode: 0o755, content: '' });
    }
    context.set(path, entryOf(name, all[name] ?? ''));
  }
  return context;
}

/** A state as the simulation takes it. */
export function buildState(state: State): BuildState {
  const dockerfile = parseDockerfile(state.dockerfile);
  const { target = null, args = {} } = state;
  const graph = buildGraph(dockerfile, { target, args, namedContexts: [] });
  return {
    built: { dockerfile, graph, needs: contextNeeds(graph, dockerfile) },
    ignore: parseIgnore(state.ignore ?? '').patterns.map(({ text }) => text),
    context: contextOf(state),
  };
}

const letters = new Map<Cached, string>([
  [true, '1'],
  [false, '0'],
  ['maybe', '?'],
]);

/** What the simulation says of the second build of a pair. */
export function predict({ before, after }: Pick<CachePair, 'before' | 'after'>): Predicted {
  const steps = verdicts([buildState(before)], buildState(after));
  const predicted: Record<string, string> = {};
  for (const [index, own] of byStage(steps))
    predicted[index] = own.map(({ cached }) => letters.get(cached)).join('');
  return predicted;
}
