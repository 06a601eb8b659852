import type { Span } from '../../text/span.js';
import { type DockerCommand, dockerCommand } from '../workflow/docker.js';
import { type ScriptCommand, scriptCommands, wordEnd } from '../workflow/script.js';
import { type Changes, changesByName, changesInCi, changesOf, type Known, oftener } from './changes.js';

/** A build argument whose value changes by itself, as a command line or a list passes it. */
export interface ChangingArgument {
  readonly name: string;
  readonly changes: Changes;
  /** As written, quotes around it left out; for a bare name the name. */
  readonly value: string;
  readonly at: Span;
}

/** How deep variables are followed that are set from one another. */
const maxDepth = 5;

/** The value of each `NAME=value`, `NAME := value`, `NAME+=(value)` or `name: sh: value` of a script, in every place it is set. */
function assignments(written: string): ReadonlyMap<string, readonly string[]> {
  const script = joined(written);
  const out = new Map<string, string[]>();
  const add = (name: string, value: string): void => {
    const known = out.get(name);
    if (known === undefined) out.set(name, [value]);
    else known.push(value);
  };
  // A shell's, and what is echoed into a file of variables.
  for (const match of script.matchAll(/(?<![\w$-])([A-Za-z_]\w*)\+?=/g)) {
    const from = match.index + match[0].length;
    const before = script.charAt(match.index - 1);
    // Inside quotes (`echo "NAME=$X" >> file`) it reaches to the closing one, and a list to its parenthesis.
    const mark = script.charAt(from) === '(' ? ')' : before;
    const end = /^["')]$/.test(mark) ? markEnd(script, mark, from) : wordEnd(script, from);
    if (!/^\s?$/.test(script.slice(from, end))) add(match[1] ?? '', script.slice(from, end));
  }
  // Make's and just's, to the end of the line; a task runner's on the line below.
  for (const [, name = '', value = ''] of script.matchAll(
    /^[ \t]*(?:export[ \t]+|override[ \t]+)*([A-Za-z_]\w*)[ \t]*(?:(?:::?:?|\?|!|\+)=|(?<=[ \t])=)[ \t]*(\S.*)$/gm,
  ))
    add(name, value);
  for (const [, name = '', value = ''] of script.matchAll(
    /^[ \t]*([A-Za-z_]\w*):[ \t]*(?:\r?\n[ \t]+|\{[ \t]*)sh:[ \t]*(\S.*?)\}?[ \t]*$/gm,
  ))
    add(name, `$(${value.replace(/^(["'])(.*)\1$/, '$2')})`);
  return out;
}

/** Where the next `mark` stands that is not inside a `$(…)`. */
function markEnd(script: string, mark: string, from: number): number {
  let depth = 0;
  for (let at = from + (script.charAt(from) === '(' ? 1 : 0); at < script.length; at++) {
    if (depth === 0 && script.charAt(at) === mark) return at;
    if (script.startsWith('$(', at)) depth++;
    else if (depth > 0 && script.charAt(at) === ')') depth--;
  }
  return script.length;
}

/** Continued lines as one, each offset as it was. */
function joined(script: string): string {
  return script.replace(/\\\r?\n/g, (all) => ' '.repeat(all.length));
}

/**
 * What a script says of its variables: those it sets, by what it sets them to; of others, CI systems' own. Where none of
 * a variable's values changes, it keeps its value.
 */
export function variablesOf(script: string, outer: Known = changesInCi): Known {
  return knownBy(assignments(script), outer);
}

function knownBy(values: ReadonlyMap<string, readonly string[]>, outer: Known): Known {
  const lookup = (name: string, depth: number): Changes | null | undefined => {
    const own = values.get(name);
    // Set only from itself (`X=${X:-1}`), it is what the caller gives.
    const others = own?.filter((value) => !selfReference(name, value));
    if (others === undefined || others.length === 0) return outer(name);
    if (depth === 0) return null;
    let found: Changes | undefined;
    for (const value of others)
      found = oftener(
        found,
        changesOf(value, (inner) => lookup(inner, depth - 1)),
      );
    return found ?? null;
  };
  return (name) => lookup(name, maxDepth);
}

function selfReference(name: string, value: string): boolean {
  return new RegExp(`^["']?\\$\\{?${name}\\b`).test(value);
}

/** How often a text, and a variable, changes. */
export interface Reader {
  readonly text: (text: string) => Changes | undefined;
  readonly variable: Known;
}

/** The `--build-arg` words of a docker command line whose value changes, with places in its script. */
export function changingArguments(command: ScriptCommand, reader: Reader): readonly ChangingArgument[] {
  const out: ChangingArgument[] = [];
  command.words.forEach(({ raw, start }, i) => {
    const given = /^["']?--build-arg=/.exec(raw)?.[0];
    const word = raw === '--build-arg' ? command.words[i + 1] : undefined;
    const text = given === undefined ? word?.raw : raw.slice(given.length);
    if (text === undefined) return;
    const from = given === undefined ? (word?.start ?? 0) : start + given.length;
    const argument = changingArgument(text, from, reader);
    if (argument !== undefined) out.push(argument);
  });
  return out;
}

/** `NAME=value` or `NAME`, quoted or not, where the value changes. */
export function changingArgument(text: string, from: number, reader: Reader): ChangingArgument | undefined {
  const [, quote = '', name, value] = /^(["']?)([A-Za-z_]\w*)(?:=([\s\S]*))?$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const unclosed = quote !== '' && value?.endsWith(quote) === true ? value.slice(0, -1) : value;
  const plain = unclosed?.replace(/^(["'])([\s\S]*)\1$/, '$2');
  const changes = plain === undefined ? reader.variable(name) : reader.text(plain);
  if (changes === undefined || changes === null) return undefined;
  return { name, changes, value: plain ?? name, at: { start: from, end: from + text.length } };
}

/** A docker command line of a script that passes arguments whose values change. */
export interface ChangingCommand {
  readonly command: DockerCommand;
  readonly arguments: readonly ChangingArgument[];
}

interface Line {
  readonly text: string;
  readonly start: number;
}

/** Continuation characters become blanks, so that offsets stay. */
function logicalLines(script: string): readonly Line[] {
  const out: Line[] = [];
  const whole = /(?:[^\n\\]|\\(?:\r?\n|[\s\S]|$))*(?:\n[ \t]+--?[a-zA-Z][^\n]*)*/g;
  for (const match of script.matchAll(whole)) {
    const text = joined(match[0]).replace(/\n/g, ' ');
    if (text !== '') out.push({ text, start: match.index });
  }
  return out;
}

/** Blanks in place of what stands before a command in make's recipes and lists of YAML, and `docker` for a variable that names it. */
function plainCommand(line: string): string {
  return line
    .replace(/^(\s*)((?:[@+-]|- |run:|cmd:|script:)[ \t]*)+(?=\S)/, (all) => ' '.repeat(all.length))
    .replace(
      /(^|[\s;&|])(\$[({](?:DOCKER|docker|DOCKER_BIN|DOCKER_CMD|CONTAINER_(?:TOOL|ENGINE|CLI|RUNTIME))[)}])(?=\s)/g,
      (_, before: string, name: string) => `${before}docker${' '.repeat(name.length - 'docker'.length)}`,
    );
}

/**
 * The docker command lines of a script (shell, make, just, a task runner, a CI system's YAML) that pass arguments whose
 * values change. Paths are relative to `.`, the folder it is run in. What sets a variable is looked for in all of it.
 */
export function changingCommands(script: string): readonly ChangingCommand[] {
  if (!/--build-arg/.test(script)) return [];
  const values = assignments(script);
  const variable = knownBy(values, (name) => changesInCi(name) ?? changesByName(name));
  const reader: Reader = { variable, text: (text) => changesOf(text, variable) };
  return logicalLines(script).flatMap(({ text, start }) => {
    if (!text.includes('build')) return [];
    return scriptCommands(plainCommand(text)).flatMap((words): ChangingCommand[] => {
      const command = dockerCommand(words, '.');
      if (command === undefined) return [];
      const found = [...changingArguments(words, reader), ...inVariables(words, values, reader)];
      return found.length === 0 ? [] : [{ command, arguments: found.map((one) => moved(one, start)) }];
    });
  });
}

/** The arguments in variables that a command line takes as they are (`docker build $(ARGS) .`, `"${args[@]}"`), each at its variable. */
function inVariables(
  { words }: ScriptCommand,
  values: ReadonlyMap<string, readonly string[]>,
  reader: Reader,
): readonly ChangingArgument[] {
  return words.flatMap(({ raw, start }) => {
    const name = /^"?\$[({]?([A-Za-z_]\w*)(?:\[[@*]\])?[)}]?"?$/.exec(raw)?.[1];
    const lists = name === undefined ? [] : (values.get(name) ?? []);
    return lists
      .map((list) => list.replace(/^\(/, '').replace(/^(["'])(.*)\1$/s, '$2'))
      .filter((list) => list.includes('--build-arg'))
      .flatMap((list) => scriptCommands(list))
      .flatMap((list) => changingArguments(list, reader))
      .map((argument) => ({ ...argument, at: { start, end: start + raw.length } }));
  });
}

function moved(argument: ChangingArgument, by: number): ChangingArgument {
  const { start, end } = argument.at;
  return { ...argument, at: { start: start + by, end: end + by } };
}
