import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bunLocked } from '../../server/src/syntax/manifests/locks/bun.js';
import { composerLocked } from '../../server/src/syntax/manifests/locks/composer.js';
import type { LockedPackages } from '../../server/src/syntax/manifests/locks/model.js';
import { npmLocked } from '../../server/src/syntax/manifests/locks/npm.js';
import { pnpmLocked } from '../../server/src/syntax/manifests/locks/pnpm.js';
import { uvLocked } from '../../server/src/syntax/manifests/locks/uv.js';
import { yarnGraph, yarnLocked } from '../../server/src/syntax/manifests/locks/yarn.js';

function split(locked: LockedPackages | undefined): { stays: string[]; development: string[] } | undefined {
  return (
    locked && {
      stays: [...locked.runtime].sort(),
      development: [...locked.all].filter((n) => !locked.runtime.has(n)).sort(),
    }
  );
}

describe('what of a lock file is for development only', () => {
  it('package-lock.json says so, in all versions', () => {
    const flat = {
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { a: '1' }, devDependencies: { t: '1' } },
        'packages/x': { devDependencies: { v: '1' } },
        'node_modules/a': {},
        'node_modules/t': { dev: true, bin: { tsc: 'b' } },
        'node_modules/t/node_modules/o': { devOptional: true },
      },
    };
    const locked = npmLocked(JSON.stringify(flat));
    expect(split(locked)).toEqual({ stays: ['a', 'o', 'packages/x'], development: ['t'] });
    expect([...(locked?.programs ?? [])]).toEqual([['tsc', ['t']]]);
    expect(locked?.members).toEqual([
      { folder: '.', development: ['t'], dependencies: ['a'] },
      { folder: 'packages/x', development: ['v'], dependencies: [] },
    ]);
    const nested = { dependencies: { a: { dependencies: { b: {} } }, t: { dev: true } } };
    expect(split(npmLocked(JSON.stringify(nested)))).toEqual({ stays: ['a', 'b'], development: ['t'] });
  });

  it('pnpm-lock.yaml: by what the importers reach since version 9, said before', () => {
    const nine = `lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      a:
        specifier: ^1
        version: 1.0.0(p@2.0.0)
      '@s/alias':
        specifier: npm:real@1
        version: real@1.0.0
    devDependencies:
      t:
        specifier: ^1
        version: 1.0.0

  packages/x:
    devDependencies:
      v:
        specifier: ^1
        version: 1.0.0

packages:

  a@1.0.0:
    resolution: {integrity: x}

snapshots:

  a@1.0.0(p@2.0.0):
    dependencies:
      p: 2.0.0

  p@2.0.0: {}

  real@1.0.0: {}

  t@1.0.0:
    dependencies:
      '@s/u': 1.0.0

  '@s/u@1.0.0': {}

  v@1.0.0: {}
`;
    const locked = pnpmLocked(nine);
    // The key of \`packages\` is no key of a snapshot where there are peers: it counts for the name.
    expect(split(locked)).toEqual({
      stays: ['@s/alias', 'a', 'p', 'real'],
      development: ['@s/u', 't', 'v'],
    });
    expect(locked?.members?.map((m) => m.folder)).toEqual(['.', 'packages/x']);
    const six = `lockfileVersion: '6.0'

dependencies:
  a:
    specifier: ^1
    version: 1.0.0

devDependencies:
  t:
    specifier: ^1
    version: 1.0.0

packages:

  /a@1.0.0:
    resolution: {integrity: x}
    dev: false

  /@s/u@1.0.0:
    resolution: {integrity: x}
    dev: true

  /t@1.0.0:
    resolution: {integrity: x}
    dev: true
`;
    expect(split(pnpmLocked(six))).toEqual({ stays: ['a'], development: ['@s/u', 't'] });
  });

  it('yarn.lock of both yarns: by what package.json reaches', () => {
    const classic = `# yarn lockfile v1


"@s/u@^1.0.0":
  version "1.0.0"

a@^1.0.0, a@^1.1.0:
  version "1.1.0"
  dependencies:
    b "^2.0.0"

b@^2.0.0:
  version "2.0.0"

t@^1.0.0:
  version "1.0.0"
  dependencies:
    "@s/u" "^1.0.0"
    b "^2.0.0"
`;
    const graph = yarnGraph(classic);
    expect(graph?.kind).toBe('classic');
    expect(graph && split(yarnLocked(graph, ['a@^1.1.0']))).toEqual({
      stays: ['a', 'b'],
      development: ['@s/u', 't'],
    });
    const berry = `__metadata:
  version: 8

"a@npm:^1.0.0":
  version: 1.0.0
  dependencies:
    b: "npm:^2.0.0"
  languageName: node

"b@npm:^2.0.0, b@npm:^2.1.0":
  version: 2.1.0
  bin:
    bee: ./b.js

"app@workspace:.":
  version: 0.0.0-use.local
  dependencies:
    a: "npm:^1.0.0"
    t: "npm:^1.0.0"

"t@npm:^1.0.0":
  version: 1.0.0
`;
    const later = yarnGraph(berry);
    const locked = later && yarnLocked(later, ['a@^1.0.0']);
    expect(later?.kind).toBe('berry');
    expect(split(locked)).toEqual({ stays: ['a', 'b'], development: ['t'] });
    expect([...(locked?.programs ?? [])]).toEqual([['bee', ['b']]]);
  });

  it('bun.lock: by what the workspaces reach, the nearest version first', () => {
    const text = `{ "lockfileVersion": 1,
      "workspaces": { "": { "dependencies": { "a": "1" }, "devDependencies": { "@s/t": "1" }, }, "packages/x": { "name": "x" } },
      "packages": {
        "a": ["a@1.0.0", "", { "dependencies": { "b": "2" } }, "x"],
        "a/b": ["b@2.0.0", "", {}, "x"],
        "b": ["b@1.0.0", "", {}, "x"],
        "@s/t": ["@s/t@1.0.0", "", { "dependencies": { "b": "1", "c": "1" }, "bin": { "tee": "t.js" } }, "x"],
        "c": ["c@1.0.0", "", {}, "x"],
      } }`;
    const locked = bunLocked(text);
    expect(split(locked)).toEqual({ stays: ['a', 'b'], development: ['@s/t', 'c'] });
    expect(locked?.members).toHaveLength(2);
    expect([...(locked?.programs ?? [])]).toEqual([['tee', ['@s/t']]]);
  });

  it('uv.lock: by what the project and its members reach', () => {
    const text = `version = 1

[[package]]
name = "app"
source = { editable = "." }
dependencies = [{ name = "a" }]

[package.optional-dependencies]
x = [{ name = "e" }]

[package.dev-dependencies]
dev = [{ name = "T_x" }]

[[package]]
name = "a"
dependencies = [{ name = "b" }]

[[package]]
name = "b"

[[package]]
name = "e"

[[package]]
name = "t-x"
`;
    expect(split(uvLocked(text))).toEqual({ stays: ['a', 'app', 'b', 'e'], development: ['t-x'] });
  });

  it('composer.lock says so', () => {
    const text = '{"packages":[{"name":"A/a"}],"packages-dev":[{"name":"t/t","bin":["bin/t"]}]}';
    const locked = composerLocked(text);
    expect(split(locked)).toEqual({ stays: ['a/a'], development: ['t/t'] });
    expect([...(locked?.programs ?? [])]).toEqual([['t', ['t/t']]]);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const parse of [npmLocked, pnpmLocked, yarnGraph, bunLocked, uvLocked, composerLocked])
          parse(text);
      }),
    );
  });
});
