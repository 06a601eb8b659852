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
