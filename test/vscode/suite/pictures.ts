import path from 'node:path';
import * as vscode from 'vscode';
import type { Plan } from '../plan.js';
import { finding, show } from './editor.js';
import { outside } from './outside.js';
import { needWindow } from './step.js';
import { sleep } from './wait.js';

const themes = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  'high-contrast': 'Default High Contrast',
};

/** Does something under each theme, after all has taken its colours. */
async function inThemes(take: (name: string) => Promise<unknown>): Promise<void> {
  const settings = vscode.workspace.getConfiguration('workbench');
  await vscode.commands.executeCommand('workbench.action.closeSidebar');
  for (const [name, theme] of Object.entries(themes)) {
    await settings.update('colorTheme', theme, vscode.ConfigurationTarget.Global);
    await sleep(500);
    await take(name);
  }
  await settings.update('colorTheme', undefined, vscode.ConfigurationTarget.Global);
}

/** The report in front in three themes. */
export async function reportPictures(plan: Plan, kind: string): Promise<void> {
  await vscode.commands.executeCommand('notifications.clearAll');
  await inThemes((name) => outside(plan, 'reportPicture', { name: `${kind}-${name}` }));
}

/** A squiggle with the lightbulb's menu in three themes, for the README. */
export async function pictures(plan: Plan): Promise<void> {
  needWindow(plan);
  const { document } = await show(path.join(plan.examples, 'node/Dockerfile'));
  const { range } = await finding(document.uri, 'source-before-deps');
  const place = { line: range.start.line + 1, column: range.start.character + 1 };
  await inThemes((name) => outside(plan, 'picture', { name, ...place }));
}
