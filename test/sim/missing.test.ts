import { describe, expect, it } from 'vitest';
import { buildsOf } from '../../server/src/project/discover.js';
import { cleanSource } from '../../server/src/project/tree.js';
import { missingSources } from '../../server/src/sim/context/missing.js';
import type { ContextNeeds, ContextUse } from '../../server/src/sim/context/model.js';
import { buildGraph } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { memorySnapshot, root } from '../harness/memfs.js';

function needsOf(text: string): ContextNeeds {
  const graph = buildGraph(parseDockerfile(text), { target: null, args: {}, namedContexts: [] });
  const uses = graph.stages.flatMap(({ steps, reachable }) =>
    steps.flatMap((step): ContextUse[] => {
      const { instruction } = step;
      if (instruction.kind !== 'COPY' || instruction.from !== undefined || !reachable) return [];
      const sources = instruction.sources.map(({ value, span }) => ({
        query: { path: cleanSource(value), wildcards: true, parents: false, exclude: [] },
        written: value,
        span,
      }));
      return [{ kind: 'copy', step, instruction, sources }];
    }),
  );
  const paths = uses.flatMap(({ sources }) => sources.map(({ query }) => query.path));
  return {
    loaded: true,
    follow: paths.includes('.') ? null : [...new Set(paths)].sort(),
    uses,
    unknown: [],
  };
}

/** What is missing for a `COPY` line in a context of these files: `path: reason`. */
function missing(copies: string, files: Record<string, string>, tree = ''): readonly string[] {
  const text = `FROM a\n${copies}\n`;
  const snapshot = memorySnapshot({ Dockerfile: text, ...files }, tree);
  const [build] = buildsOf(snapshot, `${root}/Dockerfile`);
  if (build.context !== root) throw new Error(`the context is ${build.context}`);
  return missingSources(snapshot, build, needsOf(text)).map(({ source, reason }) => {
    const { kind, ...rest } = reason;
    const shown = Object.values(rest).map((v) =>
      typeof v === 'object' ? `line ${v.line}` : String(v).replace(`${root}/`, ''),
    );
    return [source.written, kind, ...shown].join(' | ');
  });
}

describe('missing sources', () => {
  it('says what is not there, and from where on', () => {
    expect(missing('COPY a.txt b/c ./', { 'a.txt': '' })).toEqual(['b/c | missing | b']);
    expect(missing('COPY ./b/c/ /b/c /x/', { 'b/d': '' })).toEqual([
      './b/c/ | missing | b/c',
      '/b/c | missing | b/c',
    ]);
  });
  it('finds files, folders, empty ones too, and the root', () => {
    expect(missing('COPY a.txt b ./', { 'a.txt': '' }, 'b/')).toEqual([]);
    expect(missing('COPY . /x', {})).toEqual([]);
  });
  it('names the line of the ignore file', () => {
    const files = { 'dist/app.js': '', 'a.md': '', '.dockerignore': '# x\ndist\n*.md\n' };
    expect(missing('COPY dist a.md b.md ./', files)).toEqual([
      'dist | ignored | dist | line 1 | .dockerignore | true',
      'a.md | ignored | a.md | line 2 | .dockerignore | true',
      'b.md | ignored | b.md | line 2 | .dockerignore | false',
    ]);
    expect(missing('COPY dist/app.js ./', files)).toEqual([
      'dist/app.js | ignored | dist/app.js | line 1 | .dockerignore | true',
    ]);
  });
  it('knows that an exception brings the folders above along', () => {
    const files = { 'dist/app.js': '', '.dockerignore': 'dist\n!dist/app.js\n' };
    expect(missing('COPY dist ./', files)).toEqual([]);
    expect(missing('COPY dist ./', { ...files, '.dockerignore': 'dist\n!dist/other.js\n' })).toEqual([
      'dist | ignored | dist | line 0 | .dockerignore | true',
    ]);
    expect(missing('COPY dist ./', { '.dockerignore': 'dist\n!dist/other.js\n' })).toEqual([
      'dist | missing | dist',
    ]);
    expect(missing('COPY dist ./', { 'dist/a': '', '.dockerignore': 'dist/*\n' })).toEqual([]);
  });
  it('sees that only the case differs', () => {
    expect(missing('COPY readme.MD Src/Main.go ./', { 'README.md': '', 'src/main.go': '' })).toEqual([
      'readme.MD | case | README.md',
      'Src/Main.go | case | src/main.go',
    ]);
    expect(missing('COPY Src/other.go ./', { 'src/main.go': '' })).toEqual(['Src/other.go | missing | Src']);
  });
  it('says where `..` led', () => {
    expect(missing('COPY ../a.txt ./', { 'a.txt': '' })).toEqual([]);
    expect(missing('COPY ../b.txt x/../../c ./', {})).toEqual([
      '../b.txt | outside | /b.txt',
      'x/../../c | outside | /c',
    ]);
  });
  it('follows links', () => {
    const tree = 'link -> real\nabs -> /real\nbroken -> nope\nout -> ../../x\nloop -> loop';
    expect(missing('COPY link/f abs/f ./', { 'real/f': '' }, tree)).toEqual([]);
    expect(missing('COPY broken link/g out loop ./', { 'real/f': '' }, tree)).toEqual([
      'broken | link | broken | nope | undefined',
      'link/g | link | link | real | undefined',
      'out | link | out | ../../x | undefined',
      'loop | link | loop | loop | undefined',
    ]);
    expect(missing('COPY link ./', { 'real/f': '', '.dockerignore': 'real\n' }, tree)).toEqual([
      'link | link | link | real | line 0',
    ]);
  });
  it('sees a file where a folder is needed', () => {
    expect(missing('COPY a.txt/b ./', { 'a.txt': '' })).toEqual(['a.txt/b | file | a.txt']);
  });
  it('lets wildcards match nothing, but needs their folder', () => {
    expect(missing('COPY conf*.d yarn.lock* ./', {})).toEqual([]);
    expect(missing('COPY src/no*.zip ./', { 'src/a': '' })).toEqual(['src/no*.zip | unmatched | src']);
    expect(missing('COPY src/no*.zip src/a ./', { 'src/a': '' })).toEqual([]);
    expect(missing('COPY src/no*.zip ./\nCOPY . .', { 'src/a': '' })).toEqual([]);
    expect(missing('COPY src/*.zip ./', { 'src/a.zip': '' })).toEqual([]);
    expect(missing('COPY out/*.zip ./', {})).toEqual(['out/*.zip | missing | out']);
    expect(missing('COPY out/*.zip ./', { 'out/a.zip': '', '.dockerignore': 'out\n' })).toEqual([
      'out/*.zip | ignored | out | line 0 | .dockerignore | true',
    ]);
  });
});
