import { describe, expect, it } from 'vitest';
import { buildsOf } from '../../server/src/project/discover.js';
import { volatileArguments } from '../../server/src/project/volatilesearch.js';
import { memorySnapshot, root } from '../harness/memfs.js';

const dockerfile = 'FROM debian:12\nARG GIT_SHA\nARG STAMP\nARG VERSION\nRUN true\n';

/** What is found for /project/Dockerfile: `name changes value file`, and whether the place holds the value or the name. */
function found(files: Readonly<Record<string, string>>, text = dockerfile): readonly string[] {
  const snapshot = memorySnapshot({ Dockerfile: text, ...files });
  const [build] = buildsOf(snapshot, `${root}/Dockerfile`);
  return volatileArguments(snapshot, build).map(({ name, changes, value, path, at }) => {
    const part = snapshot.text(path)?.slice(at.start, at.end) ?? '';
    expect(part).toMatch(new RegExp(`${name}|args|ARGS`));
    return `${name} ${changes} ${value} ${path.slice(root.length + 1)}`;
  });
}

function workflow(steps: string, job = ''): Readonly<Record<string, string>> {
  return {
    '.github/workflows/image.yml': `on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n${job}    steps:\n${steps}`,
  };
}

const action = (args: string): string =>
  `      - uses: docker/build-push-action@v6\n        with:\n          context: .\n          build-args: |\n${args}`;

describe('volatileArguments of workflows', () => {
  it.each([
    ['${{ github.sha }}', 'commit'],
    ['v1-${{ github.sha }}', 'commit'],
    ['${{ github.event.pull_request.head.sha || github.sha }}', 'commit'],
    ['${{ github.run_number }}', 'build'],
    ['${{ github.ref_name }}', undefined],
    ['${{ github.event.release.tag_name }}', undefined],
    ['${{ inputs.sha }}', undefined],
    ["${{ hashFiles('package-lock.json') }}", undefined],
    ['1.2.3', undefined],
  ])('%s', (value, changes) => {
    const expected = changes === undefined ? [] : [`STAMP ${changes} ${value} .github/workflows/image.yml`];
    expect(found(workflow(action(`            STAMP=${value}\n`)))).toEqual(expected);
  });

  it('follows env, the outputs of steps and of other jobs, and what steps put into the environment', () => {
    const steps = `      - id: meta
        run: |
          SHA=$(git rev-parse --short HEAD)
          echo "sha=$SHA" >> "$GITHUB_OUTPUT"
          echo "tag=$(cat VERSION)" >> "$GITHUB_OUTPUT"
          echo "NOW=$(date -u +%FT%TZ)" >> $GITHUB_ENV
`;
    const args = action(
      '            GIT_SHA=${{ steps.meta.outputs.sha }}\n            STAMP=${{ env.NOW }}\n            VERSION=${{ steps.meta.outputs.tag }}\n',
    );
    expect(found(workflow(steps + args))).toEqual([
      'GIT_SHA commit ${{ steps.meta.outputs.sha }} .github/workflows/image.yml',
      'STAMP build ${{ env.NOW }} .github/workflows/image.yml',
    ]);
    const jobs = `on: push
jobs:
  version:
    runs-on: x
    outputs: { sha: "\${{ steps.v.outputs.GIT_SHA }}" }
    steps:
      - id: v
        run: echo "GIT_SHA=\${{ github.sha }}" >> $GITHUB_OUTPUT
  image:
    needs: version
    env: { GIT_SHA: "\${{ needs.version.outputs.sha }}" }
    steps:
${action('            GIT_SHA=${{ env.GIT_SHA }}\n')}`;
    expect(found({ '.github/workflows/image.yml': jobs })).toEqual([
      'GIT_SHA commit ${{ env.GIT_SHA }} .github/workflows/image.yml',
    ]);
  });

  it('knows what docker/metadata-action gives', () => {
    const steps = '      - { id: meta, uses: docker/metadata-action@v5 }\n';
    const json = '${{ fromJSON(steps.meta.outputs.json)';
    const args = action(
      `            STAMP=${json}.labels['org.opencontainers.image.created'] }}\n` +
        `            GIT_SHA=${json}.labels['org.opencontainers.image.revision'] }}\n` +
        `            VERSION=${json}.labels['org.opencontainers.image.version'] }}\n`,
    );
    expect(found(workflow(steps + args)).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'STAMP build',
      'GIT_SHA commit',
    ]);
    expect(
      found(workflow(`${steps}${action('            VERSION=${{ steps.meta.outputs.version }}\n')}`)),
    ).toEqual([]);
  });

  it('reads docker lines, expressions and variables of the script too', () => {
    const run = `      - run: |
          SHA=$(git rev-parse HEAD)
          docker build . --build-arg GIT_SHA="$SHA" \\
            --build-arg STAMP=\${{ github.run_id }} --build-arg "VERSION=$(cat version.txt)"
`;
    expect(found(workflow(run))).toEqual([
      'GIT_SHA commit $SHA .github/workflows/image.yml',
      'STAMP build ${{ github.run_id }} .github/workflows/image.yml',
    ]);
  });
});

describe('volatileArguments of compose and bake', () => {
  const compose = (args: string): Readonly<Record<string, string>> => ({
    'compose.yaml': `services:\n  web:\n    build:\n      context: .\n      args:\n${args}`,
  });

  it('takes variables whose name says so', () => {
    expect(found(compose('        GIT_SHA: ${GIT_SHA:-dev}\n        VERSION: ${VERSION}\n'))).toEqual([
      'GIT_SHA commit ${GIT_SHA:-dev} compose.yaml',
    ]);
    expect(found(compose('        - GIT_SHA\n        - STAMP=${BUILD_DATE}\n'))).toEqual([
      'GIT_SHA commit GIT_SHA compose.yaml',
      'STAMP build ${BUILD_DATE} compose.yaml',
    ]);
  });

  it('is silent where .env or the file itself gives a value', () => {
    expect(found({ ...compose('        GIT_SHA: ${GIT_SHA}\n'), '.env': 'GIT_SHA=abc\n' })).toEqual([]);
    expect(
      found({
        ...compose('        GIT_SHA: dev\n'),
        ...workflow(action('            GIT_SHA=${{ github.sha }}\n')),
      }),
    ).toEqual([]);
  });

  it('reads bake variables without a default', () => {
    const bake = (fallback: string): Readonly<Record<string, string>> => ({
      'docker-bake.json': JSON.stringify({
        variable: { COMMIT: { default: fallback } },
        target: { web: { context: '.', args: { GIT_SHA: '${COMMIT}', STAMP: '${timestamp()}' } } },
      }),
    });
    expect(found(bake(''))).toEqual([
      'GIT_SHA commit ${COMMIT} docker-bake.json',
      'STAMP build ${timestamp()} docker-bake.json',
    ]);
    expect(found(bake('0123abc'))).toEqual(['STAMP build ${timestamp()} docker-bake.json']);
  });
});

describe('volatileArguments of scripts', () => {
  it.each([
    [
      'Makefile',
      'SHA := $(shell git rev-parse HEAD)\nimage:\n\t@docker build --build-arg GIT_SHA=$(SHA) -t x .\n',
      'GIT_SHA commit $(SHA)',
    ],
    [
      'Makefile',
      'image:\n\t$(DOCKER) build \\\n\t  --build-arg STAMP=`date +%s` .\n',
      'STAMP build `date +%s`',
    ],
    [
      'scripts/build.sh',
      'cd "$(dirname "$0")/.."\ndocker buildx build --build-arg "GIT_SHA=$(git describe --always --dirty)" .\n',
      'GIT_SHA commit $(git describe --always --dirty)',
    ],
    [
      'package.json',
      '{"scripts":{"image":"docker build --build-arg GIT_SHA=$(git log -1 --format=%h) ."}}',
      'GIT_SHA commit $(git log -1 --format=%h)',
    ],
    [
      'Taskfile.yml',
      'vars:\n  SHA:\n    sh: git rev-parse --short HEAD\ntasks:\n  image:\n    cmds:\n      - docker build --build-arg GIT_SHA={{.SHA}} .\n',
      'GIT_SHA commit {{.SHA}}',
    ],
    [
      'justfile',
      'sha := `git rev-parse HEAD`\nimage:\n    docker build --build-arg GIT_SHA={{sha}} .\n',
      'GIT_SHA commit {{sha}}',
    ],
    [
      '.gitlab-ci.yml',
      'build:\n  script:\n    - docker build --build-arg GIT_SHA=$CI_COMMIT_SHA .\n',
      'GIT_SHA commit $CI_COMMIT_SHA',
    ],
    ['build.sh', 'docker build --build-arg GIT_SHA .\n', 'GIT_SHA commit GIT_SHA'],
    [
      'Makefile',
      'ARGS := --build-arg VERSION=1 \\\n  --build-arg GIT_SHA=$(shell git rev-parse HEAD)\nimage:\n\tdocker build $(ARGS) .\n',
      'GIT_SHA commit $(shell git rev-parse HEAD)',
    ],
    [
      'build.sh',
      'args=(-t x)\nargs+=(--build-arg "STAMP=$(date +%s)")\ndocker build "${args[@]}" .\n',
      'STAMP build $(date +%s)',
    ],
    ['build.sh', 'docker compose build --build-arg STAMP=$(date)\n', undefined],
    ['build.sh', 'docker build --build-arg VERSION=$(git describe --tags --abbrev=0) .\n', undefined],
    ['build.sh', 'docker build --build-arg VERSION=$(git rev-parse --abbrev-ref HEAD) .\n', undefined],
    ['build.sh', 'docker build --build-arg VERSION=$(date +%Y) .\n', undefined],
    ['build.sh', 'docker build --build-arg VERSION=$(git log -1 --format=%h -- src) .\n', undefined],
    ['build.sh', 'docker build --build-arg VERSION=$(cat VERSION) .\n', undefined],
    ['build.sh', 'GIT_SHA=abc\ndocker build --build-arg GIT_SHA=$GIT_SHA .\n', undefined],
    ['build.sh', 'docker build -f other.Dockerfile --build-arg GIT_SHA=$(git rev-parse HEAD) .\n', undefined],
    ['build.sh', 'docker run --build-arg GIT_SHA=$(git rev-parse HEAD) .\n', undefined],
  ])('%s: %s', (name, text, expected) => {
    expect(found({ [name]: text })).toEqual(expected === undefined ? [] : [`${expected} ${name}`]);
  });

  it('is silent where two Dockerfiles could be meant', () => {
    const text = 'docker build --build-arg GIT_SHA=$(git rev-parse HEAD) .\n';
    expect(found({ 'web/build.sh': text, 'web/Dockerfile': 'FROM x\n' })).toEqual([]);
  });

  it('knows no argument that the Dockerfile does not declare', () => {
    const script = { Makefile: 'x:\n\tdocker build --build-arg GIT_SHA=$(shell git rev-parse HEAD) .\n' };
    expect(found(script, 'ARG GIT_SHA\nFROM debian:12\nRUN true\n')).toEqual([]);
  });
});
