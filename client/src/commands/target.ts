import {
  l10n,
  TabInputCustom,
  TabInputNotebook,
  TabInputText,
  TabInputTextDiff,
  Uri,
  window,
  workspace,
} from 'vscode';
import { selector } from '../documents.js';
import { documentInFront } from './inFront.js';

/** The resource a command was called with, from a menu (a URI) or from the server (its text). */
export function givenUri(argument: unknown): Uri | undefined {
  if (argument instanceof Uri) return argument;
  return typeof argument === 'string' ? Uri.parse(argument, true) : undefined;
}

/** The file a command is about: what it was called with, else the file in front; says so where there is none. */
export function fileTarget(argument: unknown): Uri | undefined {
  const target = givenUri(argument) ?? fileInFront();
  if (target === undefined)
    void window.showInformationMessage(`Plimsoll: ${l10n.t('Open the file you ask about first.')}`);
  return target;
}

/** The resource of the tab in front, whatever editor shows it. */
function fileInFront(): Uri | undefined {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof TabInputTextDiff) return input.modified;
  const known = [TabInputText, TabInputCustom, TabInputNotebook].some((kind) => input instanceof kind);
  return known ? (input as TabInputText).uri : undefined;
}

/** What a command about a build is meant for: what it was called with, the document in front, else a folder. */
export async function buildTarget(argument: unknown): Promise<Uri | undefined> {
  const uri = givenUri(argument) ?? documentInFront(selector)?.uri;
  if (uri !== undefined) return uri;
  const [first, second] = workspace.workspaceFolders ?? [];
  if (second !== undefined) return (await window.showWorkspaceFolderPick())?.uri;
  if (first === undefined) {
    void window.showInformationMessage(
      `Plimsoll: ${l10n.t('Open a Dockerfile, or a folder that has one, first.')}`,
    );
  }
  return first?.uri;
}
