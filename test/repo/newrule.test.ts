import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { complaintAbout } from '../../scripts/new-rule.js';
import { repo } from '../harness/files.js';

describe('npm run new-rule on a copy', () => {
  let copy = '';
  beforeAll(() => {
    copy = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-new-rule-'));
    const parts = [
      'server',
      'client',
      'scripts',
      'docs',
      'test',
      'package.json',
      'package.nls.json',
      'tsconfig.json',
      'README.md',
    ];
    for (const part of parts) cpSync(path.join(repo, part), path.join(copy, part), { recursive: true });
    symlinkSync(path.join(repo, 'node_modules'), path.join(copy, 'node_modules'), 'junction');
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  const run = (command: string, ...args: string[]) =>
    spawnSync(process.execPath, [command, ...args], {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, UPDATE: '' },
    });

  test('writes a rule that compiles and whose one case fails', () => {
    const made = run('scripts/run.mjs', 'new-rule', 'runtime/untold-limits');
    expect(made.stderr).toBe('');
    expect(made.status).toBe(0);
    expect(readFileSync(path.join(copy, 'server/src/rules/index.ts'), 'utf8')).toContain(
      "import untoldLimits from './runtime/untold-limits.js';",
    );
    expect(readFileSync(path.join(copy, 'docs/rules/README.md'), 'utf8')).toContain('untold-limits');
    const page = readFileSync(path.join(copy, 'docs/rules/untold-limits.md'), 'utf8');
    expect(page).toContain('| information | default | runtime |');

    const types = run('node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json');
    expect(types.stdout).toBe('');
    expect(types.status).toBe(0);

    const cases = run(
      'node_modules/vitest/vitest.mjs',
      'run',
      '--root',
      copy,
      'test/rules.test.ts',
      '-t',
      'untold-limits',
    );
    expect(cases.status).toBe(1);
    expect(cases.stdout + cases.stderr).toMatch(/marked, but not found/);
  }, 120_000);
});

test.each([
  ['untold-limits', 'usage'],
  ['runtime/', 'usage'],
  ['nowhere/untold-limits', 'no category'],
  ['runtime/no-limits', 'remedy'],
  ['runtime/unused-suppression', 'already'],
])('new-rule refuses %s', (place, why) => {
  expect(complaintAbout(place, repo)).toContain(why);
});
