import type { CommandInstruction, RunInstruction } from '../syntax/dockerfile/model.js';
import type { ShellCommand } from '../syntax/shell/model.js';
import { isAbsolutePath, joinPath } from '../text/paths.js';
import type { ShellOf, StageNode, Step } from './model.js';

/** One program a RUN, CMD or ENTRYPOINT starts, with the folder it starts in. */
export interface StepCommand extends ShellCommand {
  /** Absolute; undefined where a `cd` goes somewhere unknown. See `folderOf` for an unknown WORKDIR. */
  readonly folder: string | undefined;
  /** Its words are elements of a JSON array. */
  readonly exec: boolean;
}

/**
 * The working folder of a step as a path that can be compared within its stage: where it is unknown, a stand-in that is
 * equal for two steps only if no WORKDIR stands between them. Stand-ins start with `/?`.
 */
export function folderOf(node: StageNode, step: Step): string {
  if (step.workdir !== undefined) return step.workdir;
  let at = '';
  for (const { instruction } of node.steps) {
    if (instruction.span.start >= step.instruction.span.start) break;
    if (instruction.keyword === 'WORKDIR') at = String(instruction.span.start);
  }
  return `/?${at}`;
}

const PREFIXES = new Set(['exec', 'time', 'command', 'sudo', 'nice', 'nohup']);

function withoutPrefix(command: ShellCommand): ShellCommand {
  const { words } = command;
  let at = 0;
  while (at < words.length - 1 && PREFIXES.has(words[at]?.value ?? '')) at++;
  return at === 0 ? command : { ...command, words: words.slice(at) };
}

/** Gives each command of a shell text its folder, following `cd`. */
function withFolders(commands: readonly ShellCommand[], start: string): StepCommand[] {
  const frames: { readonly inside: string; folder: string | undefined }[] = [{ inside: '', folder: start }];
  return commands.map((original) => {
    const command = withoutPrefix(original);
    const inside = [...command.inside].reverse().join('/');
    // Leave the groups this command is no longer in; a new list in an equal group starts anew.
    while (frames.length > 1) {
      const top = frames.at(-1);
      if (
        top === undefined ||
        (`${inside}/`.startsWith(`${top.inside}/`) && !(top.inside === inside && command.joined === 'start'))
      )
        break;
      frames.pop();
    }
    if (frames.at(-1)?.inside !== inside) frames.push({ inside, folder: frames.at(-1)?.folder });
    const frame = frames.at(-1);
    const folder = frame?.folder;
    if (frame !== undefined && command.words[0]?.value === 'cd') {
      const target = command.words[1];
      frame.folder =
        target?.literal === true &&
        folder !== undefined &&
        !target.value.startsWith('-') &&
        !target.value.startsWith('~')
          ? joinPath(folder, target.value)
          : undefined;
    }
    return { ...command, folder, exec: false };
  });
}

/** What a RUN, CMD or ENTRYPOINT starts, in order; undefined where that cannot be read. */
export function commandsOf(node: StageNode, step: Step, shell: ShellOf): readonly StepCommand[] | undefined {
  if (shell.commands?.has(step)) return shell.commands.get(step);
  const commands = readCommands(node, step, shell);
  shell.commands?.set(step, commands);
  return commands;
}

function readCommands(node: StageNode, step: Step, shell: ShellOf): readonly StepCommand[] | undefined {
  const instruction = step.instruction;
  if (instruction.kind !== 'RUN' && instruction.kind !== 'CMD' && instruction.kind !== 'ENTRYPOINT')
    return undefined;
  const folder = folderOf(node, step);
  if (instruction.form === 'exec') return execCommand(instruction, folder);
  const script = shell(step);
  if (script === undefined || script.incomplete) return undefined;
  return withFolders(script.commands, folder);
}

function execCommand(instruction: RunInstruction | CommandInstruction, folder: string): StepCommand[] {
  if (instruction.exec.length === 0) return [];
  return [
    {
      words: instruction.exec.map((word) => ({ value: word.value, literal: true, span: word.span })),
      assignments: [],
      redirects: [],
      joined: 'start',
      inside: [],
      span: instruction.span,
      folder,
      exec: true,
    },
  ];
}

/** The program's name without its folder; '' where it is not literal. */
export function programOf(command: StepCommand): string {
  const word = command.words[0];
  if (word === undefined || !word.literal) return '';
  return word.value.slice(word.value.lastIndexOf('/') + 1);
}

/** The words after the program as text. */
export function argumentsOf(command: StepCommand): readonly string[] {
  return command.words.slice(1).map((w) => w.value);
}

/** Whether every word is plain text. */
export function isLiteral(command: StepCommand): boolean {
  return command.words.every((w) => w.literal);
}

/** Whether the path is one the container would resolve from its root. */
export function inFolder(folder: string, path: string): string {
  return isAbsolutePath(path) ? joinPath('/', path) : joinPath(folder, path);
}
