import { describe, expect, it } from 'vitest';
import { testShellParser } from '../harness/shell.js';
import { prefetchIn } from './prefetch.js';

const parser = await testShellParser();

const goMod = 'module a\ngo 1.22\nrequire example.com/b v1.0.0\n';
const goFiles = { 'go.mod': goMod, 'go.sum': 'example.com/b v1.0.0 h1:x=\n', 'main.go': 'package main' };
const go = (run: string, files: Readonly<Record<string, string>> = goFiles) => prefetchIn(parser, files, run);

describe('go', () => {
  it.each([
    'go build ./...',
    'go install ./cmd/a',
    'CGO_ENABLED=0 GOOS=$TARGETOS go build -ldflags "-X main.v=$V" -o /a .',
    'go test ./...',
    'go run .',
    'go mod tidy && go build',
    'cp config.example config && go build',
    'go get -d ./...',
    '/usr/local/go/bin/go build',
    'go build $FLAGS .',
  ])('downloads first: %s', (run) => {
    expect(go(run)).toMatchObject({
      script: 'go mod download',
      folder: '/src',
      makes: [],
      closure: { files: ['/src/go.mod', '/src/go.sum'], open: [], doubts: [], ecosystem: 'go' },
    });
  });
  it.each([
    'go install example.com/x/cmd/y@v1.0.0',
    'go install "example.com/y@${V}"',
    'go run example.com/x@latest',
    'go get example.com/x',
    'go get -u ./...',
    'go version',
    'go generate ./...',
    'go build -mod=vendor .',
    'go build -mod=$MOD .',
    'GOFLAGS=-mod=vendor go build .',
    'GOPROXY=off go build .',
    'GO111MODULE=off go build .',
    '--mount=type=cache,target=/go/pkg/mod go build .',
    '--mount=type=cache,target=${GOMODCACHE} go build .',
  ])('has nothing to say of: %s', (run) => {
    expect(go(run)).toBeUndefined();
  });
  it('leaves projects alone that download nothing', () => {
    expect(go('go build', { 'go.mod': 'module a\n' })).toBeUndefined();
    expect(go('go build', { 'main.go': '' })).toBeUndefined();
    expect(go('go build', { ...goFiles, 'vendor/modules.txt': '' })).toBeUndefined();
    const local = {
      'go.mod': `${goMod}replace example.com/b => ./b\n`,
      'b/go.mod': 'module example.com/b\n',
    };
    expect(go('go build', local)).toBeUndefined();
  });
  it('downloads although there is a vendor folder, where the build is told so', () => {
    expect(go('go build -mod=mod', { ...goFiles, 'vendor/modules.txt': '' })?.script).toBe('go mod download');
  });
  it('runs where the module is', () => {
    const nested = { 'a/go.mod': goMod, 'a/go.sum': 'x', 'a/cmd/m/main.go': '' };
    expect(go('cd a/cmd/m && go build', nested)).toMatchObject({ folder: '/src/a' });
    expect(go('go build -C a ./cmd/m', nested)).toMatchObject({ folder: '/src/a', closure: { open: [] } });
    expect(go('go build -C $D', nested)).toBeUndefined();
  });
  it('takes over what the RUN sets for downloads', () => {
    expect(go("export GOPRIVATE=example.com; GOFLAGS='-mod=mod -v' CGO_ENABLED=0 go build")?.script).toBe(
      "GOPRIVATE=example.com GOFLAGS='-mod=mod -v' go mod download",
    );
  });
  it.each([
    ['git config --global x y && go build', /"git" in the same RUN/],
    ['apk add git && go build', /"apk" in the same RUN/],
    ['go env -w GOPROXY=x && go build', /"go" in the same RUN/],
    ['echo "machine a login b" > ~/.netrc && go build', /writes settings/],
    ['cp .netrc /root/ && go build', /writes settings/],
    ['GOPROXY=$P go build', /GOPROXY is set/],
    ['go build -modfile=b.mod', /another file/],
    ['GOWORK=$W go build', /GOWORK/],
  ])('is open with %s', (run, reason) => {
    expect(go(run)?.closure.open.join('; ')).toMatch(reason);
  });
  it('is open where a module of the project is not there, in doubt without go.sum', () => {
    const missing = { ...goFiles, 'go.mod': `${goMod}replace example.com/b => ../b\n` };
    expect(go('go build', missing)?.closure.open.join()).toMatch(/\/b\/go\.mod, named by/);
    expect(go('go build', { 'go.mod': goMod })?.closure.doubts.join()).toMatch(/no go\.sum/);
    expect(go('GOTOOLCHAIN=auto go build')?.closure.doubts.join()).toMatch(/toolchain/);
  });
  it('needs no folder of a module that is not required', () => {
    const unused = { ...goFiles, 'go.mod': `${goMod}replace example.com/old => ../old\n` };
    expect(go('go build', unused)?.closure.open).toEqual([]);
  });
  it('takes the members of a workspace, unless it is off', () => {
    const work = {
      'go.work': 'go 1.22\nuse (\n./a\n./b\n)\n',
      'a/go.mod': 'module a\nrequire (\n b v0.0.0\n c v1.0.0\n)\n',
      'a/go.sum': 'x',
      'b/go.mod': 'module b\n',
    };
    expect(go('go build ./a', work)).toMatchObject({
      folder: '/src',
      closure: {
        files: ['/src/go.work', '/src/a/go.mod', '/src/a/go.sum', '/src/b/go.mod'],
        ecosystem: 'go-work',
        open: [],
      },
    });
    expect(go('cd a && GOWORK=off go build', work)).toMatchObject({
      script: 'GOWORK=off go mod download',
      folder: '/src/a',
      closure: { files: ['/src/a/go.mod', '/src/a/go.sum'] },
    });
  });
  it('says which folders it fills', () => {
    expect(go('go build')?.fills).toContain('/go/pkg');
    expect(go('GOMODCACHE=/m GOPATH=/g go build')?.fills).toEqual(['/m', '/g/pkg']);
  });
});

const cargoToml = '[package]\nname = "a"\nversion = "0.1.0"\n[dependencies]\nb = "1"\n';
const cargoFiles = { 'Cargo.toml': cargoToml, 'Cargo.lock': 'version = 4\n', 'src/main.rs': '' };
const cargo = (run: string, files: Readonly<Record<string, string>> = cargoFiles) =>
  prefetchIn(parser, files, run);

describe('cargo', () => {
  it.each([
    'cargo build --release',
    'cargo fetch',
    'cargo b -r',
    'cargo test',
    'cargo clippy -- -D warnings',
  ])('fetches first: %s', (run) => {
    expect(cargo(run)).toMatchObject({
      script: 'mkdir -p src && touch src/main.rs && cargo fetch && rm -r src',
      folder: '/src',
      makes: ['/src/src/main.rs'],
      closure: { files: ['/src/Cargo.toml', '/src/Cargo.lock'], open: [], doubts: [], ecosystem: 'cargo' },
    });
  });
  it('hands on what decides what is fetched', () => {
    const script = (run: string) => cargo(run)?.script.replace(/.*&& (.*) &&.*/, '$1');
    expect(script('cargo build --locked --target x86_64-unknown-linux-musl')).toBe(
      'cargo fetch --locked --target x86_64-unknown-linux-musl',
    );
    expect(script('CARGO_NET_GIT_FETCH_WITH_CLI=true RUSTFLAGS=-g cargo +nightly build')).toBe(
      'CARGO_NET_GIT_FETCH_WITH_CLI=true cargo +nightly fetch',
    );
    expect(script('cargo install --locked --path .')).toBe('cargo fetch --locked --manifest-path Cargo.toml');
  });
  it('says that a cache mount keeps the downloads', () => {
    const found = cargo('--mount=type=cache,target=/usr/local/cargo/registry cargo build');
    expect([found?.downloadsKept, found?.fills]).toEqual([true, []]);
    expect(cargo('cargo build')?.downloadsKept).toBeUndefined();
  });
  it.each([
    'cargo build --offline',
    'cargo build --frozen',
    'CARGO_NET_OFFLINE=true cargo build',
    'cargo install ripgrep',
    'cargo --version',
    'cargo chef prepare --recipe-path recipe.json',
    'cargo fmt --check',
    '--mount=type=cache,target=/src/target cargo build',
    '--mount=type=cache,target=/usr/local/cargo/registry cargo fetch',
    '--mount=type=cache,target=/usr/local/cargo cargo build',
  ])('has nothing to say of: %s', (run) => {
    expect(cargo(run)).toBeUndefined();
  });
  it('leaves projects alone that download nothing', () => {
    expect(cargo('cargo build', { ...cargoFiles, 'Cargo.toml': '[package]\nname = "a"\n' })).toBeUndefined();
    expect(cargo('cargo build', { 'src/main.rs': '' })).toBeUndefined();
    const vendored = '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "vendor"\n';
    expect(cargo('cargo build', { ...cargoFiles, '.cargo/config.toml': vendored })).toBeUndefined();
    expect(
      cargo('cargo build', { ...cargoFiles, '.cargo/config': '[net]\noffline = true\n' }),
    ).toBeUndefined();
  });
  it('takes settings and the toolchain file', () => {
    const files = {
      ...cargoFiles,
      'rust-toolchain.toml': '[toolchain]\n',
      '.cargo/config.toml': '[net]\nretry = 1\n',
    };
    const found = cargo('cargo build', files);
    expect(found?.closure.files).toEqual([
      '/src/Cargo.toml',
      '/src/Cargo.lock',
      '/src/.cargo/config.toml',
      '/src/rust-toolchain.toml',
    ]);
    expect(found?.fills).toContain('/usr/local/rustup');
    expect(cargo('cargo build')?.fills).not.toContain('/usr/local/rustup');
  });

  const stubs: readonly [string, string, readonly string[], readonly string[]][] = [
    ['a library beside the program', '', ['src/lib.rs', 'src/main.rs'], ['src/lib.rs', 'src/main.rs']],
    ['only src/bin', '', ['src/bin/x.rs', 'src/bin/y.rs'], ['src/bin/x.rs']],
    ['a program with a path', '[[bin]]\nname = "x"\npath = "cmd/x.rs"', ['cmd/x.rs'], []],
    ['a program by name', '[[bin]]\nname = "x"', ['src/bin/x/main.rs'], ['src/bin/x/main.rs']],
    ['the program of the package', '[[bin]]\nname = "a"', ['src/main.rs'], ['src/main.rs']],
    ['a library with a path', '[lib]\npath = "l.rs"', ['l.rs'], []],
    [
      'benches and tests by name',
      '[[bench]]\nname = "x"\n[[test]]\nname = "y"',
      ['src/lib.rs', 'benches/x.rs', 'tests/y/main.rs', 'tests/z.rs'],
      ['src/lib.rs', 'tests/y/main.rs', 'benches/x.rs'],
    ],
  ];
  it.each(stubs)('makes what cargo looks for: %s', (_, more, sources, expected) => {
    const files = { 'Cargo.toml': `${cargoToml}${more}\n`, 'Cargo.lock': 'x' };
    const all = { ...files, ...Object.fromEntries(sources.map((s) => [s, ''])) };
    const found = cargo('cargo build', all);
    expect(found?.makes).toEqual(expected.map((path) => `/src/${path}`));
    expect(found?.closure.open).toEqual([]);
    if (expected.length === 0) expect(found?.script).toBe('cargo fetch');
  });
  it('finds the program that default-run names, and the script that links needs', () => {
    const text = `[package]\nname = "a"\ndefault-run = "x"\nlinks = "z"\n[dependencies]\nb = "1"\n`;
    const files = { 'Cargo.toml': text, 'Cargo.lock': 'x', 'src/bin/x.rs': '', 'build.rs': '' };
    expect(cargo('cargo build', files)?.script).toBe(
      'mkdir -p src/bin && touch src/bin/x.rs build.rs && cargo fetch && rm -r src build.rs',
    );
  });
  it.each([
    [
      'a target whose source is nowhere',
      { 'Cargo.toml': `${cargoToml}[[example]]\nname = "x"\n` },
      /example x/,
    ],
    [
      'a dependency outside',
      { 'Cargo.toml': `${cargoToml}c = { path = "../c" }\n` },
      /\/c\/Cargo\.toml, named by/,
    ],
    ['unknown content', { 'Cargo.toml': '' }, /could not be read/],
    ['a wrapper of the project', { '.cargo/config.toml': '[build]\nrustc = "./r"\n' }, /names \.\/r/],
    ['patterns of any depth', { 'Cargo.toml': `${cargoToml}[workspace]\nmembers = ["**"]\n` }, /by \*\*/],
  ])('is open with %s', (_, change, reason) => {
    const files = Object.entries({ ...cargoFiles, ...change }).flatMap(([k, v]) =>
      v === undefined ? [] : [[k, v]],
    );
    expect(cargo('cargo build', Object.fromEntries(files))?.closure.open.join('; ')).toMatch(reason);
  });
  it('is nothing for a package without any source, which something else stands in for', () => {
    expect(cargo('cargo build', { 'Cargo.toml': cargoToml, 'Cargo.lock': cargoFiles['Cargo.lock'] })).toBe(
      undefined,
    );
  });
  it('is open for cargo install without --locked, in doubt without a lock file', () => {
    expect(cargo('cargo install --path .')?.closure.open.join()).toMatch(/--locked/);
    const unlocked = { 'Cargo.toml': cargoToml, 'src/main.rs': '' };
    expect(cargo('cargo build', unlocked)?.closure.doubts.join()).toMatch(/no Cargo\.lock/);
  });

  const workspace = {
    'Cargo.toml':
      '[workspace]\nmembers = ["crates/*", "cli"]\nexclude = ["crates/out"]\n[workspace.dependencies]\nu = { path = "u" }\nnever = { path = "gone" }\n',
    'Cargo.lock': 'x',
    'crates/a/Cargo.toml': '[package]\nname = "a"\n[dependencies]\nu.workspace = true\n',
    'crates/a/src/lib.rs': '',
    'crates/out/Cargo.toml': '[package]\nname = "out"\n',
    'crates/notes.txt': '',
    'cli/Cargo.toml': '[package]\nname = "cli"\n[dependencies]\na = { path = "../crates/a" }\nb = "1"\n',
    'cli/src/main.rs': '',
    'u/Cargo.toml': '[package]\nname = "u"\n',
    'u/src/lib.rs': '',
  };
  it('takes every member, and what they name', () => {
    const files = ['Cargo.toml', 'Cargo.lock', 'crates/a/Cargo.toml', 'u/Cargo.toml', 'cli/Cargo.toml'];
    for (const run of ['cargo build -p cli', 'cd cli && cargo build'])
      expect(cargo(run, workspace)).toMatchObject({
        script:
          'mkdir -p crates/a/src u/src cli/src && touch crates/a/src/lib.rs u/src/lib.rs cli/src/main.rs && cargo fetch && rm -r crates/a/src u/src cli/src',
        folder: '/src',
        closure: { files: files.map((f) => `/src/${f}`), open: [], ecosystem: 'cargo-workspace' },
      });
  });
  it('runs in the folder of the command where settings lie there', () => {
    const files = { ...workspace, 'cli/.cargo/config.toml': '[net]\nretry = 1\n' };
    const found = cargo('cd cli && cargo build', files);
    expect(found?.folder).toBe('/src/cli');
    expect(found?.script).toContain('touch ../crates/a/src/lib.rs ../u/src/lib.rs src/main.rs');
  });
  it('takes no workspace for a package that it excludes', () => {
    const files = { ...workspace, 'crates/out/Cargo.toml': cargoToml, 'crates/out/src/lib.rs': '' };
    expect(cargo('cd crates/out && cargo build', files)?.closure.files).toEqual([
      '/src/crates/out/Cargo.toml',
    ]);
  });
  it('keeps a folder that holds a manifest', () => {
    const files = {
      'Cargo.toml': `${cargoToml}[workspace]\nmembers = ["src/m"]\n`,
      'Cargo.lock': 'x',
      'src/main.rs': '',
      'src/m/Cargo.toml': '[package]\nname = "m"\n',
      'src/m/src/lib.rs': '',
    };
    expect(cargo('cargo build', files)?.script).toBe(
      'mkdir -p src/m/src && touch src/main.rs src/m/src/lib.rs && cargo fetch && rm -r src/main.rs src/m/src',
    );
  });
});
