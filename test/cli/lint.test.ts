import { chmodSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Folder } from './harness.js';

const shm = 'services:\n  db:\n    image: postgres:17\n';
const shmFixed = 'services:\n  db:\n    image: postgres:17\n    shm_size: 256mb\n';
const clean = 'services:\n  cache:\n    image: redis:8\n';

describe('lint --format json', () => {
  test('has the shape of version 1', () => {
    using folder = new Folder({
      'app/compose.yaml': shm,
      'app/Dockerfile': 'FROM alpine:3.22\n',
      '.dockerignore': 'x\n',
    });
    const { code, out, err } = folder.run(['lint', '--format', 'json']);
    expect(err).toBe('');
    expect(code).toBe(1);
    const document = JSON.parse(out);
    expect(Object.keys(document)).toEqual(['version', 'files', 'internalErrors', 'summary']);
    expect(document.version).toBe(1);
    expect(document.internalErrors).toEqual([]);
    expect(document.files.map((f: { path: string; kind: string }) => [f.path, f.kind])).toEqual([
      ['.dockerignore', 'dockerignore'],
      ['app/Dockerfile', 'dockerfile'],
      ['app/compose.yaml', 'compose'],
    ]);
    expect(document.files[2]).toMatchObject({
      skipped: null,
      problems: [],
      findings: [
        {
          rule: 'missing-shm-size',
          category: 'runtime',
          severity: 'warning',
          range: { start: { line: 2 }, end: { line: 2 } },
          impact: null,
          fixes: [
            {
              applicability: 'safe',
              edits: [
                {
                  path: 'app/compose.yaml',
                  range: { start: { line: expect.any(Number) } },
                  newText: expect.stringContaining('shm_size: 256mb'),
                },
              ],
              creates: [],
            },
          ],
        },
      ],
    });
    expect(document.summary).toEqual({
      files: { dockerfile: 1, compose: 1, dockerignore: 1 },
      error: 0,
      warning: 1,
      information: 0,
      hint: 0,
      suppressed: 0,
      fixable: 1,
    });
  });

  test('gives the same bytes twice, and paths from the working directory', () => {
    using folder = new Folder({ 'a/compose.yaml': shm, 'b/keep': '' });
    const first = folder.run(['lint', '--format', 'json', 'a']);
    expect(folder.run(['lint', '--format', 'json', 'a']).out).toBe(first.out);
    expect(JSON.parse(first.out).files[0].path).toBe('a/compose.yaml');
    expect(
      JSON.parse(folder.run(['lint', '--format=json', path.join(folder.path, 'a')]).out).files[0].path,
    ).toBe('a/compose.yaml');
  });

  test('says why a file was left alone', () => {
    using folder = new Folder({
      'Dockerfile.j2': 'FROM {{ base }}\n',
      Dockerfile: `FROM alpine\n${'# x\n'.repeat(300_000)}`,
    });
    const { out, code } = folder.run(['lint', '--format', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(out).files.map((f: { skipped: string }) => f.skipped)).toEqual([
      'too-large',
      'template',
    ]);
  });

  test('lists problems, and counts what is suppressed', () => {
    using folder = new Folder({
      'compose.yaml':
        'services:\n  # plimsoll: ignore-file[missing-shm-size] small\n  db:\n    image: postgres:17\n',
      Dockerfile: 'FROM alpine\nCOPPY a b\n',
    });
    const document = JSON.parse(folder.run(['lint', '--format', 'json']).out);
    expect(document.summary.suppressed).toBe(1);
    expect(document.files[0].problems.length).toBeGreaterThan(0);
    expect(document.files[0].problems[0]).toMatchObject({
      message: expect.any(String),
      range: { start: { line: 1 } },
    });
  });

  test('counts columns without the byte order mark', () => {
    using folder = new Folder({ 'compose.yaml': '\uFEFFservices: {db: {image: "postgres:17"}}\n' });
    const [finding] = JSON.parse(folder.run(['lint', '--format', 'json']).out).files[0].findings;
    expect(
      'services: {db: {image: "postgres:17"}}'.slice(
        finding.range.start.character,
        finding.range.end.character,
      ),
    ).toMatch(/^(?:db|"?postgres:17"?)$/);
  });
});

describe('exit codes', () => {
  test.each([
    [[], 1],
    [['--fail-on', 'error'], 0],
    [['--fail-on', 'hint'], 1],
    [['--fail-on', 'never'], 0],
    [['--rule', 'source-before-deps'], 0],
    [['--rule', 'missing-shm-size', '--rule', 'source-before-deps'], 1],
    [['--profile', 'everything', '--no-git', '--color', 'never'], 1],
  ])('a warning with %j: %i', (args, code) => {
    using folder = new Folder({ 'compose.yaml': shm });
    expect(folder.run(['lint', ...args]).code).toBe(code);
  });

  test.each([
    [['lint', '--format', 'sarif'], 'does not exist yet'],
    [['lint', '--format', 'xml'], 'one of text, json'],
    [['lint', '--baseline', 'x'], 'does not exist yet'],
    [['lint', '--write-baseline', 'x'], 'does not exist yet'],
    [['lint', '--nonsense'], 'does not exist'],
    [['lint', '--rule', 'no-such-rule'], 'no rule "no-such-rule"'],
    [['lint', '--rule', 'sorce-before-deps'], 'Did you mean "source-before-deps"?'],
    [['lint', '--formt', 'json'], 'lint: the option --formt does not exist. Did you mean "--format"?'],
    [['lnit'], 'no command "lnit". Did you mean "lint"?'],
    [['explin', 'x'], 'no command "explin". Did you mean "explain"?'],
    [['lint', '--fix=always'], '--fix stands alone or as --fix=unsafe, not "always"'],
    [['--hepl'], 'no command "--hepl". Did you mean "--help"?'],
    [['lint', '--fail-on'], 'wants a value'],
    [['lint', '--diff', '--format', 'json'], '--diff'],
    [['lint', 'missing'], 'no such file'],
    [['lint', 'notes.txt'], 'no file that Plimsoll reads'],
    [['lint', '--config', 'missing.yaml'], 'cannot be read'],
    [['audit'], 'does not exist yet'],
    [['why'], 'say what it was before'],
    [['frobnicate'], 'no command'],
    [[], 'a command is missing'],
    [['explain', 'no-such-rule'], 'no rule'],
    [['explain'], 'usage'],
    [['rules', '--format', 'sarif'], 'one of'],
    [['lsp'], 'usage'],
  ])('%j: 2 and one line', (args, line) => {
    using folder = new Folder({ 'compose.yaml': shm, 'notes.txt': 'x' });
    const { code, out, err } = folder.run(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(line);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  test('a folder without any file of ours: 2', () => {
    using folder = new Folder({ 'notes.txt': 'x' });
    expect(folder.run(['lint'])).toEqual({
      code: 2,
      out: '',
      err: expect.stringMatching(/^plimsoll: .*no Dockerfile.*\n$/),
    });
  });

  test('what cannot be read is named, the rest is done', () => {
    using folder = new Folder({ 'compose.yaml': shm, Dockerfile: Buffer.from([0x46, 0, 0xff]) });
    const { code, out, err } = folder.run(['lint', 'gone', '.']);
    expect(code).toBe(2);
    expect(out).toContain('missing-shm-size');
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringContaining('gone'),
      expect.stringContaining('Dockerfile'),
    ]);
  });

  test('a broken configuration is named, the rest is done', () => {
    using folder = new Folder({ 'compose.yaml': shm, '.plimsoll.yaml': 'profile: loud\n' });
    const { code, out, err } = folder.run(['lint']);
    expect(code).toBe(2);
    expect(out).toContain('missing-shm-size');
    expect(err).toMatch(/^plimsoll: \.plimsoll\.yaml:1:10: .*\n$/);
  });

  test('all mistakes of a configuration are named, in the order of the file', () => {
    const text = [
      'rules:',
      '  missing-shm-sise: off',
      '  source-before-deps: loud',
      'profil: thorough',
      'exclude: 3',
      'profile: loud',
      'exclude: []',
      '',
    ].join('\n');
    using folder = new Folder({ 'compose.yaml': shm, '.plimsoll.yaml': text, 'other.yaml': text });
    const wanted = (file: string): string =>
      [
        `${file}:2:3: There is no rule "missing-shm-sise". Did you mean "missing-shm-size"?`,
        `${file}:3:23: The severity of "source-before-deps" is one of off, hint, information, warning, error.`,
        `${file}:4:1: There is no setting "profil". Did you mean "profile"?`,
        `${file}:6:10: "profile" is one of default, thorough, everything.`,
        `${file}:7:1: This is given a second time.`,
      ]
        .map((line) => `plimsoll: ${line}\n`)
        .join('');
    const run = folder.run(['lint']);
    expect([run.code, run.err]).toEqual([2, wanted('.plimsoll.yaml')]);
    expect(run.out).toContain('missing-shm-size');
    const json = folder.run(['lint', '--format', 'json']);
    expect([json.code, json.err]).toEqual([2, wanted('.plimsoll.yaml')]);
    expect(Object.keys(JSON.parse(json.out))).toEqual(['version', 'files', 'internalErrors', 'summary']);
    // What the file alone shows: nothing is linted with half a configuration that was asked for.
    const [, ...own] = wanted('other.yaml').split('\n');
    const given = folder.run(['lint', '--config', 'other.yaml']);
    expect([given.code, given.out, given.err]).toEqual([2, '', own.join('\n')]);
  });

  test('a rule that does not exist is told at its place in the file that --config names', () => {
    using folder = new Folder({ 'compose.yaml': shm, 'conf/my.yaml': 'rules:\n  no-such-rule: off\n' });
    const { code, err } = folder.run(['lint', '--config', 'conf/my.yaml']);
    expect([code, err]).toEqual([2, 'plimsoll: conf/my.yaml:2:3: There is no rule "no-such-rule".\n']);
  });

  test('a configuration that is no YAML is one mistake', () => {
    using folder = new Folder({
      'compose.yaml': shm,
      '.plimsoll.yaml': 'profil: x\nrules:\n  nothing: off\n   - a: [\nexclude: }\n',
    });
    const { code, err } = folder.run(['lint']);
    expect(code).toBe(2);
    expect(err.split('\n')).toHaveLength(2);
    expect(err).toMatch(/^plimsoll: \.plimsoll\.yaml:\d+:\d+: \S/);
  });

  test('an unknown rule in the configuration is named', () => {
    using folder = new Folder({ 'compose.yaml': clean, '.plimsoll.yaml': 'rules:\n  no-such-rule: off\n' });
    const { code, err } = folder.run(['lint']);
    expect(code).toBe(2);
    expect(err).toMatch(/\.plimsoll\.yaml:2:3: .*no-such-rule/);
  });
});

describe('what is linted', () => {
  test('git-ignored paths are not, nor what a symbolic link leads to', () => {
    using folder = new Folder({
      '.git/HEAD': '',
      '.gitignore': 'build/\n',
      'build/compose.yaml': shm,
      'real/compose.yaml': shm,
      'in/keep': '',
    });
    symlinkSync(path.join(folder.path, 'real'), path.join(folder.path, 'in/link'), 'junction');
    const files = JSON.parse(folder.run(['lint', '--format', 'json']).out).files;
    expect(files.map((f: { path: string }) => f.path)).toEqual(['real/compose.yaml']);
    const link = folder.run(['lint', 'in/link']);
    expect(link.code).toBe(2);
    expect(link.err).toContain('symbolic link');
  });

  test('the configuration holds: off, severity, exclude', () => {
    using folder = new Folder({
      'a/compose.yaml': shm,
      'b/compose.yaml': shm,
      '.plimsoll.yaml': 'rules:\n  missing-shm-size: error\nexclude: [b/]\n',
    });
    const document = JSON.parse(folder.run(['lint', '--format', 'json']).out);
    expect(document.files.map((f: { path: string }) => f.path)).toEqual(['a/compose.yaml']);
    expect(document.summary).toMatchObject({ error: 1, warning: 0 });
    folder.write('.plimsoll.yaml', 'rules:\n  missing-shm-size: off\n');
    expect(folder.run(['lint']).code).toBe(0);
    folder.write('other.yaml', 'rules:\n  missing-shm-size: hint\n');
    expect(
      JSON.parse(folder.run(['lint', '--format', 'json', '--config', 'other.yaml']).out).summary.hint,
    ).toBe(2);
  });

  test('standard input stands for a file', () => {
    using folder = new Folder({ 'compose.yaml': clean });
    const { code, out } = folder.run(['lint', '--stdin-filename', 'compose.yaml'], shm);
    expect(code).toBe(1);
    expect(out).toMatch(/^compose\.yaml:3:12: warning\[missing-shm-size\] /);
    expect(
      folder.run(['lint', '--stdin-filename', 'new/compose.yaml', '--fix', '--diff'], shm).out,
    ).toContain('+    shm_size: 256mb');
    expect(folder.run(['lint', '--stdin-filename', 'compose.yaml', '--fix'], shm).code).toBe(2);
    const other = folder.run(['lint', '--stdin-filename', 'notes.txt'], shm);
    expect([other.code, other.out, other.err]).toEqual([
      2,
      '',
      'plimsoll: notes.txt: by its name this is no file that Plimsoll reads\n',
    ]);
  });
});

describe('text', () => {
  test('is one line a finding, its fixes below, and a last line that sums up', () => {
    using folder = new Folder({ 'compose.yaml': shm });
    const lines = folder.run(['lint']).out.split('\n');
    expect(lines[0]).toMatch(/^compose\.yaml:3:12: warning\[missing-shm-size\] .+\.$/);
    expect(lines.some((l) => /^ {2}safe fix: .*shm_size/.test(l))).toBe(true);
    expect(lines.at(-2)).toBe('1 warning in 1 file; 1 with a safe fix (--fix).');
    expect(folder.run(['lint']).out).not.toContain('\u001b');
  });
});

test('a Dockerfile that does not parse is a build that would fail', () => {
  using folder = new Folder({ Dockerfile: 'FROM node\nRUNN foo\n' });
  const { code, out } = folder.run(['lint']);
  expect(code).toBe(1);
  expect(out).toMatch(/^Dockerfile:2:1: problem: .*\n\n1 problem in 1 file\.\n$/);
  expect(folder.run(['lint', '--fail-on', 'never']).code).toBe(0);
});

describe('fixes', () => {
  test('--fix writes, keeps the mode, and says what remains', () => {
    using folder = new Folder({ 'compose.yaml': shm });
    const file = path.join(folder.path, 'compose.yaml');
    if (process.platform !== 'win32') chmodSync(file, 0o640);
    expect(folder.run(['lint', '--fix'])).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('Changed: '),
    });
    expect(readFileSync(file, 'utf8')).toBe(shmFixed);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(folder.run(['lint', '--fix'])).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toBe(shmFixed);
  });

  test('--fix keeps the byte order mark and CRLF', () => {
    using folder = new Folder({ 'compose.yaml': `\uFEFF${shm.replaceAll('\n', '\r\n')}` });
    folder.run(['lint', '--fix']);
    expect(readFileSync(path.join(folder.path, 'compose.yaml'), 'utf8')).toBe(
      `\uFEFF${shmFixed.replaceAll('\n', '\r\n')}`,
    );
  });

  test('--fix leaves a file alone that is not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('# caf'), Buffer.from([0xe9]), Buffer.from(`\n${shm}`)]);
    using folder = new Folder({ 'compose.yaml': bytes });
    const { code, out, err } = folder.run(['lint', '--fix']);
    expect(code).toBe(2);
    expect(err).toContain('not UTF-8');
    // What was not fixed is still there.
    expect(out).toContain('warning[missing-shm-size]');
    expect(readFileSync(path.join(folder.path, 'compose.yaml'))).toEqual(bytes);
  });

  test('--fix leaves a read-only file alone', () => {
    using folder = new Folder({ 'compose.yaml': shm });
    const file = path.join(folder.path, 'compose.yaml');
    chmodSync(file, 0o444);
    const { code, out, err } = folder.run(['lint', '--fix']);
    expect(err).toBe('plimsoll: compose.yaml: not written: it is read-only\n');
    expect(code).toBe(2);
    expect(out).toContain('warning[missing-shm-size]');
    expect(readFileSync(file, 'utf8')).toBe(shm);
  });

  test('--diff prints a diff that git would take and writes nothing', () => {
    using folder = new Folder({ 'compose.yaml': shm });
    const { code, out, err } = folder.run(['lint', '--diff']);
    expect(code).toBe(1);
    expect(out).toBe(
      '--- a/compose.yaml\n+++ b/compose.yaml\n@@ -1,3 +1,4 @@\n services:\n   db:\n     image: postgres:17\n+    shm_size: 256mb\n',
    );
    expect(err).toBe('plimsoll: 1 warning in 1 file; 1 with a safe fix (--fix).\n');
    expect(readFileSync(path.join(folder.path, 'compose.yaml'), 'utf8')).toBe(shm);
  });

  test('only --fix=unsafe applies unsafe fixes', () => {
    const files = {
      Dockerfile:
        'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY server.js ./\nCMD ["node", "server.js"]\n',
      'package.json': '{"name":"x","version":"1.0.0","devDependencies":{"jest":"30.0.0"}}\n',
      'package-lock.json': '{"name":"x","version":"1.0.0","lockfileVersion":3,"packages":{}}\n',
      'server.js': '',
    };
    using folder = new Folder(files);
    const file = path.join(folder.path, 'Dockerfile');
    const findings = JSON.parse(folder.run(['lint', '--format', 'json']).out).files[0].findings;
    const unsafe = findings.some((f: { fixes: { applicability: string }[] }) =>
      f.fixes.some((x) => x.applicability === 'unsafe'),
    );
    folder.run(['lint', '--fix']);
    expect(readFileSync(file, 'utf8')).toBe(files.Dockerfile);
    folder.run(['lint', '--fix=unsafe']);
    expect(readFileSync(file, 'utf8') !== files.Dockerfile).toBe(unsafe);
  });
});
