import { fromDocument, type MappedText, sliceMapped } from '../../text/mapped.js';
import type { ShellAssignment, ShellCommand, ShellParser, ShellScript, ShellWord } from './model.js';

/** A command with its wrappers taken off: `sudo -E env A=1 /usr/bin/pip install x` is `pip install x` with A=1. */
export interface EffectiveCommand {
  /** Last part of the program's path; undefined where it is no literal, or there is no program. */
  readonly name: string | undefined;
  /** The program's word as written, then its arguments. Empty where there is no program. */
  readonly words: readonly ShellWord[];
  /** Variables set for it alone, by `A=1 cmd` and `env A=1 cmd`. */
  readonly assignments: readonly ShellAssignment[];
  /** The command as it stands in the script. */
  readonly command: ShellCommand;
}

interface Wrapper {
  /** Options that take the next word as their value. */
  readonly valued: readonly string[];
  /** Words to drop after the options (`timeout 5 cmd`). */
  readonly operands?: number;
}

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  sudo: { valued: ['-u', '--user', '-g', '--group', '-C', '-h', '-p', '-r', '-t', '-T', '-U', '-D', '-R'] },
  gosu: { valued: [], operands: 1 },
  'su-exec': { valued: [], operands: 1 },
  env: { valued: ['-u', '--unset', '-C', '--chdir'] },
  exec: { valued: ['-a'] },
  command: { valued: [] },
  builtin: { valued: [] },
  time: { valued: ['-f', '--format', '-o', '--output'] },
  nice: { valued: ['-n', '--adjustment'] },
  ionice: { valued: ['-c', '-n', '--class', '--classdata'] },
  nohup: { valued: [] },
  timeout: { valued: ['-k', '--kill-after', '-s', '--signal'], operands: 1 },
  stdbuf: { valued: ['-i', '-o', '-e'] },
};

/** Options after which a wrapper runs nothing: `command -v x`, `sudo -l`. */
const NO_RUN: Readonly<Record<string, readonly string[]>> = {
  command: ['-v', '-V'],
  sudo: ['-l', '-v', '-k', '-K', '-V', '--version'],
  env: ['-S', '--split-string'],
};

function nameOf(word: ShellWord | undefined): string | undefined {
  if (word === undefined || !word.literal) return undefined;
  return word.value.slice(word.value.lastIndexOf('/') + 1);
}

/** The value of `NAME=value` as a word of its own, its place in the document kept where the word is written plainly. */
function assignmentOf(word: ShellWord): ShellAssignment | undefined {
  const match = /^([A-Za-z_]\w*)=/.exec(word.value);
  if (match?.[1] === undefined) return undefined;
  const value = word.value.slice(match[0].length);
  const start = Math.min(word.span.start + match[0].length, word.span.end);
  return {
    name: match[1],
    value: value === '' ? undefined : { value, literal: word.literal, span: { start, end: word.span.end } },
    span: word.span,
  };
}

/** How many words of `words` the wrapper at its start takes up; undefined where it runs no command. */
function wrapped(name: string, words: readonly ShellWord[], assigned: ShellAssignment[]): number | undefined {
  const wrapper = WRAPPERS[name];
  if (wrapper === undefined) return undefined;
  const takesAssignments = name === 'env' || name === 'sudo';
  let at = 1;
  for (; at < words.length; at++) {
    const word = words[at];
    if (word === undefined) break;
    if (word.value === '--') {
      at++;
      break;
    }
    if (NO_RUN[name]?.includes(word.value)) return undefined;
    const assignment = takesAssignments ? assignmentOf(word) : undefined;
    if (assignment !== undefined) assigned.push(assignment);
    else if (!word.literal || !word.value.startsWith('-')) break;
    else if (wrapper.valued.includes(word.value)) at++;
  }
  const rest = at + (wrapper.operands ?? 0);
  return rest < words.length ? rest : undefined;
}

/** `command` without `sudo`, `env A=1`, `exec`, `command`, `time`, `nice`, `nohup`, `timeout 5` and the like in front. */
export function effectiveCommand(command: ShellCommand): EffectiveCommand {
  const assignments = [...command.assignments];
  let { words } = command;
  for (;;) {
    const name = nameOf(words[0]);
    const skip = name === undefined ? undefined : wrapped(name, words, assignments);
    if (skip === undefined) return { name, words, assignments, command };
    words = words.slice(skip);
  }
}

/** The program that `command` runs in the end: without wrappers and folder. Undefined where that is not certain. */
export function commandName(command: ShellCommand): string | undefined {
  return effectiveCommand(command).name;
}

const SHELLS = new Set(['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh']);

/** The word that holds the script of `sh -c '…'`; undefined for any other command. */
function inlineWord(effective: EffectiveCommand): ShellWord | undefined {
  const [first, ...rest] = effective.words;
  const name = nameOf(first);
  const options = name === 'busybox' && SHELLS.has(rest[0]?.value ?? '') ? rest.slice(1) : rest;
  if (options === rest && (name === undefined || !SHELLS.has(name))) return undefined;
  for (let i = 0; i < options.length; i++) {
    const word = options[i];
    if (word === undefined || !word.literal || !/^[-+]/.test(word.value)) return undefined;
    // `-c` may stand among others (`-ec`, `-lc`); `-o pipefail` takes a value.
    if (/^-[a-zA-Z]*c[a-zA-Z]*$/.test(word.value)) {
      const takesValue = word.value.includes('o');
      return options[i + (takesValue ? 2 : 1)];
    }
    if (/^[-+][a-zA-Z]*o$/.test(word.value) || word.value === '-O') i++;
  }
  return undefined;
}

/** The script inside `sh -c '…'` as a part of `source`, the text the command is from; undefined where it is not one plain quote. */
export function inlineScript(command: ShellCommand, source: MappedText): MappedText | undefined {
  const word = inlineWord(effectiveCommand(command));
  if (word === undefined || !word.literal) return undefined;
  const first = fromDocument(source, word.span.start);
  const last = fromDocument(source, word.span.end - 1);
  if (first === undefined || last === undefined || last <= first) return undefined;
  const quote = source.text[first];
  if ((quote !== "'" && quote !== '"') || source.text[last] !== quote) return undefined;
  // Escapes would shift the places of what follows them; then value and text differ.
  const inner = sliceMapped(source, first + 1, last);
  return inner.text === word.value ? inner : undefined;
}

function unfolded(command: ShellCommand, source: MappedText, parse: ShellParser): ShellScript | undefined {
  const inline = inlineScript(command, source);
  const inner = inline && parse(inline);
  if (inner === undefined || inner.incomplete || inner.commands.length === 0) return undefined;
  const { assignments } = effectiveCommand(command);
  const commands = inner.commands.map((c, i) => ({
    ...c,
    assignments: [...assignments, ...c.assignments],
    redirects: [...c.redirects, ...command.redirects],
    joined: i === 0 ? command.joined : c.joined,
    inside: [...c.inside, ...command.inside],
  }));
  return { commands, incomplete: false };
}

/**
 * `script`, read from `source`, with the commands inside `sh -c '…'` and `bash -c "…"` in the place of the shell that
 * runs them. Where such a script cannot be read the shell stays, and `incomplete` is true.
 */
export function withInlineScripts(script: ShellScript, source: MappedText, parse: ShellParser): ShellScript {
  let { incomplete } = script;
  const commands = script.commands.flatMap((command): readonly ShellCommand[] => {
    if (inlineWord(effectiveCommand(command)) === undefined) return [command];
    const inner = unfolded(command, source, parse);
    if (inner === undefined) incomplete = true;
    return inner?.commands ?? [command];
  });
  return { commands, incomplete };
}
