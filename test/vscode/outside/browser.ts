import puppeteer, { type Page } from 'puppeteer-core';
import { serve } from './channel.js';
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
  return {
    name: 'VS Code server in Chromium',
    ui: true,
    async launch(launch) {
      const vsix = launch.vsix === undefined ? [] : [launch.vsix];
      const env = { PLIMSOLL_TEST: JSON.stringify(launch.plan) };
      const server = await startServer({ settings: launch.settings, vsix, env });
      try {
        const browser = await puppeteer.launch({ executablePath: chromium, args: flags, headless: true });
        try {
          await browser
            .defaultBrowserContext()
            .overridePermissions(server.base, ['clipboard-read', 'clipboard-sanitized-write']);
          await drive(await browser.newPage(), launch, server.base);
        } finally {
          await browser.close();
        }
      } finally {
        await server.stop();
      }
    },
  };
}

async function drive(page: Page, launch: Launch, base: string): Promise<void> {
  await page.setViewport({ width: 1280, height: 800 });
  let ended = false;
  await page.exposeFunction('codeAutomationExit', () => {
    ended = true;
  });
  await page.exposeFunction('codeAutomationLog', () => undefined);
  const remote = (file: string): string => `vscode-remote://${new URL(base).host}${file}`;
  const payload = [
    ['extensionDevelopmentPath', remote(launch.development)],
    ['extensionTestsPath', remote(launch.suite)],
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
