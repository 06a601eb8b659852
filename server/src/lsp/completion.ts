import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  type Position,
} from 'vscode-languageserver';
import { classifyName } from '../project/classify.js';
import { projectBuilds } from '../project/discover.js';
import { localBuild } from '../project/local.js';
import type { Entry, Snapshot } from '../project/snapshot.js';
import { compilePattern } from '../syntax/dockerignore/compile.js';
import { createMatcher } from '../syntax/dockerignore/match.js';
import { parseIgnore } from '../syntax/dockerignore/parse.js';
import { compareBytes } from '../text/order.js';
import { baseName, dirName, joinPath, relativePath } from '../text/paths.js';
import { spelled } from './spelling.js';

/** Names offered at once, and folders looked into for them. */
const maxItems = 500;
const maxFolders = 100;

/** The context an ignore file is read for: that of the first build that reads it, else its own folder. */
function contextOfIgnoreFile(snapshot: Snapshot, path: string): string {
  const reader = projectBuilds(snapshot, path)
    .map((build) => localBuild(snapshot, build))
    .find(({ remote, ignoreFile }) => !remote && ignoreFile === path);
  return reader?.context ?? dirName(path);
}

/** What stands on the line before the cursor: the folders typed so far, and where the name begins. */
interface Typed {
  readonly exception: boolean;
  readonly folders: readonly string[];
  /** Character of the line at which the last part begins. */
  readonly from: number;
}

/** Undefined in a comment. */
function typedBefore(line: string, character: number): Typed | undefined {
  const before = line.slice(0, character);
  const match = /^(\uFEFF?)(\s*)(!?\s*)(.*)$/su.exec(before);
  if (match === null || before.replace(/^\uFEFF/, '').startsWith('#')) return undefined;
  const [, bom = '', blanks = '', mark = '', pattern = ''] = match;
  const slash = pattern.lastIndexOf('/');
  return {
    exception: mark.startsWith('!'),
    folders: pattern
      .slice(0, slash + 1)
      .split('/')
      .filter((part) => part !== '' && part !== '.'),
    from: bom.length + blanks.length + mark.length + slash + 1,
  };
}

function foldersIn(snapshot: Snapshot, folder: string): readonly string[] {
  const entries = snapshot.list(folder) ?? [];
  return entries.filter(({ kind }) => kind === 'folder').map(({ name }) => joinPath(folder, name));
}

/** Folders that hold what someone else wrote: names from inside them would only be noise. */
const foreign = /^(?:\..*|node_modules|vendor|__pycache__)$/;

function ownFoldersIn(snapshot: Snapshot, folder: string): readonly string[] {
  return foldersIn(snapshot, folder).filter((path) => !foreign.test(baseName(path)));
}

/** The folders below `root` that the typed parts stand for; `**` reaches two levels down. */
function foldersOf(snapshot: Snapshot, root: string, parts: readonly string[]): readonly string[] {
  let folders: readonly string[] = [root];
  for (const part of parts) {
    if (part === '**') {
      const below = folders.flatMap((folder) => ownFoldersIn(snapshot, folder)).slice(0, maxFolders);
      folders = [...folders, ...below, ...below.flatMap((folder) => ownFoldersIn(snapshot, folder))];
    } else {
      const { matches } = compilePattern(part);
      folders = folders
        .flatMap((folder) => foldersIn(snapshot, folder))
        .filter((folder) => matches?.(baseName(folder)) === true);
    }
    folders = folders.slice(0, maxFolders);
  }
  return folders;
}

/** An entry of the context with this name, and whether another line hides every one so called. */
interface Offer {
  readonly name: string;
  readonly folder: boolean;
  readonly hidden: boolean;
}

function offersIn(
  snapshot: Snapshot,
  root: string,
  folders: readonly string[],
  others: string,
): readonly Offer[] {
  const matcher = createMatcher(parseIgnore(others));
  const offers = new Map<string, Offer>();
  const hides = (folder: string, { name }: Entry): boolean =>
    matcher.match(relativePath(root, joinPath(folder, name))).ignored;
  for (const folder of folders) {
    for (const entry of snapshot.list(folder) ?? []) {
      const known = offers.get(entry.name);
      offers.set(entry.name, {
        name: entry.name,
        folder: entry.kind === 'folder' || known?.folder === true,
        hidden: (known?.hidden ?? true) && hides(folder, entry),
      });
    }
  }
  return [...offers.values()];
}

/** What is most likely meant comes first: what this line can still do something about, folders before files. */
function rankOf(offer: Offer, exception: boolean): number {
  return (offer.hidden === exception ? 0 : 2) + (offer.folder ? 0 : 1);
}

/**
 * Paths of the context that may follow at `position` of the ignore file at `path`, folders first; null in a comment and in
 * any other file. `text` is the file as it is edited.
 */
export function completeIgnore(
  snapshot: Snapshot,
  path: string,
  text: string,
  position: Position,
): CompletionList | null {
  if (classifyName(path) !== 'dockerignore') return null;
  const lines = text.split(/\r?\n/);
  const typed = typedBefore(lines[position.line] ?? '', position.character);
  if (typed === undefined) return null;
  const root = contextOfIgnoreFile(snapshot, path);
  const folders = foldersOf(snapshot, root, typed.folders);
  const others = lines.filter((_, i) => i !== position.line).join('\n');
  const offers = offersIn(snapshot, root, folders, others);
  const sorted = [...offers].sort(
    (a, b) => rankOf(a, typed.exception) - rankOf(b, typed.exception) || compareBytes(a.name, b.name),
  );
  const range = { start: { line: position.line, character: typed.from }, end: position };
  const items = sorted.slice(0, maxItems).flatMap((offer, i): CompletionItem[] => {
    const newText = spelled(offer.name);
    if (newText === undefined) return [];
    return [
      {
        label: offer.folder ? `${offer.name}/` : offer.name,
        kind: offer.folder ? CompletionItemKind.Folder : CompletionItemKind.File,
        sortText: String(i).padStart(4, '0'),
        filterText: newText,
        ...(offer.hidden ? { detail: 'hidden by another line' } : {}),
        textEdit: { range, newText },
      },
    ];
  });
  return { isIncomplete: sorted.length > maxItems, items };
}
