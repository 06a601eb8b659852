import type { SourceQuery } from '../../project/measure.js';
import type { Built } from '../context/built.js';
import { goMatcher, hasWildcards } from '../context/goPath.js';
import type { ShellOf } from '../model.js';
import { type ContextEntries, type Selected, selectSources } from './select.js';
import { type BuildFlags, type Outside, type Vertices, verticesOf } from './vertices.js';

/** One build: all that decides about its steps. */
export interface BuildState {
  readonly built: Built;
  /** Patterns of the ignore file. */
  readonly ignore: readonly string[];
  /** What lies in the context, the Dockerfile and the ignore file too if they lie there. */
  readonly context: ContextEntries;
  readonly outside?: Outside;
  readonly flags?: BuildFlags;
  /** Reads what RUN steps do: of some it then can be said what they leave as it was. */
  readonly shell?: ShellOf;
  /** Stages of which nothing is looked up (`--no-cache-filter`). */
  readonly noCache?: readonly string[];
}

/** A build whose sources are worked out. */
export interface ReadState {
  readonly state: BuildState;
  readonly vertices: Vertices;
  /** What each source brings. */
  readonly selected: readonly (readonly Selected[])[];
  /** What of each source is in the key. */
  readonly keyed: readonly (readonly Selected[])[];
}

/**
 * Links whose target is in the key of a source whole, whatever --exclude says (tried with 0.33): what the source names, and
 * of the root what lies in it.
 */
function wholeLinks(
  { exclude, parents, path, wildcards }: SourceQuery,
  context: ContextEntries,
): readonly string[] {
  if (exclude.length === 0 || parents) return [];
  if (path !== '.' && !(wildcards && hasWildcards(path)))
    return context.get(path)?.kind === 'link' ? [path] : [];
  const matches = path === '.' ? (name: string): boolean => !name.includes('/') : goMatcher(path);
  return [...context].flatMap(([name, { kind }]) => (kind === 'link' && matches(name) ? [name] : []));
}

/** Works out what the sources of a build take. */
export function readState(state: BuildState): ReadState {
  const { built, ignore, context } = state;
  const vertices = verticesOf(built, state.flags, state.outside);
  const queries = vertices.sources.map(({ query }) => query);
  const links = queries.map((query) => wholeLinks(query, context));
  const linked = links
    .flat()
    .map((path): SourceQuery => ({ path, wildcards: false, parents: false, exclude: [] }));
  const all = [...queries, ...linked];
  const { follow } = built.needs;
  const found = all.length === 0 ? [] : selectSources({ ignore, follow, sources: all }, context);
  const selected = found.slice(0, queries.length);
  let at = queries.length;
  const keyed = selected.map((own, i) => {
    const more = (links[i] ?? []).flatMap((link) =>
      (found[at++] ?? []).map((one) => ({ ...one, name: `${link}\0${one.name}` })),
    );
    return more.length === 0 ? own : [...own, ...more];
  });
  return { state, vertices, selected, keyed };
}
