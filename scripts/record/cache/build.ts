import { runDocker } from '../engine.js';
import type { LaidState } from './lay.js';
import type { State } from './pair.js';

/** A vertex of the build that is an instruction of the Dockerfile. */
export interface Vertex {
  /** Name in lower case or `stage-K`; undefined where the build has one stage and the log names none. */
  readonly stage: string | undefined;
  /** Number in the stage, from 1; FROM of an image is the first. */
  readonly number: number;
  /** The instruction after expansion. */
  readonly text: string;
  readonly cached: boolean;
}

export interface Built {
  readonly vertices: readonly Vertex[];
  /** All that was printed. */
  readonly log: string;
  /** The same, where the build failed. */
  readonly error: string | undefined;
}

interface RawVertex {
  readonly digest: string;
  readonly name?: string;
  readonly inputs?: readonly string[];
  readonly started?: string;
  readonly cached?: boolean;
}

function verticesByDigest(log: string): ReadonlyMap<string, RawVertex> {
  const byDigest = new Map<string, RawVertex>();
  for (const line of log.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { vertexes = [] } = JSON.parse(line) as { readonly vertexes?: readonly RawVertex[] };
    for (const vertex of vertexes) byDigest.set(vertex.digest, { ...byDigest.get(vertex.digest), ...vertex });
  }
  return byDigest;
}

/** The instructions in a log of `--progress=rawjson` that BuildKit came to. */
export function readVertices(log: string): readonly Vertex[] {
  const all = [...verticesByDigest(log).values()];
  const needed = new Set(all.flatMap(({ cached, inputs = [] }) => (cached === true ? inputs : [])));
  return all.flatMap(({ digest, name = '', inputs = [], started, cached = false }) => {
    // The second vertex of COPY --link only puts layers together; FROM goes by the name of any stage that builds on it.
    const found = /^\[(?:(\S+) )?\s*(\d+)\/\d+\] (?:ONBUILD )?((?:RUN|COPY|ADD|WORKDIR) .*)$/is.exec(name);
    if (found === null || started === undefined) return [];
    const [, stage, number, text = ''] = found;
    // What builds on nothing, as WORKDIR on scratch, is never called cached where nobody had to look at its files.
    const unused = inputs.length === 0 && needed.has(digest);
    return [{ stage: stage?.toLowerCase(), number: Number(number), text, cached: cached || unused }];
  });
}

/** Builds what is laid out, with whatever is in the cache. */
export async function buildState(
  laid: LaidState,
  { target, args = {}, secrets = {} }: State,
): Promise<Built> {
  const options = [
    ...['buildx', 'build', '--progress=rawjson', '--provenance=false', '-f', laid.dockerfile],
    ...(target === undefined ? [] : ['--target', target]),
    ...Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...Object.keys(secrets).flatMap((id) => ['--secret', `id=${id},env=SECRET_${id}`]),
    laid.context,
  ];
  const env = Object.fromEntries(Object.entries(secrets).map(([id, value]) => [`SECRET_${id}`, value]));
  const { code, output } = await runDocker(options, { env });
  return { vertices: readVertices(output), log: output, error: code === 0 ? undefined : output };
}
