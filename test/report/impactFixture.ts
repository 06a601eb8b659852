import type { Estimate } from '../../server/src/project/estimate.js';
import type {
  ImpactFix,
  ImpactPicture,
  ImpactStep,
  RebuildSeconds,
  Seconds,
} from '../../server/src/report/impactModel.js';

/** A simulated time with a range about it. */
export function about(value: number, basis: Estimate['basis'] = 'simulated', source = 'model'): Seconds {
  return { value, low: Math.round(value * 0.4), high: Math.round(value * 2.1), basis, source };
}

/** A time nobody knows. */
export const unknown: Seconds = {
  value: null,
  low: null,
  high: null,
  basis: 'assumed',
  source: 'no model knows ./build.sh',
};

/** Mean, median and ninth tenth of rebuilds. */
export function rebuilds(mean: number, p50 = mean, p90 = mean * 1.6): RebuildSeconds {
  return { meanSeconds: about(mean), p50Seconds: about(p50), p90Seconds: about(p90) };
}

type StepWords = Pick<ImpactStep, 'line' | 'instruction' | 'startsAt'> & Partial<ImpactStep>;

function step(index: number, words: StepWords): ImpactStep {
  const usual = { rebuilds: 0, maybe: 0, seconds: about(1, 'assumed'), causes: [] };
  return { index, ...usual, onCriticalPath: false, onCleanPath: false, ...words };
}

const source = { kind: 'file' as const, path: 'src/', commits: 150 };
const docs = { kind: 'file' as const, path: 'docs/', commits: 34 };
const lock = { kind: 'file' as const, path: 'package-lock.json', commits: 9 };
const sha = { kind: 'argument' as const, path: 'GIT_SHA', commits: 200 };

const fixes: readonly ImpactFix[] = [
  {
    id: 'source-before-deps:3:0',
    rule: 'source-before-deps',
    path: 'Dockerfile',
    line: 3,
    title: 'Copy package.json and package-lock.json first, the rest after npm ci',
    applicability: 'safe',
    rebuild: rebuilds(19),
    savedPercent: 60,
    affected: null,
    unknownRuns: null,
    bytesSaved: null,
  },
  {
    id: 'volatile-argument-early:13:0',
    rule: 'volatile-argument-early',
    path: 'Dockerfile',
    line: 13,
    title: 'Move ARG GIT_SHA just before its first use',
    applicability: 'safe',
    rebuild: rebuilds(40),
    savedPercent: 17,
    affected: null,
    unknownRuns: null,
    bytesSaved: null,
  },
  {
    id: 'missing-dockerignore:3:0',
    rule: 'missing-dockerignore',
    path: '.dockerignore',
    line: 0,
    title: 'Create .dockerignore',
    applicability: 'unsafe',
    rebuild: rebuilds(46),
    savedPercent: 4,
    affected: null,
    unknownRuns: null,
    bytesSaved: 162e6,
  },
  {
    id: 'dev-deps-in-image:4:0',
    rule: 'dev-deps-in-image',
    path: 'Dockerfile',
    line: 4,
    title: 'Leave development dependencies out of the image',
    applicability: 'manual',
    rebuild: null,
    savedPercent: null,
    affected: null,
    unknownRuns: null,
    bytesSaved: null,
  },
];

/** A shop in Node: two stages side by side, history, three fixes, measured builds. */
export function shopImpact(more: Partial<ImpactPicture> = {}): ImpactPicture {
  return {
    dockerfile: 'Dockerfile',
    context: '.',
    target: null,
    source: 'compose.yaml services.web',
    why: 'compose.yaml builds it as service web',
    commits: {
      replayed: 200,
      touchingContext: 171,
      rebuilding: 160,
      newest: '3f2a91c07be24d5e8c1f90a6b7d4e3f2a1b0c9d8',
      oldest: '99ab1230f4c5d6e7a8b9c0d1e2f3a4b5c6d7e8f9',
    },
    gap: null,
    gapKind: null,
    stages: [
      {
        label: 'build',
        line: 0,
        steps: [
          step(0, { line: 1, instruction: 'WORKDIR /app', startsAt: 0, onCleanPath: true }),
          step(1, {
            line: 3,
            instruction: 'COPY . .',
            startsAt: 1,
            rebuilds: 160,
            seconds: about(2),
            causes: [source, docs, lock],
            onCriticalPath: true,
            onCleanPath: true,
          }),
          step(2, {
            line: 4,
            instruction: 'RUN npm ci',
            startsAt: 3,
            rebuilds: 160,
            seconds: about(31),
            causes: [source, docs, lock],
            onCriticalPath: true,
            onCleanPath: true,
          }),
          step(3, {
            line: 5,
            instruction: 'RUN npm run build',
            startsAt: 34,
            rebuilds: 160,
            seconds: about(14, 'measured', 'median of 3 builds'),
            causes: [source, docs, lock],
            onCriticalPath: true,
            onCleanPath: true,
          }),
        ],
      },
      {
        label: 'assets',
        line: 7,
        steps: [
          step(4, { line: 8, instruction: 'COPY assets /assets', startsAt: 0, rebuilds: 4 }),
          step(5, {
            line: 9,
            instruction: 'RUN ./build.sh --optimise --all --verbose /assets',
            startsAt: 1,
            rebuilds: 4,
            seconds: unknown,
          }),
        ],
      },
      {
        label: 'stage-2',
        line: 11,
        steps: [
          step(6, {
            line: 12,
            instruction: 'RUN apt-get update && apt-get install -y --no-install-recommends tini',
            startsAt: 0,
            seconds: about(12, 'assumed'),
          }),
          step(7, {
            line: 15,
            instruction: 'COPY --from=build /app/dist /app',
            startsAt: 48,
            rebuilds: 130,
            maybe: 70,
            causes: [sha, source],
            onCriticalPath: true,
            onCleanPath: true,
          }),
        ],
      },
    ],
    clean: about(62),
    rebuild: rebuilds(48, 47, 61),
    scenarios: null,
    volatile: [
      {
        name: 'GIT_SHA',
        value: '${{ github.sha }}',
        where: '.github/workflows/image.yml:23',
        changes: 'commit',
      },
    ],
    fixes,
    allFixes: { rebuild: rebuilds(6), savedPercent: 87.5, left: 1 },
    safeFixes: { rebuild: rebuilds(11), savedPercent: 77 },
    measured: [
      {
        id: 'c',
        started: '2026-11-22T11:04:09Z',
        origin: 'Measure Build',
        seconds: 44.2,
        ran: 6,
        cached: 2,
      },
      { id: 'b', started: '2026-11-20T09:31:00Z', origin: 'ci.log', seconds: 66, ran: 8, cached: 0 },
      { id: 'a', started: null, origin: 'old.log', seconds: null, ran: 3, cached: 5 },
    ],
    notes: ['The clone is shallow and ends after 200 commits.'],
    ...more,
  };
}

/** The same without history. */
export function withoutHistory(gap: string, more: Partial<ImpactPicture> = {}): ImpactPicture {
  const shop = shopImpact();
  return {
    ...shop,
    commits: null,
    gap,
    gapKind: 'no-repository',
    rebuild: null,
    stages: shop.stages.map((stage) => ({
      ...stage,
      steps: stage.steps.map((one) => ({ ...one, rebuilds: 0, maybe: 0, causes: [] })),
    })),
    scenarios: [
      { name: 'a source edit', edit: 'src/app.ts', steps: [1, 2, 3, 7], seconds: about(48) },
      { name: 'a dependency edit', edit: 'src/app.ts', steps: [1, 2, 3, 7], seconds: about(48) },
      { name: 'a clean build', edit: null, steps: [0, 1, 2, 3, 4, 5, 6, 7], seconds: about(62) },
    ],
    fixes: shop.fixes.map((fix) => ({ ...fix, rebuild: null, savedPercent: null })),
    allFixes: null,
    safeFixes: null,
    measured: [],
    ...more,
  };
}
