import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Language, Parser } from 'web-tree-sitter';
import type { ShellParser } from '../syntax/shell/model.js';
import { createShellParser } from '../syntax/shell/parse.js';

/** Names of the two WASM files in the folder given to `loadShellParser`. */
export interface ShellWasmNames {
  readonly runtime: string;
  readonly grammar: string;
}

/**
 * Loads `tree-sitter.wasm` and `tree-sitter-bash.wasm` from `wasmFolder` and gives a shell parser over them.
 * Rejects where a file is missing or is no such module.
 */
export async function loadShellParser(
  wasmFolder: string,
  names: ShellWasmNames = { runtime: 'tree-sitter.wasm', grammar: 'tree-sitter-bash.wasm' },
): Promise<ShellParser> {
  const [runtime, grammar] = await Promise.all([
    readFile(path.join(wasmFolder, names.runtime)),
    readFile(path.join(wasmFolder, names.grammar)),
  ]);
  await Parser.init({ wasmBinary: runtime });
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return createShellParser(parser);
}
