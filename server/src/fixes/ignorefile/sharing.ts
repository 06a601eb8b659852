import type { Build } from '../../project/build.js';
import { contextView } from '../../project/context.js';
import { projectBuilds } from '../../project/discover.js';
import { remembered } from '../../project/snapshot.js';
import { hasWildcard } from '../../project/tree.js';
import { type Built, builtOf } from '../../sim/context/built.js';
import { landingsOf, localCopyOf } from '../../sim/copies.js';
import type { StageNode, Step } from '../../sim/model.js';
import { isInside } from '../../text/paths.js';
import type { BuildView, IgnoreInput } from './model.js';
import { spokenText } from './spoken.js';

/** Builds looked at beside the one in question: more share an ignore file only where they are generated. */
const mostBuilds = 40;

/** A build in its context; undefined for a remote one. */
function inContext(
  { snapshot, shell }: Pick<IgnoreInput, 'snapshot' | 'shell'>,
  build: Build,
  { dockerfile, graph, needs }: Built,
): BuildView | undefined {
  const view = contextView(snapshot, build);
  if (view === undefined) return undefined;
  return {
    ...{ build, dockerfile, graph, needs, shell, view },
    get spoken() {
      return remembered(snapshot, graph, spokenText);
    },
  };
}

function viewOf(input: IgnoreInput, build: Build): BuildView | undefined {
  const built = builtOf(input.snapshot, build);
  return built && inContext(input, build, built);
}

/** The build of `input` alone; undefined for a remote context. */
export function ownView(input: IgnoreInput): BuildView | undefined {
  return inContext(input, input.build, input);
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
      other.context === build.context &&
      other.ignoreFile === build.ignoreFile &&
      !other.remote &&
      other.git !== true &&
      !(other.dockerfile === build.dockerfile && other.source === build.source) &&
      all.indexOf(other) === i,
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
  return hasWildcard(folder) ? undefined : folder;
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
    found.push(...landingsOf(copy, path).map((at) => ({ node, step: use.step, at })));
  }
  return found;
}
