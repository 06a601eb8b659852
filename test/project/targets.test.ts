import { describe, expect, it } from 'vitest';
import { buildsAround, dockerfilesFor } from '../../server/src/project/targets.js';
import { memory } from './memory.js';

const compose = [
  'services:',
  '  web:',
  '    build: { context: ., dockerfile: docker/web.Dockerfile }',
  '  db:',
  '    image: postgres',
  '  job:',
  '    build: ./job',
  '',
].join('\n');

const files = {
  '/w/compose.yaml': compose,
  '/w/compose.override.yaml': 'services:\n  web:\n    environment: { A: b }\n',
  '/w/docker/web.Dockerfile': 'FROM a\nCOPY . .\n',
  '/w/docker/web.Dockerfile.dockerignore': 'x\n',
  '/w/job/Dockerfile': 'FROM a\nCOPY . .\n',
  '/w/job/Dockerfile.tmpl': 'FROM {{ .Base }}\n',
  '/w/job/.dockerignore': 'y\n',
  '/w/.dockerignore': 'z\n',
  '/w/sub/.git/HEAD': '',
  '/w/sub/Dockerfile': 'FROM b\nCOPY . .\n',
  '/w/sub/src/a.ts': '',
};

describe('the Dockerfiles a file or folder stands for', () => {
  it.each([
    ['/w/job/Dockerfile', ['/w/job/Dockerfile']],
    ['/w/none/Dockerfile', ['/w/none/Dockerfile']],
    ['/w/compose.yaml', ['/w/docker/web.Dockerfile', '/w/job/Dockerfile']],
    ['/w/compose.override.yaml', ['/w/docker/web.Dockerfile', '/w/job/Dockerfile']],
    ['/w/docker/web.Dockerfile.dockerignore', ['/w/docker/web.Dockerfile']],
    ['/w/job/.dockerignore', ['/w/job/Dockerfile']],
    // Nobody reads it, but it lies in the context of the one that has its own.
    ['/w/.dockerignore', ['/w/docker/web.Dockerfile']],
    ['/w', ['/w/docker/web.Dockerfile']],
    ['/w/job', ['/w/job/Dockerfile']],
    ['/w/docker', ['/w/docker/web.Dockerfile']],
    ['/w/sub', ['/w/sub/Dockerfile']],
    ['/w/sub/src', []],
    ['/w/sub/src/a.ts', []],
  ])('%s: %j', (path, expected) => {
    expect(dockerfilesFor(memory(files, ['/w']), path)).toEqual(expected);
  });
});

describe('the builds around a file', () => {
  it('are those of its own project and of the one that holds it', () => {
    const found = buildsAround(memory(files, ['/w']), '/w/sub/src/a.ts');
    expect(found.map(({ dockerfile }) => dockerfile)).toEqual([
      '/w/sub/Dockerfile',
      '/w/docker/web.Dockerfile',
      '/w/job/Dockerfile',
    ]);
  });

  it('are each there once', () => {
    const found = buildsAround(memory(files, ['/w', '/w/job']), '/w/job/x');
    const names = found.map(({ dockerfile, source }) => `${dockerfile} ${source}`);
    expect(new Set(names).size).toBe(names.length);
  });
});
