import { didYouMean } from '../text/nearest.js';

/** The command line: one table of commands and options, from which parsing and help follow. */

export type Command =
  | 'lint'
  | 'context'
  | 'why'
  | 'impact'
  | 'init'
  | 'rules'
  | 'explain'
  | 'debug-info'
  | 'lsp';

export interface OptionSpec {
  readonly name: string;
  /** How the value is written in the help; undefined for a switch. */
  readonly value?: string;
  /** The values there are; undefined: any text. */
  readonly oneOf?: readonly string[];
  /** Values of CLI.md that do not exist yet. */
  readonly later?: readonly string[];
  readonly repeatable?: boolean;
  /** A switch that may also be written `--name=value`. */
  readonly optionalValue?: boolean;
  readonly help: string;
}

export interface CommandSpec {
  readonly name: Command;
  readonly usage: string;
  readonly help: string;
  readonly options: readonly OptionSpec[];
  /** Options of CLI.md that do not exist yet. */
  readonly later?: readonly string[];
  /** How many other arguments it takes. */
  readonly arguments: { readonly min: number; readonly max: number };
}

const format: OptionSpec = {
  name: 'format',
  value: 'FORMAT',
  oneOf: ['text', 'json'],
  help: 'text or json. Default: text.',
};

const config: OptionSpec = {
  name: 'config',
  value: 'FILE',
  help: 'Read this instead of .plimsoll.yaml at the project root.',
};

const common: readonly OptionSpec[] = [
  { name: 'no-git', help: 'Do not ask git for the history.' },
  {
    name: 'color',
    value: 'WHEN',
    oneOf: ['auto', 'never'],
    help: 'auto (only to a terminal) or never. Default: auto.',
  },
];

/** Which build is meant. */
const buildOptions: readonly OptionSpec[] = [
  {
    name: 'context',
    value: 'DIR',
    help: 'The build context. The build is then what `docker build -f DOCKERFILE DIR` does, whatever the project defines.',
  },
  {
    name: 'target',
    value: 'STAGE',
    help: 'The stage to build. Default: what the project defines, else the last.',
  },
  {
    name: 'build-arg',
    value: 'K=V',
    repeatable: true,
    help: 'A build argument; K alone takes its value from the environment. Repeatable.',
  },
  {
    name: 'platform',
    value: 'OS/ARCH',
    help: 'What TARGETPLATFORM, TARGETOS, TARGETARCH and TARGETVARIANT stand for.',
  },
];

const severities = ['error', 'warning', 'information', 'hint'];

export const commands: readonly CommandSpec[] = [
  {
    name: 'lint',
    usage: 'lint [PATH...]',
    help: 'Findings in files and folders. Default: this folder.',
    arguments: { min: 0, max: Number.POSITIVE_INFINITY },
    options: [
      { ...format, later: ['sarif', 'github', 'markdown'] },
      {
        name: 'fail-on',
        value: 'SEVERITY',
        oneOf: [...severities, 'never'],
        help: 'Exit with 1 from this severity up: error, warning, information, hint or never. Default: warning.',
      },
      {
        name: 'profile',
        value: 'PROFILE',
        oneOf: ['default', 'thorough', 'everything'],
        help: 'Which rules: default, thorough or everything.',
      },
      {
        name: 'rule',
        value: 'ID',
        repeatable: true,
        help: 'Only this rule, whatever the profile. Repeatable.',
      },
      {
        name: 'fix',
        optionalValue: true,
        oneOf: ['unsafe'],
        help: 'Apply the safe fixes; --fix=unsafe applies the unsafe ones too.',
      },
      { name: 'diff', help: 'Print what the fixes would change, and write nothing.' },
      {
        name: 'stdin-filename',
        value: 'NAME',
        help: 'Lint the standard input as if it were the text of this file.',
      },
      config,
      ...common,
    ],
    later: ['baseline', 'write-baseline'],
  },
  {
    name: 'context',
    usage: 'context [DOCKERFILE]',
    help: 'What a build reads and sends of its context, as BuildKit does it. Default: the only Dockerfile below this folder.',
    arguments: { min: 0, max: 1 },
    options: [
      format,
      { name: 'list', help: 'Name every path that is sent.' },
      { name: 'top', value: 'N', help: 'How many of the largest paths to name. Default: 20.' },
      { name: 'all', help: 'Count what is ignored too: a slower walk.' },
      {
        name: 'explain',
        value: 'PATH',
        repeatable: true,
        help: 'Why a path, relative to the context, is in the build or not. Repeatable.',
      },
      ...buildOptions,
      config,
      ...common,
    ],
  },
  {
    name: 'why',
    usage: 'why [DOCKERFILE]',
    help: 'Which steps would run again, and because of what. Default: the only Dockerfile below this folder.',
    arguments: { min: 0, max: 1 },
    options: [
      format,
      { name: 'since', value: 'REV', help: 'It was built at this revision; what is now is on the disk.' },
      {
        name: 'before',
        value: 'DIR',
        help: 'It was built of this folder: another copy of the context, Dockerfile and ignore file at the same places.',
      },
      {
        name: 'changed',
        value: 'PATH',
        repeatable: true,
        help: 'The content of this path of the context changes. Repeatable, as are the next three.',
      },
      { name: 'mode-changed', value: 'PATH', repeatable: true, help: 'Its mode changes.' },
      { name: 'added', value: 'PATH', repeatable: true, help: 'It is new.' },
      { name: 'removed', value: 'PATH', repeatable: true, help: 'It goes.' },
      {
        name: 'before-build-arg',
        value: 'K=V',
        repeatable: true,
        help: 'The earlier value of a build argument. Default: as --build-arg, or none with --before. Repeatable.',
      },
      { name: 'before-dockerfile', value: 'FILE', help: 'The earlier Dockerfile.' },
      ...buildOptions,
      config,
      ...common,
    ],
  },
  {
    name: 'impact',
    usage: 'impact [DOCKERFILE]',
    help: 'How often the last commits re-ran each step, why, what that costs, and what each fix would save. Default: the only Dockerfile below this folder.',
    arguments: { min: 0, max: 1 },
    options: [
      format,
      {
        name: 'commits',
        value: 'N',
        help: 'How many commits to replay, back from HEAD. Default: what the project configures, else 200.',
      },
      { name: 'since', value: 'REV', help: 'Replay only the commits after this revision.' },
      {
        name: 'log',
        value: 'FILE',
        repeatable: true,
        help: 'A build log (--progress=plain or rawjson) to take step times from. Repeatable; nothing is kept.',
      },
      { name: 'without-fixes', help: 'Leave out what the fixes would save: faster.' },
      ...buildOptions,
      config,
      ...common,
    ],
  },
  {
    name: 'init',
    usage: 'init dockerignore [DOCKERFILE]',
    help: 'Prints a .dockerignore for a build, proved to take nothing that a step needs.',
    arguments: { min: 1, max: 2 },
    options: [
      { name: 'write', help: 'Create the file. One that exists is never changed.' },
      ...buildOptions,
      config,
      ...common,
    ],
  },
  {
    name: 'rules',
    usage: 'rules',
    help: 'All rules.',
    arguments: { min: 0, max: 0 },
    options: [format, ...common],
  },
  {
    name: 'explain',
    usage: 'explain ID',
    help: "A rule's page.",
    arguments: { min: 1, max: 1 },
    options: [...common],
  },
  {
    name: 'debug-info',
    usage: 'debug-info [DIR]',
    help: 'Versions, configuration, and which build was chosen for each Dockerfile and why.',
    arguments: { min: 0, max: 1 },
    options: [format, config, ...common],
  },
  {
    name: 'lsp',
    usage: 'lsp --stdio',
    help: 'The language server, for any editor.',
    arguments: { min: 0, max: 0 },
    options: [{ name: 'stdio', help: 'Speak over standard input and output.' }],
  },
];

const laterCommands = ['audit', 'mcp'];

/** What was asked for. `options` holds every value given, `''` for a switch. */
export interface Arguments {
  readonly command: Command;
  readonly paths: readonly string[];
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/** One clear line about a wrong use; `others` where there is more wrong than that. */
export class UsageError extends Error {
  constructor(
    message: string,
    readonly others: readonly string[] = [],
  ) {
    super(message);
  }
}

/** What to say of a name that does not exist: the one that is probably meant, else where all of them stand. */
function notThere(
  what: string,
  name: string,
  known: readonly { readonly name: string }[],
  see: string,
): UsageError {
  const hint = didYouMean(
    name,
    known.map((one) => one.name),
  );
  return new UsageError(hint === '' ? `${what}; see ${see}` : `${what}.${hint}`);
}

function noOption({ name, options, later }: CommandSpec, arg: string, option: string): UsageError {
  const what = `${name}: the option ${arg}`;
  if (later?.includes(option) === true) return new UsageError(`${what} does not exist yet`);
  const known = options.map((one) => ({ name: `--${one.name}` }));
  return notThere(`${what} does not exist`, arg, known, 'plimsoll --help');
}

/** The error about a rule that does not exist. */
export function noRule(id: string, known: Iterable<string>): UsageError {
  const names = [...known].map((name) => ({ name }));
  return notThere(`there is no rule "${id}"`, id, names, 'plimsoll rules');
}

function takeValue(spec: OptionSpec, inline: string | undefined, rest: string[]): string {
  if (spec.value === undefined) {
    if (inline === undefined) return '';
    if (spec.optionalValue !== true) throw new UsageError(`--${spec.name} takes no value`);
    return checked(spec, inline);
  }
  const value = inline ?? rest.shift();
  if (value === undefined) throw new UsageError(`--${spec.name} wants a value: --${spec.name} ${spec.value}`);
  return checked(spec, value);
}

function checked(spec: OptionSpec, value: string): string {
  if (spec.later?.includes(value) === true) {
    throw new UsageError(`--${spec.name} ${value} does not exist yet; there is ${spec.oneOf?.join(', ')}`);
  }
  if (spec.optionalValue === true && spec.oneOf?.includes(value) === false) {
    const forms = spec.oneOf.map((one) => `--${spec.name}=${one}`).join(' or ');
    throw new UsageError(`--${spec.name} stands alone or as ${forms}, not "${value}"`);
  }
  if (spec.oneOf !== undefined && !spec.oneOf.includes(value)) {
    throw new UsageError(`--${spec.name} is one of ${spec.oneOf.join(', ')}, not "${value}"`);
  }
  return value;
}

function commandOf(name: string): CommandSpec {
  const spec = commands.find((c) => c.name === name);
  if (spec !== undefined) return spec;
  if (laterCommands.includes(name)) throw new UsageError(`"${name}" does not exist yet`);
  const known = [...commands, { name: '--help' }, { name: '--version' }];
  throw notThere(`there is no command "${name}"`, name, known, 'plimsoll --help');
}

/**
 * Reads the arguments after the program's name. `help` and `version` stand for those switches. Throws `UsageError` with one
 * clear line for what does not exist, or not yet.
 */
export function parseArguments(argv: readonly string[]): Arguments | 'help' | 'version' {
  const [name, ...given] = argv;
  if (argv.includes('--help') || argv.includes('-h') || name === 'help') return 'help';
  if (name === '--version' || name === '-v') return 'version';
  if (name === undefined) throw new UsageError('a command is missing; see plimsoll --help');
  const command = commandOf(name);
  const options = new Map<string, string[]>();
  const paths: string[] = [];
  const rest = [...given];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      paths.push(...rest.splice(0));
      continue;
    }
    if (!arg.startsWith('-') || arg === '-') {
      paths.push(arg);
      continue;
    }
    const [, option = '', inline] = /^--([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
    const spec = command.options.find((o) => o.name === option);
    if (spec === undefined) {
      throw noOption(command, arg.replace(/=.*/s, ''), option);
    }
    const value = takeValue(spec, inline, rest);
    const known = options.get(option);
    if (known !== undefined && spec.repeatable !== true) throw new UsageError(`--${option} is given twice`);
    options.set(option, [...(known ?? []), value]);
  }
  const { min, max } = command.arguments;
  if (paths.length < min || paths.length > max) throw new UsageError(`usage: plimsoll ${command.usage}`);
  return { command: command.name, paths, options };
}
