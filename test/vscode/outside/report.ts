import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Page } from 'puppeteer-core';
import type { Asks, ReportSeen } from '../plan.js';
import { sleep, until } from '../suite/wait.js';

type Names =
  | 'report'
  | 'reportClick'
  | 'changePreview'
  | 'decidePreview'
  | 'reportKeys'
  | 'reportPicture'
  | 'preview';
type Answers = { readonly [K in Names]: (args: Asks[K]['args']) => Promise<Asks[K]['result']> };

/** VS Code's preview of a change, while it has one. */
export const changePanel = '.bulk-edit-panel[data-state="data"]';

/** Hand and eyes for a report, which lies in a frame within a frame of the window. */
export function reportIn(page: Page, pictureFolder: string): Answers {
  return {
    async report({ text }) {
      return until(`report with "${text}"`, reportWith(page, text));
    },
    async reportClick({ selector, done }) {
      return clickUntil(`report with "${done}"`, reportWith(page, done), () => clickIn(page, selector));
    },
    async changePreview({ selector }) {
      await clickUntil(
        'preview of the change',
        async () => (await page.$(`${changePanel} .edit-checkbox`)) ?? undefined,
        () => clickIn(page, selector),
      );
      return null;
    },
    async decidePreview({ button }) {
      await clickUntil(
        'end of the preview',
        async () => ((await page.$(changePanel)) === null ? true : undefined),
        () => page.evaluate(decide, changePanel, button),
      );
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
      const file = path.join(pictureFolder, `${name}.png`) as `${string}.png`;
      const clip = { x: 48, y: 35, width: 1232, height: 743 };
      await page.screenshot({ path: file, clip, captureBeyondViewport: false });
      return null;
    },
    async preview({ text }) {
      return until(`preview with "${text}"`, async () => {
        for (const frame of page.frames()) {
          const said = await there(() => frame.evaluate(bodyText));
          if (said?.includes(text)) return said;
        }
        return undefined;
      });
    },
  };
}

async function clickIn(page: Page, selector: string): Promise<void> {
  const target = await (await reportFrame(page)).waitForSelector(selector, { timeout: 3000 });
  await target?.scrollIntoView();
  await target?.click();
}

/** Runs in the page: ticks every part of the change, which VS Code leaves open where it needs confirmation, and presses a button. */
function decide(panel: string, label: string): void {
  interface Element {
    readonly textContent: string | null;
    readonly checked?: boolean;
    click(): void;
  }
  const { document } = globalThis as unknown as {
    document: { querySelectorAll(selector: string): Iterable<Element> };
  };
  for (const box of document.querySelectorAll(`${panel} .edit-checkbox`))
    if (box.checked === false) box.click();
  for (const one of document.querySelectorAll(`${panel} .monaco-button`))
    if (one.textContent?.trim() === label) one.click();
}

/** Runs in the page. */
function bodyText(): string {
  const { document } = globalThis as unknown as { document: { body: { innerText: string } | null } };
  return document.body?.innerText ?? '';
}

/** What a report says that contains `text`; undefined while there is none. */
export function reportWith(page: Page, text: string): () => Promise<ReportSeen | undefined> {
  return async () => {
    const said = await seen(page);
    return said?.text.includes(text) ? said : undefined;
  };
}

/** Clicks, and clicks again while what is waited for does not come: what is drawn anew at that moment loses a click. */
export async function clickUntil<T>(
  what: string,
  look: () => Promise<T | undefined>,
  click: () => Promise<void>,
): Promise<T> {
  const found = await until(
    what,
    async () => {
      await click().catch(() => undefined);
      return until(what, look, 6000).catch(() => undefined);
    },
    40_000,
  );
  return found as T;
}

async function reportFrame(page: Page): Promise<Frame> {
  return until('report', async () => {
    for (const frame of page.frames()) {
      if (await there(() => frame.$('#report section'))) return frame;
    }
    return undefined;
  });
}

/** What `ask` gives; undefined where its frame is going away, which some questions answer by throwing at once. */
async function there<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch {
    return undefined;
  }
}

/** What the report shows; undefined while there is none. */
async function seen(page: Page): Promise<ReportSeen | undefined> {
  for (const frame of page.frames()) {
    const said = await there(() => frame.evaluate(readReport));
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
    change: textOf('.change:not([hidden])'),
    folder: textOf('.trail'),
    tiles: [...main.querySelectorAll('#map > .tile > .name')].map((one) => one.textContent ?? ''),
    text: main.innerText,
  };
}
