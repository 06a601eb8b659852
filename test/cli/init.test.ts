import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Folder } from './harness.js';

const node = {
  Dockerfile:
    'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nCMD ["node", "server.js"]\n',
  'package.json': '{"name":"x","version":"1.0.0","dependencies":{"a":"1.0.0"}}\n',
  'package-lock.json': '{"name":"x","version":"1.0.0","lockfileVersion":3,"packages":{}}\n',
  'server.js': 'console.log(1)\n',
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.git/objects/pack/p.pack': 'x'.repeat(400_000),
  'node_modules/a/index.js': 'y'.repeat(100_000),
  'npm-debug.log': 'z'.repeat(1000),
};

interface Sizes {
  readonly sent: { readonly bytes: number };
  readonly errors: readonly unknown[];
}

function sizes(folder: Folder): Sizes {
  return JSON.parse(folder.run(['context', '--format', 'json']).out) as Sizes;
}

describe('init dockerignore', () => {
  test('prints the file, and what it saves on standard error', () => {
    using folder = new Folder(node);
    const before = folder.state();
    const { code, out, err } = folder.run(['init', 'dockerignore']);
    expect(code).toBe(0);
    expect(out).toMatch(/^\.git$/m);
    expect(out.endsWith('\n')).toBe(true);
    expect(out).not.toContain('plimsoll:');
    expect(err).toMatch(/^plimsoll: Create \.dockerignore \(context .+ → .+\)\n$/);
    expect(folder.state()).toEqual(before);
  });

  test('--write creates what is printed, once', () => {
    using folder = new Folder(node);
    const printed = folder.run(['init', 'dockerignore']).out;
    const before = sizes(folder);
    const { code, out } = folder.run(['init', 'dockerignore', '--write']);
    expect([code, out]).toEqual([0, '']);
    const file = path.join(folder.path, '.dockerignore');
    expect(readFileSync(file, 'utf8')).toBe(printed);
    const after = sizes(folder);
    expect(after.errors).toEqual([]);
    expect(after.sent.bytes).toBeLessThan(before.sent.bytes - 400_000);
    folder.write('.dockerignore', '# mine\n');
    const again = folder.run(['init', 'dockerignore', '--write']);
    expect(again).toEqual({
      code: 2,
      out: '',
      err: 'plimsoll: .dockerignore exists: nothing is written; without --write it is printed with what is worth adding\n',
    });
    expect(readFileSync(file, 'utf8')).toBe('# mine\n');
  });

  test('proposes additions to the file that decides', () => {
    using folder = new Folder({ ...node, 'Dockerfile.dockerignore': '# mine\nnode_modules\n' });
    const { code, out, err } = folder.run(['init', 'dockerignore']);
    expect(code).toBe(0);
    expect(out.startsWith('# mine\nnode_modules\n')).toBe(true);
    expect(out).toMatch(/^\.git$/m);
    expect(err).toMatch(
      /^plimsoll: Dockerfile\.dockerignore decides for this build; what is printed is that file with \d+ lines? more\nplimsoll: [^\n]+\n$/,
    );
    expect(folder.run(['init', 'dockerignore', '--write'])).toEqual({
      code: 2,
      out: '',
      err: 'plimsoll: Dockerfile.dockerignore exists: nothing is written; without --write it is printed with what is worth adding\n',
    });
    expect(existsSync(path.join(folder.path, '.dockerignore'))).toBe(false);
  });

  test('takes the build options', () => {
    using folder = new Folder({
      'docker/Dockerfile': 'FROM alpine\nCOPY . /x\n',
      'app/.git/objects/p': 'x'.repeat(5000),
      'app/main.sh': '',
    });
    const args = ['init', 'dockerignore', 'docker/Dockerfile', '--context', 'app', '--write'];
    expect(folder.run(args).code).toBe(0);
    expect(existsSync(path.join(folder.path, 'app/.dockerignore'))).toBe(true);
  });

  test('says why there is nothing to write', () => {
    using folder = new Folder({ Dockerfile: 'FROM alpine\nRUN true\n', '.git/x': '' });
    for (const more of [[], ['--write']]) {
      const { code, out, err } = folder.run(['init', 'dockerignore', ...more]);
      expect([code, out]).toEqual([0, '']);
      expect(err).toMatch(/^plimsoll: .+\n$/);
    }
    expect(existsSync(path.join(folder.path, '.dockerignore'))).toBe(false);
  });

  test.each([
    [['init'], 'usage: plimsoll init dockerignore [DOCKERFILE]'],
    [['init', 'override'], '"init override" does not exist yet'],
    [['init', 'gitignore'], 'there is no "init gitignore"; there is init dockerignore'],
    [['init', 'dockerignore', 'nowhere'], 'nowhere: there is no such file'],
    [['init', 'dockerignore', '--fix'], 'init: the option --fix does not exist; see plimsoll --help'],
  ])('%j is one clear line', (args, line) => {
    using folder = new Folder(node);
    expect(folder.run(args)).toEqual({ code: 2, out: '', err: `plimsoll: ${line}\n` });
  });

  test('has to be told which of several Dockerfiles', () => {
    using folder = new Folder({ 'a/Dockerfile': 'FROM x\n', 'b/Dockerfile': 'FROM x\n' });
    expect(folder.run(['init', 'dockerignore']).err).toBe(
      'plimsoll: there are several Dockerfiles; name one, as in: plimsoll init dockerignore a/Dockerfile\n  a/Dockerfile\n  b/Dockerfile\n',
    );
  });
});
