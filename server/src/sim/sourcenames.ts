import { isInside } from '../text/paths.js';
import { inFolder, type StepCommand } from './commands.js';
import { broughtFrom, type CopyContext, type LocalCopy } from './copies.js';
import { setFor } from './installs/variables.js';
import type { StageNode, Step } from './model.js';
import { namesFiles, partsIn } from './surroundings.js';

/** What would be copied behind a command that runs ahead of it then. */
export interface Moved {
  readonly copies: readonly LocalCopy[];
  /** Files and folders that are brought ahead all the same. */
  readonly known: ReadonlySet<string>;
  readonly context: CopyContext;
}

/** Whether a path lies in what is copied later, and nothing that comes ahead. */
function comesLater({ copies, known, context }: Moved, path: string): boolean {
  if ([...known].some((one) => isInside(path, one) || isInside(one, path))) return false;
  return copies.some((copy) => path !== copy.destination && broughtFrom(copy, path, context) !== undefined);
}

/** Options whose value is a folder or file, which may be a name alone. */
const TAKES_PATH = /^--(cache(-dir|-folder)?|userconfig|globalconfig|cafile|cert|config-file|store-dir)$/;

/** What of a command may be a path: its program, and words that look like one. */
function pathsIn({ words }: StepCommand): readonly string[] {
  return words.flatMap(({ value }, i) => {
    const part = value.startsWith('-') ? value.replace(/^[^=]*=?/, '') : value;
    const isValue = TAKES_PATH.test(words[i - 1]?.value ?? '') || part !== value;
    return part !== '' && (part.includes('/') || (i > 0 && (isValue || /\.\w+$/.test(part)))) ? [part] : [];
  });
}

/** Why commands of a RUN start or read what `moved` would bring only behind them: their program, their words, their variables. */
export function namedReasons(
  moved: Moved,
  commands: readonly StepCommand[],
  needing: readonly StepCommand[],
): string[] {
  return needing.flatMap((command) => {
    const { folder } = command;
    if (folder === undefined) return [];
    const holds = (path: string): boolean => isInside(path, folder);
    const later = (part: string): boolean => {
      const path = inFolder(folder, part.replace(/^\$(PWD|\{PWD\})(?=\/)/, folder));
      return !holds(path) && comesLater(moved, path);
    };
    const word = pathsIn(command).find(later);
    const upToIt = [...commands.slice(0, commands.indexOf(command)), command];
    const value = setFor(command, upToIt).find(
      (one) => namesFiles(one.name) && partsIn(one.value).some(later),
    );
    return [
      ...(word === undefined ? [] : [`"${word}" of the source is used by the command`]),
      ...(value === undefined ? [] : [`${value.name} names a file of the source`]),
    ];
  });
}

const VERSIONS = [
  '.tool-versions',
  'mise.toml',
  '.mise.toml',
  '.node-version',
  '.nvmrc',
  '.python-version',
  '.ruby-version',
];
const MANAGERS = /\b(asdf|mise|rtx|nodenv|pyenv|rbenv|nvm|fnm|volta|proto)\b/;

/** Why the shell or a program that stands in for the tools may lack a file: SHELL, and files that choose their versions. */
export function startReasons(moved: Moved, node: StageNode, step: Step, before: readonly Step[]): string[] {
  const [shell = ''] = step.shell ?? [];
  const out = comesLater(moved, shell) ? [`the source brings the shell ${shell}`] : [];
  const texts = [node.stage.from.text, ...before.map(({ instruction }) => instruction.text)];
  if (!texts.some((text) => MANAGERS.test(text))) return out;
  const chosen = VERSIONS.find((name) =>
    moved.copies.some((copy) => comesLater(moved, inFolder(copy.destination, name))),
  );
  return chosen === undefined ? out : [...out, `${chosen} chooses the version of the tools`];
}
