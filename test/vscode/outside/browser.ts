import assert from 'node:assert/strict';
import path from 'node:path';
import puppeteer, { type Page } from 'puppeteer-core';
import { sleep } from '../suite/wait.js';
import { serve } from './channel.js';
import { clickUntil } from './report.js';
import type { Host, Launch } from './run.js';
import { windowOf } from './window.js';

interface Server {
  readonly base: string;
  stop(): Promise<void>;
}

export type StartServer = (options: {
  settings: object;
  vsix: readonly string[];
  env: Readonly<Record<string, string>>;
}) => Promise<Server>;

const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** VS Code server with its workbench in headless Chromium. */
export function browserHost(chromium: string, startServer: StartServer): Host {
  const withPage = async (
    launch: Launch,
    use: (page: Page, base: string) => Promise<void>,
  ): Promise<void> => {
    const vsix = launch.vsix === undefined ? [] : [launch.vsix];
    const env = { PLIMSOLL_TEST: JSON.stringify(launch.plan) };
    const server = await startServer({ settings: launch.settings, vsix, env });
    try {
      const browser = await puppeteer.launch({ executablePath: chromium, args: flags, headless: true });
      try {
        await browser
          .defaultBrowserContext()
          .overridePermissions(server.base, ['clipboard-read', 'clipboard-sanitized-write']);
        const page = await browser.newPage();
        await page.setViewport({ width: 1280, height: 800 });
        await use(page, server.base);
      } finally {
        await browser.close();
      }
    } finally {
      await server.stop();
    }
  };
  return {
    name: 'VS Code server in Chromium',
    ui: true,
    launch: (launch) => withPage(launch, (page, base) => drive(page, launch, base)),
    reload: (launch) => withPage(launch, (page, base) => reload(page, launch, base)),
  };
}

async function drive(page: Page, launch: Launch, base: string): Promise<void> {
  let ended = false;
  await page.exposeFunction('codeAutomationExit', () => {
    ended = true;
  });
  await page.exposeFunction('codeAutomationLog', () => undefined);
  const payload = [
    ['extensionDevelopmentPath', remote(base, launch.development)],
    ['extensionTestsPath', remote(base, launch.suite)],
  ];
  const opened = launch.open.endsWith('.code-workspace') ? 'workspace' : 'folder';
  const query = new URLSearchParams({ [opened]: launch.open, payload: JSON.stringify(payload) });
  await page.goto(`${base}/?${query}`);
  const limit = Date.now() + 180_000;
  const over = (): boolean => ended || Date.now() > limit;
  const photograph = async (what: string): Promise<void> => {
    await page.screenshot({ path: `${launch.failurePicture}-${what}.png` });
  };
  await serve(launch.plan.channel, windowOf(page, launch.pictures), over, photograph);
  if (!ended) await photograph('end');
}

function remote(base: string, file: string): string {
  return `vscode-remote://${new URL(base).host}${file}`;
}

/** A report that is opened by its CodeLens: where, what the lens says, what the report then says. */
interface Opening {
  readonly file: string;
  readonly lens: string;
  readonly text: string;
}

/** Milliseconds: in a browser VS Code writes down what is open and what pages remember every 5 s, and not at the end. */
const kept = 11_000;

const openings: readonly Opening[] = [
  { file: 'context/Dockerfile', lens: 'ontext', text: 'Lines that would make it smaller' },
  { file: 'shop/Dockerfile', lens: 'steps', text: 'What makes steps run again' },
];

/** Without the suite, which a reload would start again: opens each report by its lens, reloads the window, waits for the report. */
async function reload(page: Page, launch: Launch, base: string): Promise<void> {
  for (const [i, opening] of openings.entries()) {
    if (opening.file.startsWith('shop/') && !launch.plan.shop) continue;
    try {
      // Where a machine is so slow that nothing was kept in time, the window comes up without the report: once more.
      await reloadWith(page, launch, base, opening).catch((error: unknown) => {
        if (error instanceof assert.AssertionError) throw error;
        return reloadWith(page, launch, base, opening);
      });
      if (opening.file.startsWith('shop/')) await measureAsks(page, launch);
    } catch (error) {
      await page.screenshot({ path: `${launch.failurePicture}-${i}.png` });
      throw new Error(`${opening.file}: ${error instanceof Error ? error.message : error}`);
    }
  }
}

async function reloadWith(page: Page, launch: Launch, base: string, opening: Opening): Promise<void> {
  const { lens, report, reportKeys } = windowOf(page, launch.pictures);
  const payload = JSON.stringify([['openFile', remote(base, path.join(launch.open, opening.file))]]);
  await page.goto(`${base}/?${new URLSearchParams({ folder: launch.open, payload })}`);
  const before = await lens({ text: opening.lens, done: opening.text });
  const hasMap = before.tiles.length > 0;
  const inside = hasMap ? await reportKeys({ selector: '#map button', keys: ['Enter'] }) : before;
  await sleep(kept);
  // Without the file to open, which would be opened instead of what was open.
  await page.goto(`${base}/?${new URLSearchParams({ folder: launch.open })}`);
  const after = await report({ text: opening.text });
  assert.equal(after.size, before.size, 'after the reload');
  assert.equal(after.folder, inside.folder, 'the folder that was shown');
}

/** Measure Build shows the command and runs nothing when turned away. Here, because no dialog is shown to a window with a suite. */
async function measureAsks(page: Page, launch: Launch): Promise<void> {
  const { reportClick, dialog } = windowOf(page, launch.pictures);
  const press = { selector: '[data-command="plimsoll.measureBuild"]', done: 'Measured builds' };
  await clickUntil(
    'dialog',
    async () => ((await page.$('.monaco-dialog-box')) === null ? undefined : true),
    async () => void (await reportClick(press)),
  );
  const said = await dialog({ button: 'Cancel' });
  assert.match(said, /docker .*build/);
}
