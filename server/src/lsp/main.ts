import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Connection, createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { fixAll } from '../engine/fixall.js';
import { ignoreHere } from '../engine/ignore-here.js';
import { refactorsOf } from '../engine/refactors.js';
import { lintFile } from '../engine/run.js';
import { type VerifyCache, verifiedFixes } from '../engine/verify.js';
import { createDocker } from '../node/docker.js';
import { createFactStore } from '../node/facts.js';
import { nodeFs } from '../node/fs.js';
import { createHistorian } from '../node/historian.js';
import { createMeasurer } from '../node/measurer.js';
import { loadShellParser } from '../node/shell.js';
import { allRules } from '../rules/index.js';
import type { Core, Host } from './host.js';
import { startServer } from './server.js';

/** The real engine, with a memory for fixes it has verified. */
function realCore(): Core {
  const verified: VerifyCache = new WeakMap();
  return {
    rules: allRules,
    lintFile,
    verifiedFixes: (engine, snapshot, report, finding, options) =>
      verifiedFixes(engine, snapshot, report, finding, options, verified),
    fixAll,
    ignoreHere,
    refactorsOf,
  };
}

/** The version the package's manifest names. */
function versionOf(folder: string): string {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const { version } = manifest as { version?: unknown };
    return typeof version === 'string' ? version : 'unknown';
  } catch {
    return 'unknown';
  }
}

/** `folder`: the package, whose `dist` holds this bundle and the WASM files and whose `docs/rules` the pages. */
function realHost(connection: Connection, folder: string, stdio: boolean): Host {
  const fs = nodeFs();
  const worker = path.join(folder, 'dist', 'worker.js');
  const pages = path.join(folder, 'docs', 'rules');
  const pageOf = (id: string): string => path.join(pages, `${path.basename(id)}.md`);
  const log: Host['log'] = (level, message) => {
    // Editors show what comes on stderr as trouble.
    if (stdio && level === 'info') return;
    if (stdio) process.stderr.write(`[plimsoll] ${level}: ${message}\n`);
    else if (level === 'error') connection.console.error(message);
    else if (level === 'warning') connection.console.warn(message);
    else connection.console.info(message);
  };
  return {
    core: realCore(),
    createFacts: (overlays) =>
      createFactStore({
        fs,
        overlays,
        measurer: createMeasurer({ worker }),
        history: createHistorian({ worker }),
        gitTrusted: false,
        failed: (error) =>
          log(
            'error',
            `a build context or its history could not be read: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
          ),
        ignoreCase: process.platform === 'win32' || process.platform === 'darwin',
      }),
    docker: createDocker(),
    loadShell: () => loadShellParser(path.join(folder, 'dist')),
    rulePage: (id) => readFile(pageOf(id), 'utf8').catch(() => undefined),
    rulePageUri: (id) => pathToFileURL(pageOf(id)).toString(),
    now: () => performance.now(),
    log,
    version: versionOf(folder),
    runtime: process.versions.node,
    windows: process.platform === 'win32',
  };
}

function main(): void {
  const stdio = process.argv.includes('--stdio');
  if (!stdio && !process.argv.some((arg) => /^--(?:node-ipc|socket|pipe)\b/.test(arg))) {
    process.stderr.write(
      'plimsoll: the language server is started by an editor, with --stdio or --node-ipc\n',
    );
    process.exit(2);
  }
  // The library ends the process when stdin ends and when the client's process is gone.
  const connection = createConnection(ProposedFeatures.all);
  const host = realHost(connection, path.dirname(__dirname), stdio);
  process.on('uncaughtException', (error) => host.log('error', `uncaught: ${error.stack ?? error.message}`));
  process.on('unhandledRejection', (reason) => {
    host.log(
      'error',
      `unhandled: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`,
    );
  });
  process.on('disconnect', () => process.exit(1));
  process.stdout.on('error', () => process.exit(1));
  startServer(connection, host);
  connection.listen();
}

main();
