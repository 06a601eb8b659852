import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { helpText } from '../../server/src/cli/help.js';
import { documentedRules } from '../harness/engine.js';
import { repo } from '../harness/files.js';
import { Folder } from './harness.js';

const version = (JSON.parse(readFileSync(path.join(repo, 'package.json'), 'utf8')) as { version: string })
  .version;

test('--version and --help', () => {
  using folder = new Folder({});
  expect(folder.run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  expect(folder.run(['--help'])).toEqual({ code: 0, out: helpText(), err: '' });
  const lint = folder.run(['lint', '--help']);
  expect(lint).toEqual({ code: 0, out: helpText('lint'), err: '' });
  expect(helpText()).toContain(lint.out.trimEnd());
  expect(lint.out).toMatch(/^ {2}plimsoll lint \[PATH\.\.\.\]\n/);
  expect(lint.out).not.toContain('plimsoll context');
  expect(folder.run(['help', 'lint'])).toEqual(lint);
});

describe('rules', () => {
  test('lists every rule as JSON', () => {
    using folder = new Folder({});
    const { code, out } = folder.run(['rules', '--format', 'json']);
    expect(code).toBe(0);
    const document = JSON.parse(out);
    expect(document.version).toBe(1);
    const ids = document.rules.map((r: { id: string }) => r.id);
    expect(ids).toEqual(
      documentedRules()
        .map((r) => r.meta.id)
        .sort(),
    );
    for (const rule of document.rules) {
      expect(Object.keys(rule)).toEqual([
        'id',
        'category',
        'severity',
        'profile',
        'fixes',
        'summary',
        'since',
        'peers',
      ]);
    }
  });

  test('and as text', () => {
    using folder = new Folder({});
    const { out } = folder.run(['rules']);
    for (const { meta } of documentedRules()) expect(out).toContain(`${meta.id}\n  ${meta.summary}\n`);
  });
});

test('explain prints the page of every rule', () => {
  using folder = new Folder({});
  for (const { meta } of documentedRules()) {
    const { code, out } = folder.run(['explain', meta.id]);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^# ${meta.id}\n`));
    expect(out).toContain('## When not to');
    expect(out).not.toContain('<!--');
  }
}, 60_000);

describe('debug-info', () => {
  const files = {
    'compose.yaml':
      'services:\n  web:\n    build:\n      context: .\n      dockerfile: docker/Dockerfile\n      target: run\n',
    'docker/Dockerfile': 'FROM alpine:3.22 AS run\nCOPY app /app\n',
    'app/x': '',
  };

  test('names the build of each Dockerfile and why', () => {
    using folder = new Folder(files);
    const { code, out, err } = folder.run(['debug-info', '--format', 'json']);
    expect(err).toBe('');
    expect(code).toBe(0);
    const document = JSON.parse(out);
    expect(document).toMatchObject({ version: 1, plimsoll: version, node: process.version });
    expect(document.builds).toEqual([
      {
        dockerfile: 'docker/Dockerfile',
        context: '.',
        ignoreFile: null,
        target: 'run',
        args: {},
        source: 'compose.yaml services.web',
        why: expect.stringContaining('compose.yaml'),
        others: [],
      },
    ]);
    expect(document.rules['bind-mount-consistency']).toBe('off');
    expect(document.rules['missing-shm-size']).toBe('warning');
  });

  test('says nothing of another folder where the one asked for is not there', () => {
    using folder = new Folder(files);
    const { code, out, err } = folder.run(['debug-info', 'nowhere']);
    expect([code, out, err]).toEqual([2, '', 'plimsoll: nowhere: there is no such file or folder\n']);
  });

  test('says the same as text', () => {
    using folder = new Folder(files);
    const { out } = folder.run(['debug-info']);
    expect(out).toContain(
      'docker/Dockerfile\n  context ., ignore file none, target run\n  from compose.yaml services.web: ',
    );
  });

  test('tells the configuration in words, with all that is wrong with it', () => {
    using folder = new Folder({ Dockerfile: 'FROM alpine:3.22\n' });
    const told = (): string => folder.run(['debug-info']).out;
    expect(told()).toContain(
      '\n  as the files suggest: Dockerfile is named by no build definition; it copies nothing by name,',
    );
    expect(told()).toContain('\nconfiguration none for this folder\n  profile default\nrules\n');
    folder.write(
      '.plimsoll.yaml',
      'profile: thorough\nexclude: [old/]\nrules:\n  mode-drit: off\n  mode-drift: hint\nprofle: x\n',
    );
    expect(told()).toContain(
      [
        'configuration .plimsoll.yaml',
        '  profile thorough',
        '  rules mode-drit off, mode-drift hint',
        '  exclude old/',
        '  problem: There is no rule "mode-drit". Did you mean "mode-drift"?',
        '  problem: There is no setting "profle". Did you mean "profile"?',
        'rules',
      ].join('\n'),
    );
    const { config } = JSON.parse(folder.run(['debug-info', '--format', 'json']).out);
    expect(config.problems).toHaveLength(2);
  });
});
