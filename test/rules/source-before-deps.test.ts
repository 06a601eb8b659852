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

describe('an install that starts or reads what the source brings', () => {
  const npm = {
    '.dockerignore': 'node_modules\n',
    'package.json': '{"name":"app"}',
    'package-lock.json': '{"lockfileVersion":3,"packages":{}}',
    'tools/npm': '',
    'tools/sh': '',
    'certs/ca.pem': '',
    'packages/a.tgz': '',
    '.tool-versions': '',
  };
  const said = (run: string, between = ''): unknown =>
    offered({ ...npm, Dockerfile: `FROM node:20\nWORKDIR /app\nCOPY . .\n${between}RUN ${run}\n` });

  it.each([
    ['./tools/npm ci', '"./tools/npm" of the source is used by the command'],
    ['/app/tools/npm ci', '"/app/tools/npm" of the source is used by the command'],
    ['npm ci --offline --cache packages', '"packages" of the source is used by the command'],
    ['PATH=/app/tools:$PATH npm ci', 'PATH names a file of the source'],
    ['PATH=$PWD/tools:$PATH npm ci', 'PATH names a file of the source'],
    ['NODE_EXTRA_CA_CERTS=certs/ca.pem npm ci', 'NODE_EXTRA_CA_CERTS names a file of the source'],
    [
      'export NODE_EXTRA_CA_CERTS=/app/certs/ca.pem; npm ci',
      'NODE_EXTRA_CA_CERTS names a file of the source',
    ],
  ])('%s', (run, reason) => {
    expect(said(run)).toBe(`No fix is offered: ${reason}.`);
  });

  it('a RUN is cut where its commands stand in no quotes', () => {
    expect(said('npm ci && npm run build')).toMatchObject({ applicability: 'safe' });
    expect(said('--mount=type=cache,target=/root/.npm \\\n  npm ci && npm run build')).toMatchObject({
      applicability: 'safe',
    });
    for (const [ahead, quote] of [
      ['', '"'],
      ['', "'"],
      ['echo a && ', '"'],
    ])
      expect(said(`${ahead}bash -c ${quote}npm ci && npm run build${quote}`)).toBe(
        'No fix is offered: "npm run build" in the same RUN may read the source.',
      );
  });

  it('a shell of the project', () => {
    const reason = said('npm ci', 'SHELL ["/app/tools/sh", "-c"]\n');
    expect(reason).toBe('No fix is offered: the source brings the shell /app/tools/sh.');
  });

  it('a file that chooses the version of the tools', () => {
    const dockerfile = (tools: string): string =>
      `FROM debian:12\nENV PATH=${tools}:$PATH\nWORKDIR /app\nCOPY . .\nRUN npm ci\n`;
    expect(offered({ ...npm, Dockerfile: dockerfile('/root/.asdf/shims') })).toBe(
      'No fix is offered: .tool-versions chooses the version of the tools.',
    );
    expect(offered({ ...npm, Dockerfile: dockerfile('/opt/node/bin') })).toMatchObject({
      applicability: 'safe',
    });
  });

  it('words and variables that name something else', () => {
    for (const run of ['npm ci --cache /tmp/packages', 'PATH=/opt/tools:$PATH npm ci', 'npm --prefix . ci'])
      expect(said(run)).toMatchObject({ applicability: 'safe' });
  });

  it('composer.phar, and a setting of Composer', () => {
    const composer = {
      '.dockerignore': 'vendor\n',
      'composer.json': '{"require":{"psr/log":"^3.0"}}',
      'composer.lock': '{"packages":[{"name":"psr/log","version":"3.0.0"}],"packages-dev":[]}',
      'composer.phar': '',
      'home/auth.json': '',
    };
    const text = (env: string, run: string): string =>
      `FROM php:8\n${env}WORKDIR /app\nCOPY . .\nRUN ${run}\n`;
    expect(offered({ ...composer, Dockerfile: text('', 'php composer.phar install') })).toBe(
      'No fix is offered: "composer.phar" of the source is used by the command.',
    );
    expect(
      offered({ ...composer, Dockerfile: text('ENV COMPOSER_HOME=/app/home\n', 'composer install') }),
    ).toBe('No fix is offered: COMPOSER_HOME names /app/home.');
  });

  it('a download for go', () => {
    const go = {
      'go.mod': 'module app\n\ngo 1.22\n\nrequire example.com/x v1.0.0\n',
      'go.sum': 'example.com/x v1.0.0 h1:x\n',
      'main.go': 'package main\n',
      'proxy/x': '',
      'tools/go': '',
    };
    const text = (env: string, program: string): string =>
      `FROM golang:1.22 AS build\n${env}WORKDIR /app\nCOPY . .\nRUN ${program} build -o /out .\nFROM scratch\nCOPY --from=build /out /out\n`;
    expect(offered({ ...go, Dockerfile: text('ENV GOPROXY=file:///app/proxy\n', 'go') })).toBe(
      'No fix is offered: GOPROXY names /app/proxy.',
    );
    expect(offered({ ...go, Dockerfile: text('', './tools/go') })).toBe(
      'No fix is offered: "./tools/go" of the source is used by the command.',
    );
    expect(offered({ ...go, Dockerfile: text('ENV GOPROXY=https://example.com\n', 'go') })).toMatchObject({
      applicability: 'safe',
    });
  });
});
