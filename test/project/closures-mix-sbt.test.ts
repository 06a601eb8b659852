import { describe, expect, it } from 'vitest';
import { type MixDeps, mixClosure } from '../../server/src/project/closures/mix.js';
import { sbtClosure } from '../../server/src/project/closures/sbt.js';
import { contextView } from '../../server/src/project/context.js';
import { buildsOf } from '../../server/src/project/discover.js';
import { memorySnapshot, root } from '../harness/memfs.js';

function view(files: Readonly<Record<string, string>>) {
  const snapshot = memorySnapshot({ ...files, Dockerfile: 'FROM a\n' });
  const context = contextView(snapshot, buildsOf(snapshot, `${root}/Dockerfile`)[0]);
  if (context === undefined) throw new Error('no context');
  return context;
}

const mixExs = (more = '', deps = '{:jason, "~> 1.4"}') => `defmodule A.MixProject do
  use Mix.Project
  # File.ls!("commented") is not run
  def project, do: [app: :a, ${more} deps: deps()]
  defp deps, do: [${deps}]
end
`;
const get: MixDeps = { folder: '.', compiles: false, environment: 'prod' };
const compile: MixDeps = { ...get, compiles: true };
const mixFiles = {
  'mix.exs': mixExs(),
  'mix.lock': '%{}',
  'config/config.exs': 'import Config\nimport_config "#{config_env()}.exs"\n',
  'config/prod.exs': 'import Config\n',
  'config/dev.exs': 'import Config\n',
  'config/runtime.exs': 'import Config\n',
};

describe('mix', () => {
  it('fetches from mix.exs and mix.lock', () => {
    expect(mixClosure(view(mixFiles), get)).toEqual({
      files: ['mix.exs', 'mix.lock'],
      folders: [],
      candidates: ['mix.exs', 'mix.lock'],
      ecosystem: 'mix',
      open: [],
      doubts: [],
      outputs: ['deps'],
    });
  });
  it('compiles with the configuration', () => {
    expect(mixClosure(view(mixFiles), compile)).toMatchObject({
      files: [
        'mix.exs',
        'mix.lock',
        'config/config.exs',
        'config/dev.exs',
        'config/prod.exs',
        'config/runtime.exs',
      ],
      open: [],
      outputs: ['deps', '_build'],
    });
    expect(mixClosure(view(mixFiles), { ...compile, environment: undefined })?.open.join()).toMatch(
      /MIX_ENV/,
    );
  });
  it('is none without mix.exs, in doubt without a lock file', () => {
    expect(mixClosure(view({}), get)).toBeUndefined();
    expect(mixClosure(view({ 'mix.exs': mixExs() }), get)?.doubts.join()).toMatch(/mix\.lock/);
  });
  it('takes files it reads by name, and the manifests of folders', () => {
    const files = {
      ...mixFiles,
      'mix.exs': mixExs(
        'version: File.read!("VERSION"), lockfile: "l.lock",',
        '{:b, path: "../b"}, {:c, path: "c"}',
      ),
      'l.lock': '',
      VERSION: '1',
      'c/mix.exs': mixExs('', ''),
    };
    const found = mixClosure(view(files), get);
    expect(found?.files).toEqual(['mix.exs', 'VERSION', 'c/mix.exs', 'l.lock']);
    expect(found?.open.join()).toMatch(/b\/mix\.exs, named by mix\.exs/);
    expect(mixClosure(view(files), compile)?.open.join('; ')).toMatch(/is compiled too/);
  });
  it('takes the apps of an umbrella', () => {
    const files = {
      'mix.exs': mixExs('apps_path: "apps",'),
      'mix.lock': 'x',
      'apps/a/mix.exs': mixExs(),
      'apps/b/x': '',
    };
    expect(mixClosure(view(files), get)).toMatchObject({
      files: ['mix.exs', 'apps/a/mix.exs', 'mix.lock'],
      open: [],
    });
    expect(mixClosure(view(files), compile)?.open.join()).toMatch(/umbrella/);
  });
  it.each([
    ['mix.exs that reads anything', { 'mix.exs': mixExs('version: hd(File.ls!("v")),') }, get, /File\.ls!/],
    [
      'mix.exs that runs a program',
      { 'mix.exs': mixExs('version: System.cmd("git", []),') },
      get,
      /System\.cmd/,
    ],
    ['a computed folder', { 'mix.exs': mixExs('', '{:b, path: dir()}') }, get, /path: dir/],
    ['unknown content', { 'mix.exs': '' }, get, /could not be read/],
    ['settings of Hex', { 'config/config.exs': 'config :hex, api_url: "x"\n' }, get, /configures/],
    ['a computed import', { 'config/config.exs': 'import_config name\n' }, compile, /import_config name/],
    [
      'wildcards',
      { 'config/config.exs': 'for f <- Path.wildcard("*") do\nend\n' },
      compile,
      /Path\.wildcard/,
    ],
  ])('is open with %s', (_, change, deps, reason) => {
    expect(mixClosure(view({ ...mixFiles, ...change }), deps)?.open.join('; ')).toMatch(reason);
  });
});

describe('sbt', () => {
  const files = {
    'build.sbt': 'lazy val core = project\nlazy val web = (project in file("modules/web"))\n// IO.read(x)\n',
    'version.sbt': 'version := "1"\n',
    'project/build.properties': 'sbt.version=1.10.0\n',
    'project/plugins.sbt': 'addSbtPlugin("a" % "b" % "1")\n',
    'project/Build.scala': 'object Build\n',
    'project/project/more.sbt': '',
    'project/target/x.scala': '',
    'core/core.sbt': '',
    'modules/web/web.sbt': '',
    'src/main/scala/A.scala': '',
    '.jvmopts': '-Xmx1g',
  };
  it('takes the build, its own build and the settings of each project', () => {
    const found = sbtClosure(
      view({ ...files, 'core/core.sbt': 'a := 1', 'modules/web/web.sbt': 'b := 1' }),
      '.',
    );
    expect([...(found?.files ?? [])].sort()).toEqual([
      '.jvmopts',
      'build.sbt',
      'core/core.sbt',
      'modules/web/web.sbt',
      'project/Build.scala',
      'project/build.properties',
      'project/plugins.sbt',
      'project/project/more.sbt',
      'version.sbt',
    ]);
    expect(found).toMatchObject({
      open: [],
      ecosystem: 'sbt',
      outputs: ['target', 'project/target', 'project/project/target'],
    });
    expect(found?.doubts.join()).toMatch(/plugins/);
  });
  it('is none without a build', () => {
    expect(sbtClosure(view({ 'src/A.scala': '' }), '.')).toBeUndefined();
  });
  it('is open where the build reads files or runs programs', () => {
    const reads = { ...files, 'build.sbt': 'version := IO.read(file("VERSION"))\n' };
    expect(sbtClosure(view(reads), '.')?.open.join()).toMatch(/IO\.read/);
    const runs = { ...files, 'build.sbt': 'version := "git describe".!!\n' };
    expect(sbtClosure(view(runs), '.')?.open.join()).toMatch(/\.!!/);
  });
});
