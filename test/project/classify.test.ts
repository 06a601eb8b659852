import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify, classifyName } from '../../server/src/project/classify.js';

describe('classifyName', () => {
  it.each([
    'Dockerfile',
    'dockerfile',
    'Containerfile',
    'Dockerfile.dev',
    'Dockerfile_amd',
    'Dockerfile-fpm',
    'api.Dockerfile',
    'msitools.dockerfile',
    'Dockerfile.linux.install-monitor-base.10',
    'Dockerfile-linux.template',
    'Dockerfile.j2',
    'app.Dockerfile.erb',
  ])('takes %s for a Dockerfile', (name) => {
    expect(classifyName(`/p/${name}`)).toBe('dockerfile');
  });

  it.each([
    'Dockerfile.md',
    'dockerfile_test.go',
    'Dockerfile.sh',
    'dockerfile.py',
    'Dockerfile.ts',
    'Dockerfile.bak',
    'Dockerfile~',
    'Dockerfile.approved.txt',
    'xDockerfile',
    'dockerfiles',
    'Makefile',
    'compose.yaml.example',
    'docker-bake.txt',
    'compose.json',
    'values.yaml',
  ])('leaves %s alone', (name) => {
    expect(classifyName(`/p/${name}`)).toBeUndefined();
  });

  it.each([
    ['/p/.dockerignore', 'dockerignore'],
    ['/p/Dockerfile.dockerignore', 'dockerignore'],
    ['/p/compose.yml', 'compose'],
    ['/p/docker-compose.prod.yaml', 'compose'],
    ['/p/podman-compose.yml', 'compose'],
    ['/p/docker-bake.hcl', 'bake'],
    ['/p/docker-bake.override.json', 'bake'],
    ['/p/.github/workflows/ci.yml', 'workflow'],
    ['/p/.github/actions/build/action.yaml', 'workflow'],
    ['/p/.github/workflows/docker-compose.yml', 'workflow'],
    ['/p/.devcontainer/devcontainer.json', 'devcontainer'],
    ['/p/.plimsoll.yaml', 'config'],
  ])('knows %s', (path, kind) => {
    expect(classifyName(path)).toBe(kind);
  });
});

describe('classify', () => {
  it('leaves templates and very long files alone', () => {
    expect(classify('/p/Dockerfile.template', 'FROM x')).toEqual({ kind: 'dockerfile', skipped: 'template' });
    expect(classify('/p/Dockerfile', '#'.repeat(1_000_001))).toEqual({
      kind: 'dockerfile',
      skipped: 'too-large',
    });
  });

  it('knows templates and fragments by their text', () => {
    const skipped = (text: string) => classify('/p/Dockerfile', text).skipped;
    expect(skipped('FROM {{ base }}\nRUN x\n')).toBe('template');
    expect(skipped('RUN x={{ARGS["x"]}}\n')).toBe('template');
    expect(skipped('RUN apt-get update\n')).toBe('fragment');
    expect(skipped('# only a comment\n')).toBe('fragment');
    expect(skipped('\n')).toBeNull();
    expect(skipped('# FROM nothing\nARG A\nfrom a\n')).toBeNull();
    expect(skipped("FROM a\nRUN docker inspect --format '{{.Id}}' x\n")).toBeNull();
  });

  it('wants services in a file whose name only resembles a compose file', () => {
    expect(classify('/p/compose-search.yml', 'services:\n  a: {}\n').kind).toBe('compose');
    expect(classify('/p/compose-search.yml', 'steps: []\n').kind).toBeUndefined();
    expect(classify('/p/compose.extras.yaml', '# nothing yet\n').kind).toBe('compose');
  });

  it('lists only workflows that build an image', () => {
    const build = 'jobs:\n  a:\n    steps:\n      - run: docker build .\n';
    expect(classify('/p/.github/workflows/a.yml', build).kind).toBe('workflow');
    expect(
      classify('/p/.github/workflows/a.yml', 'jobs: {a: {steps: [{run: make}]}}\n').kind,
    ).toBeUndefined();
  });

  it.each([
    ['a script named after docker', 'jobs:\n  a:\n    steps:\n      - run: ./my-docker build\n'],
    [
      'a step that says so',
      'env: {DOCKER_BUILDKIT: 1}\njobs:\n  a:\n    steps:\n      - name: Build the image\n        if: x\n        run: script/build\n',
    ],
    ['a called workflow', 'name: Docker images\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n'],
  ])('lists a workflow that builds behind %s', (_, text) => {
    expect(classify('/p/.github/workflows/a.yml', text).kind).toBe('workflow');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (path, text) => {
        expect(classify(path, text)).toHaveProperty('skipped');
      }),
    );
  });
});
