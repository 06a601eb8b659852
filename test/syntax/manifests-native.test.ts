import { describe, expect, it } from 'vitest';
import { parseGoMod, parseGoWork } from '../../server/src/syntax/manifests/go.js';
import { parseCargoConfig, parseCargoToml } from '../../server/src/syntax/manifests/rust.js';

describe('go.mod', () => {
  it('reads blocks, single lines, comments and quotes', () => {
    const text = [
      'module "example.com/a" // the module',
      'go 1.22',
      'require example.com/b v1.0.0 // indirect',
      'require (',
      '\t// not this: example.com/x v1.0.0',
      '\texample.com/c v1.2.3',
      '\t`example.com/d` v1.0.0',
      ')',
      'exclude example.com/b v0.9.0',
      'replace (',
      '\texample.com/b => ../b',
      '\texample.com/c v1.2.3 => example.com/fork v1.0.0',
      ')',
      'replace example.com/d v1.0.0 => ./d',
      'tool example.com/c/cmd/c',
      'retract [v1.0.0, v1.1.0]',
    ];
    expect(parseGoMod(text.join('\r\n'))).toEqual({
      module: 'example.com/a',
      requires: ['example.com/b', 'example.com/c', 'example.com/d'],
      replaces: [
        { path: 'example.com/b', folder: '../b' },
        { path: 'example.com/c', folder: undefined },
        { path: 'example.com/d', folder: './d' },
      ],
    });
  });
  it('is unknown where it is empty', () => {
    expect(parseGoMod('')).toBeUndefined();
    expect(parseGoWork(' \n')).toBeUndefined();
  });
  it('knows the empty block, and absolute folders', () => {
    expect(parseGoMod('module a\nrequire ()\nreplace b => /b\nreplace c => c v1\n')).toEqual({
      module: 'a',
      requires: [],
      replaces: [
        { path: 'b', folder: '/b' },
        { path: 'c', folder: undefined },
      ],
    });
  });
});

it('reads the members and replacements of a go.work', () => {
  const text = 'go 1.22\nuse ./a\nuse (\n\t./b // two\n\t"./c d"\n)\nreplace x => ./x\n';
  expect(parseGoWork(text)).toEqual({
    uses: ['./a', './b', './c d'],
    replaces: [{ path: 'x', folder: './x' }],
  });
});

describe('Cargo.toml', () => {
  it('finds folders in every kind of dependency', () => {
    const text = `
[package]
name = "a"
links = "z"
default-run = "b"
[dependencies]
one = "1"
two = { path = "two", version = "1" }
[dev-dependencies.three]
path = "three"
[build-dependencies]
four.path = "four"
[target.'cfg(unix)'.dependencies]
five = { path = "../five" }
six.workspace = true
[patch.crates-io]
seven = { path = "seven" }
[replace]
"eight:1.0.0" = { path = "eight" }
`;
    expect(parseCargoToml(text)).toMatchObject({
      package: { name: 'a', workspace: undefined, build: false, links: true, defaultRun: 'b' },
      paths: ['two', 'three', 'four', '../five'],
      inherited: ['six'],
      patches: ['seven', 'eight'],
      downloads: true,
      workspace: undefined,
    });
  });
  it('reads targets and the workspace', () => {
    const text = `
[lib]
name = "l"
[[bin]]
name = "b"
path = "b.rs"
[[bench]]
name = "c"
harness = false
[workspace]
members = ["x/*"]
exclude = ["x/no"]
[workspace.dependencies]
p = { path = "p" }
q = "1"
`;
    expect(parseCargoToml(text)).toMatchObject({
      lib: true,
      targets: [
        { kind: 'bin', name: 'b', path: 'b.rs' },
        { kind: 'bench', name: 'c', path: undefined },
      ],
      workspace: { members: ['x/*'], exclude: ['x/no'], paths: { p: 'p' } },
      downloads: false,
    });
  });
  it('is unknown where it is empty or broken', () => {
    expect(parseCargoToml('')).toBeUndefined();
    expect(parseCargoToml('[package')).toBeUndefined();
  });
});

it('reads what matters of .cargo/config.toml', () => {
  const vendored = `
[source.crates-io]
replace-with = "mirror"
[source.mirror]
replace-with = "vendored-sources"
[source.vendored-sources]
directory = "vendor"
`;
  expect(parseCargoConfig(vendored)?.vendored).toBe('vendor');
  const mirror =
    '[source.crates-io]\nreplace-with = "m"\n[source.m]\nregistry = "sparse+https://m.invalid/"\n';
  expect(parseCargoConfig(mirror)?.vendored).toBeUndefined();
  expect(
    parseCargoConfig(
      'paths = ["a"]\n[net]\noffline = true\n[build]\nrustc-wrapper = "./w"\nrustc = "rustc"\n[patch.crates-io]\nx = { path = "x" }\n',
    ),
  ).toEqual({ patches: ['a', 'x'], offline: true, vendored: undefined, programs: ['./w'], includes: false });
});
