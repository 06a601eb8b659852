import { describe, expect, it } from 'vitest';
import { composeProjectOf, serviceBuild } from '../../server/src/project/compose.js';
import { snapshotOf } from './snapshotOf.js';

describe('composeProjectOf', () => {
  it('adds the override file', () => {
    const snapshot = snapshotOf({
      '/p/compose.yaml':
        'services:\n  db:\n    image: postgres\n    environment: [A=1, B=2]\n    volumes: [data:/d, ./x:/x]\n',
      '/p/compose.override.yaml':
        'services:\n  db:\n    shm_size: 1g\n    environment: {B: 3}\n    volumes: ["other:/d"]\n',
    });
    const project = composeProjectOf(snapshot, '/p/compose.override.yaml');
    expect(project.files).toEqual(['/p/compose.yaml', '/p/compose.override.yaml']);
    const [db] = project.services;
    expect(db?.values.get('environment')?.value).toEqual({ A: '1', B: '3' });
    expect(db?.values.get('volumes')?.value).toMatchObject([
      { source: 'other', target: '/d' },
      { type: 'bind', target: '/x' },
    ]);
    expect(db?.values.get('shm_size')?.path).toBe('/p/compose.override.yaml');
    expect(db?.definedIn.map((d) => d.path)).toEqual(project.files);
  });

  it('tells how a service is built', () => {
    const snapshot = snapshotOf({
      '/p/.env': 'DIR=api\n',
      '/p/docker-compose.yml':
        'services:\n  a:\n    build: ./${DIR}\n  b:\n    build:\n      context: .\n      dockerfile: b/Dockerfile\n      target: t\n      args: [X=1, Y]\n  c:\n    build: ${UNSET}\n',
    });
    const project = composeProjectOf(snapshot, '/p/docker-compose.yml');
    expect(project.services.map((s) => serviceBuild(project, s))).toMatchObject([
      { context: '/p/api', dockerfile: '/p/api/Dockerfile', target: null, args: {} },
      { context: '/p', dockerfile: '/p/b/Dockerfile', target: 't', args: { X: '1', Y: null } },
      { context: undefined, dockerfile: undefined },
    ]);
  });
});

describe('what cannot be resolved', () => {
  const only = (files: Record<string, string>, path: string) =>
    composeProjectOf(snapshotOf(files), path).services;

  it('marks services whose extends leads nowhere or in a circle', () => {
    const [a, b, c] = only(
      {
        '/p/compose.yaml':
          'services:\n  a: {extends: {file: gone.yaml, service: x}}\n  b: {extends: c}\n  c: {extends: b}\n  d: {image: x}\n',
      },
      '/p/compose.yaml',
    );
    expect([a?.incomplete, b?.incomplete, c?.incomplete]).toEqual([true, true, true]);
    expect(
      only({ '/p/compose.yaml': 'services:\n  d: {image: x}\n' }, '/p/compose.yaml')[0]?.incomplete,
    ).toBe(false);
  });

  it('survives files that include one another', () => {
    const files = {
      '/p/compose.yaml': 'include: [a/compose.yaml]\nservices: {w: {image: x}}\n',
      '/p/a/compose.yaml': 'include: [../compose.yaml]\nservices: {b: {image: y}}\n',
    };
    expect(
      only(files, '/p/compose.yaml')
        .map((s) => s.name)
        .sort(),
    ).toEqual(['b', 'w']);
  });

  it('keeps values with unknown variables unknown, and names of unknown arguments', () => {
    const [s] = only(
      {
        '/p/compose.yaml':
          'services:\n  s:\n    image: "x:${T}"\n    build: {context: ., args: ["A=${Q}", "B=1"]}\n',
      },
      '/p/compose.yaml',
    );
    expect(s?.values.get('image')).toMatchObject({ value: undefined, raw: 'x:${T}' });
    expect(s?.values.get('build')?.value).toEqual({ context: '/p', args: { A: null, B: '1' } });
  });

  it('takes an overlay that cannot stand alone together with its base', () => {
    const files = {
      '/p/compose.yaml': 'services: {db: {image: x}}\n',
      '/p/compose.prod.yaml': 'services: {db: {restart: always}}\n',
      '/p/compose.other.yaml': 'services: {db: {image: y}}\n',
      '/p/docker-compose.override.yml': 'services: {db: {user: u}}\n',
    };
    const filesOf = (path: string) => composeProjectOf(snapshotOf(files), path).files;
    expect(filesOf('/p/compose.prod.yaml')).toEqual(['/p/compose.yaml', '/p/compose.prod.yaml']);
    expect(filesOf('/p/compose.other.yaml')).toEqual(['/p/compose.other.yaml']);
    expect(filesOf('/p/compose.yaml')).toEqual(['/p/compose.yaml', '/p/docker-compose.override.yml']);
  });

  it('knows Windows paths', () => {
    const files = {
      'c:/p/compose.yaml': 'services:\n  s:\n    build: .\\\\web\n    volumes: ["C:\\\\x:/app", "./y:/y"]\n',
    };
    const [s] = composeProjectOf(snapshotOf(files), 'c:/p/compose.yaml').services;
    expect(s?.values.get('volumes')?.value).toEqual([
      { type: 'bind', source: 'C:\\x', target: '/app' },
      { type: 'bind', source: 'c:/p/y', target: '/y' },
    ]);
  });
});
