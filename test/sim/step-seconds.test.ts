import { beforeAll, describe, expect, it } from 'vitest';
import type { MeasuredBuild } from '../../server/src/project/measured.js';
import { builtOf } from '../../server/src/sim/context/built.js';
import { beginningOf } from '../../server/src/sim/cost/beginning.js';
import { container, copying, families, lightPrograms, transfer } from '../../server/src/sim/cost/families.js';
import type { Triple } from '../../server/src/sim/cost/family.js';
import type { StepSeconds } from '../../server/src/sim/cost/model.js';
import { type SecondsInput, stepSeconds } from '../../server/src/sim/cost/seconds.js';
import { shellOf } from '../../server/src/sim/stages.js';
import type { ShellParser } from '../../server/src/syntax/shell/model.js';
import { testBuild } from '../harness/build.js';
import { memorySnapshot } from '../harness/memfs.js';
import { testShellParser } from '../harness/shell.js';

let parser: ShellParser;
beforeAll(async () => {
  parser = await testShellParser();
});

function inputOf(dockerfile: string, files: Readonly<Record<string, string>> = {}, tree = ''): SecondsInput {
  const snapshot = memorySnapshot({ ...files, Dockerfile: dockerfile }, tree);
  const built = builtOf(snapshot, testBuild);
  if (built === undefined) throw new Error('no Dockerfile');
  return { snapshot, build: testBuild, built, shell: shellOf(parser), measured: [] };
}

/** Seconds of the last step. */
function last(dockerfile: string, files: Readonly<Record<string, string>> = {}, tree = ''): StepSeconds {
  const all = [...stepSeconds(inputOf(dockerfile, files, tree)).values()];
  const seconds = all.at(-1);
  if (seconds === undefined) throw new Error('no step');
  return seconds;
}

function run(command: string): StepSeconds {
  return last(`FROM debian\nRUN ${command}`);
}

describe('the data file', () => {
  const inOrder = ([low, value, high]: Triple): boolean => 0 <= low && low <= value && value <= high;

  it.each(families.map((family) => [family.title, family] as const))(
    '%s: ranges in order, with a source',
    (_, family) => {
      const { fixed, each, otherwise, again, fetched, warm, source, is } = family;
      for (const triple of [fixed, each?.seconds, otherwise, again, fetched?.left, warm?.saves])
        expect(triple === undefined || inOrder(triple)).toBe(true);
      expect(source.length).toBeGreaterThan(10);
      expect(is.length).toBeGreaterThan(0);
      // A number that cannot be counted has a range of its own.
      if (each !== undefined && each.count.of !== 'seconds') expect(otherwise).toBeDefined();
      for (const parts of is) for (const part of parts) expect(() => new RegExp(part ?? '')).not.toThrow();
      if (warm !== undefined) expect(warm.saves[2]).toBeLessThan(1);
    },
  );

  it('titles are told apart, and so are light programs', () => {
    const titles = families.map(({ title }) => title);
    for (const { fetched } of families) if (fetched !== undefined) expect(titles).toContain(fetched.by);
    expect(new Set(titles).size).toBe(titles.length);
    expect(lightPrograms.has('')).toBe(false);
    for (const { is } of families)
      for (const [program, words, options] of is)
        if (words === undefined && options === undefined)
          for (const light of lightPrograms)
            expect(new RegExp(`^(?:${program})$`).test(light), light).toBe(false);
  });

  it('what instructions and transfers take is in order too', () => {
    const { fixed, megabyte, file, otherwise, address } = copying;
    for (const triple of [
      container.seconds,
      fixed,
      megabyte,
      file,
      otherwise,
      address,
      transfer.walked,
      transfer.file,
      transfer.megabyte,
    ])
      expect(inOrder(triple)).toBe(true);
  });
});

describe('commands and their families', () => {
  it.each([
    [
      'apt-get update && apt-get install -y --no-install-recommends curl git make && rm -rf /var/lib/apt/lists/*',
      'apt-get install, 3 packages',
    ],
    ['sudo apt-get install -y gcc', 'apt-get install, 1 package:'],
    ['apt-get install -y $PACKAGES', 'apt-get install:'],
    ['apk add --no-cache --virtual .deps gcc musl-dev', 'apk add, 2 packages'],
    ['microdnf install -y tar gzip', 'dnf install, 2 packages'],
    ['npm install -g typescript pnpm', 'npm install --global, 2 packages'],
    ['npm --prefix web ci --omit=dev', 'npm ci:'],
    ['yarn --frozen-lockfile', 'yarn install:'],
    ['corepack enable && pnpm i --frozen-lockfile', 'pnpm install:'],
    ['bun install', 'bun install:'],
    ['npm run build', 'npm run build:'],
    ['yarn build', 'npm run build:'],
    ['npx next build', 'npm run build:'],
    ['NODE_ENV=production npx tsc -p .', 'tsc:'],
    ['pip install --no-cache-dir -i https://x/simple flask gunicorn', 'pip install, 2 requirements'],
    ['/venv/bin/pip3 install -e .', 'pip install:'],
    ['python3 -m pip install flask', 'python -m pip install, 1 requirement:'],
    ['uv pip install --system flask httpx', 'uv pip install, 2 requirements'],
    ['uv sync --frozen', 'uv sync:'],
    ['poetry install --only main', 'poetry install:'],
    ['poetry run python manage.py collectstatic --noinput', 'manage.py collectstatic:'],
    ['composer install --no-dev', 'composer install:'],
    ['bundle install -j4', 'bundle install:'],
    ['bundle exec rake assets:precompile', 'rails assets:precompile:'],
    ['gem install bundler', 'gem install, 1 gem:'],
    ['go mod download', 'go mod download:'],
    ['CGO_ENABLED=0 go build -o /app ./cmd/app', 'go build:'],
    ['cargo build --release --locked', 'cargo build:'],
    ['cargo chef cook --release', 'cargo build:'],
    ['cargo install wasm-pack', 'cargo install, 1 program:'],
    ['./mvnw -B dependency:go-offline', 'mvn:'],
    ['./gradlew bootJar --no-daemon', 'gradle:'],
    ['dotnet restore "a.csproj"', 'dotnet restore:'],
    ['dotnet publish -c Release -o out', 'dotnet publish:'],
    ['mix do deps.get, deps.compile', 'mix compile:'],
    ['make -j 4 all', 'make:'],
    ['cmake -B build . && cmake --build build', 'make:'],
    ['./configure --prefix=/usr', 'configure:'],
    ['chown -R app:app /app', 'chown -R:'],
    ['curl -fsSL https://example.com/setup.sh | bash -', 'sh of a download:'],
    ['curl -fsSLo x.tgz https://example.com/x.tgz', 'curl:'],
    ['git clone --depth 1 https://example.com/x', 'git clone:'],
    ['tar -xzf x.tgz -C /opt', 'tar:'],
    ['docker-php-ext-install pdo_mysql zip', 'docker-php-ext-install, 2 extensions'],
  ])('%s', (command, start) => {
    const seconds = run(command);
    expect(seconds.value).toBeGreaterThan(0.05);
    expect(seconds).toMatchObject({ basis: 'assumed', source: expect.stringContaining(start) });
  });

  it.each([
    'mkdir -p /a && ln -s a b && rm -rf /tmp/*',
    'echo a > b; chmod +x b',
    'node --version && npm -v',
    'useradd -m app && chown app /home/app',
    'for f in a b; do touch $f; done',
    '["true"]',
    '[ -d a ] || make',
  ])('%s takes no more than a container', (command) => {
    expect(run(command)).toMatchObject({ value: container.seconds[1], source: container.source });
  });

  it('sleeps as long as it says, and adds up', () => {
    expect(run('sleep 3').value).toBeCloseTo(3 + container.seconds[1]);
    expect(run('sleep 3 && sleep 1.5').value).toBeCloseTo(4.5 + container.seconds[1]);
    expect(run('sleep 3').basis).toBe('simulated');
  });

  it.each([
    ['./scripts/setup.sh', 'nothing is known of `setup.sh`: import a build log'],
    ['$CMD', 'nothing is known of `$CMD`: import a build log'],
    ['apk add curl && ./x', 'nothing is known of `x`: import a build log'],
    ['for i in 1 2 3; do npm ci; done', 'nothing is known of how often its loop runs: import a build log'],
    ['npm test', 'nothing is known of `npm`: import a build log'],
  ])('%s is unknown, never zero', (command, source) => {
    expect(run(command)).toEqual({ value: null, low: null, high: null, basis: 'assumed', source });
  });

  it('another shell cannot be read', () => {
    expect(last('FROM x\nSHELL ["pwsh", "-c"]\nRUN npm ci').value).toBeNull();
  });

  it('what is known counts as the least where it is long', () => {
    const seconds = run('apt-get update && apt-get install -y gcc make git && ./x');
    expect(seconds.value).toBe(18.07);
    expect(seconds.source).toMatch(/at least: nothing is known of `x`$/);
    expect(seconds).toMatchObject({ atLeast: true });
  });

  it('of the branches of a condition one counts, that whose files are there before others', () => {
    const command =
      'if [ -f yarn.lock ]; then yarn; elif [ -f package-lock.json ]; then npm ci; else exit 1; fi';
    expect(run(command)).toMatchObject({ value: 40.07, low: 0.04 });
    const lock = JSON.stringify({
      lockfileVersion: 3,
      packages: { '': {}, 'node_modules/a': { version: '1' } },
    });
    const files = { 'package-lock.json': lock };
    expect(last(`FROM x\nWORKDIR /a\nCOPY package-lock.json .\nRUN ${command}`, files)).toMatchObject({
      value: 3.11,
      basis: 'simulated',
      source: expect.stringContaining('npm ci, 1 package in package-lock.json'),
    });
  });
});

describe('what the project shows', () => {
  const install = (command: string, name: string, text: string): StepSeconds =>
    last(`FROM x\nWORKDIR /app\nCOPY ${name} ./\nRUN ${command}`, { [name]: text });

  it.each([
    [
      'yarn install',
      'yarn.lock',
      '# v1\n\na@^1:\n  version "1"\n  resolved "https://x/a"\n\nb@^1:\n  version "1"\n  resolved "https://x/b"\n',
      2,
    ],
    [
      'yarn install',
      'yarn.lock',
      '"a@npm:^1":\n  version: 1\n  resolution: "a@npm:1.0.0"\n"w@workspace:.":\n  resolution: "w@workspace:."\n',
      1,
    ],
    [
      'pnpm i',
      'pnpm-lock.yaml',
      "lockfileVersion: '9.0'\npackages:\n  a@1:\n    resolution: {integrity: x}\n  b@1:\n    resolution: {integrity: x}\n",
      2,
    ],
    [
      'bun install',
      'bun.lock',
      '{\n  "packages": {\n    "a": ["a@1", "", {}, "x"],\n    "b": ["b@1", "", {}, "x"],\n  }\n}\n',
      2,
    ],
    [
      'composer install',
      'composer.lock',
      JSON.stringify(
        { packages: [{ name: 'a/a' }, { name: 'b/b' }], 'packages-dev': [{ name: 'c/c' }] },
        null,
        4,
      ),
      3,
    ],
    [
      'bundle install',
      'Gemfile.lock',
      'GEM\n  specs:\n    rails (7.0)\n      rack (>= 2)\n    rack (2.2)\n',
      2,
    ],
    [
      'go mod download',
      'go.sum',
      'a.b/c v1.0.0 h1:x=\na.b/c v1.0.0/go.mod h1:y=\na.b/d v1.0.0/go.mod h1:y=\n',
      1,
    ],
    ['cargo build', 'Cargo.lock', '[[package]]\nname = "a"\n\n[[package]]\nname = "b"\n', 2],
    ['poetry install', 'poetry.lock', '[[package]]\nname = "a"\n', 1],
    ['uv sync', 'uv.lock', '[[package]]\nname = "a"\n[[package]]\nname = "b"\n', 2],
    ['mix deps.get', 'mix.lock', '%{\n  "a": {:hex, :a, "1"},\n  "b": {:hex, :b, "1"},\n}\n', 2],
    ['pip install -r requirements.txt', 'requirements.txt', 'flask==1\n# no\nhttpx\n', 2],
  ])('%s counts what %s lists', (command, name, text, number) => {
    const seconds = install(command, name, text);
    expect(seconds.basis).toBe('simulated');
    expect(seconds.source).toMatch(
      new RegExp(`, ${number} (package|requirement)s? in ${name.replace('.', '\\.')}: `),
    );
  });

  it('counts more as longer, and development packages only where they are installed', () => {
    const packages = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [
        `node_modules/p${i}`,
        { version: '1', ...(i < 60 ? { dev: true } : {}) },
      ]),
    );
    const lock = JSON.stringify({ lockfileVersion: 3, packages: { '': {}, ...packages } });
    expect(install('npm ci', 'package-lock.json', lock).source).toContain('100 packages');
    const less = install('npm ci --omit=dev', 'package-lock.json', lock);
    expect(less.source).toContain('40 packages');
    expect(less.value).toBeLessThan(install('npm ci', 'package-lock.json', lock).value ?? 0);
  });

  it('a second run in a stage finds what the first one built', () => {
    const first = 'FROM rust AS deps\nRUN cargo chef cook --release\n';
    const second = last(`${first}FROM deps\nRUN cargo build --release`);
    expect(second.value).toBeCloseTo(60.07);
    expect(second.source).toMatch(/not the first in its stage$/);
    expect(last(`${first}FROM rust\nRUN cargo build --release`).value).toBeCloseTo(300.07);
  });

  it('a build has less to do behind a download of its own', () => {
    const alone = last('FROM rust\nRUN cargo build --release').value ?? 0;
    const after = last('FROM rust\nRUN cargo fetch\nRUN cargo build --release');
    expect(after.value).toBeCloseTo((alone - 0.07) * 0.95 + 0.07, 1);
    expect(after.source).toMatch(/downloaded in a step before$/);
    expect(last('FROM golang\nRUN go mod download\nRUN go build .').value).toBeLessThan(
      last('FROM golang\nRUN go build .').value ?? 0,
    );
  });

  it('a download in a step before and a filled cache mount spare the same', () => {
    const mount = '--mount=type=cache,target=/root/.m2';
    const first = 'FROM maven\nRUN mvn dependency:go-offline\n';
    const both = last(`${first}RUN ${mount} mvn package`).value;
    expect(both).toBe(last(`${first}RUN mvn package`).value);
    expect(both).toBeLessThan(last(`FROM maven\nRUN ${mount} mvn package`).value ?? 0);
  });

  it('a filled cache mount takes time away', () => {
    const cold = run('pip install flask');
    const warm = run('--mount=type=cache,target=/root/.cache/pip pip install flask');
    expect(warm.value).toBeLessThan(cold.value ?? 0);
    expect(warm.low).toBeLessThan(warm.value ?? 0);
    expect(warm.source).toMatch(/its cache mount filled$/);
    expect(run('--mount=type=cache,target=/other pip install flask').value).toBe(cold.value);
  });

  it('a COPY takes the longer the more it copies', () => {
    const small = last('FROM x\nCOPY a /a', {}, 'a/ 1MB 10 files');
    const large = last('FROM x\nCOPY a /a', {}, 'a/ 500MB 5000 files');
    expect(small).toMatchObject({
      basis: 'simulated',
      source: expect.stringContaining('the files it copies'),
    });
    expect(small.value).toBeLessThan(0.1);
    expect(large.value).toBeGreaterThan(1);
    expect(last('FROM x AS b\nFROM x\nCOPY --from=b /a /a').basis).toBe('assumed');
    expect(last('FROM x\nADD https://example.com/a /a').value).toBeGreaterThan(1);
    expect(last('FROM x\nWORKDIR /a').value).toBeLessThan(0.1);
  });

  it('chown -R goes by the files that were copied', () => {
    const tree = 'a/ 500MB 100 files';
    expect(last('FROM x\nCOPY a /a\nRUN chown -R node /a', {}, tree)).toMatchObject({
      value: 3.17,
      basis: 'simulated',
      source: expect.stringContaining('chown -R, 500 MB in the files copied before'),
    });
  });

  it('the transfer of the context goes by its files and bytes', () => {
    const input = inputOf('FROM x\nCOPY . .', {}, 'a/ 100MB 1000 files');
    const { first, again } = beginningOf(input).transfer ?? {};
    expect(first).toMatchObject({ basis: 'simulated' });
    expect(first?.value).toBeCloseTo(1.16, 1);
    expect(again?.value).toBeCloseTo(0.025, 2);
    expect(beginningOf(inputOf('FROM x\nRUN true'))).toEqual({ start: undefined, transfer: undefined });
  });
});

describe('order of trust', () => {
  it("a person's own build comes before all else", () => {
    const measured: MeasuredBuild = {
      id: '1',
      started: '2026-11-20T00:00:00.000Z',
      origin: 'build.log',
      format: 'plain',
      complete: true,
      seconds: 12,
      steps: [
        {
          stage: null,
          index: 2,
          of: 3,
          platform: null,
          name: 'RUN npm ci',
          seconds: 8,
          cached: false,
          line: null,
        },
      ],
      others: [
        { name: 'load build definition from Dockerfile', seconds: 0.3 },
        { name: 'load metadata for docker.io/library/x:latest', seconds: 0.9 },
        { name: 'load build context', seconds: 0.4 },
        { name: 'FROM docker.io/library/x:latest', seconds: 20 },
        { name: 'exporting to image', seconds: 5 },
      ],
      contextBytes: 123,
    };
    const input = { ...inputOf('FROM x\nRUN npm ci\nRUN npm test'), measured: [measured] };
    expect(beginningOf(input)).toMatchObject({
      start: { value: 1.2, basis: 'measured' },
      transfer: undefined,
    });
    const copying = { ...inputOf('FROM x\nRUN npm ci\nCOPY . .', {}, 'a/ 1MB'), measured: [measured] };
    expect(beginningOf(copying).transfer?.again).toMatchObject({ value: 0.4, basis: 'measured' });
    const [install, test] = [...stepSeconds(input).values()];
    expect(install).toMatchObject({ value: 8, basis: 'measured', source: 'build.log of 2026-11-20' });
    expect(test?.value).toBeNull();
  });

  const took = (name: string, seconds: number): MeasuredBuild => ({
    id: '1',
    started: '2026-11-20T00:00:00.000Z',
    origin: 'build.log',
    format: 'plain',
    complete: true,
    seconds: null,
    steps: [
      { stage: null, index: 2, of: 3, platform: null, name, seconds, cached: false, line: null },
      {
        stage: null,
        index: 3,
        of: 3,
        platform: null,
        name: 'RUN true',
        seconds: 0.1,
        cached: false,
        line: null,
      },
    ],
    others: [],
    contextBytes: null,
  });
  const now = (command: string, measured: MeasuredBuild): StepSeconds | undefined =>
    [...stepSeconds({ ...inputOf(`FROM x\nRUN ${command}\nRUN true`), measured: [measured] }).values()][0];

  it('a step whose text a fix changed goes by what it took before, and by what the model makes of the change', () => {
    expect(now('--mount=type=cache,target=/root/.npm npm ci', took('RUN npm ci', 8))).toMatchObject({
      value: 4.007,
      basis: 'simulated',
      source: 'build.log of 2026-11-20: what `RUN npm ci` took, times 0.5',
    });
    expect(now('npm ci --omit=dev', took('RUN npm ci', 8))).toMatchObject({ value: 8, basis: 'simulated' });
    expect(now('apt-get install -y a b', took('RUN apt-get install -y a b c d e f', 30))?.value).toBeLessThan(
      20,
    );
  });

  it('a step that finds its dependencies installed since takes less than it took', () => {
    const twice = 'FROM x\nRUN poetry install --no-root\nCOPY . .\nRUN poetry install\nRUN true';
    const log = took('RUN poetry install', 50);
    const last = (measured: MeasuredBuild): StepSeconds | undefined =>
      [...stepSeconds({ ...inputOf(twice), measured: [measured] }).values()][2];
    expect(last(log)).toMatchObject({ basis: 'simulated' });
    expect(last(log)?.value).toBeLessThan(10);
    // The first install was in that build too, from the cache.
    const first = {
      ...log.steps[0],
      name: 'RUN poetry install --no-root',
      seconds: null,
      cached: true,
    } as MeasuredBuild['steps'][number];
    expect(last({ ...log, steps: [first, ...log.steps] })).toMatchObject({ value: 50, basis: 'measured' });
  });

  it('two projects are installed for themselves', () => {
    const two = 'FROM x\nWORKDIR /a\nRUN poetry install\nWORKDIR /b\nRUN poetry install';
    expect(last(two).value).toBe(run('poetry install').value);
  });

  it('also where nothing is known of its commands, as long as they are the same', () => {
    expect(now('--mount=type=cache,target=/c ./build.sh', took('RUN ./build.sh', 42))).toMatchObject({
      value: 42,
    });
    expect(now('./build.sh --fast', took('RUN ./build.sh', 42))?.value).toBeNull();
  });

  it('but not by a step of another kind, or by one of several', () => {
    expect(now('npm ci', took('RUN pip install flask', 8))).toMatchObject({ value: 40.07, basis: 'assumed' });
    const several = took('RUN npm ci --omit=dev', 8);
    const steps = [
      ...several.steps,
      { ...several.steps[0], name: 'RUN npm ci --omit=optional' } as MeasuredBuild['steps'][number],
    ];
    expect(now('npm ci', { ...several, steps })).toMatchObject({ value: 40.07, basis: 'assumed' });
  });
});
