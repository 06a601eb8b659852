import { describe, expect, it } from 'vitest';
import type { ContextMeasure, ContextQuery } from '../../server/src/project/measure.js';
import { measureContext } from '../../server/src/sim/context/measure.js';
import { type TreeItem, treeOf } from '../harness/tree.js';
import { simulate } from './vectors.js';

type Tree = Readonly<Record<string, TreeItem>>;

/** What is measured for the given COPY lines; the Dockerfile itself is not part of the context here. */
function measure(
  tree: Tree,
  copies: readonly string[],
  ignore: readonly string[] = [],
  wish: Partial<ContextQuery> = {},
): ContextMeasure {
  const row = {
    id: '',
    tree: {},
    dockerfile: ['FROM scratch', ...copies, ''].join('\n'),
    contextLoaded: true,
  };
  const { query } = simulate(row);
  return measureContext({ ...query, ignore, ...wish }, treeOf(tree));
}

function amounts(list: readonly { files: number; bytes: number }[]): readonly (readonly number[])[] {
  return list.map(({ files, bytes }) => [files, bytes]);
}

describe('what each source takes', () => {
  const tree = {
    'src/a.js': 10,
    'src/b.md': 20,
    'src/deep/c.js': 40,
    'src/deep/d.md': 80,
    'lib/e.js': 160,
    'x.md': 320,
    link: { symlink: 'src/deep' },
  };

  it('counts what is at and below it', () => {
    const { sources } = measure(tree, ['COPY src /x/', 'COPY src/deep/ x.md /y/', 'COPY . /all/']);
    expect(amounts(sources)).toEqual([
      [4, 150],
      [2, 120],
      [1, 320],
      [6, 630],
    ]);
    expect(sources.map(({ matches }) => matches)).toEqual([['src'], ['src/deep'], ['x.md'], ['.']]);
  });

  it('wildcards stand for one name each, though more is sent', () => {
    const { link, ...plain } = tree;
    const { sources, sent } = measure(plain, ['COPY **/*.js /x/']);
    expect(amounts(sources)).toEqual([[2, 170]]);
    expect(sources[0]?.matches).toEqual(['lib/e.js', 'src/a.js']);
    expect([sent.files, sent.bytes]).toEqual([3, 210]);
    // A link that the first name hits makes BuildKit ask for all that this name hits.
    expect(measure({ ...plain, link }, ['COPY **/*.js /x/']).sent.files).toBe(6);
  });

  it('--exclude counts from the source, and never drops the source itself', () => {
    expect(amounts(measure(tree, ['COPY --exclude=*.md src /x/']).sources)).toEqual([[3, 130]]);
    expect(amounts(measure(tree, ['COPY --exclude=**/*.md src /x/']).sources)).toEqual([[2, 50]]);
    expect(amounts(measure(tree, ['COPY --exclude=*.md *.md /x/']).sources)).toEqual([[1, 320]]);
    expect(amounts(measure(tree, ['COPY --exclude=deep s* /x/']).sources)).toEqual([[2, 30]]);
  });

  it('--parents crosses folders with **, and counts from its pivot', () => {
    expect(amounts(measure(tree, ['COPY --parents **/*.js /x/']).sources)).toEqual([[3, 210]]);
    const pivoted = measure(tree, ['COPY --parents src/./*.md /x/', 'COPY --parents src/./deep /x/']);
    expect(amounts(pivoted.sources)).toEqual([
      [1, 20],
      [2, 120],
    ]);
    expect(pivoted.sources.map(({ matches }) => matches)).toEqual([['src/b.md'], ['src/deep']]);
  });

  it('follows a source that is a link, or leads through one', () => {
    const { sources } = measure(tree, ['COPY link /x/', 'COPY link/c.js /y/', 'COPY l* /z/']);
    expect(amounts(sources)).toEqual([
      [2, 120],
      [1, 40],
      [3, 280],
    ]);
    expect(sources.map(({ found, matches }) => [found, matches])).toEqual([
      [true, ['link']],
      [true, ['link/c.js']],
      [true, ['lib', 'link']],
    ]);
  });

  it('copies a link in a folder as a link', () => {
    const inside = { 'a/l': { symlink: '../big' }, big: 1000, 'a/f': 1 };
    expect(amounts(measure(inside, ['COPY a /x/']).sources)).toEqual([[1, 1]]);
    expect(measure(inside, ['COPY a /x/']).paths).toEqual(['a/', 'a/f', 'a/l']);
  });

  it('takes no target of a link that is ignored', () => {
    const { sources } = measure(
      { 'd/x': 1, 'l/y': 2, lx: { symlink: 'd' } },
      ['COPY l* /z/', 'COPY d /d'],
      ['lx'],
    );
    expect(amounts(sources)).toEqual([
      [1, 2],
      [1, 1],
    ]);
  });

  it('counts the content of a file with several names once', () => {
    const twice = { 'a/h1': 500, 'b/h2': { hardlink: 'a/h1' } };
    const { sources, sent, paths } = measure(twice, ['COPY a /a', 'COPY b /b', 'COPY . /c']);
    expect(amounts(sources)).toEqual([
      [1, 500],
      [1, 500],
      [1, 500],
    ]);
    expect([sent.files, sent.bytes, sent.entries]).toEqual([1, 500, 4]);
    expect(paths).toEqual(['a/', 'a/h1', 'b/', 'b/h2']);
  });
});

describe('what BuildKit fails on', () => {
  const tree = { 'src/a.js': 1, 'docs/b.md': 2, dangling: { symlink: 'nowhere' }, loop: { symlink: 'loop' } };
  const found = (copy: string, ignore: readonly string[] = []): readonly boolean[] =>
    measure(tree, [copy], ignore).sources.map((source) => source.found);

  it('a missing or ignored path', () => {
    expect(found('COPY none src/a.js /')).toEqual([false, true]);
    expect(found('COPY src/a.js docs /', ['docs'])).toEqual([true, false]);
    expect(found('COPY dangling /')).toEqual([false]);
    expect(found('COPY loop /')).toEqual([false]);
    expect(found('COPY d*g /')).toEqual([false]);
  });

  it('no wildcard, as long as the folder before it is sent', () => {
    expect(found('COPY none* /')).toEqual([true]);
    expect(found('COPY src/none*.zip docs /')).toEqual([false, true]);
    expect(found('COPY src/none*.zip src/a.js /')).toEqual([true, true]);
    expect(found('COPY src/*.js /', ['src'])).toEqual([false]);
  });

  it('--parents without wildcards has to find something', () => {
    expect(found('COPY --parents src/a.js src/none none*/x /')).toEqual([true, false, true]);
    expect(found('COPY --parents none/./a* /')).toEqual([false]);
  });

  it('--parents with a wildcard before its pivot may find nothing', () => {
    const { sources } = measure({ 'a/x/1': 1, 'a/x/2': 2, 'b/x/1': 4, 'b/f': 8 }, [
      'COPY --parents */x/./1 /',
      'COPY --parents none*/./1 /',
      'COPY --parents b/*/./2 /',
    ]);
    expect(amounts(sources)).toEqual([
      [2, 5],
      [0, 0],
      [0, 0],
    ]);
    expect(sources.map((source) => source.found)).toEqual([true, true, true]);
  });

  it('a control character in a path, unless another path makes the client escape them', () => {
    const odd = { 'a\tb': 1, é: 2 };
    expect(measure(odd, ['COPY ["a\\tb", "/"]']).sources.map((source) => source.found)).toEqual([false]);
    expect(measure(odd, ['COPY ["a\\tb", "é", "/"]']).sources.map((source) => source.found)).toEqual([
      true,
      true,
    ]);
  });

  it('the second path through one link, which is not followed again', () => {
    const linked = { 'd/x': 1, 'd/y': 2, l: { symlink: 'd' } };
    const { sources, paths } = measure(linked, ['COPY l/x l/y /']);
    expect(paths).toEqual(['d/', 'd/x', 'l']);
    expect(sources.map((source) => source.found)).toEqual([true, false]);
  });
});

describe('the ignore file', () => {
  const tree = { 'a/x': 1, 'a/y.md': 2, 'b/z.md': 4, 'c.md': 8, 'd/e/f': 16 };

  it('fails at once for a malformed pattern, and for others once they are asked', () => {
    const bad = measure(tree, ['COPY . /'], ['b', '[', 'c.md']);
    expect(bad.error?.pattern).toBe(1);
    expect(bad.sent.files).toBe(5);
    expect(measure(tree, ['COPY . /'], ['b', '[z-a]']).error?.pattern).toBe(1);
    expect(measure(tree, ['COPY . /'], ['**', '[z-a]']).error).toBeNull();
    expect(measure(tree, ['COPY . /'], ['**', '[z-a]'], { all: true }).error).toBeNull();
  });

  it('counts what it hides, and what each line does', () => {
    const { all, ignored, patterns, sent } = measure(
      tree,
      ['COPY . /'],
      ['**/*.md', '!c.md', 'a', 'a/x', '!d', 'nothing'],
      { all: true },
    );
    expect([all, ignored]).toEqual([
      { files: 5, bytes: 31 },
      { files: 3, bytes: 7 },
    ]);
    expect([sent.files, sent.bytes]).toEqual([2, 24]);
    expect(patterns?.map(({ matched, decides }) => [matched.files, decides.files])).toEqual([
      [3, 1],
      [1, 1],
      [2, 2],
      [1, 0],
      [1, 0],
      [0, 0],
    ]);
    expect(patterns?.map(({ overruled, shadowed }) => [overruled, shadowed])).toEqual([
      [
        [
          { by: 1, files: 1 },
          { by: 2, files: 1 },
        ],
        [],
      ],
      [[], []],
      [[], []],
      [[], [{ by: 2, files: 1 }]],
      [[], []],
      [[], []],
    ]);
    expect(patterns?.map(({ examples }) => examples)).toEqual([
      ['a/y.md', 'b/z.md', 'c.md'],
      ['c.md'],
      ['a/'],
      ['a/x'],
      ['d/'],
      [],
    ]);
  });

  it('probes count what one more line would hide', () => {
    const { probes } = measure(tree, ['COPY a /a', 'COPY . /'], ['b', '!b/z.md'], {
      probes: ['**/*.md', 'a', 'b', 'none', '['],
    });
    expect(probes.map(({ files, bytes, bySource }) => [files, bytes, ...amounts(bySource)])).toEqual([
      [3, 14, [1, 2], [3, 14]],
      [2, 3, [2, 3], [2, 3]],
      // The folder is ignored already: only what is let in again is sent, and the line would not hide that.
      [0, 0, [0, 0], [0, 0]],
      [0, 0, [0, 0], [0, 0]],
      [0, 0, [0, 0], [0, 0]],
    ]);
    expect(probes.map(({ matches }) => matches.map(({ path }) => path))).toEqual([
      ['c.md', 'b/z.md', 'a/y.md'],
      ['a'],
      [],
      [],
      [],
    ]);
  });

  it('announces a file that it then refuses to open', () => {
    // At the folder the last line is not asked, since the first one hit already; the exception lets the file in.
    const { sent, paths } = measure({ 'a/b': 100, 'a/c': 50 }, ['COPY . /'], ['a', '!a/b', 'a']);
    expect(paths).toEqual(['a/', 'a/b']);
    expect([sent.files, sent.bytes]).toEqual([1, 0]);
  });
});

describe('what is large, and what is of no use', () => {
  const tree = {
    'node_modules/big/lib/x.bin': 9000,
    'node_modules/big/y.js': 100,
    'node_modules/small/z.js': 900,
    'src/a.js': 10,
    'top.txt': 5,
  };

  it('names every entry of the root and what stands out below', () => {
    const { largest } = measure(tree, ['COPY . /']);
    expect(largest.map(({ path, files, bytes }) => [path, files, bytes])).toEqual([
      ['node_modules', 3, 10000],
      ['node_modules/big/lib', 1, 9000],
      ['node_modules/big/lib/x.bin', 1, 9000],
      ['node_modules/small', 1, 900],
      ['node_modules/small/z.js', 1, 900],
      ['src', 1, 10],
      ['top.txt', 1, 5],
    ]);
    expect(measure(tree, ['COPY . /'], [], { top: 2 }).largest).toHaveLength(2);
  });

  it('names what no source takes, whole folders where possible', () => {
    const { unused } = measure(tree, ['COPY src /', 'COPY */small /s/']);
    expect(unused.map(({ path, files, bytes }) => [path, files, bytes])).toEqual([]);
    const more = measure(tree, [
      'COPY src/a.js /',
      'RUN --mount=type=tmpfs,target=/t true',
      'COPY */small /s/',
    ]);
    expect(more.unused.map(({ path, files, bytes }) => [path, files, bytes])).toEqual([
      ['node_modules/big', 2, 9100],
      ['top.txt', 1, 5],
    ]);
  });

  it('draws a tree of the largest', () => {
    const { tree: whole } = measure(tree, ['COPY src /'], [], { follow: null, tree: 100 });
    expect(whole).toMatchObject({ name: '.', files: 5, bytes: 10015, sources: [0] });
    expect(whole?.children.map(({ name, sources }) => [name, sources])).toEqual([
      ['node_modules', []],
      ['src', [0]],
      ['top.txt', []],
    ]);
    const { tree: pruned } = measure(tree, ['COPY . /'], [], { tree: 3 });
    expect(pruned).toMatchObject({
      children: [
        { name: 'node_modules', children: [{ name: 'big', children: [], rest: { files: 2, bytes: 9100 } }] },
      ],
      rest: { files: 2, bytes: 15 },
    });
    expect(measure({}, ['COPY . /'], [], { tree: 5 }).tree).toBeNull();
  });
});

describe('what is no ordinary file', () => {
  it('sends pipes and devices without content, and sockets as empty files', () => {
    const { sent, paths } = measure(
      {
        device: { kind: 'device', stat: { device: { major: 1, minor: 3 } } },
        pipe: { kind: 'fifo' },
        socket: { kind: 'socket' },
      },
      ['COPY . /'],
    );
    expect([paths, sent.files, sent.bytes]).toEqual([['device', 'pipe', 'socket'], 1, 0]);
    // path, mode, time; a device with its two numbers. The socket asks for its content and gets the end of it.
    expect(sent.wireBytes).toBe(2 + 8 + 5 + 10 + 4 + (2 + 6 + 5 + 10) + (2 + 8 + 3 + 10) + 4 + 2);
  });

  it('knows modes and times on the wire', () => {
    const wire = (stat: object): number =>
      measure({ f: { kind: 'file', stat } }, ['COPY . /']).sent.wireBytes - 2 - 2 - 2 - 3;
    expect(wire({})).toBe(3 + 10);
    expect(wire({ mode: 0o100000 })).toBe(10);
    expect(wire({ mode: 0o104755 })).toBe(5 + 10);
    expect(wire({ mtime: 0 })).toBe(3);
    expect(wire({ mtime: -1 })).toBe(3 + 11);
    expect(wire({ mtime: 1 })).toBe(3 + 2);
  });

  it('says what could not be read', () => {
    const tree = treeOf({ 'a/x': 1, 'b/y': 2, c: { kind: 'file', stat: { size: 9, unreadable: true } } });
    const { query } = simulate({ id: '', tree: {}, dockerfile: 'FROM a\nCOPY . /\n', contextLoaded: true });
    const a = { path: 'a', effect: 'fails' };
    const c = { path: 'c', effect: 'empty' };
    const broken = { entries: (folder: string) => (folder === 'a' ? undefined : tree.entries(folder)) };
    const { sent, unreadable } = measureContext(query, broken);
    expect([sent.exact, sent.bytes, unreadable]).toEqual([false, 2, [a, c]]);
    const onlyFile = measureContext(
      query,
      treeOf({ c: { kind: 'file', stat: { size: 9, unreadable: true } } }),
    );
    expect([onlyFile.sent.exact, onlyFile.sent.bytes, onlyFile.unreadable]).toEqual([true, 0, [c]]);
    const hidden = measureContext({ ...query, ignore: ['a'], all: true }, broken);
    expect([hidden.sent.exact, hidden.unreadable]).toEqual([true, [{ ...a, effect: 'unseen' }, c]]);
    expect(measureContext(query, { ...treeOf({ x: 1 }), xattrs: 'unreadable' }).sent.exact).toBe(false);
    expect(measureContext(query, treeOf({ x: 1 })).sent.exact).toBe(true);
  });

  it('counts the bytes of names that are no UTF-8', () => {
    const wire = (name: string): number => measure({ [name]: 0 }, ['COPY . /']).sent.wireBytes;
    expect(wire('é') - wire('e')).toBe(1);
    expect(wire('\uDCFF') - wire('e')).toBe(0);
    expect(wire('😀') - wire('e')).toBe(3);
  });
});

describe('files that are about to be written', () => {
  it('are measured as if they were there', () => {
    const tree = { 'a/x': 10, '.dockerignore': 3 };
    const { sent, paths } = measure(tree, ['COPY . /'], [], {
      texts: { '.dockerignore': 30, 'a/x': 1, 'new/deep/y': 100 },
    });
    expect(paths).toEqual(['.dockerignore', 'a/', 'a/x', 'new/', 'new/deep/', 'new/deep/y']);
    expect([sent.files, sent.bytes]).toEqual([3, 131]);
  });
});
