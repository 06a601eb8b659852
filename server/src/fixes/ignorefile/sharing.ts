import type { Build } from '../../project/build.js';
import { contextView } from '../../project/context.js';
import { projectBuilds } from '../../project/discover.js';
import { remembered, type Snapshot } from '../../project/snapshot.js';
import { contextNeeds } from '../../sim/context/needs.js';
import { type LocalCopy, localCopyOf } from '../../sim/copies.js';
import type { StageNode, Step } from '../../sim/model.js';
import { buildGraph } from '../../sim/stages.js';
import { parseDockerfile } from '../../syntax/dockerfile/parse.js';
import { isInside, joinPath, relativePath } from '../../text/paths.js';
import type { BuildView, IgnoreInput } from './model.js';
import { spokenText } from './spoken.js';

/** Builds looked at beside the one in question: more share an ignore file only where they are generated. */
const mostBuilds = 40;

/** What a build makes of its Dockerfile, whatever lies in its context. */
type Built = Pick<BuildView, 'dockerfile' | 'graph' | 'needs' | 'spoken'>;

function withSpoken({ dockerfile, graph, needs }: Omit<Built, 'spoken'>): Built {
  let text: string | undefined;
  return {
    dockerfile,
    graph,
    needs,
    get spoken() {
      text ??= spokenText(graph);
      return text;
    },
  };
}

/** Of one parsed Dockerfile: the same builds are looked at for each of those that share a context with them. */
function newBuilt(): WeakMap<Build, Built> {
  return new WeakMap();
}

function builtOf(snapshot: Snapshot, build: Build): Built | undefined {
  const dockerfile = snapshot.parse(build.dockerfile, parseDockerfile);
  if (dockerfile === undefined) return undefined;
  const all = remembered(snapshot, dockerfile, newBuilt);
  const known = all.get(build);
  if (known !== undefined) return known;
  const graph = buildGraph(dockerfile, build);
  const built = withSpoken({ dockerfile, graph, needs: contextNeeds(graph, dockerfile) });
  all.set(build, built);
  return built;
}

/** A build in its context; spoken text is put together when asked for. */
function inContext(built: Built, rest: Pick<BuildView, 'build' | 'shell' | 'view'>): BuildView {
  const { dockerfile, graph, needs } = built;
  return {
    ...rest,
    dockerfile,
    graph,
    needs,
    get spoken() {
      return built.spoken;
    },
  };
}

function viewOf({ snapshot, shell }: IgnoreInput, build: Build): BuildView | undefined {
  const view = contextView(snapshot, build);
  const built = builtOf(snapshot, build);
  return view === undefined || built === undefined ? undefined : inContext(built, { build, shell, view });
}

/** The build of `input` alone; undefined for a remote context. */
export function ownView(input: IgnoreInput): BuildView | undefined {
  const { snapshot, build, shell } = input;
  const view = contextView(snapshot, build);
  return view === undefined ? undefined : inContext(withSpoken(input), { build, shell, view });
}

/**
 * The build of `input` and all others of the project that read the same ignore file, or would read a new one in the root
 * of the context: what a line hides, it hides from all of them. Undefined where there are too many to look at.
 */
export function sharingViews(input: IgnoreInput): readonly BuildView[] | undefined {
  const { snapshot, build, builds } = input;
  const own = ownView(input);
  if (own === undefined) return undefined;
  const others = [...builds, ...projectBuilds(snapshot, build.dockerfile)].filter(
    (other, i, all) =>
      all.indexOf(other) === i &&
      !other.remote &&
      other.git !== true &&
      other.context === build.context &&
      other.ignoreFile === build.ignoreFile &&
      !(other.dockerfile === build.dockerfile && other.source === build.source),
  );
  if (others.length > mostBuilds) return undefined;
  return [own, ...others.flatMap((other) => viewOf(input, other) ?? [])].filter((v) => v.needs.loaded);
}

/** Where a folder of the context comes to lie in an image. */
export interface Arrival {
  readonly node: StageNode;
  readonly step: Step;
  /** Absolute in the image (see `folderOf` for an unknown WORKDIR). */
  readonly at: string;
}

/** Whether a cleaned source takes `path` (relative to the context) with a folder around it, or as a folder itself. */
export function takes(source: string, path: string): boolean {
  return source === '.' || isInside(source, path);
}

/** A source that takes whatever lies in a folder: `.`, `*`, `src/*`. The folder; undefined for any other wildcard. */
export function broadFolder(source: string): string | undefined {
  const parts = source.split('/');
  while (parts.length > 0 && /^\*+$/.test(parts.at(-1) ?? '')) parts.pop();
  const folder = parts.join('/') || '.';
  return /[*?[\\]/.test(folder) ? undefined : folder;
}

function landing(copy: LocalCopy, path: string): string[] {
  return copy.sources
    .filter((source) => source.folder && takes(source.path, path))
    .map((source) =>
      joinPath(copy.destination, relativePath(joinPath('/', source.path), joinPath('/', path))),
    );
}

/**
 * Where the folder `path` of the context arrives in the stages that are built; undefined where one of them takes it in a
 * way that can't be told, by a bind mount for instance.
 */
export function arrivalsOf(
  { graph, needs, view, dockerfile }: BuildView,
  path: string,
): readonly Arrival[] | undefined {
  const found: Arrival[] = [];
  for (const use of needs.uses) {
    if (!use.sources.some(({ query }) => takes(broadFolder(query.path) ?? '.', path))) continue;
    const node = graph.stages[use.step.stage];
    if (use.kind === 'mount' || node === undefined) return undefined;
    const copy = localCopyOf(node, use.step, view, dockerfile.escape);
    if (copy === undefined) return undefined;
    found.push(...landing(copy, path).map((at) => ({ node, step: use.step, at })));
  }
  return found;
}
