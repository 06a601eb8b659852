// The suite of test/vscode in a real VS Code: the desktop one where @vscode/test-electron can get it and a display is
// there, else VS Code server in headless Chromium. `node scripts/vscode-tier.mjs [dev|packed|restricted|reload [STEP]]` runs it alone.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bootstrap } from './bootstrap.mjs';
import { packVsix } from './package.mjs';
import { aptLine, findProgram, isMain, root, runScript } from './system.mjs';
import { ensureHost, hostObstacle, startHost } from './vscode-host.mjs';

const out = path.join(root, '.cache/vscode-test');

/** Resolves to { counts }, or to { lacking } with what this machine would need. */
export async function vscodeSuite(only, filter) {
  const browserLack = browserObstacle();
  const { chooseHost, runAll } = await bundles();
  const host = await chooseHost({
    cache: path.join(root, '.cache/vscode-desktop'),
    say: (text) => console.log(`vscode: ${text}`),
    browser:
      browserLack === undefined
        ? { chromium: chromium(), startServer: startHost, ensure: ensureHost }
        : undefined,
  });
  if (host === undefined) return { lacking: browserLack };
  console.log(`vscode: ${host.name}`);
  const results = await runAll(host, {
    root,
    companion: path.join(out, 'companion'),
    suite: path.join(out, 'companion/suite.js'),
    vsix: packVsix(path.join(out, 'plimsoll.vsix')),
    out,
    // Pictures are taken on every run and kept in the repository only when asked for.
    pictures: process.env.UPDATE === '1' ? path.join(root, 'media') : path.join(out, 'pictures'),
    only,
    filter,
  });
  for (const { name, state, note } of results) console.log(`  ${state}  ${name}${note ? `: ${note}` : ''}`);
  const count = (wanted) => results.filter(({ state }) => state === wanted).length;
  return { counts: { passed: count('passed'), failed: count('failed'), skipped: count('skipped') } };
}

function chromium() {
  return (
    process.env.CHROME_PATH ||
    findProgram('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable')
  );
}

function browserObstacle() {
  const host = hostObstacle();
  const browser = chromium() ? undefined : `Chromium not found; install with: ${aptLine(['chromium'])}`;
  return [browser, host].filter((one) => one !== undefined).join('; ') || undefined;
}

/** Bundles the suite (runs inside VS Code, brought by a small extension of its own) and the outside that drives it. */
async function bundles() {
  const { build } = await import('esbuild');
  const companion = path.join(out, 'companion');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(companion, { recursive: true });
  const common = {
    bundle: true,
    platform: 'node',
    target: 'node20',
    absWorkingDir: root,
    logLevel: 'warning',
  };
  await build({
    ...common,
    entryPoints: ['test/vscode/suite/index.ts'],
    format: 'cjs',
    external: ['vscode'],
    outfile: path.join(companion, 'suite.js'),
  });
  await build({
    ...common,
    entryPoints: ['test/vscode/outside/index.ts'],
    format: 'esm',
    packages: 'external',
    outfile: path.join(out, 'outside.mjs'),
  });
  const manifest = {
    name: 'plimsoll-tests',
    publisher: 'plimsoll',
    version: '0.0.0',
    engines: { vscode: '*' },
  };
  writeFileSync(path.join(companion, 'package.json'), JSON.stringify(manifest));
  return import(pathToFileURL(path.join(out, 'outside.mjs')).href);
}

async function main() {
  await bootstrap();
  const { counts, lacking } = await vscodeSuite(...process.argv.slice(2));
  if (lacking !== undefined) console.log(lacking);
  return counts?.failed === 0 ? 0 : 1;
}

if (isMain(import.meta.url)) await runScript(main);
