import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { repo } from '../harness/files.js';
import { complaintAbout, importsOf, readDrawing } from './layers.js';

const layers = readDrawing(readFileSync(path.join(repo, 'ARCHITECTURE.md'), 'utf8'));

function sources(folder: string): readonly string[] {
  if (!existsSync(path.join(repo, folder))) return [];
  return readdirSync(path.join(repo, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

function complaints(file: string, source: string): readonly string[] {
  return importsOf(source).flatMap((imported) => {
    const why = complaintAbout(file, imported, layers);
    return why === undefined ? [] : [`${file}:${imported.line} imports ${why}: ${imported.text}`];
  });
}

test('the drawing is read', () => {
  expect(layers).toEqual({
    order: ['text', 'syntax', 'project', 'sim', 'fixes', 'rules', 'engine', 'report'],
    doors: ['lsp', 'cli', 'mcp'],
  });
});

test('every import follows the drawing', () => {
  const files = [...sources('server/src'), ...sources('client/src')];
  expect(files.length).toBeGreaterThan(30);
  expect(files.flatMap((f) => complaints(f, readFileSync(path.join(repo, f), 'utf8')))).toEqual([]);
});

describe('an import against the drawing is named', () => {
  test.each([
    ['server/src/text/a.ts', "import { b } from '../syntax/b.js';"],
    ['server/src/rules/cache/a.ts', "import type { b } from '../../engine/b.js';"],
    ['server/src/rules/cache/a.ts', "import {\n  b,\n} from '../../engine/b.js';"],
    ['server/src/lsp/a.ts', "import { b } from '../cli/b.js';"],
    ['server/src/engine/a.ts', "export { b } from '../node/fs.js';"],
    ['server/src/engine/a.ts', "import fs from 'node:fs';"],
    ['server/src/lsp/hover.ts', "const fs = await import('node:fs');"],
    ['server/src/cli/a.ts', "import { b } from 'vscode-languageserver/node';"],
    ['server/src/lsp/a.ts', "import * as vscode from 'vscode';"],
    ['client/src/a.ts', "import { b } from '../../server/src/lsp/protocol.js';"],
    ['client/src/a.ts', "import type { b } from '../../server/src/engine/model.js';"],
    ['server/src/new/a.ts', "import { b } from '../text/span.js';"],
  ])('%s: %s', (file, source) => {
    expect(complaints(file, source)).toHaveLength(1);
  });

  test.each([
    ['server/src/syntax/a/b.ts', "import { b } from '../shell/b.js';"],
    ['server/src/engine/a.ts', "import { b } from '../text/b.js';"],
    ['server/src/cli/a.ts', "import { b } from '../node/fs.js';"],
    ['server/src/node/a.ts', "import { b } from '../project/b.js';"],
    ['server/src/lsp/server.ts', "import path from 'node:path';"],
    ['client/src/a.ts', "import type { b } from '../../server/src/lsp/protocol.js';"],
    ['client/src/commands/a.ts', "import { b } from '../client.js';"],
  ])('%s: %s is allowed', (file, source) => {
    expect(complaints(file, source)).toEqual([]);
  });
});
