import { dirName, isInside, joinPath, relativePath } from '../text/paths.js';
import { imageFiles } from './closures.js';
import { broughtFrom, type CopyContext, type LocalCopy, localCopyOf } from './copies.js';
import { flowsInto } from './flows.js';
import { parentOf } from './lineage.js';
import type { StageGraph, StageNode, Step } from './model.js';

/** The project's files as they lie in a stage, brought by whichever stage; paths are absolute in it. */
export interface StageFiles {
  exists(path: string): boolean;
  /** The path in the context that a file comes from; undefined where no COPY brings it. */
  source(path: string): string | undefined;
  /** Undefined where no COPY brings the file, or it is made by a step. */
  text(path: string): string | undefined;
  /** What `parser` makes of a file, remembered as long as it stays the same. */
  parsed<T>(path: string, parser: (text: string) => T): T | undefined;
}

/** What is needed to follow a file through the stages. */
export interface FilesView {
  readonly graph: StageGraph;
  readonly context: CopyContext;
  readonly escape: '\\' | '`';
  /** What `parser` makes of a file of the context; `path` is relative to it. */
  parse<T>(path: string, parser: (text: string) => T): T | undefined;
}

/** How far a file is followed from stage to stage: more than anyone writes. */
const MAX_STAGES = 20;

function matches(pattern: string, path: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === path;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  return new RegExp(`^${source}$`).test(path);
}

/** Where in the stage copied from `path` may come from, by one source of a COPY --from. */
function origins(source: string, destination: string, path: string): string[] {
  const place = destination.length > 1 ? destination.replace(/\/$/, '') : destination;
  const out: string[] = [];
  if (!/[*?[]/.test(source) && isInside(place, path)) out.push(joinPath(source, relativePath(place, path)));
  // A file goes into a destination with `/` at its end, or becomes it.
  const name = relativePath(place, path);
  if (destination.endsWith('/') && isInside(place, path) && !name.includes('/')) {
    const origin = joinPath(dirName(source), name);
    if (matches(source, origin)) out.push(origin);
  } else if (path === destination) out.push(source);
  return out;
}

/** The path in the context that lies at `path` of `node` before `step` (at its end where that is undefined). */
function sourceOf(
  view: FilesView,
  node: StageNode,
  step: Step | undefined,
  path: string,
  depth: number,
): string | undefined {
  if (depth > MAX_STAGES) return undefined;
  const mounted = step && imageFiles(node, step, [], view.context).sourceOf(path);
  if (mounted !== undefined) return mounted.path;
  const until = step?.instruction.span.start ?? Number.POSITIVE_INFINITY;
  const flows = flowsInto(view.graph, node, view.escape);
  for (const earlier of [...node.steps].reverse()) {
    if (earlier.instruction.span.start >= until) continue;
    const copy: LocalCopy | undefined = localCopyOf(node, earlier, view.context, view.escape);
    const local = copy && broughtFrom(copy, path, view.context);
    if (local !== undefined) return local;
    for (const flow of flows.filter((f) => f.step === earlier)) {
      const { destination, from } = flow;
      if (destination === undefined) continue;
      const candidates = flow.sources.flatMap((s) => (s === undefined ? [] : origins(s, destination, path)));
      for (const origin of candidates) {
        const found = sourceOf(view, from, undefined, origin, depth + 1);
        if (found !== undefined) return found;
      }
    }
  }
  const parent = parentOf(view.graph, node);
  return parent && sourceOf(view, parent, undefined, path, depth + 1);
}

/** The project's files in `node` as `step` sees them, or as they lie there after its last step. */
export function stageFiles(view: FilesView, node: StageNode, step?: Step): StageFiles {
  const known = new Map<string, string | undefined>();
  const find = (path: string): string | undefined => {
    if (!known.has(path)) known.set(path, sourceOf(view, node, step, path, 0));
    return known.get(path);
  };
  return {
    exists: (path) => find(path) !== undefined,
    source: find,
    text: (path) => {
      const source = find(path);
      return source === undefined ? undefined : view.context.text(source);
    },
    parsed: (path, parser) => {
      const source = find(path);
      return source === undefined ? undefined : view.parse(source, parser);
    },
  };
}
