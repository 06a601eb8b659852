// Runs scripts/NAME.ts: `node scripts/run.mjs NAME [arguments]`. Bundles it with esbuild first, so plain Node is enough.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const [name = '', ...args] = process.argv.slice(2);
const entry = path.join(root, 'scripts', `${name}.ts`);
if (!/^[\w-]+$/.test(name) || !existsSync(entry)) {
  console.error(`There is no script "${name}".`);
  process.exit(2);
}
const folder = path.join(root, 'node_modules/.cache/plimsoll');
mkdirSync(folder, { recursive: true });
const outfile = path.join(folder, `${name}-${process.pid}.mjs`);
await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
process.argv = [process.execPath, entry, ...args];
try {
  const script = await import(pathToFileURL(outfile).href);
  if (typeof script.main === 'function')
    process.exitCode = (await script.main(args, root)) ?? process.exitCode;
} finally {
  rmSync(outfile, { force: true });
}
