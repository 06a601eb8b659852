import type { ShellCommand, ShellWord } from '../syntax/shell/model.js';
import type { TextEdit } from '../text/edit.js';
import { span } from '../text/span.js';

/** Text between two commands: white space, continuations, comment lines, and one operator. */
const BETWEEN =
  /^(?:[ \t]|[\\`][ \t]*\r?\n|\r?\n|[ \t]*#[^\n]*\n)*(&&|;|)(?:[ \t]|[\\`][ \t]*\r?\n|\r?\n|[ \t]*#[^\n]*\n)*$/;

function isTop(command: ShellCommand | undefined): command is ShellCommand {
  return command !== undefined && command.inside.length === 0;
}

/** Whether a command stands by itself in its list: no pipe, and what another `||` decides is left alone. */
function joins(command: ShellCommand): boolean {
  return command.joined === '&&' || command.joined === ';' || command.joined === 'start';
}

/**
 * Takes commands out of a shell text, each with the operator that joins it; `|| true` behind one goes with it. Undefined where
 * one stands in a group, a pipe or a condition, or where nothing would be left.
 */
export function withoutCommands(
  text: string,
  commands: readonly ShellCommand[],
  gone: ReadonlySet<ShellCommand>,
): readonly TextEdit[] | undefined {
  const taken = new Set(gone);
  commands.forEach((command, i) => {
    const before = commands[i - 1];
    const idle = command.words.length === 1 && /^(?:true|:)$/.test(command.words[0]?.value ?? '');
    if (before !== undefined && taken.has(before) && command.joined === '||' && idle) taken.add(command);
  });
  const edits: TextEdit[] = [];
  for (const [i, command] of commands.entries()) {
    if (!taken.has(command)) continue;
    const next = commands.slice(i + 1).find((one) => !taken.has(one));
    const previous = commands.slice(0, i).findLast((one) => !taken.has(one));
    const withBefore = commands[i - 1];
    const follows = gone.has(command) ? joins(command) : true;
    if (!isTop(command) || !follows || (next !== undefined && commands[i + 1] === next && !joins(next)))
      return undefined;
    if (withBefore !== undefined && !isTop(withBefore)) return undefined;
    if (previous !== undefined && withBefore !== undefined) {
      if (gone.has(command) && !BETWEEN.test(text.slice(withBefore.span.end, command.span.start)))
        return undefined;
      edits.push({ span: span(withBefore.span.end, command.span.end), newText: '' });
      continue;
    }
    // The first ones: what follows them moves up.
    const after = commands[i + 1];
    if (next === undefined || !isTop(after) || previous !== undefined) return undefined;
    if (!taken.has(after) && !BETWEEN.test(text.slice(command.span.end, after.span.start))) return undefined;
    edits.push({ span: span(command.span.start, after.span.start), newText: '' });
  }
  return edits;
}

/** Takes words out of a command, or puts others in their place; undefined where a comment stands before one. */
export function withoutWords(
  text: string,
  command: ShellCommand,
  words: readonly { readonly word: ShellWord; readonly replacement?: string }[],
): readonly TextEdit[] | undefined {
  const edits: TextEdit[] = [];
  for (const { word, replacement } of words) {
    if (replacement !== undefined) {
      edits.push({ span: word.span, newText: replacement });
      continue;
    }
    const before = command.words[command.words.findIndex((one) => one.span.start === word.span.start) - 1];
    if (before === undefined || /#/.test(text.slice(before.span.end, word.span.start))) return undefined;
    edits.push({ span: span(before.span.end, word.span.end), newText: '' });
  }
  return edits;
}
