import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Page } from 'puppeteer-core';
import type { Asks, ReportSeen } from '../plan.js';
import { sleep, until } from '../suite/wait.js';

type Names = 'report' | 'reportClick' | 'reportKeys' | 'reportPicture';
type Answers = { readonly [K in Names]: (args: Asks[K]['args']) => Promise<Asks[K]['result']> };

/** Hand and eyes for the report of a build context, which lies in a frame within a frame of the window. */
export function reportIn(page: Page, pictureFolder: string): Answers {
  return {
    async report({ text }) {
      return until(`report with "${text}"`, async () => {
        const said = await seen(page);
        return said?.text.includes(text) ? said : undefined;
      });
    },
    async reportClick({ selector }) {
      const target = await (await reportFrame(page)).waitForSelector(selector);
      await target?.scrollIntoView();
      await target?.click();
      return null;
    },
    async reportKeys({ selector, keys }) {
      await (await reportFrame(page)).focus(selector);
      for (const key of keys) {
        await page.keyboard.press(key as 'Enter');
        await sleep(100);
      }
      return until('report', () => seen(page));
    },
    async reportPicture({ name }) {
      await (await reportFrame(page)).evaluate(() => {
        (globalThis as unknown as { scrollTo(x: number, y: number): void }).scrollTo(0, 0);
      });
      await sleep(700);
      mkdirSync(pictureFolder, { recursive: true });
      const file = path.join(pictureFolder, `report-${name}.png`) as `${string}.png`;
      const clip = { x: 48, y: 35, width: 1232, height: 743 };
      await page.screenshot({ path: file, clip, captureBeyondViewport: false });
      return null;
    },
  };
}

async function reportFrame(page: Page): Promise<Frame> {
  return until('report', async () => {
    for (const frame of page.frames()) {
      const shown = await frame.$('#report section').catch(() => null);
      if (shown !== null) return frame;
    }
    return undefined;
  });
}

/** What the report shows; undefined while there is none. */
export async function seen(page: Page): Promise<ReportSeen | undefined> {
  for (const frame of page.frames()) {
    const said = await frame.evaluate(readReport).catch(() => undefined);
    if (said !== undefined) return said;
  }
  return undefined;
}

/** Runs in the page. */
function readReport(): ReportSeen | undefined {
  interface Element {
    readonly textContent: string | null;
    readonly innerText: string;
    querySelector(selector: string): Element | null;
    querySelectorAll(selector: string): Iterable<Element>;
  }
  const main = (globalThis as unknown as { document: Element }).document.querySelector('#report');
  if (main === null || main.querySelector('section') === null) return undefined;
  const textOf = (selector: string): string => main.querySelector(selector)?.textContent?.trim() ?? '';
  return {
    size: textOf('#size'),
    change: textOf('.change'),
    folder: textOf('.trail'),
    tiles: [...main.querySelectorAll('#map > .tile > .name')].map((one) => one.textContent ?? ''),
    text: main.innerText,
  };
}
