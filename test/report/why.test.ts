import { describe, expect, it } from 'vitest';
import type { Build } from '../../server/src/project/build.js';
import {
  becauseText,
  revisionQuery,
  type WhySide,
  whyAgainst,
  whySteps,
} from '../../server/src/report/why.js';
import type { ContextEntry } from '../../server/src/sim/cache/model.js';
import type { RevisionState } from '../../server/src/sim/replay/revision.js';
import { memorySnapshot } from '../harness/memfs.js';

function entries(files: Readonly<Record<string, string>>): ReadonlyMap<string, ContextEntry> {
  return new Map(
    Object.entries(files).map(([path, content]) => [path, { kind: 'file', mode: 0o644, content }]),
  );
}

const options = { target: null, args: {}, namedContexts: [] };
const text = 'FROM node\nCOPY package.json .\nRUN npm ci\nCOPY src src\nRUN npm run build\n';

function side(
  dockerfile: string,
  files: Readonly<Record<string, string>>,
  more: Partial<WhySide> = {},
): WhySide {
  return { dockerfile, ignore: null, build: options, context: entries(files), ...more };
}

/** `COPY src src: src/a.js changed` for each step that is not cached. */
function shown(before: WhySide | null, after: WhySide): readonly string[] {
  return whySteps(before, after, undefined)
    .filter(({ cached }) => cached !== true)
    .map(({ instruction, cached, because }) => {
      const maybe = cached === 'maybe' ? '? ' : '';
      return `${maybe}${instruction}: ${because === null ? '' : `${because.kind}, ${becauseText(because)}`}`;
    });
}

const files = { 'package.json': 'p', 'src/a.js': 'a' };

describe('why a build runs steps again', () => {
  it('tells every step with its line and stage, null where it is cached', () => {
    const steps = whySteps(side(text, files), side(text, { ...files, 'src/a.js': 'b' }), undefined);
    expect(steps).toEqual([
      { line: 1, stage: 'stage-0', instruction: 'COPY package.json .', cached: true, because: null },
      { line: 2, stage: 'stage-0', instruction: 'RUN npm ci', cached: true, because: null },
      {
        line: 3,
        stage: 'stage-0',
        instruction: 'COPY src src',
        cached: false,
        because: { kind: 'file', detail: 'src/a.js', parentLine: null },
      },
      {
        line: 4,
        stage: 'stage-0',
        instruction: 'RUN npm run build',
        cached: false,
        because: { kind: 'parent', detail: 'COPY src src', parentLine: 3 },
      },
    ]);
  });

  it('a step under one that surely runs again does so because of it, whatever the base image says', () => {
    const of = (base: string, run: string): WhySide => side(`FROM ${base}\nRUN ${run}\nCOPY src .\n`, files);
    expect(shown(of('node:20', 'apk add git'), of('node:22', 'apk add make'))).toEqual([
      'RUN apk add make: instruction, the instruction, or what stands before it, is another',
      'COPY src .: parent, after line 2',
    ]);
  });

  it.each([
    ['a new file', {}, { 'src/b.js': 'b' }, 'COPY src src: file, src/b.js changed'],
    [
      'the first of several',
      { 'src/c.js': 'c' },
      { 'src/b.js': 'b' },
      'COPY src src: file, src/b.js changed',
    ],
  ])('names the file: %s', (_, before, after, expected) => {
    expect(shown(side(text, { ...files, ...before }), side(text, { ...files, ...after }))[0]).toBe(expected);
  });

  it('tells a mode from content', () => {
    const after = new Map(entries(files)).set('src/a.js', { kind: 'file', mode: 0o755, content: 'a' });
    expect(shown(side(text, files), side(text, files, { context: after }))[0]).toBe(
      'COPY src src: mode, the mode of src/a.js changed',
    );
  });

  it('tells what the ignore file hides from what is gone', () => {
    const before = side(text, { ...files, 'src/b.js': 'b' });
    expect(shown(before, { ...before, ignore: 'src/b.js\n' })[0]).toBe(
      'COPY src src: ignore, the ignore file shows src/b.js where it hid it, or hides it',
    );
  });

  it.each([
    ['ENV A=1\n', 'ENV A=2\n', 'RUN npm ci: environment, the environment: A'],
    ['ARG A=1\n', 'ARG A=2\n', 'RUN npm ci: argument, the build argument A'],
    ['USER a\n', 'USER b\n', 'RUN npm ci: user, USER b'],
    ['SHELL ["sh", "-c"]\n', 'SHELL ["bash", "-c"]\n', 'RUN npm ci: shell, SHELL bash -c'],
    ['', 'RUN echo\n', 'RUN echo: new, it is new'],
    ['RUN echo\n', '', 'RUN npm ci: instruction, the instruction, or what stands before it, is another'],
  ])('names what stands above: %j becomes %j', (before, after, expected) => {
    const of = (line: string): WhySide => side(text.replace('RUN npm ci', `${line}RUN npm ci`), files);
    expect(shown(of(before), of(after))[0]).toBe(expected);
  });

  it.each([
    ['RUN --mount=type=cache,target=/c x', 'RUN --mount=type=cache,target=/d x', 'mount, the mount at /d'],
    ['RUN --mount=type=secret,id=a x', 'RUN --mount=type=secret,id=b x', 'secret, the secret b'],
    ['WORKDIR /a', 'WORKDIR /b', 'workdir, the working folder /b'],
  ])('names a part of the step: %s', (before, after, expected) => {
    const of = (line: string): WhySide => side(`FROM scratch\n${line}\n`, {});
    expect(shown(of(before), of(after))).toEqual([`${after}: ${expected}`]);
  });

  it('names the base', () => {
    const of = (image: string): WhySide => side(`FROM ${image}\nRUN x\n`, {});
    expect(shown(of('a:1'), of('a:2'))).toEqual(['RUN x: base, the base image a:2']);
  });

  it('says what only a build can tell', () => {
    const stages = 'FROM a AS b\nCOPY src /s\nRUN make\nFROM c\nCOPY --from=b /out /out\nRUN last\n';
    expect(shown(side(stages, files), side(stages, { ...files, 'src/a.js': 'b' })).slice(2)).toEqual([
      '? COPY --from=b /out /out: parent, Only the build tells whether /out of stage b comes out as before.',
      '? RUN last: parent, after line 5',
    ]);
  });

  it('all is new after nothing', () => {
    expect(shown(null, side('FROM a\nRUN x\n', {}))).toEqual(['RUN x: new, it is new']);
  });
});

describe('against a revision', () => {
  const build: Build = {
    dockerfile: '/project/Dockerfile',
    context: '/project',
    remote: false,
    ignoreFile: null,
    ...options,
    source: 'heuristic',
    kind: 'heuristic',
    why: '',
  };
  const state = (texts: Readonly<Record<string, string | null>>): RevisionState => ({
    commit: 'c',
    before: entries(files),
    after: entries({ ...files, 'src/b.js': 'b' }),
    texts: new Map(Object.entries(texts)),
    notes: [],
  });

  it('asks for all that decides', () => {
    expect(revisionQuery(build, 'HEAD')).toEqual({
      root: '/project',
      revision: 'HEAD',
      texts: ['/project/Dockerfile', '/project/Dockerfile.dockerignore', '/project/.dockerignore'],
    });
  });

  it('compares Dockerfile, ignore file and files', () => {
    const snapshot = memorySnapshot({ Dockerfile: text, '.dockerignore': 'src/b.js\n' });
    const words = (texts: Readonly<Record<string, string | null>>): readonly unknown[] =>
      whyAgainst(snapshot, build, state(texts), undefined)?.map(({ cached }) => cached) ?? [];
    expect(words({ '/project/Dockerfile': text })).toEqual([true, true, true, true]);
    expect(words({ '/project/Dockerfile': text, '/project/.dockerignore': '*.json' })).toEqual([
      ...[false, false, false, false],
    ]);
    expect(words({ '/project/Dockerfile': null })).toEqual([false, false, false, false]);
  });

  it('says nothing where there is no Dockerfile now', () => {
    expect(whyAgainst(memorySnapshot({}), build, state({}), undefined)).toBeUndefined();
  });
});
