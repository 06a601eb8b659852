import { createRequire } from 'node:module';
import path from 'node:path';
import { loadShellParser } from '../../server/src/node/shell.js';
import type { ShellParser } from '../../server/src/syntax/shell/model.js';

const require = createRequire(import.meta.url);
const modules = path.dirname(path.dirname(require.resolve('web-tree-sitter')));

/** The shell parser over the WASM files of the installed packages: no build needed. */
export function testShellParser(): Promise<ShellParser> {
  return loadShellParser(modules, {
    runtime: 'web-tree-sitter/web-tree-sitter.wasm',
    grammar: 'tree-sitter-bash/tree-sitter-bash.wasm',
  });
}
