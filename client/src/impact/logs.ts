import { l10n, type QuickPickItem, window, workspace } from 'vscode';
import { labelOf } from '../shared/labels.js';
import { say } from '../shared/work.js';
import { textOf } from './logText.js';

/** The text of one log and what it is called. */
export interface BuildLog {
  readonly name: string;
  readonly text: string;
}

/** Bytes of a log that are read; a longer file is no log of a build. */
const limit = 64e6;

interface Source extends QuickPickItem {
  readonly from: 'files' | 'editor' | 'history';
}

/** The logs that the person chooses, or `history`; undefined where they turned away. */
export async function readLogs(trusted: boolean): Promise<readonly BuildLog[] | 'history' | undefined> {
  const document = window.activeTextEditor?.document;
  const sources: Source[] = [
    {
      from: 'files',
      label: `$(folder-opened) ${l10n.t('Log Files…')}`,
      detail: l10n.t('What docker build --progress=plain or --progress=rawjson wrote'),
    },
  ];
  if (document !== undefined)
    sources.push({
      from: 'editor',
      label: `$(file) ${l10n.t('The Text of {0}', labelOf(document.uri.path))}`,
      detail: l10n.t('As it is in the editor in front'),
    });
  if (trusted)
    sources.push({
      from: 'history',
      label: `$(history) ${l10n.t('The Builder’s History')}`,
      detail: l10n.t('Asks docker buildx history for the builds of this Dockerfile'),
    });
  const title = l10n.t('Where is the log of the build?');
  const chosen = await window.showQuickPick(sources, { title, matchOnDetail: true });
  if (chosen?.from === 'history') return 'history';
  if (chosen?.from === 'editor' && document !== undefined)
    return [{ name: labelOf(document.uri.path), text: document.getText() }];
  return chosen?.from === 'files' ? readFiles() : undefined;
}

async function readFiles(): Promise<readonly BuildLog[] | undefined> {
  const title = l10n.t('Choose build logs');
  const files = await window.showOpenDialog({ title, canSelectMany: true, openLabel: l10n.t('Import') });
  if (files === undefined) return undefined;
  const logs: BuildLog[] = [];
  for (const file of files) {
    const { size } = await workspace.fs.stat(file);
    if (size > limit) void say(l10n.t('{0} is too large for the log of a build.', labelOf(file.fsPath)));
    else logs.push({ name: labelOf(file.fsPath), text: textOf(await workspace.fs.readFile(file)) });
  }
  return logs.length === 0 ? undefined : logs;
}
