import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ensureBuilt, repo } from './built.js';

const dist = (name: string): string => path.join(repo, 'dist', name);
const bytes = (...names: readonly string[]): number =>
  names.reduce((sum, name) => sum + statSync(dist(name)).size, 0);

/** Files that went into a bundle. */
function inputs(name: string): string[] {
  const meta: { inputs: Record<string, unknown> } = JSON.parse(
    readFileSync(dist(`${name}.meta.json`), 'utf8'),
  );
  return Object.keys(meta.inputs);
}

beforeAll(ensureBuilt, 60_000);

describe('bundles stay within their budgets', () => {
  test('client: 500 kB', () =>
    expect(bytes('extension.js', 'client.js', 'views.js', 'report.js')).toBeLessThanOrEqual(500_000));
  test('what the report’s page loads: 20 kB', () => expect(bytes('report.js')).toBeLessThanOrEqual(20_000));
  test('what activate loads: 20 kB', () => expect(bytes('extension.js')).toBeLessThanOrEqual(20_000));
  test('server without its WASM files: 1.5 MB', () =>
    expect(bytes('server.js')).toBeLessThanOrEqual(1_500_000));
  test('the thread that walks contexts: 150 kB', () =>
    expect(bytes('worker.js')).toBeLessThanOrEqual(150_000));
});

test('the client holds nothing of the server, and the extension nothing of the language client', () => {
  expect(inputs('client').filter((file) => file.startsWith('server/'))).toEqual([]);
  for (const name of ['extension', 'views', 'report'])
    expect(inputs(name).filter((file) => !file.startsWith('client/'))).toEqual([]);
  // The report is loaded when someone asks for it.
  expect(inputs('extension').filter((file) => file.startsWith('client/src/views/'))).toEqual([]);
});

test('every bundled package has its licence in ThirdPartyNotices.txt', () => {
  const notices = readFileSync(dist('ThirdPartyNotices.txt'), 'utf8');
  const files = ['extension', 'client', 'views', 'report', 'server', 'cli', 'worker'].flatMap(inputs);
  const bundled = new Set(
    files.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []),
  );
  expect([...bundled]).toContain('vscode-languageclient');
  for (const name of bundled)
    expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(.+\\)$`, 'm'));
});
