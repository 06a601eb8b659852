import { savingBy } from '../../server/src/engine/impact.js';
import type { Engine } from '../../server/src/engine/model.js';
import type { HistoryAnswer, HistoryQuery, ReplayedCommit } from '../../server/src/project/history.js';
import { parseCache, trackedSnapshot } from '../../server/src/project/snapshot.js';
import { percentile, round } from './statistics.js';

const commits = 200;
const runs = 50;
const context = '/project';
const dockerfile = `${context}/Dockerfile`;

/** A Dockerfile of three stages and 20 steps; with `split` the manifests come first. */
function text(split: boolean): string {
  const install = split
    ? ['COPY package.json package-lock.json ./', 'RUN npm ci', 'COPY . .']
    : ['COPY . .', 'RUN npm ci'];
  return [
    'FROM node:22 AS base',
    'WORKDIR /app',
    'RUN apt-get update && apt-get install -y git curl',
    'FROM base AS build',
    ...install,
    ...Array.from({ length: 8 }, (_, i) => `RUN npm run build:part${i}`),
    'FROM base',
    ...Array.from({ length: 6 }, (_, i) => `COPY --from=build /app/dist/${i} ./dist/${i}`),
    'RUN npm ci --omit=dev',
    '',
  ].join('\n');
}

/** Commits of which one in eight changes the manifests, each in one of 30 folders. */
function answer({ sources }: HistoryQuery): HistoryAnswer {
  const places = ['package.json', ...Array.from({ length: 30 }, (_, i) => `src/part${i}/`)];
  const all = Array.from({ length: commits }, (_, c): ReplayedCommit => {
    const manifest = c % 8 === 0;
    const touched = sources.flatMap(({ path }, source) =>
      path === '.' || manifest ? [{ source, places: manifest ? [0] : [1 + (c % 30)], modesOnly: false }] : [],
    );
    return { id: `c${c}`, time: c, touches: true, sources: touched };
  });
  return { commits: all, places, gap: null, notes: [], modeDrift: null };
}

/** Milliseconds it takes to tell what a fix saves once git has answered: of a Dockerfile with 20 steps, over 200 commits. */
export function impactSpeed(): void {
  const engine: Engine = { rules: [], shellParser: undefined };
  const facts = {
    texts: { get: (path: string) => (path === dockerfile ? text(false) : null) },
    folders: { get: () => null },
    indexes: { get: () => [dockerfile] },
    histories: { get: (query: string) => answer(JSON.parse(query) as HistoryQuery) },
  };
  const texts = new Map([[dockerfile, text(true)]]);
  const report = { path: dockerfile, kind: 'dockerfile' } as const;
  const options = { rebuilds: { commits, measured: {} } };
  const times = Array.from({ length: runs }, () => {
    const snapshot = trackedSnapshot(facts, [context], parseCache());
    savingBy(engine, snapshot, report, new Map(), options);
    const start = performance.now();
    savingBy(engine, snapshot, report, texts, options);
    return performance.now() - start;
  });
  console.log(
    `impact of a fix, 20 steps, ${commits} commits: ${round(percentile(times, 0.5))} ms (median of ${runs})`,
  );
}
