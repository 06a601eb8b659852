import { describe, expect, it } from 'vitest';
import { buildsOf } from '../../server/src/project/discover.js';
import { contextPicture, contextReport } from '../../server/src/report/context.js';
import type { ContextInput } from '../../server/src/report/contextInput.js';
import { explanations, explanationText } from '../../server/src/report/explain.js';
import { contextNeeds } from '../../server/src/sim/context/needs.js';
import { ignorePatternsOf } from '../../server/src/sim/context/query.js';
import { buildGraph, shellOf } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { relativePath } from '../../server/src/text/paths.js';
import { memorySnapshot, root } from '../harness/memfs.js';

function input(
  files: Readonly<Record<string, string>>,
  tree = '',
  wish: Partial<ContextInput> = {},
): ContextInput {
  const snapshot = memorySnapshot(files, tree);
  const path = `${root}/Dockerfile`;
  const dockerfile = parseDockerfile(files.Dockerfile ?? '');
  const builds = buildsOf(snapshot, path);
  const [build] = builds;
  const graph = buildGraph(dockerfile, build);
  const shown = (full: string): string => relativePath(root, full);
  return { snapshot, build, builds, dockerfile, graph, shell: shellOf(undefined), shown, ...wish };
}

describe('a context report', () => {
  it('gives each instruction once, with all its sources and mounts', () => {
    const report = contextReport(
      input(
        {
          Dockerfile: [
            'FROM node AS deps',
            'RUN --mount=source=package.json,target=/a --mount=type=bind,source=lock,target=/b npm ci',
            'FROM node',
            'COPY --from=deps /x /x',
            'COPY src lock ./',
          ].join('\n'),
        },
        'package.json 10B\nlock 20B\nsrc/ 30B 3 files\ndocs/ 5MB 10 files\n',
      ),
    );
    expect(report?.copies.map(({ line, stage, sources }) => ({ line, stage, sources }))).toEqual([
      {
        line: 1,
        stage: 'deps',
        sources: [
          { source: 'package.json', files: 1, bytes: 10 },
          { source: 'lock', files: 1, bytes: 20 },
        ],
      },
      {
        line: 4,
        stage: 'stage-1',
        sources: [
          { source: 'src', files: 3, bytes: 30 },
          { source: 'lock', files: 1, bytes: 20 },
        ],
      },
    ]);
    expect(report?.sent).toMatchObject({ files: 5, bytes: 60, exact: true });
    expect(report?.largest.find(({ path }) => path === 'lock')?.neededBy).toEqual([1, 4]);
  });

  it('names what is sent and taken by no step', () => {
    const report = contextReport(
      input(
        { Dockerfile: 'FROM a\nRUN --mount=type=tmpfs,target=/t true\nCOPY src /src\n' },
        'src/ 30B 3 files\ndocs/ 5MB 10 files\n',
      ),
    );
    expect(report?.unused[0]).toEqual({ path: 'docs', files: 10, bytes: 5_000_000 });
  });

  it('counts nothing for a stage that is not built, and is not exact where a value is unknown', () => {
    const dead = contextReport(
      input({ Dockerfile: 'FROM a AS x\nCOPY big /b\nFROM a\nCOPY small /s\n' }, 'big 5MB\nsmall 1B\n'),
    );
    expect(dead?.sent).toMatchObject({ files: 1, bytes: 1 });
    const unknown = contextReport(
      input({ Dockerfile: 'FROM a\nCOPY $WHAT small /s/\n' }, 'big 5MB\nsmall 1B\n'),
    );
    expect(unknown?.sent.exact).toBe(false);
  });

  it('draws a picture whose sources know their lines', () => {
    const picture = contextPicture(
      input({ Dockerfile: 'FROM a\nCOPY src lock /\nCOPY . /all/\n' }, 'lock 1B\nsrc/ 30B 3 files\n', {
        tree: 100,
      }),
    );
    expect(picture?.lines).toEqual([1, 1, 2]);
    expect(picture?.report.sent.paths).toBeUndefined();
  });

  it('is lacking where the context is no folder', () => {
    const base = input({ Dockerfile: 'FROM a\nCOPY . /x\n' });
    const build = { ...base.build, context: `${root}/nowhere` };
    expect(contextReport({ ...base, build })).toBeUndefined();
  });

  it('keeps each error once, in the order of the lines', () => {
    const report = contextReport(
      input({ Dockerfile: 'FROM a\nCOPY b a b /x/\nCOPY a /y/\n', '.dockerignore': 'x\n[\n[\n!\n' }),
    );
    expect(report?.errors.map(({ path, line }) => `${path}:${line}`)).toEqual([
      '.dockerignore:1',
      '.dockerignore:2',
      '.dockerignore:3',
      'Dockerfile:1',
      'Dockerfile:1',
      'Dockerfile:2',
    ]);
  });
});

describe('a source that BuildKit does not find', () => {
  const messages = (copy: string, files: Record<string, string>, tree = ''): (string | undefined)[] =>
    (contextReport(input({ Dockerfile: `FROM a\n${copy}\n`, ...files }, tree))?.errors ?? []).map(
      ({ message }) => message,
    );

  it.each([
    ['COPY gone /x', {}, '"gone" is not in the context, so the build fails here.'],
    [
      'COPY a/b/c /x',
      { 'a/y': '' },
      '"a/b/c" is not in the context, which has no "a/b", so the build fails here.',
    ],
    [
      'COPY ../lib /x',
      {},
      '"../lib" leads out of the context; BuildKit drops the ".." and looks for "lib", which is not there, so the build fails here.',
    ],
    [
      'COPY Readme.md /x',
      { 'README.md': '' },
      '"Readme.md" is "README.md" on the disk, and BuildKit minds upper and lower case, so the build fails here.',
    ],
    [
      'COPY dist/a.js /x',
      { '.dockerignore': '# x\n/dist/\n', 'dist/a.js': '' },
      '"dist/a.js" is kept out of the context by line 2 of .dockerignore (/dist/), so the build fails here.',
    ],
    [
      'COPY dist /x',
      { '.dockerignore': 'dist\n' },
      '"dist" is kept out of the context by line 1 of .dockerignore (dist), and is not there either, so the build fails here.',
    ],
    ['COPY a/b /x', { a: '' }, '"a/b" is not in the context, where "a" is a file, so the build fails here.'],
  ])('%s', (copy, files, message) => {
    expect(messages(copy, files)).toEqual([message]);
  });

  it('over a link', () => {
    expect(messages('COPY link /x', {}, 'link -> real\n')).toEqual([
      '"link" leads over the link "link" to "real", which is not in the context, so the build fails here.',
    ]);
  });
});

describe('why a path is in the build', () => {
  const files = {
    Dockerfile: 'FROM a\nCOPY src /src\nCOPY docs /docs\n',
    '.dockerignore': 'docs\n!docs/*.md\nsrc/tmp/\n',
    'docs/a.md': '',
    'docs/b.txt': '',
    'src/a.js': '',
    'src/tmp/x': '',
    'other/y': '',
  };
  const why = (path: string): string[] => {
    const asked = input(files);
    const facts = {
      needs: contextNeeds(asked.graph, asked.dockerfile),
      ignore: { file: `${root}/.dockerignore`, parsed: ignorePatternsOf(asked.snapshot, asked.build).ignore },
    };
    return explanations(asked, facts, [path]).map(explanationText);
  };

  it.each([
    ['src/a.js', 'src/a.js is in the build: line 2 of the Dockerfile takes it.'],
    [
      'docs/a.md',
      'docs/a.md is in the build: line 3 of the Dockerfile takes it, and line 2 of .dockerignore (!docs/*.md) lets it in again.',
    ],
    ['docs/b.txt', 'docs/b.txt is not in the build: line 1 of .dockerignore (docs) keeps it out.'],
    ['src/tmp/x', 'src/tmp/x is not in the build: line 3 of .dockerignore (src/tmp/) keeps it out.'],
    ['./other//y', 'other/y is not in the build: no COPY, ADD or bind mount of this build takes it.'],
    ['src/new', 'There is no src/new in the context. If there were: line 2 of the Dockerfile takes it.'],
  ])('%s', (path, text) => {
    expect(why(path)).toEqual([text]);
  });
});
