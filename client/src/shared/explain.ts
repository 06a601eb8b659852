import { l10n, type Uri, window } from 'vscode';
import { openAt } from './place.js';
import { say } from './work.js';

/** What the server says of one build, and the line that decides. */
export interface Explained {
  readonly label: string;
  readonly description: string;
  /** One sentence. */
  readonly text: string;
  readonly place: { readonly uri: Uri; readonly line: number } | undefined;
}

/** Says what is true of one build, or lets the person choose one of several, and opens the line that decides. */
export async function explainBuilds(all: readonly Explained[], title: string): Promise<void> {
  const [only, ...others] = all;
  if (only === undefined) return;
  const chosen = others.length === 0 ? await confirmed(only) : await picked(all, title);
  if (chosen?.place !== undefined) await openAt(chosen.place.uri, chosen.place.line, false);
}

async function confirmed(only: Explained): Promise<Explained | undefined> {
  const { place, text } = only;
  if (place === undefined) {
    await say(text);
    return undefined;
  }
  const open = l10n.t('Open {0}, Line {1}', place.uri.path.split('/').at(-1) ?? '', place.line + 1);
  return (await say(text, open)) === open ? only : undefined;
}

async function picked(all: readonly Explained[], title: string): Promise<Explained | undefined> {
  const items = all.map((one) => ({
    label: one.label,
    description: one.description,
    detail: one.text,
    one,
  }));
  const placeHolder = l10n.t('Choose a build to open the line that decides');
  return (await window.showQuickPick(items, { title, placeHolder, matchOnDetail: true }))?.one;
}
