import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { downloadAndUnzipVSCode, runVSCodeCommand, SilentReporter } from '@vscode/test-electron';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { sleep } from '../suite/wait.js';
import { serve } from './channel.js';
import type { Host, Launch } from './run.js';
import { windowOf } from './window.js';

const version = '1.100.3';

/** The desktop VS Code, downloaded once; rejects where it can't be. Its window is driven over the debugging port. */
export async function desktopHost(cache: string): Promise<Host> {
  const download = { version, cachePath: cache, timeout: 15_000, reporter: new SilentReporter() };
  const executable = await downloadAndUnzipVSCode(download);
  return {
    name: `desktop VS Code ${version}`,
    ui: true,
    async launch(launch) {
      const data = mkdtempSync(path.join(tmpdir(), 'plimsoll-code-'));
      try {
        const user = path.join(data, 'User');
        mkdirSync(user);
        writeFileSync(path.join(user, 'settings.json'), JSON.stringify(launch.settings));
        const profile = ['--user-data-dir', data, '--extensions-dir', path.join(data, 'extensions')];
        if (launch.vsix !== undefined) {
          await runVSCodeCommand([...profile, '--install-extension', launch.vsix], download);
        }
        await runWindow(executable, profile, launch);
      } finally {
        rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
      }
    },
  };
}

async function runWindow(executable: string, profile: readonly string[], launch: Launch): Promise<void> {
  const port = await freePort();
  const args = [
    ...[launch.open, ...profile, `--remote-debugging-port=${port}`],
    ...[`--extensionDevelopmentPath=${launch.development}`, `--extensionTestsPath=${launch.suite}`],
    ...[
      '--no-sandbox',
      '--disable-gpu-sandbox',
      '--disable-updates',
      '--skip-welcome',
      '--skip-release-notes',
    ],
  ];
  const env = { ...process.env, PLIMSOLL_TEST: JSON.stringify(launch.plan) };
  const child = spawn(executable, args, { env, stdio: 'ignore' });
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  const limit = setTimeout(() => child.kill(), 180_000);
  try {
    const browser = await connect(port, () => ended);
    const page = browser === undefined ? undefined : await windowPage(browser);
    if (page !== undefined)
      await serve(
        launch.plan.channel,
        windowOf(page, launch.pictures),
        () => ended,
        async () => {},
      );
    while (!ended) await sleep(100);
    await browser?.disconnect();
  } finally {
    clearTimeout(limit);
  }
}

async function connect(port: number, ended: () => boolean): Promise<Browser | undefined> {
  for (let i = 0; i < 150 && !ended(); i++) {
    try {
      return await puppeteer.connect({ browserURL: `http://127.0.0.1:${port}`, defaultViewport: null });
    } catch {
      await sleep(200);
    }
  }
  return undefined;
}

async function windowPage(browser: Browser): Promise<Page | undefined> {
  for (let i = 0; i < 150 && browser.connected; i++) {
    const page = (await browser.pages()).find((one) => one.url().includes('workbench'));
    if (page !== undefined) return page;
    await sleep(200);
  }
  return undefined;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
