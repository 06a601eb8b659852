import { browserHost, type StartServer } from './browser.js';
import { desktopHost } from './desktop.js';
import type { Host } from './run.js';

export interface Choice {
  /** Folder for a downloaded VS Code. */
  readonly cache: string;
  readonly say: (text: string) => void;
  /** Undefined where this machine lacks what it needs. */
  readonly browser:
    | { readonly chromium: string; readonly startServer: StartServer; readonly ensure: () => unknown }
    | undefined;
}

/** The desktop VS Code where there is a display and it can be had, else the one in a browser; undefined for neither. */
export async function chooseHost({ cache, say, browser }: Choice): Promise<Host | undefined> {
  const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (display) {
    try {
      return await desktopHost(cache);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      say(`the desktop VS Code can't be downloaded (${reason.split('\n')[0]})`);
    }
  }
  if (browser === undefined) return undefined;
  browser.ensure();
  return browserHost(browser.chromium, browser.startServer);
}
