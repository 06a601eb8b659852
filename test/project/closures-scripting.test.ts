import { describe, expect, it } from 'vitest';
import { type BundlerRun, bundlerClosure } from '../../server/src/project/closures/bundler.js';
import { type ComposerRun, composerClosure } from '../../server/src/project/closures/composer.js';
import { folderContext } from './closureContext.js';

const install: ComposerRun = {
  folder: '.',
  manifest: 'composer.json',
  withoutScripts: false,
  withoutPlugins: false,
  withoutAutoloader: false,
  withoutDev: false,
  optimized: false,
};
const lock = (packages: readonly object[] = [], dev: readonly object[] = []): string =>
  JSON.stringify({ packages, 'packages-dev': dev });
const composer = (
  manifest: object,
  files: Readonly<Record<string, string>> = {},
  run: Partial<ComposerRun> = {},
) =>
  composerClosure(
    folderContext({
      'composer.json': JSON.stringify(manifest),
      'composer.lock': lock(),
      'src/A.php': '',
      ...files,
    }),
    { ...install, ...run },
  );

describe('composer install', () => {
  it('takes the manifest, the lock file and auth.json', () => {
    const closure = composer(
      { autoload: { 'psr-4': { 'App\\': 'src/' }, files: ['src/f.php'] } },
      { 'auth.json': '{}' },
    );
    expect(closure).toMatchObject({
      files: ['composer.json', 'composer.lock', 'auth.json'],
      folders: [],
      open: [],
      doubts: [],
      outputs: ['vendor'],
    });
  });
  it('takes what the list of classes is made of, unless there is no autoloader', () => {
    const manifest = {
      autoload: { classmap: ['database/', 'src/A.php'] },
      'autoload-dev': { classmap: ['tests'] },
    };
    const files = { 'database/Seed.php': '', 'tests/T.php': '' };
    expect(composer(manifest, files)).toMatchObject({
      files: ['composer.json', 'composer.lock', 'src/A.php'],
      folders: ['database', 'tests'],
      open: [],
    });
    expect(composer(manifest, files, { withoutDev: true })?.folders).toEqual(['database']);
    expect(composer(manifest, files, { withoutAutoloader: true })?.folders).toEqual([]);
  });
  it('is open where the autoloader is optimised', () => {
    const autoload = { 'psr-4': { 'App\\': 'src/' } };
    expect(composer({ autoload }, {}, { optimized: true })?.open.join()).toMatch(/all classes of src\//);
    expect(composer({ autoload, config: { 'optimize-autoloader': true } })?.open.length).toBe(1);
    expect(composer({ autoload }, {}, { optimized: true, withoutAutoloader: true })?.open).toEqual([]);
    expect(composer({}, {}, { optimized: true })?.open).toEqual([]);
  });
  it('is open where a script runs', () => {
    const manifest = { scripts: { 'post-autoload-dump': 'php artisan x', test: 'phpunit' } };
    expect(composer(manifest)?.open.join()).toMatch(/"post-autoload-dump"/);
    expect(composer(manifest, {}, { withoutScripts: true })?.open).toEqual([]);
    expect(composer({ scripts: { test: 'phpunit' } })?.open).toEqual([]);
  });
  it('is open where an unknown plugin may run', () => {
    const plugin = { name: 'a/b', type: 'composer-plugin' };
    const files = { 'composer.lock': lock([], [plugin]) };
    expect(composer({}, files)?.open.join()).toMatch(/plugin a\/b/);
    expect(composer({}, files, { withoutDev: true })?.open).toEqual([]);
    expect(composer({}, files, { withoutPlugins: true })?.open).toEqual([]);
    expect(composer({ config: { 'allow-plugins': { 'a/*': false } } }, files)?.open).toEqual([]);
    expect(composer({ config: { 'allow-plugins': { 'a/b': true } } }, files)?.open.length).toBe(1);
    const known = { 'composer.lock': lock([{ name: 'symfony/runtime', type: 'composer-plugin' }]) };
    expect(composer({}, known)?.open).toEqual([]);
  });
  it('doubts symfony/flex and takes its lock file', () => {
    const files = {
      'composer.lock': lock([{ name: 'symfony/flex', type: 'composer-plugin' }]),
      'symfony.lock': '{}',
    };
    expect(composer({}, files)).toMatchObject({
      files: ['composer.json', 'composer.lock', 'symfony.lock'],
      open: [],
    });
    expect(composer({}, files)?.doubts.length).toBe(1);
    expect(composer({}, { ...files, 'package.json': '{}' })?.open.join()).toMatch(/package\.json/);
  });
  it('takes the folders of packages that lie in the project', () => {
    const repositories = [{ type: 'path', url: 'packages/*' }];
    const locked = lock([{ name: 'own/a', type: 'library', dist: { type: 'path', url: 'packages/a' } }]);
    const files = {
      'composer.lock': locked,
      'packages/a/composer.json': '{}',
      'packages/b/composer.json': '{}',
    };
    expect(composer({ repositories }, files)).toMatchObject({ folders: ['packages/a'], open: [] });
    expect(composer({ repositories }, { 'composer.lock': locked })?.open.join()).toMatch(/packages\/a/);
  });
  it('knows where it writes', () => {
    const manifest = {
      config: { 'vendor-dir': 'lib/vendor', 'bin-dir': 'bin' },
      extra: { 'installer-paths': { 'web/core': ['type:drupal-core'], 'web/modules/{$name}': ['type:m'] } },
    };
    expect(composer(manifest)?.outputs).toEqual(['lib/vendor', 'bin', 'web/core', 'web/modules']);
  });
  it('doubts a missing lock file and a repository whose commit is noted', () => {
    const files = { 'composer.json': '{}' };
    expect(composerClosure(folderContext(files), install)?.doubts.join()).toMatch(/no composer\.lock/);
    expect(composer({}, { '.git/HEAD': '' })?.doubts.join()).toMatch(/commit/);
    expect(composer({ version: '1.0.0' }, { '.git/HEAD': '' })?.doubts).toEqual([]);
  });
  it('is none without a manifest and open with an unreadable one', () => {
    expect(composerClosure(folderContext({ 'composer.lock': lock() }), install)).toBeUndefined();
    expect(composer({}, { 'composer.json': '' })?.open.join()).toMatch(/could not be read/);
    expect(composer({}, { 'composer.lock': '' })?.open.join()).toMatch(/could not be read/);
  });
});

const bundle: BundlerRun = {
  folder: '.',
  gemfile: undefined,
  frozen: true,
  path: undefined,
  writesConfig: false,
};
const locked =
  'GEM\n  remote: https://rubygems.org/\n  specs:\n\nPLATFORMS\n  x86_64-linux\n\nDEPENDENCIES\n  rake\n';
const ruby = (gemfile: string, files: Readonly<Record<string, string>> = {}, run: Partial<BundlerRun> = {}) =>
  bundlerClosure(folderContext({ Gemfile: gemfile, 'Gemfile.lock': locked, 'app/a.rb': '', ...files }), {
    ...bundle,
    ...run,
  });

describe('bundle install', () => {
  it('takes the Gemfile, the lock file and what the Gemfile names', () => {
    const gemfile = `source "https://rubygems.org"
ruby file: ".ruby-version" # not "open"
git_source(:github) { |repo| "https://github.com/#{repo}.git" }
gem "rails", "~> 7.2", require: false, path: "engines/rails"
eval_gemfile File.join(__dir__, "Gemfile.local")
if ENV["X"]
  gem 'rake', :require => "rake/open"
end
`;
    const files = {
      '.ruby-version': '3.1.7',
      'Gemfile.local': 'gem "x"',
      '.bundle/config': '---\nBUNDLE_PATH: "vendor/gems"\n',
      'engines/rails/rails.gemspec': 'Gem::Specification.new { |s| s.files = Dir["lib/**/*"] }',
      'engines/rails/lib/a.rb': '',
      'vendor/cache/x.gem': '',
    };
    expect(ruby(gemfile, files)).toMatchObject({
      files: [
        'Gemfile',
        'Gemfile.lock',
        '.ruby-version',
        'Gemfile.local',
        'engines/rails/rails.gemspec',
        '.bundle/config',
      ],
      folders: ['vendor/cache'],
      open: [],
      doubts: [],
      outputs: ['vendor/gems'],
    });
  });
  it('takes a gemspec of the project and what it loads', () => {
    const modern = `require_relative "lib/app/version"
Gem::Specification.new do |spec|
  spec.files = IO.popen(%w[git ls-files -z], chdir: __dir__, err: IO::NULL) do |ls|
    ls.readlines("\\x0", chomp: true).reject { |f| f.start_with?(*%w[bin/ test/]) }
  end
  spec.bindir = "exe"
  spec.executables = spec.files.grep(%r{\\Aexe/}) { |f| File.basename(f) }
end
`;
    const older = `$:.push File.expand_path("../lib", __FILE__)
require "app/version"
Gem::Specification.new do |s|
  s.files = \`git ls-files\`.split("\\n")
  s.description = File.read("DESCRIPTION")
end
`;
    const files = { 'lib/app/version.rb': 'module App\n  VERSION = "1.0"\nend\n', DESCRIPTION: 'x' };
    const two = "gemspec\ngem 'b', path: 'b'\n";
    expect(ruby(two, { ...files, 'app.gemspec': modern, 'b/b.gemspec': '' })?.files).toContain('app.gemspec');
    expect(ruby('gemspec', { ...files, 'app.gemspec': modern })).toMatchObject({
      files: ['Gemfile', 'Gemfile.lock', 'app.gemspec', 'lib/app/version.rb'],
      open: [],
    });
    expect(ruby('gemspec', { ...files, 'app.gemspec': older })).toMatchObject({
      files: ['Gemfile', 'Gemfile.lock', 'app.gemspec', 'DESCRIPTION', 'lib/app/version.rb'],
      open: [],
    });
    const programs = ruby('gemspec', { ...files, 'app.gemspec': modern, 'exe/app': '' });
    expect(programs?.open.join()).toMatch(/programs of exe/);
  });
  const open: readonly [string, string, RegExp][] = [
    ['a folder that is listed', 'Dir["gems/*"].each { |g| gem g }', /Dir/],
    ['a program that runs', 'gem "x", `cat v`', /`/],
    ['a path from a variable', 'gem "x", path: ENV["X"]', /path/],
    ['a file that is loaded but not there', 'eval_gemfile "other"', /other, which is loaded/],
    ['a plugin', 'plugin "x"', /plugin/],
    ['a folder without a gemspec', 'gem "x", "1.0", path: "app"', /app, which has no gemspec/],
  ];
  for (const [name, gemfile, reason] of open)
    it(`is open with ${name}`, () => {
      expect(ruby(gemfile)?.open.join()).toMatch(reason);
    });
  it('doubts a lock file that may change', () => {
    expect(ruby('gem "x"', {}, { frozen: false })?.doubts.join()).toMatch(/may change/);
    expect(
      ruby('gem "x"', { '.bundle/config': 'BUNDLE_FROZEN: "true"\n' }, { frozen: false })?.doubts,
    ).toEqual([]);
    const other = { 'Gemfile.lock': locked.replace('x86_64-linux', 'arm64-darwin-22') };
    expect(ruby('gem "x"', other, { frozen: false })?.doubts.join()).toMatch(/no Linux platform/);
    const none = bundlerClosure(folderContext({ Gemfile: 'gem "x"' }), bundle);
    expect(none?.doubts.join()).toMatch(/no lock file/);
  });
  it('is none without a Gemfile and open with an unknown one', () => {
    expect(bundlerClosure(folderContext({ 'Gemfile.lock': locked }), bundle)).toBeUndefined();
    expect(ruby('')?.open.join()).toMatch(/could not be read/);
  });
});
