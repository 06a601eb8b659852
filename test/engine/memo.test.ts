import { describe, expect, it } from 'vitest';
import { type Dice, dice } from '../../scripts/record/random/dice.js';
import { fixAll } from '../../server/src/engine/fixall.js';
import type { Engine } from '../../server/src/engine/model.js';
import { lintFile } from '../../server/src/engine/run.js';
import { outcomeOf, verifiedFixes } from '../../server/src/engine/verify.js';
import { projectBuilds } from '../../server/src/project/discover.js';
import {
  type Facts,
  type ParseCache,
  parseCache,
  type TrackedSnapshot,
  trackedSnapshot,
  type Want,
} from '../../server/src/project/snapshot.js';
import { allRules } from '../../server/src/rules/index.js';
import { testShellParser } from '../harness/shell.js';
import { type Files, factsOf } from '../project/memory.js';

const engine: Engine = { rules: allRules, shellParser: await testShellParser() };
const options = { profile: 'everything' } as const;

const npm = (extra = ''): string =>
  `{"name":"a","version":"1.0.0","scripts":{"build":"tsc"${extra}},"dependencies":{"ms":"2.1.3"},"devDependencies":{"typescript":"5.4.5"}}`;
const lock =
  '{"name":"a","lockfileVersion":3,"packages":{"":{"name":"a","dependencies":{"ms":"2.1.3"},"devDependencies":{"typescript":"5.4.5"}},"node_modules/ms":{"version":"2.1.3"},"node_modules/typescript":{"version":"5.4.5","dev":true}}}';
const late = 'FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node","a.js"]\n';
const compose = (more: string): string => `services:\n  web:\n    build:\n      context: .\n${more}`;

/** What each file may become; undefined: it is not there. */
const texts: Readonly<Record<string, readonly (string | undefined)[]>> = {
  '/p/Dockerfile': [
    late,
    late.replace('ci', 'ci && npm run build'),
    'FROM node:20 AS dev\nWORKDIR /app\nENV NODE_ENV=production\nCOPY . .\nRUN npm ci\nRUN npm run build\nFROM dev AS prod\nCMD ["npm","start"]\n',
    'FROM node:20\nWORKDIR /app\nCOPY web/ .\nRUN npm ci\n',
    'FROM node:20\nWORKDIR /app\nADD . .\nRUN npm install\nFROM scratch\nCOPY --from=0 /app /app\n',
    undefined,
  ],
  '/p/web/Dockerfile': [
    late,
    'FROM node:20\nWORKDIR /app\nCOPY web .\nRUN npm ci\n',
    'ARG V=20\nFROM node:$V\nCOPY package.json /app/\nRUN cd /app && npm ci\n',
    undefined,
  ],
  '/p/py.Dockerfile': [
    'FROM python:3.11\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n',
    '{{ template }}\n',
    undefined,
  ],
  '/p/compose.yaml': [
    compose(''),
    compose('      target: dev\n'),
    compose('      dockerfile: web/Dockerfile\n'),
    compose('    volumes: [".:/app"]\n    command: npm run watch\n'),
    'include: [other/compose.yaml]\nservices:\n  w:\n    build: web\n',
    'services: [\n',
    undefined,
  ],
  '/p/other/compose.yaml': [
    'services:\n  o:\n    build: ../web\n',
    compose('      target: prod\n'),
    undefined,
  ],
  '/p/.github/workflows/a.yml': [
    'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build -f web/Dockerfile .\n',
    'on: push\njobs:\n  a:\n    runs-on: self-hosted\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          context: .\n          target: dev\n',
    undefined,
  ],
  '/p/Makefile': [
    undefined,
    'build:\n\tdocker build -f py.Dockerfile .\n',
    'a:\n\tDOCKER_BUILDKIT=0 docker build .\n',
  ],
  '/p/docker-bake.hcl': [undefined, 'target "a" {\n  dockerfile = "web/Dockerfile"\n}\n'],
  '/p/.dockerignore': [undefined, 'node_modules\n.git\n', '*\n!package.json\n!web\n', '*.json\n'],
  '/p/web/.dockerignore': [undefined, 'node_modules\n'],
  '/p/Dockerfile.dockerignore': [undefined, 'web\nnode_modules\n'],
  '/p/.plimsoll.yaml': [
    undefined,
    'profile: default\n',
    'builds:\n  - dockerfile: Dockerfile\n    context: web\n',
    'exclude: [web]\nrules:\n  source-before-deps: error\n',
  ],
  '/p/web/.plimsoll.yaml': [undefined, 'rules:\n  source-before-deps: off\n'],
  '/p/package.json': [npm(), npm(',"postinstall":"node x"'), npm(',"start":"node a.js"'), '{', undefined],
  '/p/package-lock.json': [lock, undefined],
  '/p/web/package.json': [npm(), undefined],
  '/p/web/package-lock.json': [lock, undefined],
  '/p/.npmrc': [undefined, 'ignore-scripts=true\n'],
  '/p/node_modules/ms/package.json': [undefined, '{}'],
  '/p/requirements.txt': ['flask==3.0.0\n', '-r more/a.txt\n', undefined],
  '/p/more/a.txt': ['requests==2.0.0\n', undefined],
  '/p/a.js': ['1\n', 'require("typescript")\n'],
  '/p/.env': [undefined, 'TAG=1\n'],
};
const roots: readonly (readonly string[])[] = [['/p'], ['/p', '/p/web'], ['/p/web']];

interface World {
  readonly files: Files;
  readonly folders: readonly string[];
}

function changed({ files, folders }: World, roll: Dice): World {
  if (roll.chance(5)) return { files, folders: roll.pick(roots) };
  const path = roll.pick(Object.keys(texts));
  const text = roll.pick(texts[path] ?? []);
  const { [path]: _, ...others } = files;
  return { files: text === undefined ? others : { ...others, [path]: text }, folders };
}

/** `facts`, of which only what was asked for before is there. */
function revealed({ texts: all, folders, indexes, measures }: Facts, known: ReadonlySet<string>): Facts {
  const part = <T>(kind: string, from: { get(path: string): T | undefined } | undefined) => ({
    get: (path: string) => (known.has(`${kind}:${path}`) ? from?.get(path) : undefined),
  });
  return {
    texts: part('text', all),
    folders: part('list', folders),
    indexes: part('index', indexes),
    measures: part('measure', measures),
  };
}

/** What `ask` says once all is there that it asks for, loaded round by round as the adapters do. */
function resolved<T>(world: World, cache: ParseCache, ask: (snapshot: TrackedSnapshot) => T): T {
  const facts = factsOf(world.files);
  const known = new Set<string>();
  for (;;) {
    const snapshot = trackedSnapshot(revealed(facts, known), world.folders, cache);
    const answer = ask(snapshot);
    const wanted: readonly Want[] = snapshot.wanted();
    if (wanted.length === 0) return answer;
    for (const { kind, path } of wanted) known.add(`${kind}:${path}`);
  }
}

/** All that is said of every Dockerfile, with what its fixes write. */
function said(snapshot: TrackedSnapshot): unknown {
  return ['/p/Dockerfile', '/p/web/Dockerfile', '/p/py.Dockerfile'].map((path) => {
    const report = lintFile(engine, snapshot, path, options);
    const { texts: fixed, applied } = fixAll(engine, snapshot, path, { ...options, fixes: 'unsafe' });
    return {
      ...report,
      findings: report.findings.map(({ fixes: _, ...finding }) => {
        const offered = verifiedFixes(engine, snapshot, report, { ...finding, fixes: _ }, options);
        return {
          ...finding,
          fixes: offered.map(({ changes, ...fix }) => {
            const outcome = outcomeOf(snapshot, changes());
            return { ...fix, texts: typeof outcome === 'string' ? outcome : [...outcome.texts] };
          }),
        };
      }),
      fixed: [...fixed],
      applied,
    };
  });
}

describe('what is remembered changes no answer', () => {
  it.each([0, 1, 2])('edits of a project, sequence %i', (index) => {
    const roll = dice(14, index);
    const kept = parseCache();
    let world: World = {
      files: Object.fromEntries(
        Object.entries(texts).flatMap(([path, [text]]) => (text === undefined ? [] : [[path, text]])),
      ),
      folders: ['/p'],
    };
    for (let step = 0; step < 6; step++) {
      const fresh = said(trackedSnapshot(factsOf(world.files), world.folders, parseCache()));
      expect(JSON.stringify(resolved(world, kept, said)), `step ${step}`).toBe(JSON.stringify(fresh));
      world = changed(world, roll);
    }
  });

  it('workspace folders that come and go', () => {
    const facts = factsOf({
      '/p/Dockerfile': 'FROM node\nCOPY . .\n',
      '/p/web/Dockerfile': 'FROM node\nCOPY web/a .\n',
      '/p/web/a': '1',
    });
    const kept = parseCache();
    for (const folders of [['/p'], ['/p', '/p/web'], ['/p/web'], ['/p']])
      for (const path of ['/p/Dockerfile', '/p/web/Dockerfile'])
        expect(projectBuilds(trackedSnapshot(facts, folders, kept), path)).toEqual(
          projectBuilds(trackedSnapshot(facts, folders), path),
        );
  });
});
