import { parsePackageLock } from '../../syntax/manifests/npm.js';
import { parseRequirements } from '../../syntax/manifests/python.js';
import { baseName, dirName, joinPath } from '../../text/paths.js';
import type { ImageFiles } from '../closures.js';
import { argumentsOf, inFolder, isLiteral, type StepCommand } from '../commands.js';
import { installOf } from '../installs.js';
import type { Count } from './family.js';

/** How many things a command works on. */
export interface Counted {
  readonly number: number;
  /** The file it is counted from, its name only; null where the command itself says it. */
  readonly from: string | null;
}

export interface CountInput {
  readonly command: StepCommand;
  /** Its words without options, its program left out. */
  readonly words: readonly string[];
  /** The project's files as the step sees them; undefined where that is not known. */
  readonly files: ImageFiles | undefined;
  /** Megabytes copied into the stage before; undefined where that is not known. */
  readonly megabytes: number | undefined;
}

/** Counts what a command works on; undefined where that can't be told. */
export function countOf(count: Count, input: CountInput): Counted | undefined {
  switch (count.of) {
    case 'named':
      return namedIn(input, count.skip);
    case 'required':
      return requiredIn(input, count.skip);
    case 'locked':
      return lockedFor(input, count.files);
    case 'megabytes':
      return input.megabytes === undefined
        ? undefined
        : { number: input.megabytes, from: 'the files copied before' };
    case 'seconds':
      return { number: Number(input.words[0]), from: 'the command' };
  }
}

function namedIn({ command, words }: CountInput, skip: number): Counted | undefined {
  const number = words.length - skip;
  return isLiteral(command) && number > 0 ? { number, from: null } : undefined;
}

function requiredIn({ command, words, files }: CountInput, skip: number): Counted | undefined {
  if (!isLiteral(command)) return undefined;
  const install = installOf(command);
  if (install === undefined) {
    const all = words.slice(skip);
    // The project itself, and what it requires.
    if (all.length === 0 || all.some((word) => /^[./]/.test(word)) || isEditable(command)) return undefined;
    return { number: all.length, from: null };
  }
  if (install.files.length === 0 || install.project === true) return undefined;
  let number = 0;
  for (const path of install.files) {
    const text = files?.text(path);
    if (text === undefined) return undefined;
    const { names, includes } = parseRequirements(text);
    if (includes.length > 0) return undefined;
    number += names.length;
  }
  const [first = ''] = install.files;
  return { number, from: baseName(first) };
}

function isEditable(command: StepCommand): boolean {
  return argumentsOf(command).some((word) => /^(-e|--editable)/.test(word));
}

function lockedFor({ command, files }: CountInput, names: readonly string[]): Counted | undefined {
  const folder = folderOf(command);
  if (files === undefined || folder === undefined) return undefined;
  for (let at = folder; ; at = dirName(at)) {
    for (const name of names) {
      const text = files.text(joinPath(at, name));
      const number = text === undefined ? undefined : lockedPackages(name, text, command);
      if (number !== undefined) return { number, from: name };
    }
    if (at === '/' || dirName(at) === at) return undefined;
  }
}

function folderOf(command: StepCommand): string | undefined {
  const { folder } = command;
  if (folder === undefined) return undefined;
  const args = argumentsOf(command);
  const at = args.findIndex((word) =>
    /^(--prefix|-C|--dir|--cwd|--directory|--project|--working-dir)$/.test(word),
  );
  const given = args[at + 1];
  return at < 0 || given === undefined ? folder : inFolder(folder, given);
}

/** Patterns that each package of a lock file has once. */
const lines: Readonly<Record<string, RegExp>> = {
  'pnpm-lock.yaml': /^\s+resolution:/gm,
  'bun.lock': /^ {4}"[^"\n]+": \[/gm,
  'composer.lock': /^ {12}"name": "/gm,
  'Gemfile.lock': /^ {4}\S+ \(/gm,
  'go.sum': /^\S+ v\S+ h1:/gm,
  'Cargo.lock': /^\[\[package\]\]/gm,
  'poetry.lock': /^\[\[package\]\]/gm,
  'pdm.lock': /^\[\[package\]\]/gm,
  'uv.lock': /^\[\[package\]\]/gm,
  'mix.lock': /^\s*"[^"\n]+": \{/gm,
  'Pipfile.lock': /^ {8}"[^"\n]+": \{/gm,
};

/** Lines of a lock file that stand for what is not fetched: the project's own crates and packages. */
const leftOut: Readonly<Record<string, RegExp>> = {
  'go.sum': /^\S+ v[^\s/]+\/go\.mod h1:/gm,
};

function matches(text: string, pattern: RegExp | undefined): number {
  return pattern === undefined ? 0 : (text.match(pattern)?.length ?? 0);
}

function lockedPackages(name: string, text: string, command: StepCommand): number | undefined {
  if (text.trim() === '') return undefined;
  const withoutDev = argumentsOf(command).some((word) =>
    /^(--omit=dev|--production|--prod|--only=prod(uction)?|--no-dev)$/.test(word),
  );
  if (name.endsWith('.json')) {
    const packages = name === 'Pipfile.lock' ? undefined : parsePackageLock(text)?.packages;
    return packages?.filter((one) => !one.local && !(withoutDev && one.dev)).length;
  }
  if (name === 'yarn.lock') return matches(text, /^ {2}(?:resolved "|resolution: ".*@npm:)/gm);
  const number = matches(text, lines[name]) - matches(text, leftOut[name]);
  return number > 0 ? number : undefined;
}
