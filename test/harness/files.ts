import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Page, readPage } from './page.js';

/** The repository. */
export const repo = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

function pagesIn(folder: string): readonly Page[] {
  const full = path.join(repo, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
    .map((name) => readPage(`${folder}/${name}`, readFileSync(path.join(full, name), 'utf8')));
}

/** The pages people read. */
export function docsPages(): readonly Page[] {
  return pagesIn('docs/rules');
}

/** The pages of dull edges. */
export function edgePages(): readonly Page[] {
  return pagesIn('test/rules');
}

/** Writes a page back. */
export function writePage(page: Page, lines: readonly string[]): void {
  writeFileSync(path.join(repo, page.path), lines.join('\n'));
}
