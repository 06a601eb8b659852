import type { Build } from '../../server/src/project/build.js';
import { ignoreFileOf } from '../../server/src/project/ignorefile.js';
import type { Amount, ContextQuery } from '../../server/src/project/measure.js';
import type { Snapshot } from '../../server/src/project/snapshot.js';
import { measureContext } from '../../server/src/sim/context/measure.js';
import type { ContextNeeds } from '../../server/src/sim/context/model.js';
import { contextNeeds } from '../../server/src/sim/context/needs.js';
import { contextQuery, ignorePatternsOf } from '../../server/src/sim/context/query.js';
import type { Tree } from '../../server/src/sim/context/tree.js';
import type { StageGraph } from '../../server/src/sim/model.js';
import { buildGraph } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { createMatcher } from '../../server/src/syntax/dockerignore/match.js';

/** What the simulation says of a build. */
export interface Simulated {
  readonly contextLoaded: boolean;
  /** Null where it says that the transfer fails. */
  readonly wireBytes: number | null;
  readonly files: number;
  readonly entries: number;
  /** Whether it says that the numbers may be off. */
  readonly exact: boolean;
  /** Why the build can't succeed, as far as the context goes. */
  readonly failures: readonly string[];
  /** What the image has of the context: one for each COPY or ADD of one source that is shipped. */
  readonly copies: readonly Copied[];
  /** Lines of the Dockerfile of which it can't know what they take. */
  readonly unknown: readonly string[];
}

/** Files that an instruction copies, and their bytes. */
export interface Copied extends Amount {
  /** As written. */
  readonly to: string;
}

const nothing = {
  contextLoaded: false,
  wireBytes: null,
  files: 0,
  entries: 0,
  exact: true,
  copies: [],
  unknown: [],
};

/** What is to be measured for a build. */
export interface Question {
  readonly query: ContextQuery | undefined;
  /** Why the ignore file makes every build fail. */
  readonly refused: string | undefined;
  /** Copies of one source, with its place in the query. */
  readonly copies: readonly { readonly to: string; readonly source: number }[];
  readonly unknown: readonly string[];
}

function copiesOf({ uses }: ContextNeeds, graph: StageGraph): Question['copies'] {
  let source = 0;
  return uses.flatMap(({ instruction, step, sources }) => {
    const at = source;
    source += sources.length;
    if (instruction.kind !== 'COPY' && instruction.kind !== 'ADD') return [];
    const alone =
      instruction.sources.length === 1 && sources.length === 1 && instruction.heredocs.length === 0;
    // What wildcards hit may fall into one place.
    const plain = sources.every(
      ({ query }) => !/[*?[\\]/.test(query.parents ? (query.pivot?.folder ?? '.') : query.path),
    );
    const shipped = graph.stages[step.stage]?.shipped === true;
    return alone && plain && shipped ? [{ to: instruction.destination?.raw ?? '', source: at }] : [];
  });
}

/** The question that a build asks; undefined where there is no Dockerfile. */
export function ask(snapshot: Snapshot, build: Build): Question | undefined {
  const dockerfile = snapshot.parse(build.dockerfile, parseDockerfile);
  if (dockerfile === undefined) return undefined;
  const found = { ...build, ignoreFile: ignoreFileOf(snapshot, build.dockerfile, build.context) };
  const graph = buildGraph(dockerfile, found);
  const needs = contextNeeds(graph, dockerfile);
  const { ignore } = ignorePatternsOf(snapshot, found);
  const refused = ignore === undefined ? undefined : createMatcher(ignore).error;
  // What can't be sent hurts only where something is asked of the client.
  const harmless = !needs.loaded && refused?.startsWith('A control character') === true;
  return {
    query: needs.loaded ? contextQuery(snapshot, found, needs) : undefined,
    refused: harmless ? undefined : refused,
    copies: copiesOf(needs, graph),
    unknown: needs.unknown.map(({ keyword }) => keyword),
  };
}

function isFolder(tree: Tree, path: string): boolean {
  const at = path.lastIndexOf('/');
  const inside = tree.entries(at < 0 ? '' : path.slice(0, at)) ?? [];
  return inside.some(({ name, kind }) => kind === 'folder' && name === path.slice(at + 1));
}

/** The answer to it for what lies in `tree`. */
export function answer({ query, refused, copies, unknown }: Question, tree: Tree): Simulated {
  const atOnce = refused === undefined ? [] : [refused];
  if (query === undefined) return { ...nothing, unknown, failures: atOnce };
  const measured = measureContext(query, tree);
  const lost = measured.sources.flatMap(({ found }, i) =>
    found ? [] : [`${query.sources[i]?.path}: not found`],
  );
  // BuildKit's client gives up at a folder that it has to walk and may not.
  const closed = measured.unreadable.filter(
    ({ path }) => tree.entries(path) === undefined && isFolder(tree, path),
  );
  const error = [
    ...(measured.error === null ? atOnce : [measured.error.message]),
    ...closed.map(({ path }) => `${path}: can't be read`),
  ];
  return {
    contextLoaded: true,
    wireBytes: error.length === 0 ? measured.sent.wireBytes : null,
    files: measured.sent.files,
    entries: measured.sent.entries,
    exact: measured.sent.exact,
    failures: [...error, ...lost],
    copies: copies.map(({ to, source }) => {
      const { files = 0, bytes = 0 } = measured.sources[source] ?? {};
      return { to, files, bytes };
    }),
    unknown,
  };
}

/** The build that a case describes. */
export function buildOf(
  laid: { readonly context: string; readonly dockerfile: string },
  wish: {
    readonly target?: string | undefined;
    readonly args?: Readonly<Record<string, string>> | undefined;
  },
): Build {
  return {
    dockerfile: laid.dockerfile,
    context: laid.context,
    remote: false,
    ignoreFile: null,
    target: wish.target ?? null,
    args: wish.args ?? {},
    namedContexts: ['base'],
    source: 'option',
    kind: 'option',
    why: 'given',
  };
}
