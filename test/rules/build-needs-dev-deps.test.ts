import { expect, it } from 'vitest';
import type { Engine } from '../../server/src/engine/model.js';
import { lintFile } from '../../server/src/engine/run.js';
import { allRules } from '../../server/src/rules/index.js';
import { memorySnapshot, root } from '../harness/memfs.js';
import { testShellParser } from '../harness/shell.js';

const engine: Engine = { rules: allRules, shellParser: await testShellParser() };

/** How many failures are told of a build that runs tsc, after an install without it and with `lines` in between. */
function told(lines: string, before = '', files: Readonly<Record<string, string>> = {}): number {
  const snapshot = memorySnapshot({
    Dockerfile: `${before}FROM node:20\nWORKDIR /srv/app\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY . .\n${lines}\nRUN npm run build\n`,
    'package.json': '{"scripts":{"build":"tsc"},"devDependencies":{"typescript":"5.4.5"}}',
    'package-lock.json':
      '{"lockfileVersion":3,"packages":{"":{},"node_modules/typescript":{"version":"5.4.5","dev":true,"bin":{"tsc":"bin/tsc"}}}}',
    ...files,
  });
  const { findings } = lintFile(engine, snapshot, `${root}/Dockerfile`, { only: ['build-needs-dev-deps'] });
  return findings.length;
}

const library = 'FROM node:20 AS library\nWORKDIR /srv\nCOPY lib/package.json ./\nRUN npm install\n';

it.each([
  ['another image brings packages', 'COPY --from=registry.example/deps /nm ./node_modules'],
  ['another image brings all of the folder', 'COPY --from=registry.example/deps /app/ ./'],
  ['another image brings programs', 'COPY --from=registry.example/tools /usr/local/bin/ /usr/local/bin/'],
  ['another image brings all programs', 'COPY --from=registry.example/tools /usr/local/bin/* /usr/bin/'],
  ['an archive is unpacked into the folder', 'ADD packages.tar.gz ./'],
  ['a download is unpacked into the folder', 'RUN curl -sL https://example.com/x.tgz | tar xz'],
  [
    'a download is unpacked above the folder',
    'RUN curl -sLo x.zip https://example.com/x && unzip x.zip -d /srv',
  ],
  ['everything of another folder is copied there', 'RUN cp -a /opt/made/. .'],
])('may bring what was left out: %s', (_, lines) => {
  expect(told(lines)).toBe(0);
});

it.each([
  ['another image brings one program', 'COPY --from=composer:2 /usr/bin/composer /usr/bin/composer'],
  ['another image brings a folder elsewhere', 'COPY --from=registry.example/x /data/ /data/'],
  ['an archive is unpacked elsewhere', 'ADD data.tar.gz /data/'],
  ['a download is unpacked elsewhere', 'RUN curl -sL https://example.com/x.tgz | tar xz -C /opt'],
  ['a folder is copied beside it', 'RUN cp -r src lib'],
])('brings nothing that was left out: %s', (_, lines) => {
  expect(told(lines)).toBe(1);
});

it('a stage of an image that is not known may bring packages', () => {
  const lines = 'COPY --from=deps /app/node_modules ./node_modules';
  expect(told(lines, 'FROM registry.example/deps AS deps\n')).toBe(0);
  expect(told(lines, 'FROM node:20 AS deps\n')).toBe(1);
});

it('npm looks for programs in the folders above too', () => {
  const files = { 'lib/package.json': '{"dependencies":{"typescript":"5.4.5"}}' };
  expect(told('COPY --from=library /srv/node_modules /srv/node_modules', library, files)).toBe(0);
  expect(told('COPY --from=library /srv/node_modules /opt/node_modules', library, files)).toBe(1);
});

it('the project brings the program itself', () => {
  expect(told('COPY tools/ /usr/local/bin/', '', { 'tools/tsc': '#!/bin/sh\n' })).toBe(0);
  expect(told('COPY tools/ /usr/local/bin/', '', { 'tools/other': '#!/bin/sh\n' })).toBe(1);
});
