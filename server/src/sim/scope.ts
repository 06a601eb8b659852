import { expandWord } from '../syntax/dockerfile/expand.js';
import type { Lookup } from '../syntax/dockerfile/lex.js';
import type { ArgInstruction, EnvInstruction, Instruction, Word } from '../syntax/dockerfile/model.js';
import { joinPath } from '../text/paths.js';
import { allVariables, type Environment, type Layers, variable, withVariables } from './environment.js';

/** Build arguments a build sets; null = taken from the environment, so unknown. */
export type BuildArgs = Readonly<Record<string, string | null>>;

/** What every stage may know without asking for it, known to the builder alone (BuildKit `defaultArgs`). */
const PLATFORM_ARGS = [
  'BUILDPLATFORM',
  'BUILDOS',
  'BUILDOSVERSION',
  'BUILDARCH',
  'BUILDVARIANT',
  'TARGETPLATFORM',
  'TARGETOS',
  'TARGETOSVERSION',
  'TARGETARCH',
  'TARGETVARIANT',
];

/** What holds at one point of a stage. */
export interface Scope {
  readonly environment: Layers;
  /** What ENV sets: the image has it, and a stage FROM it begins with it over the ARGs. */
  readonly image: Layers;
  /** The base is `scratch`: what is not in `environment` is surely not set. */
  readonly closed: boolean;
  /** Stands for a variable that only the base may set; undefined where unknown values have no tokens. */
  readonly token: ((name: string) => string) | undefined;
  readonly workdir: string | undefined;
  readonly user: string | undefined;
  readonly posixShell: boolean;
  readonly shell: readonly string[] | undefined;
}

/** What stands for a value that nobody can know: it is equal only to itself, and in no Dockerfile. */
export function unknownToken(name: string): string {
  // It may stand in a path, of which it is one name.
  return `\0${name.replaceAll('/', '\x01')}\0`;
}

/** `variables` with tokens for the values that nobody can know. */
export function withTokens(variables: Environment): Environment {
  return new Map([...variables].map(([name, value]) => [name, value ?? unknownToken(`arg:${name}`)]));
}

function buildArg(args: BuildArgs, name: string): { readonly value: string | undefined } | undefined {
  const given = Object.hasOwn(args, name) ? args[name] : undefined;
  return given === undefined ? undefined : { value: given ?? undefined };
}

/** What FROM lines see: the platform arguments and the ARGs before the first FROM, with build arguments over their defaults. */
export function globalEnvironment(
  globals: readonly ArgInstruction[],
  args: BuildArgs,
  target: string | null,
  escapeChar: '\\' | '`',
): Environment {
  const known = new Map<string, string | undefined>();
  for (const name of PLATFORM_ARGS) known.set(name, buildArg(args, name)?.value);
  known.set('TARGETSTAGE', target ?? 'default');
  for (const { name, value } of globals.flatMap((arg) => arg.declarations)) {
    const given = buildArg(args, name);
    if (given !== undefined) known.set(name, given.value);
    else if (value !== undefined) known.set(name, expandWord(value.raw, lookupIn(known), escapeChar));
  }
  return known;
}

/** Looks names up in the arguments before the first FROM: what is not there is surely not set. */
export function lookupIn(globals: Environment): Lookup {
  return (name) => (globals.has(name) ? globals.get(name) : null);
}

/** `word` with the variables of `scope` in it; undefined where it depends on an unknown one. */
export function expandIn(scope: Scope, word: Pick<Word, 'raw'>, escapeChar: '\\' | '`'): string | undefined {
  const { closed, token } = scope;
  const lookup: Lookup = (name) => {
    const value = variable(scope.environment, name);
    // The base image may set what this file does not.
    return value === null && !closed ? token?.(name) : value;
  };
  return token === undefined
    ? expandWord(word.raw, lookup, escapeChar)
    : expandTokens(word.raw, lookup, escapeChar);
}

/** `raw` with tokens kept: one that something is done with (`${x:-y}`) makes a token of the whole. */
function expandTokens(raw: string, lookup: Lookup, escapeChar: '\\' | '`'): string {
  const used: string[] = [];
  const noting: Lookup = (name) => {
    const value = lookup(name);
    used.push(`${name}=${value}`);
    return value;
  };
  const text = expandWord(raw, noting, escapeChar);
  const worked = /\$\{[^}]*[^}\w]/.test(raw) && used.some((one) => one.includes('\0'));
  return text === undefined || worked ? unknownToken(JSON.stringify([raw, ...used])) : text;
}

function afterArg(
  scope: Scope,
  arg: ArgInstruction,
  args: BuildArgs,
  globals: Environment,
  esc: '\\' | '`',
): Scope {
  let { environment } = scope;
  for (const { name, value } of arg.declarations) {
    const given = buildArg(args, name);
    if (given === undefined && value === undefined && !globals.has(name)) continue;
    const inherited =
      value === undefined ? globals.get(name) : expandIn({ ...scope, environment }, value, esc);
    const worth = given === undefined ? inherited : given.value;
    environment = withVariables(
      environment,
      new Map([[name, scope.token === undefined ? worth : (worth ?? unknownToken(`arg:${name}`))]]),
    );
  }
  return { ...scope, environment };
}

function afterEnv(scope: Scope, env: EnvInstruction, escapeChar: '\\' | '`'): Scope {
  // All pairs of one instruction see the values from before it.
  const own = new Map(env.pairs.map(({ name, value }) => [name, expandIn(scope, value, escapeChar)]));
  return {
    ...scope,
    environment: withVariables(scope.environment, own),
    image: withVariables(scope.image, own),
  };
}

/** What holds at the start of a stage that is FROM one at whose end `scope` holds. */
export function scopeOfChild(scope: Scope): Scope {
  // BuildKit sets all variables of the image once more, over the ARGs.
  return { ...scope, environment: withVariables(scope.environment, allVariables(scope.image)) };
}

function afterWorkdir(scope: Scope, value: Word | undefined, escapeChar: '\\' | '`'): Scope {
  const path = value && expandIn(scope, value, escapeChar)?.replaceAll('\\', '/');
  if (path === undefined) return { ...scope, workdir: undefined };
  if (path.startsWith('/') || /^[a-z]:\//i.test(path)) {
    // A RUN gets an absolute path as it is written: `/app/` is another key than `/app`.
    return { ...scope, workdir: scope.token === undefined ? joinPath('/', path) : path };
  }
  return { ...scope, workdir: scope.workdir === undefined ? undefined : joinPath(scope.workdir, path) };
}

const POSIX_SHELLS = new Set(['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh']);

/** Whether a SHELL command is a POSIX-like shell: sh, bash, ash, dash, `busybox sh`, also behind `/usr/bin/env`. */
export function isPosixShell(command: readonly string[]): boolean {
  const words = command.filter((word) => !word.startsWith('-'));
  const names = words.map((word) => word.slice(word.lastIndexOf('/') + 1));
  const [first, second] = names;
  if (first === 'busybox' || first === 'env') return second !== undefined && POSIX_SHELLS.has(second);
  return first !== undefined && POSIX_SHELLS.has(first);
}

/** What holds after `instruction` where `scope` held before it. */
export function scopeAfter(
  scope: Scope,
  instruction: Instruction,
  args: BuildArgs,
  globals: Environment,
  escapeChar: '\\' | '`',
): Scope {
  switch (instruction.kind) {
    case 'ARG':
      return afterArg(scope, instruction, args, globals, escapeChar);
    case 'ENV':
      return afterEnv(scope, instruction, escapeChar);
    case 'WORKDIR':
      return afterWorkdir(scope, instruction.value, escapeChar);
    case 'USER':
      return { ...scope, user: instruction.value && expandIn(scope, instruction.value, escapeChar) };
    case 'SHELL':
      if (instruction.command === undefined) return scope;
      return { ...scope, posixShell: isPosixShell(instruction.command), shell: instruction.command };
    default:
      return scope;
  }
}
