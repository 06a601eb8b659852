import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { loadShellParser } from '../../server/src/node/shell.js';
import type { ShellParser } from '../../server/src/syntax/shell/model.js';

const require = createRequire(import.meta.url);

/** The shell parser over the grammar in node_modules, loaded the way the adapters do it. */
export async function loadTestShell(): Promise<ShellParser> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-wasm-'));
  const runtime = path.join(path.dirname(require.resolve('web-tree-sitter')), 'web-tree-sitter.wasm');
  copyFileSync(runtime, path.join(folder, 'tree-sitter.wasm'));
  const grammar = require.resolve('tree-sitter-bash/tree-sitter-bash.wasm');
  copyFileSync(grammar, path.join(folder, 'tree-sitter-bash.wasm'));
  try {
    return await loadShellParser(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
