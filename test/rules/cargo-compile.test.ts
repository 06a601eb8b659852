import { describe, expect, it } from 'vitest';
import { lintFile } from '../../server/src/engine/run.js';
import { outcomeOf, verifiedFixes } from '../../server/src/engine/verify.js';
import { testEngine } from '../harness/engine.js';
import { memory } from '../project/memory.js';

const engine = await testEngine();

const lock = (...names: readonly string[]): string =>
  [...names, 'itoa'].map((name) => `[[package]]\nname = "${name}"\nversion = "0.1.0"\n`).join('\n');
const manifest = (name: string, more = ''): string =>
  `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${more}\n[dependencies]\nitoa = "1"\n`;
const dockerfile = (run: string, between = ''): string =>
  `FROM rust:1.80 AS build\nWORKDIR /src\nCOPY . .\n${between}RUN ${run}\n\nFROM scratch\nCOPY --from=build /src/target/release/app /app\n`;

const single = {
  '/p/.git/HEAD': '',
  '/p/.dockerignore': 'target\n',
  '/p/Cargo.toml': manifest('app'),
  '/p/Cargo.lock': lock('app'),
  '/p/src/main.rs': 'fn main() {}\n',
};

/** The instructions that the fix puts before the source; undefined where it is not offered. */
function compiled(files: Readonly<Record<string, string>>): string | undefined {
  const snapshot = memory(files, ['/p']);
  const path = '/p/Dockerfile';
  const report = lintFile(engine, snapshot, path);
  const fixes = report.findings
    .filter(({ rule }) => rule === 'source-before-deps')
    .flatMap((finding) => verifiedFixes(engine, snapshot, report, finding));
  const fix = fixes.find(({ title }) => title.startsWith('Compile the dependencies first'));
  if (fix === undefined) return undefined;
  expect(fix.applicability).toBe('unsafe');
  const outcome = outcomeOf(snapshot, fix.changes());
  if (typeof outcome === 'string') throw new Error(outcome);
  const text = outcome.texts.get(path) ?? '';
  return text.slice(text.indexOf('COPY'), text.indexOf('COPY . .'));
}

/** What the rule says. */
function told(files: Readonly<Record<string, string>>): readonly string[] {
  return lintFile(engine, memory(files, ['/p']), '/p/Dockerfile')
    .findings.filter(({ rule }) => rule === 'source-before-deps')
    .map(({ severity, message }) => `${severity}: ${message}`);
}

describe('the dependencies of cargo build are compiled before the source is copied', () => {
  it('for one program', () => {
    const files = { ...single, '/p/Dockerfile': dockerfile('cargo build --release --locked') };
    expect(compiled(files)).toBe(`COPY Cargo.toml Cargo.lock ./
RUN mkdir -p src \\
    && echo 'fn main() {}' > src/main.rs \\
    && cargo build --release --locked \\
    && cargo clean --release -p app \\
    && rm -r src
`);
  });

  it('with a library, a build script and a program of another name', () => {
    const more = '\n[lib]\npath = "source/lib.rs"\n\n[[bin]]\nname = "tool"\npath = "source/tool.rs"\n';
    const files = {
      ...single,
      '/p/Cargo.toml': manifest('app', more),
      '/p/build.rs': 'fn main() {}\n',
      '/p/source/lib.rs': '',
      '/p/source/tool.rs': 'fn main() {}\n',
      '/p/Dockerfile': dockerfile('cargo build --bin tool --features=fast -F slow'),
    };
    expect(compiled(files)).toBe(`COPY Cargo.toml Cargo.lock ./
RUN mkdir -p source src \\
    && touch source/lib.rs \\
    && echo 'fn main() {}' | tee src/main.rs source/tool.rs build.rs > /dev/null \\
    && cargo build --features=fast -F slow \\
    && cargo clean -p app \\
    && rm -r build.rs source src
`);
  });

  it('in the folder of the member that is built, with the variables of the command', () => {
    const files = {
      '/p/.git/HEAD': '',
      '/p/.dockerignore': 'target\n',
      '/p/Cargo.toml': '[workspace]\nmembers = ["app", "words"]\n',
      '/p/Cargo.lock': lock('app', 'words'),
      '/p/app/Cargo.toml': `${manifest('app')}words = { path = "../words" }\n`,
      '/p/app/src/main.rs': 'fn main() {}\n',
      '/p/words/Cargo.toml': manifest('words'),
      '/p/words/src/lib.rs': '',
      '/p/Dockerfile': dockerfile(
        'cd app && RUSTFLAGS="-C opt-level=2" cargo +stable build -r --target-dir /out',
      ),
    };
    expect(compiled(files)).toBe(`COPY Cargo.toml Cargo.lock ./
COPY app/Cargo.toml ./app/
COPY words/Cargo.toml ./words/
RUN mkdir -p app/src words/src \\
    && touch words/src/lib.rs \\
    && echo 'fn main() {}' > app/src/main.rs \\
    && (cd app && RUSTFLAGS='-C opt-level=2' cargo +stable build -r --target-dir /out && RUSTFLAGS='-C opt-level=2' cargo +stable clean -r --target-dir /out -p app -p words) \\
    && rm -r app/src words/src
`);
  });

  const mounted = (...targets: readonly string[]): string =>
    targets.map((target) => `--mount=type=cache,target=${target} `).join('');
  const registry = '/usr/local/cargo/registry';

  it('behind a cache mount that keeps the downloads alone, with that mount', () => {
    const run = `${mounted(registry, '/usr/local/cargo/git/')}cargo build --release --locked`;
    const files = { ...single, '/p/Dockerfile': dockerfile(run) };
    expect(told(files)).toEqual([
      'warning: Every source change compiles the dependencies of "cargo build --release --locked" again.',
    ]);
    expect(compiled(files)).toBe(`COPY Cargo.toml Cargo.lock ./
RUN ${mounted(registry, '/usr/local/cargo/git/')}mkdir -p src \\
    && echo 'fn main() {}' > src/main.rs \\
    && cargo build --release --locked \\
    && cargo clean --release -p app \\
    && rm -r src
`);
  });

  it('behind such a mount, where it is not known how: that alone is told', () => {
    const run = `${mounted(registry)}cargo build --release --artifact-dir out`;
    const files = { ...single, '/p/Dockerfile': dockerfile(run) };
    expect(compiled(files)).toBeUndefined();
    expect(told(files)).toEqual([
      'information: Every source change compiles the dependencies of "cargo build --release --artifact-dir out" again.',
    ]);
  });

  it.each([
    ['the target folder is mounted too', `${mounted(registry, '/src/target')}cargo build --release`],
    ['another folder is mounted', `${mounted(registry, '/root/.cache/sccache')}cargo build --release`],
    ['all of cargo is mounted', `${mounted('/usr/local/cargo')}cargo build --release`],
    ['the folder is not known', `${mounted('$CARGO_HOME/registry')}cargo build --release`],
    ['the compiler is wrapped', `${mounted(registry)}RUSTC_WRAPPER=sccache cargo build --release`],
    ['it only downloads', `${mounted(registry)}cargo fetch --locked`],
  ])('not told: %s', (_, run) => {
    expect(told({ ...single, '/p/Dockerfile': dockerfile(run) })).toEqual([]);
  });

  it.each([
    ['tests want other crates', { '/p/Dockerfile': dockerfile('cargo test --release') }],
    [
      'an option that is not known',
      { '/p/Dockerfile': dockerfile('cargo build --release --artifact-dir out') },
    ],
    [
      'a variable whose value is not known',
      { '/p/Dockerfile': dockerfile('cargo build --profile $PROFILE') },
    ],
    [
      'a target without a system',
      { '/p/Dockerfile': dockerfile('cargo build --target thumbv7em-none-eabi') },
    ],
    [
      'something else runs before it',
      { '/p/Dockerfile': dockerfile('make protocols && cargo build --release') },
    ],
    [
      'a variable is set between',
      { '/p/Dockerfile': dockerfile('cargo build --release', 'ENV FEATURE=1\n') },
    ],
    ['there is no lock file', { '/p/Dockerfile': dockerfile('cargo build'), '/p/Cargo.lock': undefined }],
    [
      'a package of the registry has the same name',
      { '/p/Dockerfile': dockerfile('cargo build'), '/p/Cargo.lock': lock('app', 'app') },
    ],
    [
      'a package is put in the place of another',
      {
        '/p/Dockerfile': dockerfile('cargo build'),
        '/p/Cargo.toml': `${manifest('app')}\n[patch.crates-io]\nitoa = { path = "itoa" }\n`,
        '/p/itoa/Cargo.toml': manifest('itoa').replace('itoa = "1"', ''),
        '/p/itoa/src/lib.rs': '',
      },
    ],
    [
      'the settings choose a target',
      {
        '/p/Dockerfile': dockerfile('cargo build'),
        '/p/.cargo/config.toml': '[build]\ntarget = "wasm32-unknown-unknown"\n',
      },
    ],
    [
      'a named source is not there',
      {
        '/p/Dockerfile': dockerfile('cargo build'),
        '/p/Cargo.toml': manifest('app', '\n[[bin]]\nname = "tool"\npath = "generated.rs"\n'),
      },
    ],
  ])('not where %s', (_, changes) => {
    const files = Object.entries({ ...single, ...changes }).filter(([, text]) => text !== undefined);
    expect(compiled(Object.fromEntries(files) as Record<string, string>)).toBeUndefined();
  });
});
