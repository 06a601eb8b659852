import { expect, it } from 'vitest';
import type { Engine } from '../../server/src/engine/model.js';
import { lintFile } from '../../server/src/engine/run.js';
import { allRules } from '../../server/src/rules/index.js';
import { memorySnapshot, root } from '../harness/memfs.js';
import { testShellParser } from '../harness/shell.js';

const engine: Engine = { rules: allRules, shellParser: await testShellParser() };

/** What is told of a RUN before which package.json alone is copied. */
function told(run: string, lock = 'package-lock.json'): readonly string[] {
  const snapshot = memorySnapshot({
    Dockerfile: `FROM node:20\nWORKDIR /app\nCOPY package.json ./\nRUN ${run}\nCOPY . .\n`,
    'package.json': '{"name":"app","dependencies":{"ms":"2.1.3"}}',
    [lock]: '{"lockfileVersion":3,"packages":{}}',
  });
  const { findings } = lintFile(engine, snapshot, `${root}/Dockerfile`, { only: ['manifest-missing'] });
  return findings.map(({ severity, message }) => `${severity}: ${message}`);
}

const fails = 'error: "npm ci" fails: package-lock.json is not copied before it.';
const anew = 'warning: "npm i" chooses versions anew: package-lock.json is not copied before it.';

it.each([
  ['npm ci', [fails]],
  ['npm ci; echo done', [fails]],
  ['npm ci && npm run build', [fails]],
  ['npm i --package-lock-only && npm ci', []],
  ['npm i && npm ci --omit=dev', [anew]],
  ['npm ci || npm i', [anew]],
  ['npm ci && echo done || npm i', [anew]],
])('%s', (run, expected) => {
  expect(told(run)).toEqual(expected);
});

it('a lock file that pnpm writes in the same RUN', () => {
  const run = 'pnpm install --lockfile-only && pnpm install --frozen-lockfile';
  expect(told(run, 'pnpm-lock.yaml')).toEqual([]);
});

it('a file that two installs lack is one file', () => {
  expect(told('yarn install && yarn install --production', 'yarn.lock')).toEqual([
    'warning: "yarn install" chooses versions anew: yarn.lock is not copied before it.',
  ]);
});
