import { describe, expect, it } from 'vitest';
import { contextView } from '../../server/src/project/context.js';
import { buildsOf } from '../../server/src/project/discover.js';
import { explainPath } from '../../server/src/sim/context/explain.js';
import { contextNeeds } from '../../server/src/sim/context/needs.js';
import { buildGraph } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { memory } from '../project/memory.js';

const files = {
  '/w/.git/HEAD': '',
  '/w/.dockerignore': 'docs\n!docs/a.md\n*.log\n',
  '/w/src/app.js': '',
  '/w/src/app.test.js': '',
  '/w/src/deep/x.js': '',
  '/w/docs/a.md': '',
  '/w/docs/b.md': '',
  '/w/x.log': '',
  '/w/link': { link: 'src/deep' },
};

/** `path` → whether it is let through, by which line, and the lines of the steps that take it. */
function explain(steps: readonly string[], path: string): readonly [boolean, number | undefined, string[]] {
  const text = ['FROM a', ...steps, ''].join('\n');
  const snapshot = memory({ ...files, '/w/Dockerfile': text }, ['/w']);
  const [build] = buildsOf(snapshot, '/w/Dockerfile');
  const view = build && contextView(snapshot, build);
  if (view === undefined) throw new Error('no context');
  const dockerfile = parseDockerfile(text);
  const graph = buildGraph(dockerfile, { target: null, args: {}, namedContexts: [] });
  const { uses } = contextNeeds(graph, dockerfile);
  const { included, by, copiedBy } = explainPath(view, uses, path);
  return [included, by?.line, copiedBy.map(({ instruction }) => instruction.text)];
}

describe('explainPath', () => {
  it('names the line that decides', () => {
    expect(explain(['COPY . /'], 'docs/b.md')).toEqual([false, 0, []]);
    expect(explain(['COPY . /'], 'docs/a.md')).toEqual([true, 1, ['COPY . /']]);
    expect(explain(['COPY . /'], './x.log')).toEqual([false, 2, []]);
    expect(explain(['COPY . /'], 'src/app.js')).toEqual([true, undefined, ['COPY . /']]);
  });

  it('names what takes it', () => {
    const steps = [
      'COPY src/*.js /a/',
      'COPY --exclude=*.test.js src /b/',
      'COPY --parents src/deep /c/',
      'RUN --mount=source=src/app.js,target=/m true',
      'COPY docs /d/',
    ];
    const taking = (path: string): readonly string[] => explain(steps, path)[2].map((text) => text.slice(-3));
    expect(taking('src/app.js')).toEqual(['/a/', '/b/', 'rue']);
    expect(taking('src/app.test.js')).toEqual(['/a/']);
    expect(taking('src/deep/x.js')).toEqual(['/b/', '/c/']);
    expect(taking('src')).toEqual(['/a/', '/b/', '/c/', 'rue']);
    expect(taking('elsewhere')).toEqual([]);
    expect(taking('.')).toHaveLength(5);
  });

  it('follows links', () => {
    expect(explain(['COPY link /'], 'src/deep/x.js')[2]).toEqual(['COPY link /']);
    expect(explain(['COPY l* /'], 'src/deep/x.js')[2]).toEqual(['COPY l* /']);
    expect(explain(['COPY link /'], 'link')[2]).toEqual(['COPY link /']);
    expect(explain(['COPY link /'], 'src/app.js')[2]).toEqual([]);
  });
});
