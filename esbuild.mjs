// Builds dist/: client.js (VS Code), server.js (language server), cli.js, and the two WASM files beside them.
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const common = {
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  metafile: true,
  legalComments: 'none',
  sourcemap: true,
  logLevel: 'warning',
};
const entries = {
  client: 'client/src/extension.ts',
  server: 'server/src/lsp/main.ts',
  cli: 'server/src/cli/main.ts',
};
mkdirSync('dist', { recursive: true });
for (const [name, entry] of Object.entries(entries)) {
  if (!existsSync(entry)) continue;
  const banner = name === 'cli' ? { js: '#!/usr/bin/env node' } : {};
  const result = await build({ ...common, banner, entryPoints: [entry], outfile: `dist/${name}.js` });
  writeFileSync(`dist/${name}.meta.json`, JSON.stringify(result.metafile));
}
const wasm = {
  'tree-sitter.wasm': path.join(path.dirname(require.resolve('web-tree-sitter')), 'web-tree-sitter.wasm'),
  'tree-sitter-bash.wasm': require.resolve('tree-sitter-bash/tree-sitter-bash.wasm'),
};
for (const [name, from] of Object.entries(wasm)) copyFileSync(from, path.join('dist', name));
