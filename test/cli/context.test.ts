import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ContextReport } from '../../server/src/report/contextModel.js';
import { repo } from '../harness/files.js';
import { Folder, type Run } from './harness.js';

const shop = {
  Dockerfile: [
    'FROM node:22 AS build',
    'WORKDIR /app',
    'COPY package.json package-lock.json ./',
    'COPY . .',
    'FROM node:22-slim',
    'COPY --from=build /app /app',
    '',
  ].join('\n'),
  '.dockerignore': '# what no step needs\ndist\n',
  'package.json': '{}',
  'package-lock.json': '{ }',
  'src/server.js': 'x'.repeat(1000),
  'docs/guide.md': 'y'.repeat(2000),
  'dist/a.js': 'z'.repeat(500),
};

function report(run: Run): ContextReport {
  return JSON.parse(run.out) as ContextReport;
}

function json(folder: Folder, ...args: string[]): ContextReport {
  const run = folder.run(['context', '--format', 'json', ...args]);
  expect(run.err).toBe('');
  return report(run);
}

describe('the document', () => {
  test('has the fields of version 1 in their order', () => {
    using folder = new Folder(shop);
    const run = folder.run(['context', '--format', 'json']);
    expect([run.code, run.err]).toEqual([0, '']);
    const document = report(run);
    expect(Object.keys(document)).toEqual([
      'version',
      'build',
      'loaded',
      'errors',
      'all',
      'ignored',
      'sent',
      'copies',
      'largest',
      'unused',
      'suggestedIgnore',
      'explain',
    ]);
    expect(Object.keys(document.build)).toEqual([
      'dockerfile',
      'context',
      'ignoreFile',
      'target',
      'args',
      'source',
      'why',
      'others',
    ]);
    expect(document).toMatchObject({
      version: 1,
      build: { dockerfile: 'Dockerfile', context: '.', ignoreFile: '.dockerignore', target: null, args: {} },
      loaded: true,
      errors: [],
      all: null,
      ignored: null,
      explain: [],
    });
    expect(Object.keys(document.sent)).toEqual(['files', 'bytes', 'entries', 'wireBytes', 'exact']);
    expect(run.out.endsWith('}\n')).toBe(true);
    expect(folder.run(['context', '--format', 'json']).out).toBe(run.out);
  });

  test('counts what is sent, and by which line', () => {
    using folder = new Folder(shop);
    const { sent, copies, largest } = json(folder);
    const own = Object.entries(shop).filter(([name]) => !name.startsWith('dist/'));
    expect(sent.files).toBe(own.length);
    expect(sent.bytes).toBe(own.reduce((sum, [, text]) => sum + text.length, 0));
    expect(sent.entries).toBe(own.length + 2);
    expect(sent.wireBytes).toBeGreaterThan(sent.bytes);
    expect(copies).toEqual([
      {
        line: 2,
        stage: 'build',
        instruction: 'COPY package.json package-lock.json ./',
        sources: [
          { source: 'package.json', files: 1, bytes: 2 },
          { source: 'package-lock.json', files: 1, bytes: 3 },
        ],
      },
      {
        line: 3,
        stage: 'build',
        instruction: 'COPY . .',
        sources: [{ source: '.', files: sent.files, bytes: sent.bytes }],
      },
    ]);
    expect(largest[0]).toEqual({ path: 'docs', files: 1, bytes: 2000, neededBy: [3] });
    expect(largest.find((l) => l.path === 'package.json')?.neededBy).toEqual([2, 3]);
  });

  test('counts the wire to the byte', () => {
    using folder = new Folder({
      'build/Dockerfile': 'FROM alpine\nCOPY f /f\n',
      'app/f': 'hello',
      'app/g': '',
    });
    // One entry of 20 bytes, its content in 9, its end in 2, and 2 at the end of all (SPEC B3).
    const { sent } = json(folder, 'build/Dockerfile', '--context', 'app');
    expect(sent).toEqual({ files: 1, bytes: 5, entries: 1, wireBytes: 33, exact: true });
  });

  test('--all counts what is ignored, --top and --list say how much is named', () => {
    using folder = new Folder(shop);
    const all = json(folder, '--all', '--top', '1', '--list');
    expect(all.ignored).toEqual({ files: 1, bytes: 500 });
    expect(all.all).toEqual({ files: all.sent.files + 1, bytes: all.sent.bytes + 500 });
    expect(all.largest).toHaveLength(1);
    expect(all.sent.paths).toEqual([
      '.dockerignore',
      'Dockerfile',
      'docs/',
      'docs/guide.md',
      'package-lock.json',
      'package.json',
      'src/',
      'src/server.js',
    ]);
    expect(all.sent.paths).toHaveLength(all.sent.entries);
    expect(json(folder, '--top', '0').largest).toEqual([]);
  });

  test('lists in the order of the wire, where a folder stands before what a shorter name sorts after', () => {
    using folder = new Folder({
      Dockerfile: 'FROM alpine\nCOPY a /a\nCOPY a.txt a-b /b/\n',
      'a/x': '',
      'a.txt': '',
      'a-b': '',
      'not/this': '',
    });
    expect(json(folder, '--list').sent.paths).toEqual(['a/', 'a/x', 'a-b', 'a.txt']);
  });

  test('says that nothing is loaded where no step takes anything', () => {
    using folder = new Folder({ Dockerfile: 'FROM alpine\nRUN true\n', 'big.bin': 'x'.repeat(5000) });
    const document = json(folder, '--list');
    expect(document.loaded).toBe(false);
    expect(document.sent).toEqual({
      files: 0,
      bytes: 0,
      entries: 0,
      wireBytes: null,
      exact: true,
      paths: [],
    });
    expect([document.copies, document.largest, document.unused, document.suggestedIgnore]).toEqual([
      [],
      [],
      [],
      [],
    ]);
    expect(json(folder, '--all').all).toEqual({ files: 2, bytes: 5000 + 21 });
    expect(folder.run(['context']).out).toContain('No step of this build takes anything from the context');
  });

  test('keeps names that no one expects', () => {
    if (process.platform !== 'linux') return;
    using folder = new Folder({ Dockerfile: 'FROM scratch\nCOPY in /in\n', 'in/a\nb': 'x' });
    writeFileSync(Buffer.concat([Buffer.from(`${folder.path}/in/caf`), Buffer.from([0xe9])]), 'yy');
    symlinkSync('nowhere', path.join(folder.path, 'in/link'));
    const run = folder.run(['context', '--format', 'json', '--list']);
    expect(run.out).not.toMatch(/\\udc/i);
    expect(report(run).sent.paths).toEqual(['in/', 'in/a\nb', 'in/caf\uFFFD', 'in/link']);
    const text = folder.run(['context', '--list']).out;
    expect(text).toContain('in/a\\nb');
    expect(text).toContain('in/caf\uFFFD');
  });

  test('leaves everything as it was', () => {
    using folder = new Folder(shop);
    const before = folder.state();
    folder.run(['context', '--all', '--list']);
    expect(folder.state()).toEqual(before);
  });
});

describe('what makes the build fail', () => {
  test('is told with its line, the sizes still given, exit code 1', () => {
    using folder = new Folder({
      Dockerfile: 'FROM alpine\nCOPY src /src\nCOPY dist /dist\nCOPY nowhere /x\n',
      '.dockerignore': 'dist\n',
      'src/a': 'abc',
      'dist/b': '',
    });
    const run = folder.run(['context', '--format', 'json']);
    expect(run.code).toBe(1);
    const { errors, sent } = report(run);
    expect(errors.map(({ path: at, line }) => [at, line])).toEqual([
      ['Dockerfile', 2],
      ['Dockerfile', 3],
    ]);
    expect(errors[0]?.message).toContain('dist');
    expect(sent.bytes).toBe(3);
    const text = folder.run(['context']);
    expect(text.code).toBe(1);
    expect(text.out).toContain('Dockerfile:3: error ');
  });

  test('a pattern that BuildKit refuses is one of it', () => {
    using folder = new Folder({
      Dockerfile: 'FROM alpine\nCOPY . /src\n',
      '.dockerignore': 'docs\n[\n!\n',
      a: 'abc',
    });
    const run = folder.run(['context', '--format', 'json']);
    expect(run.code).toBe(1);
    expect(report(run).errors.map(({ path: at, line }) => [at, line])).toEqual([
      ['.dockerignore', 1],
      ['.dockerignore', 2],
    ]);
    expect(report(run).sent.files).toBe(3);
  });

  test('a pattern that fails only when it is asked is one where something asks it', () => {
    const files = { Dockerfile: 'FROM alpine\nCOPY . /src\n', '.dockerignore': '*\n[z-a]\n', a: 'abc' };
    using never = new Folder({ ...files, '.dockerignore': '*\n[z-a]\n' });
    expect(never.run(['context', '--format', 'json']).code).toBe(0);
    using asked = new Folder({ ...files, '.dockerignore': '[z-a]\n' });
    const run = asked.run(['context', '--format', 'json']);
    expect(run.code).toBe(1);
    expect(report(run).errors).toEqual([
      { path: '.dockerignore', line: 0, message: expect.stringContaining('[z-a]') },
    ]);
  });

  test('a stage that is not built may be broken', () => {
    using folder = new Folder({
      Dockerfile: 'FROM alpine AS dev\nCOPY nowhere /x\nFROM alpine\nCOPY a /a\n',
      a: '',
    });
    expect(folder.run(['context']).code).toBe(0);
    expect(folder.run(['context', '--target', 'dev']).code).toBe(1);
  });
});

describe('--explain', () => {
  test('names the pattern or the lines, for paths of the context', () => {
    using folder = new Folder(shop);
    const { explain } = json(
      folder,
      '--explain',
      'dist/a.js',
      '--explain',
      './src/server.js',
      '--explain',
      'gone',
    );
    expect(explain[2]).toMatchObject({ path: 'gone', exists: false });
    expect(explain.slice(0, 2)).toEqual([
      {
        path: 'dist/a.js',
        exists: true,
        included: false,
        pattern: 'dist',
        ignoreFile: '.dockerignore',
        line: 1,
        copiedBy: [],
      },
      {
        path: 'src/server.js',
        exists: true,
        included: true,
        pattern: null,
        ignoreFile: null,
        line: null,
        copiedBy: [3],
      },
    ]);
    const { out } = folder.run([
      'context',
      '--explain',
      'dist/a.js',
      '--explain',
      'src/server.js',
      '--explain',
      'gone',
    ]);
    expect(out).toContain('dist/a.js is not in the build: line 2 of .dockerignore (dist) keeps it out.');
    expect(out).toContain('src/server.js is in the build: line 4 of the Dockerfile takes it.');
    expect(out).toContain('There is no gone in the context.');
  });

  test('does not rule out what a value that is not known may name', () => {
    using folder = new Folder({ Dockerfile: 'FROM alpine\nARG SRC\nCOPY $SRC /x\n', a: '' });
    expect(folder.run(['context', '--explain', 'a']).out).toContain(
      'It is not known whether a is in the build',
    );
    expect(folder.run(['context', '--build-arg', 'SRC=a', '--explain', 'a']).out).toContain(
      'a is in the build',
    );
    const { code, out, err } = folder.run(['init', 'dockerignore']);
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain('depends on values that are not known');
  });

  test('takes an absolute path by another way to the context', () => {
    using folder = new Folder(shop);
    using other = new Folder({});
    const link = path.join(other.path, 'link');
    symlinkSync(folder.path, link, 'junction');
    expect(json(folder, '--explain', path.join(link, 'src/server.js')).explain[0]).toMatchObject({
      path: 'src/server.js',
      exists: true,
    });
  });

  test('takes an absolute path inside the context, and none outside', () => {
    using folder = new Folder(shop);
    const inside = path.join(folder.path, 'src/server.js');
    expect(json(folder, '--explain', inside).explain[0]?.path).toBe('src/server.js');
    for (const outside of [path.join(folder.path, '../x'), '../x', 'src/../../x']) {
      const { code, out, err } = folder.run(['context', '--explain', outside]);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain(`--explain ${outside}: this path is not in the context`);
    }
  });
});

describe('text', () => {
  test('tells the whole in 80 columns without colours', () => {
    using folder = new Folder(shop);
    const { code, out, err } = folder.run(['context', '--all']);
    expect([code, err]).toEqual([0, '']);
    expect(out).not.toContain('\u001b');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(out).toMatch(
      /^Build context of Dockerfile\n {2}context {6}\.\n {2}ignore file {2}\.dockerignore\n/,
    );
    expect(out).toContain('Sent on a first build: 3.2 kB in 6 files\n');
    expect(out).toContain('line 4  COPY . .');
    expect(out).toContain('Simulated from the files on disk');
  });

  test('of the examples', () => {
    for (const name of ['node', 'python', 'web']) {
      using folder = new Folder({});
      const { code, err } = folder.run(['context', path.join(repo, `examples/${name}/Dockerfile`)]);
      expect([name, code, err]).toEqual([name, 0, '']);
    }
  });
});

test('a large folder that is ignored is not walked, and links that go round end', () => {
  if (process.platform === 'win32') return;
  using folder = new Folder({ Dockerfile: 'FROM alpine\nCOPY . /x\n', '.dockerignore': 'loop/deep\n' });
  mkdirSync(path.join(folder.path, 'loop/deep'), { recursive: true });
  symlinkSync('..', path.join(folder.path, 'loop/up'));
  expect(json(folder, '--list').sent.paths).toEqual(['.dockerignore', 'Dockerfile', 'loop/', 'loop/up']);
});
