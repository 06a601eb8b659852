import { describe, expect, it } from 'vitest';
import type { Engine } from '../../server/src/engine/model.js';
import { lintFile } from '../../server/src/engine/run.js';
import { outcomeOf, verifiedFixes } from '../../server/src/engine/verify.js';
import { allRules } from '../../server/src/rules/index.js';
import { memorySnapshot, root } from '../harness/memfs.js';
import { testShellParser } from '../harness/shell.js';

const engine: Engine = { rules: allRules, shellParser: await testShellParser() };
const path = `${root}/Dockerfile`;

/** The fix that is offered for a project: whether it is safe, and all texts it writes; the reason where there is none. */
function offered(files: Readonly<Record<string, string>>) {
  const snapshot = memorySnapshot(files);
  const report = lintFile(engine, snapshot, path, { only: ['source-before-deps'] });
  const [finding] = report.findings;
  if (finding === undefined) return undefined;
  const [fix] = verifiedFixes(engine, snapshot, report, finding);
  if (fix === undefined) return finding.related.at(-1)?.message;
  const outcome = outcomeOf(snapshot, fix.changes());
  if (typeof outcome === 'string') throw new Error(outcome);
  return { applicability: fix.applicability, texts: Object.fromEntries(outcome.texts) };
}

describe('an install into a folder with files of the project', () => {
  const dockerfile = (flags: string): string =>
    `FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install ${flags}-r requirements.txt\n`;
  const files = { 'requirements.txt': 'flask==3.1.0\n', 'app.py': '', 'libs/own.py': '' };

  it('the folder of the source is not put into the ignore file', () => {
    expect(offered({ ...files, Dockerfile: dockerfile('-t . ') })).toBe(
      'No fix is offered: it installs into the folder of the source.',
    );
  });

  it('nor is a folder below it', () => {
    expect(offered({ ...files, Dockerfile: dockerfile('-t libs ') })).toBe(
      'No fix is offered: libs of the context would overwrite what was installed.',
    );
  });

  it('nor is one that Composer puts programs into', () => {
    const said = offered({
      Dockerfile: 'FROM composer:2\nWORKDIR /app\nCOPY . .\nRUN composer install\n',
      '.dockerignore': 'vendor\n',
      'composer.json': '{"require":{"psr/log":"^3.0"},"config":{"bin-dir":"bin"}}',
      'composer.lock': '{"packages":[{"name":"psr/log","version":"3.0.0"}],"packages-dev":[]}',
      'bin/console': '',
    });
    expect(said).toBe('No fix is offered: bin of the context would overwrite what was installed.');
  });
});

describe('where the base image says which folder commands start in', () => {
  it('a download for cargo names its files from the root', () => {
    const fix = offered({
      Dockerfile:
        'FROM registry.example/rust AS build\nCOPY . /src\nRUN cargo install --locked --path /src --root /out\nFROM scratch\nCOPY --from=build /out /out\n',
      '.dockerignore': 'target\n',
      'Cargo.toml': '[package]\nname = "app"\nversion = "0.1.0"\n[dependencies]\nitoa = "1"\n',
      'Cargo.lock':
        '[[package]]\nname = "app"\nversion = "0.1.0"\n[[package]]\nname = "itoa"\nversion = "1.0.0"\n',
      'src/main.rs': 'fn main() {}\n',
    });
    expect(fix).toMatchObject({ applicability: 'safe' });
    expect(JSON.stringify(fix)).toContain(
      'RUN mkdir -p /src/src && touch /src/src/main.rs && cargo fetch --locked --manifest-path /src/Cargo.toml && rm -r /src/src',
    );
  });
});
