import { describe, expect, test } from 'vitest';
import { buildsOf } from '../../server/src/project/discover.js';
import { builtOf } from '../../server/src/sim/context/built.js';
import { type TypicalEdits, typicalEdits } from '../../server/src/sim/replay/edits.js';
import { shellOf } from '../../server/src/sim/stages.js';
import { memorySnapshot, root } from '../harness/memfs.js';
import { testShellParser } from '../harness/shell.js';

const parser = await testShellParser();

function editsOf(dockerfile: string, files: Readonly<Record<string, string>>): TypicalEdits {
  const snapshot = memorySnapshot({ Dockerfile: dockerfile, ...files });
  const [build] = buildsOf(snapshot, `${root}/Dockerfile`);
  const built = builtOf(snapshot, build);
  if (built === undefined) throw new Error('no build');
  return typicalEdits(snapshot, build, built, shellOf(parser));
}

const shown = ({ source, dependency }: TypicalEdits) => [
  source && [source.path, [...source.sources]],
  dependency && [dependency.path, [...dependency.sources]],
];

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;

describe('edits that stand in for a history', () => {
  test('a file of the program, and the lock that the install reads', () => {
    const dockerfile = lines(
      'FROM node:22',
      'WORKDIR /app',
      'COPY package.json package-lock.json ./',
      'RUN npm ci',
      'COPY . .',
    );
    const edits = editsOf(dockerfile, {
      'package.json': '{}',
      'package-lock.json': '{"lockfileVersion":3,"packages":{}}',
      'eslint.config.js': '',
      '.prettierrc.js': '',
      'test/a.test.js': '',
      'src/server.js': '',
    });
    expect(shown(edits)).toEqual([
      ['src/server.js', [2]],
      ['package-lock.json', [0, 1, 2]],
    ]);
  });

  test('only what a step takes and the ignore file lets through', () => {
    const dockerfile = lines(
      'FROM golang:1.24',
      'COPY go.mod go.sum ./',
      'RUN go mod download',
      'COPY cmd cmd',
    );
    const edits = editsOf(dockerfile, {
      '.dockerignore': 'cmd/old\n',
      'go.mod': 'module a',
      'go.sum': '',
      'tool.go': '',
      'cmd/old/main.go': '',
      'cmd/web/main.go': '',
    });
    expect(shown(edits)).toEqual([
      ['cmd/web/main.go', [2]],
      ['go.sum', [0, 1]],
    ]);
  });

  test('a manifest where there is no lock; none where no step takes one', () => {
    const manifest = editsOf(lines('FROM maven:3', 'COPY pom.xml .', 'RUN mvn package'), {
      'pom.xml': '<project/>',
      'src/A.java': '',
    });
    expect(shown(manifest)).toEqual([undefined, ['pom.xml', [0]]]);
    const nothing = editsOf(lines('FROM alpine', 'RUN apk add git'), { 'src/a.c': '', 'package.json': '{}' });
    expect(shown(nothing)).toEqual([undefined, undefined]);
  });
});
