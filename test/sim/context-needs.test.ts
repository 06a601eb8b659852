import { describe, expect, it } from 'vitest';
import type { ContextNeeds } from '../../server/src/sim/context/model.js';
import { contextNeeds } from '../../server/src/sim/context/needs.js';
import { buildGraph } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';

function needs(
  lines: readonly string[],
  options: Partial<Parameters<typeof buildGraph>[1]> = {},
): ContextNeeds {
  const dockerfile = parseDockerfile(`${lines.join('\n')}\n`);
  const graph = buildGraph(dockerfile, { target: null, args: {}, namedContexts: [], ...options });
  return contextNeeds(graph, dockerfile);
}

describe('contextNeeds', () => {
  it('takes the sources of reachable stages only, sorted and cleaned', () => {
    const { follow, loaded, uses } = needs([
      'FROM a AS unused',
      'COPY unused.txt /',
      'FROM a AS builder',
      'COPY ./z/ ../b.txt c//d/ /',
      'FROM a',
      'ADD a.tar /',
      'COPY --from=builder /x /y',
    ]);
    expect([loaded, follow]).toEqual([true, ['a.tar', 'b.txt', 'c/d', 'z']]);
    expect(uses.map((use) => [use.kind, use.sources.map(({ written }) => written)])).toEqual([
      ['copy', ['./z/', '../b.txt', 'c//d/']],
      ['add', ['a.tar']],
    ]);
  });

  it('needs everything for the root, however it is written', () => {
    for (const source of ['.', './', '/', '..', './.', 'a/..']) {
      expect(needs(['FROM a', `COPY x ${source} /app/`]).follow).toBeNull();
    }
    expect(needs(['FROM a', 'RUN --mount=target=/src ls']).follow).toBeNull();
  });

  it('expands variables, and says where it cannot', () => {
    const text = [
      'ARG dir=src',
      'FROM scratch',
      'ARG dir',
      'ARG other=lib',
      'COPY $dir ${other}/x "$none" /',
    ];
    expect(needs(text).follow).toBeNull();
    expect(needs(text.map((line) => line.replace(' "$none"', ''))).follow).toEqual(['lib/x', 'src']);
    expect(
      needs(
        text.map((line) => line.replace(' "$none"', '')),
        { args: { dir: 'web' } },
      ).follow,
    ).toEqual(['lib/x', 'web']);
    const unknown = needs(['FROM node', 'COPY package.json $HOME_DIR/x /']);
    expect(unknown.follow).toEqual(['package.json']);
    expect(unknown.unknown.map(({ text: line }) => line)).toEqual(['COPY package.json $HOME_DIR/x /']);
    expect(needs(['FROM node', 'ADD https://example.org/$X/x.tar /', 'COPY a /']).unknown).toEqual([]);
  });

  it('adds nothing for addresses, heredocs and what comes from elsewhere', () => {
    const { loaded, follow, uses } = needs(
      [
        'FROM a AS s',
        'FROM a',
        'ADD https://example.com/x.tgz http://example.com/y /',
        'COPY --from=s /a /b',
        'COPY --from=0 /a /b',
        'COPY --from=busybox /a /b',
        'COPY --from=assets . /b',
        'COPY <<EOF /x',
        'text',
        'EOF',
        'RUN --mount=type=cache,target=/c --mount=type=secret,id=s --mount=type=ssh true',
        'RUN --mount=from=s,target=/m true',
      ],
      { namedContexts: ['assets'] },
    );
    expect([loaded, uses.length, follow]).toEqual([false, 0, []]);
    const git = needs(['FROM a', 'ADD git@github.com:me/x.git /x', 'COPY y /']);
    expect([git.loaded, git.follow, git.uses.length]).toEqual([true, ['git@github.com:me/x.git', 'y'], 1]);
  });

  it('a tmpfs mount needs its source, and loads nothing by itself', () => {
    expect(needs(['FROM a', 'RUN --mount=type=tmpfs,target=/t true'])).toMatchObject({
      loaded: false,
      uses: [],
    });
    expect(needs(['FROM a', 'COPY a.txt /', 'RUN --mount=type=tmpfs,target=/t true']).follow).toBeNull();
    expect(
      needs(['FROM a', 'COPY a.txt /', 'RUN --mount=type=tmpfs,source=b,target=/t true']).follow,
    ).toEqual(['a.txt', 'b']);
  });

  it('a stage that is only named by a tmpfs mount is not built, though its paths count', () => {
    const text = ['FROM a AS s', 'COPY x /', 'FROM a', 'RUN --mount=type=tmpfs,from=S,target=/t true'];
    expect(needs(text)).toMatchObject({ loaded: false, uses: [] });
    const { follow, uses } = needs([...text, 'COPY y /']);
    expect([follow, uses.length]).toEqual([['x', 'y'], 1]);
    expect(needs(text.map((line) => line.replace('tmpfs', 'cache')))).toMatchObject({ loaded: true });
  });

  it('reads bind mounts with variables in them', () => {
    const { uses, follow } = needs([
      'FROM scratch',
      'ARG kind=bind',
      'ARG where=conf',
      'RUN --mount=type=$kind,src=$where/x,target=/c true',
    ]);
    expect(follow).toEqual(['conf/x']);
    expect(uses[0]?.sources[0]?.query).toEqual({
      path: 'conf/x',
      wildcards: false,
      parents: false,
      exclude: [],
    });
  });

  it('runs the ONBUILD triggers of a stage in what is FROM it', () => {
    const text = ['FROM a AS base', 'ARG f=one.txt', 'ONBUILD COPY $f /', 'FROM base', 'COPY two.txt /'];
    expect(needs(text).follow).toEqual(['one.txt', 'two.txt']);
    expect(needs(text, { target: 'base' })).toMatchObject({ loaded: false });
  });

  it('says that a base image made for it runs more', () => {
    expect(needs(['FROM node:8-onbuild', 'COPY a /']).unknown.map(({ keyword }) => keyword)).toEqual([
      'FROM',
    ]);
    expect(needs(['FROM ponbuilder', 'COPY a /']).unknown).toEqual([]);
  });

  it('knows --parents with a pivot, and --exclude', () => {
    const [use] = needs(['FROM a', 'COPY --parents --exclude=*.md --exclude=x a/./b/*.c d /']).uses;
    expect(use?.sources.map(({ query }) => query)).toEqual([
      {
        path: 'a/b/*.c',
        wildcards: true,
        parents: true,
        exclude: ['*.md', 'x'],
        pivot: { folder: 'a', pattern: 'b/*.c' },
      },
      { path: 'd', wildcards: true, parents: true, exclude: ['*.md', 'x'] },
    ]);
  });

  it('leaves out a stage whose place a named context takes', () => {
    const text = ['FROM a AS lib', 'COPY lib.txt /', 'FROM b', 'COPY --from=lib /x /', 'COPY main.txt /'];
    expect(needs(text).follow).toEqual(['lib.txt', 'main.txt']);
    expect(needs(text, { namedContexts: ['lib'] }).follow).toEqual(['main.txt']);
  });
});
