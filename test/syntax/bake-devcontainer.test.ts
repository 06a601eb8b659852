import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBakeJson } from '../../server/src/syntax/bake/parse.js';
import { parseDevcontainer } from '../../server/src/syntax/devcontainer/parse.js';

const bake = JSON.stringify({
  variable: { TAG: { default: 'v1' }, HOST: {} },
  group: { default: { targets: ['web'] } },
  target: {
    base: { context: '.', args: { A: '1', B: '${TAG}' } },
    web: {
      inherits: ['base'],
      dockerfile: 'web/Dockerfile',
      target: 'prod',
      args: { A: '${HOST}' },
      contexts: { x: '../x' },
    },
    loop: { inherits: ['loop'], context: '${HOST}' },
  },
});

describe('parseBakeJson', () => {
  it('reads targets with what they inherit', () => {
    const file = parseBakeJson(bake);
    expect(file.targets.map(({ span, ...rest }) => rest)).toEqual([
      {
        name: 'base',
        context: '.',
        dockerfile: 'Dockerfile',
        inline: false,
        target: null,
        args: { A: '1', B: 'v1' },
        written: { A: '1', B: '${TAG}' },
        namedContexts: [],
      },
      {
        name: 'web',
        context: '.',
        dockerfile: 'web/Dockerfile',
        inline: false,
        target: 'prod',
        args: { A: null, B: 'v1' },
        written: { A: '${HOST}', B: '${TAG}' },
        namedContexts: ['x'],
      },
      {
        name: 'loop',
        context: undefined,
        dockerfile: 'Dockerfile',
        inline: false,
        target: null,
        args: {},
        written: {},
        namedContexts: [],
      },
    ]);
    expect(file.groups.get('default')).toEqual(['web']);
  });
  it('never throws', () => {
    fc.assert(
      fc.property(fc.nat(bake.length), fc.nat(bake.length), fc.string({ unit: 'binary' }), (a, b, cut) => {
        expect(Array.isArray(parseBakeJson(bake.slice(0, a) + cut + bake.slice(b)).targets)).toBe(true);
      }),
    );
    expect(parseBakeJson('['.repeat(100_000)).targets).toEqual([]);
    expect(parseBakeJson('{"target":'.repeat(500)).targets.map((t) => t.name)).toEqual(['target']);
  });
});

describe('parseDevcontainer', () => {
  it('reads both spellings, with comments', () => {
    expect(
      parseDevcontainer(
        '{ // dev\n "build": {"dockerfile": "Dockerfile", "context": "..", "args": {"V": "1", "W": "${localEnv:W}"}, },}',
      ).build,
    ).toMatchObject({ dockerfile: 'Dockerfile', context: '..', target: null, args: { V: '1', W: null } });
    expect(parseDevcontainer('{"dockerFile": "D", "context": "x"}').build).toMatchObject({
      dockerfile: 'D',
      context: 'x',
    });
    expect(
      parseDevcontainer('{"dockerComposeFile": ["../compose.yaml", "compose.yml"], "service": "app"}'),
    ).toMatchObject({
      build: undefined,
      composeFiles: ['../compose.yaml', 'compose.yml'],
      service: 'app',
    });
  });
  it('never throws', () => {
    expect(parseDevcontainer('['.repeat(100_000)).build).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseDevcontainer(`{"build":${text}`).composeFiles).toEqual([]);
      }),
    );
  });
});
