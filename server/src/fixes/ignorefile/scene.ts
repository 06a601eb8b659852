import type { ContextMeasure, ContextQuery } from '../../project/measure.js';
import type { Snapshot } from '../../project/snapshot.js';
import { contextQuery, ignorePatternsOf, type Wish } from '../../sim/context/query.js';
import { compareBytes } from '../../text/order.js';
import type { Scene } from './candidates.js';
import type { BuildView, IgnoreInput } from './model.js';
import { ownView, sharingViews } from './sharing.js';
import { surveyOf } from './survey.js';

function sceneWith(input: IgnoreInput, views: readonly BuildView[] | undefined): Scene | undefined {
  const first = views?.[0];
  if (views === undefined || first === undefined || input.build.git === true) return undefined;
  const { ignore } = ignorePatternsOf(input.snapshot, input.build);
  const exceptions = (ignore?.patterns ?? []).filter((p) => p.exception).map((p) => p.text);
  return { views, survey: surveyOf(first.view, views), exceptions };
}

/** The context of a build with all builds that share its ignore file; undefined where it is remote or too many do. */
export function sceneOf(input: IgnoreInput): Scene | undefined {
  return sceneWith(input, sharingViews(input));
}

/** As `sceneOf`, with the build alone: what is no candidate here is none for all either, and to look is much cheaper. */
export function ownScene(input: IgnoreInput): Scene | undefined {
  const own = ownView(input);
  return sceneWith(input, own === undefined ? undefined : [own]);
}

/** Where the sources of each build begin in a question about all of them. */
export interface Combined {
  readonly query: ContextQuery;
  /** By build of the scene: index of its first source. */
  readonly offsets: readonly number[];
}

function followOf(views: readonly BuildView[]): readonly string[] | null {
  const all: string[] = [];
  for (const { needs } of views) {
    if (needs.follow === null) return null;
    all.push(...needs.follow);
  }
  return [...new Set(all)].sort(compareBytes);
}

/** One question for all builds of a scene: their needs joined, their sources in order. Undefined where none loads the context. */
export function combinedQuery(snapshot: Snapshot, { views }: Scene, wish: Wish): Combined | undefined {
  const queries = views.map(({ build, needs }) => contextQuery(snapshot, build, needs, wish));
  const first = queries[0];
  if (first === undefined) return undefined;
  const offsets: number[] = [];
  let count = 0;
  for (const query of queries) {
    offsets.push(count);
    count += query?.sources.length ?? 0;
  }
  const sources = queries.flatMap((query) => query?.sources ?? []);
  return { query: { ...first, follow: followOf(views), sources }, offsets };
}

/** What is sent when the ignore file has these patterns, and a file of the context another size. */
export function measureWith(
  snapshot: Snapshot,
  query: ContextQuery,
  ignore: readonly string[],
  texts: ContextQuery['texts'],
): ContextMeasure | undefined {
  return snapshot.measure({ ...query, ignore, texts: { ...query.texts, ...texts } });
}
