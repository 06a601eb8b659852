import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pack, repo } from './built.js';
import { zipEntries } from './zip.js';

const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-vsix-'));
const file = path.join(folder, 'plimsoll.vsix');
const page = /^extension\/docs\/rules\/([\w-]+\.md)$/;
let names: readonly string[] = [];

beforeAll(() => {
  pack(file);
  names = [...zipEntries(readFileSync(file)).keys()].sort();
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the VSIX is at most 1.5 MB', () => {
  expect(statSync(file).size).toBeLessThanOrEqual(1_500_000);
});

test('its files are those of vsix.golden.txt', async () => {
  // The rule pages stand there in one line, so that a new rule does not touch the list.
  const listed = [...new Set(names.map((name) => name.replace(page, 'extension/docs/rules/*.md')))];
  await expect(`${listed.join('\n')}\n`).toMatchFileSnapshot('vsix.golden.txt');
});

test('the pictures of the README are in it', () => {
  const pictures = [
    ...readFileSync(path.join(repo, 'README.md'), 'utf8').matchAll(/!\[[^\]]*\]\(([^)]+)\)/g),
  ];
  expect(pictures.length).toBeGreaterThan(0);
  for (const [, picture] of pictures) expect(names).toContain(`extension/${picture}`);
});

test('it has every rule page', () => {
  const packed = names.flatMap((name) => page.exec(name)?.[1] ?? []);
  expect(packed).toEqual(
    readdirSync(path.join(repo, 'docs/rules'))
      .filter((name) => name.endsWith('.md'))
      .sort(),
  );
});
