import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'puppeteer-core';
import type { Asks } from '../plan.js';
import { sleep, until } from '../suite/wait.js';
import { changePanel, clickUntil, reportIn, reportWith } from './report.js';

const modifier = process.platform === 'darwin' ? 'Meta' : 'Control';
const editor = '.editor-group-container.active .monaco-editor';
const menu = '.action-widget';
const quickField = '.quick-input-widget input';
const entries = '.quick-input-widget .quick-input-list .monaco-list-row';

export type Answers = { readonly [K in keyof Asks]: (args: Asks[K]['args']) => Promise<Asks[K]['result']> };

/** Keyboard and eyes over one VS Code window, whichever host shows it. */
export function windowOf(page: Page, pictureFolder: string): Answers {
  async function press(key: string): Promise<void> {
    await page.keyboard.down(modifier);
    await page.keyboard.press(key as 's');
    await page.keyboard.up(modifier);
  }

  async function goTo(line: number, column: number): Promise<void> {
    await page.waitForSelector(editor);
    // Ctrl+G works only in the editor, which "Go to Line" itself does not depend on.
    await quickInput(`:${line}:${column}`, false);
    await page.waitForSelector(`${editor}.focused`);
  }

  /** F1 opens the quick input wherever the focus is. */
  async function quickInput(text: string, command: boolean): Promise<void> {
    const input = await clickUntil(
      'quick input',
      async () =>
        (await page.waitForSelector(quickField, { visible: true, timeout: 2000 }).catch(() => null)) ??
        undefined,
      () => page.keyboard.press('F1'),
    );
    if (!command) {
      await input.evaluate((element) => (element as unknown as { select(): void }).select());
    }
    await page.keyboard.type(text);
    await until(`entry for ${text}`, async () => (await texts(entries)).length > 0);
    if (command) await focusEntry(text);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.quick-input-widget', { hidden: true });
  }

  /** Goes down the list that is open to the entry that contains `text`: what is used more often may stand above it. */
  async function focusEntry(text: string): Promise<void> {
    await until(`entry ${text}`, async () => (await texts(entries)).some((one) => one.includes(text)));
    const most = (await texts(entries)).length;
    for (let i = 0; i <= most; i++) {
      if ((await texts(`${entries}.focused`))[0]?.includes(text)) return;
      await page.keyboard.press('ArrowDown');
      await sleep(30);
    }
    throw new Error(`no way to "${text}" in the list`);
  }

  function texts(selector: string): Promise<string[]> {
    return page.$$eval(selector, (all) => all.map((one) => one.textContent?.trim() ?? ''));
  }

  async function openMenu(line: number, column: number): Promise<string[]> {
    await goTo(line, column);
    // The actions may take a moment after the document was opened: an empty answer is asked for again.
    return until('list of actions', async () => {
      await press('.');
      const shown = await page.waitForSelector(menu, { visible: true, timeout: 3000 }).catch(() => null);
      if (shown === null) return undefined;
      const titles = await texts(`${menu} .monaco-list-row.action`);
      if (titles.length > 0) return titles;
      await page.keyboard.press('Escape');
      return undefined;
    });
  }

  async function choose(title: string): Promise<void> {
    for (let i = 0; i < 30; i++) {
      const [focused] = await texts(`${menu} .monaco-list-row.action.focused`);
      if (focused?.includes(title)) return page.keyboard.press('Enter');
      await page.keyboard.press('ArrowDown');
    }
    throw new Error(`no action "${title}"`);
  }

  /** Where a row of the Explorer is, the selected one if several bear the name: while the tree unfolds, rows move and stand for other files. */
  async function rowAtRest(name: string): Promise<{ x: number; y: number }> {
    const row = `.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`;
    const box = async () => await ((await page.$(`${row}.selected`)) ?? (await page.$(row)))?.boundingBox();
    return until(`row ${name} at rest`, async () => {
      const before = await box();
      await sleep(300);
      const after = await box();
      return before?.y === after?.y ? (after ?? undefined) : undefined;
    });
  }

  async function dismissNotifications(): Promise<void> {
    for (const button of await page.$$('.notifications-toasts .codicon-notifications-clear')) {
      await button.click().catch(() => undefined);
    }
  }

  return {
    ...reportIn(page, pictureFolder),
    async fixByKeyboard({ line, column, title }) {
      const titles = await openMenu(line, column);
      await choose(title);
      await page.waitForSelector(menu, { hidden: true });
      await page.waitForSelector('.tab.active.dirty');
      await press('s');
      return { titles };
    },
    async actionPreview({ line, column, title }) {
      await openMenu(line, column);
      await choose(title);
      await page.waitForSelector(`${changePanel} .edit-checkbox`);
      return null;
    },
    async palette({ title }) {
      await dismissNotifications();
      await quickInput(title, true);
      return null;
    },
    async notification({ text }) {
      const said = await until(`notification "${text}"`, async () =>
        (await texts('.notifications-toasts .notification-list-item-message')).find((one) =>
          one.includes(text),
        ),
      );
      await dismissNotifications();
      return said;
    },
    async notificationButton({ text, button }) {
      const shown = async () => {
        for (const one of await page.$$('.notifications-toasts .notification-list-item'))
          if ((await one.evaluate((element) => element.textContent))?.includes(text)) return one;
        return undefined;
      };
      const toast = await until(`notification "${text}"`, shown);
      const said = (await toast.$eval('.notification-list-item-message', (one) => one.textContent)) ?? '';
      await clickUntil(
        `end of notification "${text}"`,
        async () => ((await shown()) === undefined ? true : undefined),
        async () => {
          for (const one of (await (await shown())?.$$('.monaco-button')) ?? [])
            if ((await one.evaluate((element) => element.textContent))?.includes(button)) await one.click();
        },
      );
      return said;
    },
    async titleAction({ label }) {
      const action = `.editor-group-container.active .editor-actions [aria-label*="${label}"]`;
      const icon = await page.waitForSelector(action, { visible: true });
      await icon?.click();
      return null;
    },
    async explorerMenu({ name, choose: wanted }) {
      const labels = '.monaco-menu .action-label[aria-label]';
      const all = await clickUntil(
        `menu of ${name}`,
        async () => {
          const found = await page.evaluate(menuLabels, labels);
          return found.length > 0 ? found : undefined;
        },
        async () => {
          const place = await rowAtRest(name);
          await page.mouse.click(place.x + 60, place.y + 8, { button: 'right' });
        },
      );
      if (wanted === undefined || !all.includes(wanted)) {
        await page.keyboard.press('Escape');
        return all;
      }
      for (let i = 0; i <= all.length; i++) {
        if (
          (await page.evaluate(menuLabels, '.monaco-menu .action-item.focused .action-label'))[0] === wanted
        ) {
          await page.keyboard.press('Enter');
          return all;
        }
        await page.keyboard.press('ArrowDown');
      }
      throw new Error(`no way to "${wanted}" in the menu`);
    },
    async lens({ text, done }) {
      return clickUntil(`report with "${done}"`, reportWith(page, done), () => clickLens(page, text));
    },
    async pick({ text }) {
      await focusEntry(text);
      await page.keyboard.press('Enter');
      await page.waitForSelector('.quick-input-widget', { hidden: true });
      return null;
    },
    async dialog({ button }) {
      const box = '.monaco-dialog-box';
      await page.waitForSelector(box, { visible: true });
      const said = (await texts(box))[0] ?? '';
      await clickUntil(
        'end of the dialog',
        async () => ((await page.$(box)) === null ? true : undefined),
        async () => {
          for (const one of await page.$$(`${box} .monaco-button`))
            if ((await one.evaluate((element) => element.textContent))?.trim() === button) await one.click();
        },
      );
      return said;
    },
    async languageStatus({ text }) {
      return until(`language status "${text}"`, async () => {
        await page.mouse.move(600, 500);
        await page.hover('[id="status.languageStatus"]');
        await page.waitForSelector('.hover-language-status', { timeout: 2000 }).catch(() => null);
        const all = await texts('.hover-language-status');
        return all.find((one) => one.includes(text));
      });
    },
    async save() {
      const dirty = '.tab.active.dirty';
      await page.waitForSelector(dirty);
      await clickUntil(
        'saved file',
        async () => ((await page.$(dirty)) === null ? true : undefined),
        async () => {
          await page.click(`${editor} .view-lines`);
          await press('s');
        },
      );
      return null;
    },
    async runningExtension() {
      const rows = '.runtime-extensions-editor .extension';
      return until('row of Plimsoll', async () => {
        const row = (await texts(rows)).find((one) => /plimsoll/i.test(one));
        return /\d+ms/.test(row ?? '') ? row : undefined;
      });
    },
    async picture({ name, line, column }) {
      await openMenu(line, column);
      await sleep(500);
      mkdirSync(pictureFolder, { recursive: true });
      const clip = { x: 0, y: 35, width: 900, height: 300 };
      await page.screenshot({
        path: path.join(pictureFolder, `finding-${name}.png`) as `${string}.png`,
        clip,
        // Else the window is resized for the picture, which closes the menu.
        captureBeyondViewport: false,
      });
      await page.keyboard.press('Escape');
      return null;
    },
    async tokenClass({ text }) {
      const spans = `${editor} .view-line span span`;
      return until(`token "${text}"`, () =>
        page.$$eval(
          spans,
          (all, wanted) => all.find((one) => one.textContent?.includes(wanted))?.className,
          text,
        ),
      );
    },
  };
}

/** Clicks the CodeLens that contains `text`, if it is drawn. */
export async function clickLens(page: Page, text: string): Promise<void> {
  for (const one of await page.$$('.codelens-decoration a'))
    if ((await one.evaluate((element) => element.textContent))?.includes(text)) return one.click();
}

/** Texts of what a selector names, in shadow trees too: the menu of the Explorer lies in one. */
function menuLabels(selector: string): string[] {
  type Root = {
    querySelectorAll(s: string): Iterable<{ textContent: string | null; shadowRoot: Root | null }>;
  };
  const inside = (root: Root): string[] => [
    ...[...root.querySelectorAll(selector)].map((one) => one.textContent ?? ''),
    ...[...root.querySelectorAll('*')].flatMap((one) =>
      one.shadowRoot === null ? [] : inside(one.shadowRoot),
    ),
  ];
  return inside((globalThis as unknown as { document: Root }).document);
}
