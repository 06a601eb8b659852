// npm run package [-- FILE]: packs the VSIX (default plimsoll-VERSION.vsix) and prints its size.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { isMain, root, run, runScript, Stop } from './system.mjs';

/** Packs `out` from what is in dist/. */
export function packVsix(out) {
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
  run(process.execPath, [vsce, 'package', ...options, '--out', out], root, 'vsce package');
  return out;
}

async function main() {
  const [file, ...more] = process.argv.slice(2);
  if (more.length > 0 || file?.startsWith('-')) throw new Stop('usage: npm run package [-- FILE]', 2);
  await bootstrap();
  const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const out = packVsix(
    path.resolve(process.env.INIT_CWD ?? '.', file ?? path.join(root, `${name}-${version}.vsix`)),
  );
  console.log(`${path.relative(process.cwd(), out)} ${(statSync(out).size / 1024).toFixed(0)} kB`);
  return 0;
}

if (isMain(import.meta.url)) await runScript(main);
