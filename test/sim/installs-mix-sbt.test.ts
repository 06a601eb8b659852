import { describe, expect, it } from 'vitest';
import { commandsOf } from '../../server/src/sim/commands.js';
import { buildOf, installOf } from '../../server/src/sim/installs.js';
import { isNeutral } from '../../server/src/sim/neutral.js';
import { buildGraph, shellOf } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { testShellParser } from '../harness/shell.js';
import { prefetchIn } from './prefetch.js';

const parser = await testShellParser();

function commands(run: string) {
  const dockerfile = parseDockerfile(`FROM a\nWORKDIR /a\nRUN ${run}\n`);
  const node = buildGraph(dockerfile, { target: null, args: {}, namedContexts: [] }).stages[0];
  const step = node?.steps.at(-1);
  if (node === undefined || step === undefined) throw new Error('no step');
  return commandsOf(node, step, shellOf(parser)) ?? [];
}

describe('mix', () => {
  it.each([
    ['mix deps.get', 'mix-deps-get'],
    ['mix deps.get --only $MIX_ENV', 'mix-deps-get'],
    ['MIX_ENV=prod mix deps.compile', 'mix-deps-compile'],
    ['mix do deps.get --only prod, deps.compile', 'mix-deps-compile'],
    ['mix do local.hex --force + deps.get', 'mix-deps-get'],
  ])('%s installs', (run, what) => {
    expect(commands(run).map((c) => installOf(c)?.what)).toEqual([what]);
    expect(commands(run).map(buildOf)).toEqual([undefined]);
  });
  it.each(['mix compile', 'mix do deps.get, compile', 'mix deps', 'mix release', 'mix deps.update --all'])(
    '%s is no install',
    (run) => {
      expect(commands(run).map(installOf)).toEqual([undefined]);
    },
  );
});

describe('sbt', () => {
  it('knows what downloads', () => {
    expect(commands('sbt update').map((c) => installOf(c)?.what)).toEqual(['sbt-update']);
    expect(commands('sbt -batch clean "core/assembly"').map((c) => buildOf(c)?.manager)).toEqual(['sbt']);
    expect(commands('sbt ";clean;Test/compile"').map((c) => buildOf(c)?.manager)).toEqual(['sbt']);
    expect(commands('sbt clean').map(buildOf)).toEqual([undefined]);
    expect(commands('./sbt compile').map(buildOf)).toEqual([undefined]);
  });
  it.each(['apt-get update', 'apk update', 'gem update', 'composer update', './sbt update'])(
    '%s is no update of sbt',
    (run) => {
      expect(commands(run).map(installOf)).toEqual([undefined]);
    },
  );
  it('updates first, with the same settings', () => {
    const files = { 'build.sbt': 'name := "a"\n', 'project/build.properties': 'sbt.version=1.10.0\n' };
    expect(prefetchIn(parser, files, 'SBT_OPTS=-Xmx2g sbt -Dx=y assembly')).toMatchObject({
      script: 'SBT_OPTS=-Xmx2g sbt -Dx=y update',
      folder: '/src',
      closure: { files: ['/src/build.sbt', '/src/project/build.properties'] },
    });
    expect(
      prefetchIn(parser, files, '--mount=type=cache,target=/root/.cache/coursier sbt compile'),
    ).toBeUndefined();
    expect(prefetchIn(parser, { 'pom.xml': '' }, 'sbt compile')).toBeUndefined();
  });
});

describe('commands that have nothing to do with the project', () => {
  it.each([
    'go version',
    'go env -w GOPROXY=direct',
    'go clean -modcache',
    'go install example.com/tool@v1.0.0',
    'rustup target add x86_64-unknown-linux-musl',
    'rustup component add clippy',
    'cargo --version',
    'mix local.hex --force',
    'mix local.rebar --force',
  ])('%s', (run) => {
    expect(commands(run).every(isNeutral)).toBe(true);
  });
  it.each([
    'go install ./cmd/x',
    'go clean',
    'go install x',
    'cargo build',
    'mix local.hex ./hex.ez',
    'mix archive.install x',
  ])('not %s', (run) => {
    expect(commands(run).every(isNeutral)).toBe(false);
  });
});
