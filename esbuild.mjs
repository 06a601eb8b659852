// Builds dist/: for VS Code extension.js and, loaded on need, client.js (the language client), views.js (the reports
// of a build context and of a build's impact) and report.js (their page); server.js (language server), cli.js, worker.js (the thread that walks contexts),
// and beside them the two WASM files and the licences of what is bundled.
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { thirdPartyNotices } from './scripts/notices.mjs';

const require = createRequire(import.meta.url);
const common = {
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  // jsonc-parser's UMD form hides its own files from a bundler; its module form does not.
  mainFields: ['module', 'main'],
  // Its ESM form asks import.meta for its place, which a CommonJS bundle does not have.
  alias: { 'web-tree-sitter': require.resolve('web-tree-sitter') },
  // `import('./client.js')` becomes a require, which the extension host can serve `vscode` to.
  supported: { 'dynamic-import': false },
  metafile: true,
  legalComments: 'none',
  sourcemap: true,
  logLevel: 'warning',
};
const entries = {
  extension: 'client/src/extension.ts',
  client: 'client/src/client.ts',
  views: 'client/src/views.ts',
  server: 'server/src/lsp/main.ts',
  cli: 'server/src/cli/main.ts',
  worker: 'server/src/node/worker.ts',
};
// The extension's parts load one another at run time; the server has files of such names that belong into its bundles.
const parts = { external: ['vscode', './client.js', './views.js'] };
// 20 kB for a question that VS Code has answered.
const versionCheck = path.resolve('client/hostVersion.cjs');
const withoutSemver = {
  'semver/functions/parse': versionCheck,
  'semver/functions/satisfies': versionCheck,
};
const metafiles = [];
mkdirSync('dist', { recursive: true });
for (const [name, entry] of Object.entries(entries)) {
  if (!existsSync(entry)) continue;
  const banner = name === 'cli' ? { js: '#!/usr/bin/env node' } : {};
  const apart = entry.startsWith('client/') ? { ...parts, alias: { ...common.alias, ...withoutSemver } } : {};
  const result = await build({
    ...common,
    ...apart,
    banner,
    entryPoints: [entry],
    outfile: `dist/${name}.js`,
  });
  metafiles.push(result.metafile);
  writeFileSync(`dist/${name}.meta.json`, JSON.stringify(result.metafile));
}
// What runs inside the report's webview: a browser, not Node.
const page = await build({
  ...common,
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  alias: {},
  entryPoints: ['client/src/webview/report.ts'],
  outfile: 'dist/report.js',
});
metafiles.push(page.metafile);
writeFileSync('dist/report.meta.json', JSON.stringify(page.metafile));
const wasm = {
  'tree-sitter.wasm': path.join(path.dirname(require.resolve('web-tree-sitter')), 'web-tree-sitter.wasm'),
  'tree-sitter-bash.wasm': require.resolve('tree-sitter-bash/tree-sitter-bash.wasm'),
};
for (const [name, from] of Object.entries(wasm)) copyFileSync(from, path.join('dist', name));

const packages = ['web-tree-sitter', 'tree-sitter-bash'].map((name) => path.join('node_modules', name));
writeFileSync('dist/ThirdPartyNotices.txt', thirdPartyNotices(metafiles, packages));
