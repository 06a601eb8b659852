import type { ShellWord } from '../../syntax/shell/model.js';
import { isInside, joinPath } from '../../text/paths.js';
import { inFolder, programOf, type StepCommand } from '../commands.js';
import { cleanedTool, type StoreStep } from '../stores.js';
import type { StoreUse } from './model.js';

/** What throws away what a mount holds. */
export interface Cleaning {
  readonly command: StepCommand;
  /** The words that name the mount; all of the command where it is left out. */
  readonly words?: readonly ShellWord[];
  /** Names folders above the mount that hold more than downloads: it can't be left out. */
  readonly wide: boolean;
}

/** Names of folders that hold nothing but what can be had again. */
const CACHES =
  /^(?:\.?caches?|\.npm|\.yarn|\.m2|\.gradle|\.nuget|\.bundle|\.composer|apt|apk|lists|archives|pkg|mod|pip|uv|pnpm|registry|store|repository|packages|_cacache|install|berry|go-build|git)$/;

/** A word as a path, without what stands for all in a folder; undefined where a variable hides it. */
function pathOf(word: ShellWord, command: StepCommand, home: string | undefined): string | undefined {
  const text = word.value
    .replace(/^(?:~|\$HOME|\$\{HOME\})(?=\/|$)/, home ?? '$')
    .replace(/\/(?:\*|\.\*|\*\.\*|\.\?\?\*|\.\[!\.\]\*|\{[^}]*\})$/, '')
    .replace(/\/+$/, '');
  if (/[$`*?[{]/.test(text)) return undefined;
  if (text.startsWith('/') || text === '') return joinPath('/', text);
  return command.folder === undefined ? undefined : inFolder(command.folder, text);
}

/** What in a RUN cleans up the store of `use`. */
export function cleaningsOf(
  { commands }: StoreStep,
  use: StoreUse,
  home: string | undefined,
): readonly Cleaning[] {
  const paths = (use.stores ?? []).map((store) => store.path);
  return commands.flatMap((command): Cleaning[] => {
    if (cleanedTool(command) === use.tool) return [{ command, wide: false }];
    if (programOf(command) !== 'rm' && programOf(command) !== 'rmdir') return [];
    const hit = command.words.slice(1).flatMap((word) => {
      const path = word.value.startsWith('-') ? undefined : pathOf(word, command, home);
      if (path === undefined) return [];
      return paths.some((store) => isInside(path, store) || isInside(store, path)) ? [{ word, path }] : [];
    });
    if (hit.length === 0) return [];
    const wide = hit.some(
      ({ path }) =>
        !paths.some((store) => isInside(store, path)) && !CACHES.test(path.slice(path.lastIndexOf('/') + 1)),
    );
    return [{ command, words: hit.map(({ word }) => word), wide }];
  });
}
